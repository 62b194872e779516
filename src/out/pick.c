/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which rows are shown, in which order, and their texts.
 */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "out/filter.h"
#include "out/path.h"
#include "out/print.h"

static int leave_out(
	const struct out *out, const struct out_rows *rows, struct out_picked *ret, struct err *err)
{
	CLEANUP_FILTER struct filter filter = {0};
	CLEANUP_CELL struct cell cell = {0};
	CLEANUP_BUF struct buf text = {0};
	int r = filter_parse(out->filter, out->view, &filter, err);

	ret->rows.n = 0;
	for (size_t i = 0; !r && i < rows->n; i++)
		if (filter_match(&filter, (const char *)rows->items + i * rows->size, &cell, &text))
			ret->order[ret->rows.n++] = i;
	return !r && (cell.text.failed || text.failed) ? err_no_memory(err) : r;
}

/* A row and what it is sorted by. */
struct sorted {
	struct cell cell;  /* the text is owned */
	size_t row, place; /* in the default order, which decides among equals */
	bool down;
};

static int by_cell(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int order = cell_compare(&x->cell, &y->cell, x->down);

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static int sort(const struct out *out, const struct out_rows *rows, struct out_picked *ret, struct err *err)
{
	size_t n = ret->rows.n;
	CLEANUP_FREE struct sorted *all = calloc(n + 1, sizeof(*all));
	bool failed = !all;

	for (size_t i = 0; i < n && !failed; i++) {
		all[i].row = ret->order[i];
		all[i].place = i;
		all[i].down = out->sort_down;
		out->sort->fill((const char *)rows->items + ret->order[i] * rows->size, &all[i].cell);
		failed = all[i].cell.text.failed;
	}
	if (!failed)
		qsort(all, n, sizeof(*all), by_cell);
	for (size_t i = 0; i < n && all; i++) {
		if (!failed)
			ret->order[i] = all[i].row;
		cell_free(&all[i].cell);
	}
	return failed ? err_no_memory(err) : 0;
}

int out_pick(const struct out *out, const struct out_rows *rows, struct out_picked *ret, struct err *err)
{
	int r = 0;

	ret->rows = *rows;
	if (!out->tree && !out->filter && !out->sort)
		return 0;
	ret->order = calloc(rows->n + 1, sizeof(*ret->order));
	if (!ret->order)
		return err_no_memory(err);
	for (size_t i = 0; i < rows->n; i++)
		ret->order[i] = i;
	if (out->filter)
		r = leave_out(out, rows, ret, err);
	if (!r && out->sort)
		r = sort(out, rows, ret, err);
	ret->tree.ascii = out->ascii;
	if (!r && out->tree && out_tree_make(out->view, rows, ret->order, ret->rows.n, &ret->tree) < 0)
		r = err_no_memory(err);
	ret->rows.tree = out->tree ? &ret->tree : NULL;
	ret->rows.order = ret->order;
	return r;
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
		if (out->columns[i].flags & COLUMN_TREE)
			return false;
	return out->columns[c].flags & COLUMN_TREE;
}

void out_head(const struct out_column *column, struct buf *to)
{
	if (column->head)
		text_escape(to, column->head, column->head_len);
	else
		buf_str(to, column->column->name);
}

int out_texts_heads(struct out_texts *texts, const struct out *out, struct err *err)
{
	bool failed = false;

	for (size_t c = 0; c < out->n_columns; c++) {
		struct buf *text = &texts->text[c];

		text->len = 0;
		out_head(&out->columns[c], text);
		texts->tone[c] = TONE_PLAIN;
		failed |= text->failed;
	}
	return failed ? err_no_memory(err) : 0;
}

/* One column of a row; `json` is there for those of custom-columns. */
static int read_cell(struct out_texts *texts, const struct out *out, const struct out_rows *rows, size_t i,
	size_t c, struct json_object *json, struct err *err)
{
	const struct out_column *column = &out->columns[c];
	bool lines = rows->tree && has_lines(out, c);
	struct buf *text = &texts->text[c];
	int r = 0;

	cell_clear(&texts->cell);
	if (column->column)
		column->column->fill(out_row(rows, i), &texts->cell);
	else
		r = path_read(column->path, column->path_len, out->view, json, &texts->cell, err);
	text->len = 0;
	if (lines)
		out_tree_lines(rows->tree, i, text);
	cell_show(&texts->cell, text);
	texts->tone[c] = texts->cell.tone;
	texts->none[c] = texts->cell.kind == CELL_NONE;
	texts->whole[c] = !lines && (texts->cell.kind != CELL_TEXT || texts->cell.whole);
	if (out->round && texts->cell.kind != CELL_AGE)
		texts->print = out_print(texts->print, buf_text(text), text->len + 1);
	out_cut(out, c, text);
	return !r && (text->failed || texts->cell.text.failed) ? err_no_memory(err) : r;
}

int out_texts_read(struct out_texts *texts, const struct out *out, const struct out_rows *rows, size_t i,
	struct err *err)
{
	CLEANUP_JSON struct json_object *json = NULL;
	int r = 0;

	texts->print = 0;
	if (out->n_columns && !out->columns[0].column) {
		json = json_new_object();
		out->view->json(out_row(rows, i), json);
	}
	for (size_t c = 0; !r && c < out->n_columns; c++)
		r = read_cell(texts, out, rows, i, c, json, err);
	return r;
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
