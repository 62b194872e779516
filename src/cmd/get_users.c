/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/get.h"
#include "cmd/users.h"

int get_users(struct get *get, struct err *err)
{
	const struct look_options look = get_look_options(get);
	const struct opt_words words = {(char **)get->targets, get->n_targets};

	return users_print(get->s, &get->out, &look, &words, get->status, err);
}
