/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/get.h"
#include "engine/roots.h"
#include "view/engine.h"

static const char *problem_of(const struct session *s, const char *engine)
{
	for (size_t i = 0; i < s->n_notes; i++)
		if (s->notes[i].code && s->notes[i].target && !strcmp(s->notes[i].target, engine))
			return s->notes[i].message;
	return NULL;
}

static void engines_free(struct engine_here **rows)
{
	for (size_t i = 0; *rows && (*rows)[i].name; i++)
		roots_free((*rows)[i].roots);
	free(*rows);
}

int get_engines(struct get *get, struct err *err)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP(engines_free) struct engine_here *rows = NULL;
	const struct engine_query query = session_engines(get->s);
	size_t n = 0;
	int r;

	if (get->n_targets)
		return err_set(err, -EINVAL, ERR_USAGE, "get engines lists all of them and takes no name");
	r = get_find(get, true, false, &list, err);
	while (engines[n].name)
		n++;
	rows = calloc(n + 1, sizeof(*rows));
	if (!rows)
		return err_set(err, -ENOMEM, ERR_FAILED, "out of memory");
	for (size_t i = 0; r >= 0 && i < n; i++) {
		rows[i].name = engines[i].name;
		rows[i].title = engines[i].title;
		rows[i].problem = problem_of(get->s, engines[i].name);
		for (size_t c = 0; c < list.n; c++)
			rows[i].containers += !strcmp(list.items[c].engine, engines[i].name);
		if (roots_of(&engines[i], &query.roots, &rows[i].roots) < 0)
			r = err_set(err, -ENOMEM, ERR_FAILED, "out of memory");
	}
	return r < 0 ? r : get_print(get, rows, n, sizeof(*rows), err);
}
