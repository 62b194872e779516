/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/get.h"
#include "cmd/users.h"

int get_users(struct get *get, struct err *err)
{
	const struct look_options look = {.all = !get->n_targets};
	const struct opt_words words = {(char **)get->targets, get->n_targets};
	int status = 0; /* get sets it from the notes, as for all nouns */

	return users_print(get->s, &get->out, &look, &words, &status, err);
}
