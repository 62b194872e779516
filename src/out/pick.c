/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which rows are shown, in which order, and their texts.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/err.h"
#include "out/print.h"

static int no_memory(struct err *err)
{
	return err_set(err, -ENOMEM, ERR_FAILED, "out of memory");
}

int out_pick(const struct out *out, const struct out_rows *rows, struct out_picked *ret, struct err *err)
{
	ret->rows = *rows;
	if (!out->tree)
		return 0;
	ret->order = calloc(rows->n + 1, sizeof(*ret->order));
	if (!ret->order)
		return no_memory(err);
	for (size_t i = 0; i < rows->n; i++)
		ret->order[i] = i;
	ret->tree.ascii = out->ascii;
	if (out_tree_make(out->view, rows, ret->order, ret->rows.n, &ret->tree) < 0)
		return no_memory(err);
	ret->rows.tree = &ret->tree;
	ret->rows.order = ret->order;
	return 0;
}

void out_picked_free(struct out_picked *picked)
{
	free(picked->order);
	out_tree_free(&picked->tree);
	*picked = (struct out_picked){0};
}

/* The first of the columns that the lines of a tree belong to. */
static bool has_lines(const struct out *out, size_t c)
{
	for (size_t i = 0; i < c; i++)
		if (out->columns[i]->flags & COLUMN_TREE)
			return false;
	return out->columns[c]->flags & COLUMN_TREE;
}

int out_texts_read(struct out_texts *texts, const struct out *out, const struct out_rows *rows, size_t i,
	struct err *err)
{
	const void *item = out_row(rows, i);
	bool failed = false;

	for (size_t c = 0; c < out->n_columns; c++) {
		struct buf *text = &texts->text[c];

		cell_clear(&texts->cell);
		out->columns[c]->fill(item, &texts->cell);
		text->len = 0;
		if (rows->tree && has_lines(out, c))
			out_tree_lines(rows->tree, i, text);
		cell_show(&texts->cell, text);
		texts->tone[c] = texts->cell.tone;
		failed |= text->failed | texts->cell.text.failed;
	}
	return failed ? no_memory(err) : 0;
}

void out_texts_free(struct out_texts *texts)
{
	cell_free(&texts->cell);
	for (size_t c = 0; c < OUT_COLUMNS_MAX; c++)
		buf_free(&texts->text[c]);
}

const char *out_tone(enum cell_tone tone)
{
	switch (tone) {
	case TONE_DIM:
		return "\033[2m";
	case TONE_WARN:
		return "\033[33m";
	case TONE_BAD:
		return "\033[31m";
	case TONE_PLAIN:
		break;
	}
	return NULL;
}
