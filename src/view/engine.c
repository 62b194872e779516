/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/engine.h"

#include <stddef.h>

static void fill_name(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct engine_here *)item)->name);
}

const char *view_engine_problem(const struct engine_here *engine)
{
	if (engine->problem)
		return engine->problem;
	return engine->denied ? "root's containers are not shown: sudo nsctl ..." : NULL;
}

bool view_engine_is_counted(const struct engine_here *engine)
{
	return engine->containers || !engine->denied;
}

static void fill_count(const void *item, struct cell *ret)
{
	const struct engine_here *engine = item;

	if (view_engine_is_counted(engine))
		cell_number(ret, engine->containers);
	else
		cell_unknown(ret);
}

static void fill_problem(const void *item, struct cell *ret)
{
	cell_text(ret, view_engine_problem(item));
	ret->tone = ret->kind == CELL_NONE ? TONE_PLAIN : TONE_BAD;
}

static void fill_roots(const void *item, struct cell *ret)
{
	cell_words(ret, ((const struct engine_here *)item)->roots);
}

static void fill_version(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct engine_here *)item)->version);
}

static void fill_title(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct engine_here *)item)->title);
}

static const struct column columns[] = {
	{"NAME", "as TARGETs and --root have it", 0, 0, fill_name},
	{"CONTAINERS", "how many run here", COLUMN_RIGHT, 0, fill_count},
	{"PROBLEM", "what could not be read", COLUMN_CUT, 0, fill_problem},
	{"TITLE", "what it is", 0, 0, fill_title},
	{"VERSION", "of its program that is installed", COLUMN_WIDE, VIEW_ENGINE_VERSION, fill_version},
	{"ROOTS", "where its state is looked for", COLUMN_WIDE, 0, fill_roots},
	{NULL, NULL, 0, 0, NULL},
};

static void to_json(const void *item, struct json_object *into)
{
	const struct engine_here *engine = item;
	struct json_object *roots = json_new_array();

	for (char **root = engine->roots; root && *root; root++)
		json_append(roots, json_new_text(*root));
	json_add_text(into, "name", engine->name);
	json_add(into, "roots", roots);
	json_add_text(into, "version", engine->version);
	json_add(into, "containers", view_engine_is_counted(engine) ? json_new_u64(engine->containers) : NULL);
	json_add_text(into, "problem", view_engine_problem(engine));
}

const struct view view_engine = {
	.kind = "Engine",
	.plural = "engines",
	.columns = columns,
	.needs = VIEW_ENGINE_VERSION,
	.json = to_json,
	.ref = fill_name,
};
