/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * doctor: the engines that are here, by their state and by their programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/doctor.h"
#include "engine/engine.h"
#include "engine/roots.h"
#include "engine/version.h"

#define ENGINES_MAX 32

static void tell_roots(struct buf *out, char **roots)
{
	const char *before = "in ";

	for (; *roots; roots++)
		if (access(*roots, F_OK) == 0) {
			buf_printf(out, "%s%s", before, *roots);
			before = " ";
		}
}

/* The first trouble of each engine, as the table has them. */
struct problems {
	char *of[ENGINES_MAX];
	unsigned int denied; /* as an engine_query has it */
};

static void take_problem(void *data, const char *engine, const char *path, int code, const char *message)
{
	struct problems *problems = data;
	const struct engine *row = engine && code ? engine_by_name(engine) : NULL;
	size_t i = row ? (size_t)(row - engines) : ENGINES_MAX;

	if (i < ENGINES_MAX && !problems->of[i] && asprintf(&problems->of[i], "%s: %s", path ? path : engine, message) < 0)
		problems->of[i] = NULL;
}

static void problems_free(struct problems *problems)
{
	for (size_t i = 0; i < ENGINES_MAX; i++)
		free(problems->of[i]);
}

static struct check *add_engine(struct doctor *d, const struct engine_here *here, const char *version)
{
	CLEANUP_BUF struct buf where = {0}, found = {0};
	const char *problem = view_engine_problem(here);

	tell_roots(&where, here->roots);
	if (*engine_by_name(here->name)->roots && !where.len && !here->containers && !version)
		return doctor_add(d, "engines", here->name, CHECK_ABSENT, "neither its program nor its state is here");
	if (version)
		buf_str(&found, version);
	if (view_engine_is_counted(here))
		buf_printf(&found, "%s%zu %s", found.len ? ", " : "", here->containers, geteuid() ? "seen running" : "running");
	if (where.len)
		buf_printf(&found, "%s%s", found.len ? ", " : "", buf_text(&where));
	if (problem)
		buf_printf(&found, "%s%s", found.len ? "; " : "", problem);
	d->no_memory |= found.failed;
	return doctor_add(d, "engines", here->name, problem ? CHECK_LIMITED : CHECK_OK, "%s", buf_text(&found));
}

static int check_engine(struct doctor *d, const struct engine *engine, const struct container_list *list,
	const struct problems *problems, struct err *err)
{
	const char *problem = problems->of[engine - engines];
	const struct engine_query query = session_engines(d->s);
	struct engine_here *here = calloc(1, sizeof(*here));
	struct check *check;

	if (!here)
		return err_no_memory(err);
	here->name = engine->name;
	here->title = engine->title;
	here->denied = problems->denied & 1u << (engine - engines);
	here->problem = problem ? strdup(problem) : NULL;
	for (size_t c = 0; c < list->n; c++)
		here->containers += !strcmp(list->items[c].engine, engine->name);
	if (roots_of(engine, &query.roots, NULL, &here->roots) < 0) {
		free((char *)here->problem);
		free(here);
		return err_no_memory(err);
	}
	here->version = engine_version(engine->name);
	check = add_engine(d, here, here->version);
	if (d->no_memory) {
		roots_free(here->roots);
		free(here->version);
		free((char *)here->problem);
		free(here);
		return 0;
	}
	check->meaning = engine->title;
	check->engine = here;
	return 0;
}

int doctor_engines(struct doctor *d, struct err *err)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP(problems_free) struct problems problems = {0};
	struct engine_query query = session_engines(d->s);
	int r;

	query.bare = true;
	query.note = take_problem;
	query.note_data = &problems;
	query.denied = &problems.denied;
	r = engine_list(&query, &list, err);
	for (const struct engine *engine = engines; engine->name && !r; engine++)
		r = check_engine(d, engine, &list, &problems, err);
	return r;
}
