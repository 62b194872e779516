/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `users`, which is `get users` too.
 */
#ifndef CMD_USERS_H
#define CMD_USERS_H

#include "base/buf.h"
#include "base/opt.h"
#include "cmd/look.h"
#include "model/user.h"
#include "out/out.h"

struct err;
struct session;

/* Gathers and prints the users of the targets. */
int users_print(struct session *s, const struct out *out, const struct look_options *look, const struct opt_words *words,
	int *status, struct err *err);

/* Appends what a table of users does not say by itself, a line each. */
void users_say(const struct user_list *list, struct buf *out);

#endif
