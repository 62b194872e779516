/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/difference.h"

#include <stddef.h>

static const struct difference *of(const void *item)
{
	return ((const struct difference_row *)item)->difference;
}

static void fill_view(const void *item, struct cell *ret)
{
	cell_text(ret, of(item)->view);
}

static void fill_key(const void *item, struct cell *ret)
{
	cell_text(ret, of(item)->key);
}

static void fill_field(const void *item, struct cell *ret)
{
	cell_text(ret, of(item)->field);
}

static void fill_value(const struct difference *d, const char *value, struct cell *ret)
{
	if (!value && d->verdict == DIFFERENCE_UNKNOWN)
		cell_unknown(ret);
	else
		cell_text(ret, value);
}

static void fill_left(const void *item, struct cell *ret)
{
	fill_value(of(item), of(item)->left, ret);
}

static void fill_right(const void *item, struct cell *ret)
{
	fill_value(of(item), of(item)->right, ret);
}

static void fill_verdict(const void *item, struct cell *ret)
{
	if (of(item)->verdict == DIFFERENCE_UNKNOWN)
		cell_unknown(ret);
	else
		cell_text(ret, difference_name(of(item)->verdict));
	ret->tone = of(item)->verdict == DIFFERENCE_SAME ? TONE_DIM : TONE_PLAIN;
}

static void fill_ref(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct difference_row *)item)->left);
}

static const struct column columns[] = {
	{"VIEW", "what is compared", 0, 0, fill_view},
	{"KEY", "of what: a capability, a namespace; of pids the PID outside, of two containers inside",
		COLUMN_CUT, 0, fill_key},
	{"FIELD", "what of it; of pids the command", COLUMN_CUT, 0, fill_field},
	{VIEW_DIFFERENCE_LEFT, "the first one's; of pids the PID inside", COLUMN_CUT | COLUMN_SIDE, 0,
		fill_left},
	{VIEW_DIFFERENCE_RIGHT, "the other's, or the host's", COLUMN_CUT | COLUMN_SIDE, 0, fill_right},
	{"VERDICT", "same, differs, left-only, right-only", 0, 0, fill_verdict},
	{NULL, NULL, 0, 0, NULL},
};

static void to_json(const void *item, struct json_object *into)
{
	const struct difference_row *row = item;

	json_add_text(into, "left", row->left);
	json_add_text(into, "right", row->right);
	json_add_text(into, "view", row->difference->view);
	json_add_text(into, "key", row->difference->key);
	json_add_text(into, "field", row->difference->field);
	json_add_text(into, "leftValue", row->difference->left);
	json_add_text(into, "rightValue", row->difference->right);
	json_add_text(into, "verdict", difference_name(row->difference->verdict));
}

const struct view view_difference = {
	.kind = "Diff",
	.plural = "differences",
	.columns = columns,
	.json = to_json,
	.ref = fill_ref,
};
