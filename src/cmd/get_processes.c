/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/get.h"
#include "cmd/ps.h"

int get_processes(struct get *get, struct err *err)
{
	const struct look_options look = get_look_options(get);
	const struct opt_words words = {(char **)get->targets, get->n_targets};
	const struct ps ps = {.s = get->s, .out = &get->out, .look = &look, .words = &words};

	return ps_print(&ps, get->status, err);
}
