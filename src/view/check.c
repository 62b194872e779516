/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/check.h"

#include "base/buf.h"

static const struct {
	const char *name;
	enum cell_tone tone;
} statuses[] = {
	[CHECK_OK] = {"ok", TONE_PLAIN},
	[CHECK_FALLBACK] = {"fallback", TONE_DIM},
	[CHECK_LIMITED] = {"limited", TONE_WARN},
	[CHECK_MISSING] = {"missing", TONE_BAD},
	[CHECK_ABSENT] = {"absent", TONE_DIM},
	[CHECK_UNKNOWN] = {"unknown", TONE_WARN},
};

static void fill_area(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct check *)item)->area);
}

static void fill_name(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct check *)item)->name);
}

static void fill_status(const void *item, struct cell *ret)
{
	enum check_status status = ((const struct check *)item)->status;

	cell_word(ret, statuses[status].name);
	ret->tone = statuses[status].tone;
}

static void fill_found(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct check *)item)->found);
}

static void fill_meaning(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct check *)item)->meaning);
}

static void fill_fix(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct check *)item)->fix);
}

static void fill_ref(const void *item, struct cell *ret)
{
	const struct check *check = item;

	ret->kind = CELL_TEXT;
	buf_printf(&ret->text, "%s/%s", check->area, check->name);
}

static const struct column columns[] = {
	{"AREA", "kernel, system, you, engines, tools", 0, 0, fill_area},
	{"CHECK", "what was looked at", 0, 0, fill_name},
	{"STATUS", "ok, fallback, limited, missing, absent, unknown", 0, 0, fill_status},
	{"FOUND", "what was found", COLUMN_WRAP, 0, fill_found},
	{"MEANING", "what it is for, and what is done without it", COLUMN_WIDE | COLUMN_CUT, 0, fill_meaning},
	{"FIX", "the line that mends it", COLUMN_WIDE, 0, fill_fix},
	{NULL, NULL, 0, 0, NULL},
};

static struct json_object *engine_json(const struct engine_here *engine)
{
	struct json_object *into = json_new_object();

	view_engine.json(engine, into);
	return into;
}

static void to_json(const void *item, struct json_object *into)
{
	const struct check *check = item;

	json_add_text(into, "area", check->area);
	json_add_text(into, "name", check->name);
	json_add_text(into, "status", statuses[check->status].name);
	json_add_text(into, "found", check->found);
	json_add_text(into, "meaning", check->meaning);
	json_add_text(into, "fix", check->fix);
	json_add(into, "engine", check->engine ? engine_json(check->engine) : NULL);
}

const struct view view_check = {
	.kind = "Check",
	.plural = "checks",
	.columns = columns,
	.json = to_json,
	.ref = fill_ref,
};
