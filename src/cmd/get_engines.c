/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/get.h"
#include "engine/roots.h"
#include "engine/version.h"
#include "view/engine.h"

static const char *problem_of(const struct session *s, const char *engine)
{
	for (size_t i = 0; i < s->n_notes; i++)
		if (s->notes[i].code && s->notes[i].target && !strcmp(s->notes[i].target, engine))
			return s->notes[i].message;
	return NULL;
}

struct run {
	struct get *get;
	struct container_list list;
	struct engine_here *rows; /* owned; ends with a NULL name */
};

static void release(void *data)
{
	struct run *run = data;

	for (size_t i = 0; run->rows && run->rows[i].name; i++) {
		roots_free(run->rows[i].roots);
		free(run->rows[i].version);
	}
	free(run->rows);
	run->rows = NULL;
	container_list_free(&run->list);
}

static int fill(struct run *run, size_t i, const struct engine_query *query, struct err *err)
{
	struct engine_here *row = &run->rows[i];

	row->name = engines[i].name;
	row->title = engines[i].title;
	row->denied = run->get->denied & 1u << i;
	row->problem = problem_of(run->get->s, engines[i].name);
	for (size_t c = 0; c < run->list.n; c++)
		row->containers += !strcmp(run->list.items[c].engine, engines[i].name);
	if (run->get->out.needs & VIEW_ENGINE_VERSION)
		row->version = engine_version(row->name);
	return roots_of(&engines[i], &query->roots, NULL, &row->roots) < 0 ? err_no_memory(err) : 0;
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct run *run = data;
	const struct engine_query query = session_engines(run->get->s);
	size_t n = 0;
	int r = get_find(run->get, true, false, &run->list, err);

	while (engines[n].name)
		n++;
	run->rows = calloc(n + 1, sizeof(*run->rows));
	if (!run->rows)
		return err_no_memory(err);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = fill(run, i, &query, err);
	*ret = (struct out_rows){.items = run->rows, .n = n, .size = sizeof(*run->rows)};
	return r;
}

int get_engines(struct get *get, struct err *err)
{
	struct run run = {.get = get};
	const struct out_source source = {gather, release, &run};

	if (get->n_targets)
		return err_set(err, -EINVAL, ERR_USAGE, "get engines lists all of them and takes no name");
	return get_list(get, &source, "engines", err);
}
