/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/drift.h"

#include <stddef.h>

#include "model/drift.h"

static void fill_container(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct drift_row *)item)->container);
}

static void fill_level(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct drift_row *)item)->level);
}

static void fill_field(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct drift_row *)item)->field);
}

static void fill_value(const struct drift_value *v, struct cell *ret)
{
	switch (v->kind) {
	case DRIFT_VALUE_UNKNOWN:
		cell_unknown(ret);
		break;
	case DRIFT_VALUE_NONE:
		break;
	case DRIFT_VALUE_BOOL:
		cell_word(ret, v->truth ? "true" : "false");
		break;
	case DRIFT_VALUE_NUMBER:
		buf_printf(&ret->text, "%lld", (long long)v->number);
		ret->kind = CELL_TEXT;
		ret->whole = true;
		break;
	case DRIFT_VALUE_TEXT:
		cell_text(ret, v->text);
		break;
	case DRIFT_VALUE_LIST:
		for (char **at = v->items; at && *at; at++) {
			buf_printf(&ret->text, "%s%s", at > v->items ? v->words ? " " : "," : "", *at);
			ret->kind = CELL_TEXT;
		}
		break;
	}
}

static void fill_manifest(const void *item, struct cell *ret)
{
	fill_value(&((const struct drift_row *)item)->manifest, ret);
}

static void fill_oci(const void *item, struct cell *ret)
{
	fill_value(&((const struct drift_row *)item)->oci, ret);
}

static void fill_kernel(const void *item, struct cell *ret)
{
	fill_value(&((const struct drift_row *)item)->kernel, ret);
}

static void fill_verdict(const void *item, struct cell *ret)
{
	static const enum cell_tone tones[] = {[DRIFT_OK] = TONE_PLAIN,
		[DRIFT_DRIFT] = TONE_BAD,
		[DRIFT_IGNORED] = TONE_WARN,
		[DRIFT_UNKNOWN] = TONE_WARN};
	const struct drift_row *row = item;

	cell_word(ret, drift_verdict_name(row->verdict));
	ret->tone = tones[row->verdict];
}

static void fill_reason(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct drift_row *)item)->reason);
}

static void fill_where(const void *item, struct cell *ret)
{
	const struct drift_row *row = item;

	if (!row->line)
		return;
	buf_printf(&ret->text, "%s:%u:%u", row->file, row->line, row->column);
	ret->kind = CELL_TEXT;
}

static const struct column columns[] = {
	{"CONTAINER", "the container, or the pod for what is the Pod's", 0, 0, fill_container},
	{"LEVEL", "where the manifest says it: pod or container", 0, 0, fill_level},
	{"FIELD", "the field, below its level", 0, 0, fill_field},
	{"MANIFEST", "what the manifest says", COLUMN_CUT | COLUMN_NO, 0, fill_manifest},
	{"OCI", "what the engine's config says", COLUMN_CUT | COLUMN_NO, 0, fill_oci},
	{"KERNEL", "what the kernel holds", COLUMN_CUT | COLUMN_NO, 0, fill_kernel},
	{"VERDICT", "ok, DRIFT, IGNORED (has no effect) or UNKNOWN", COLUMN_KEPT, 0, fill_verdict},
	{"WHERE", "file, line and column", COLUMN_WIDE, 0, fill_where},
	{"REASON", "why, in a few words", COLUMN_WRAP, 0, fill_reason},
	{NULL, NULL, 0, 0, NULL},
};

static struct json_object *value_of(const struct drift_value *v)
{
	struct json_object *list;

	switch (v->kind) {
	case DRIFT_VALUE_BOOL:
		return json_new_bool(v->truth);
	case DRIFT_VALUE_NUMBER:
		return json_new_i64(v->number);
	case DRIFT_VALUE_TEXT:
		return json_new_text(v->text);
	case DRIFT_VALUE_LIST:
		list = json_new_array();
		for (char **at = v->items; at && *at; at++)
			json_append(list, json_new_text(*at));
		return list;
	default:
		return NULL;
	}
}

static void to_json(const void *item, struct json_object *into)
{
	const struct drift_row *row = item;

	json_add_text(into, "container", row->container);
	json_add_text(into, "level", row->level);
	json_add_text(into, "field", row->field);
	json_add(into, "manifest", value_of(&row->manifest));
	json_add(into, "oci", value_of(&row->oci));
	json_add(into, "kernel", value_of(&row->kernel));
	json_add_text(into, "verdict", drift_verdict_name(row->verdict));
	json_add_text(into, "reason", row->reason);
	json_add_text(into, "file", row->file);
	json_add(into, "line", row->line ? json_new_i64(row->line) : NULL);
	json_add(into, "column", row->line ? json_new_i64(row->column) : NULL);
}

const struct view view_drift = {
	.kind = "Drift",
	.plural = "fields",
	.columns = columns,
	.json = to_json,
	.ref = fill_container,
};
