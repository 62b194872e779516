/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ns, for get namespaces: the same lists, and that of all processes.
 */
#ifndef CMD_NS_H
#define CMD_NS_H

#include <stdbool.h>

#include "cmd/look.h"
#include "out/out.h"

struct err;
struct session;

struct ns {
	struct session *s;
	const struct out *out;
	const struct look_options *look; /* NULL: of all processes */
	const struct opt_words *words;
	unsigned int types; /* 1 << ns_type */
};

/* Gathers and prints in a loop, as session_list() does. */
int ns_print(const struct ns *ns, int *status, struct err *err);

#endif
