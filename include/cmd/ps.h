/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `ps`, which is `get processes` too.
 */
#ifndef CMD_PS_H
#define CMD_PS_H

#include "base/opt.h"
#include "cmd/look.h"
#include "out/out.h"

struct err;
struct session;

/* Gathers and prints the processes of the targets. */
struct ps {
	struct session *s;
	struct out *out;
	const struct look_options *look;
	const struct opt_words *words;
	bool threads, strays;
};
int ps_print(const struct ps *ps, int *status, struct err *err);

#endif
