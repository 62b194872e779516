/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Capabilities by containers, a mark for each. Which columns there are is known only when the containers are, so all marks of
 * a row are one cell, and the heading is made to stand above them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "view/caps.h"

#define CAPABILITY_WIDTH 20 /* of the first column: CHECKPOINT_RESTORE, and a blank */
#define WIDTH_UNKNOWN 120   /* what a reader without a terminal is taken to have */

enum mark { MARK_EFFECTIVE, MARK_PERMITTED, MARK_BOUNDING, MARK_NONE };

static const char *const marks[2][4] = {
	{"\u25cf", "\u25d0", "\u25cb", "\u00b7"},
	{"E", "P", "b", "."},
};

static enum mark mark_of(const struct cap_sets *sets, uint64_t bit)
{
	if (sets->effective & bit)
		return MARK_EFFECTIVE;
	if (sets->permitted & bit)
		return MARK_PERMITTED;
	return caps_any(sets) & bit ? MARK_BOUNDING : MARK_NONE;
}

const char *view_caps_matrix_legend(bool ascii)
{
	return ascii ? "E effective, P permitted but switched off, b bounding or inheritable only, . none"
		     : "\u25cf effective, \u25d0 permitted but switched off, \u25cb bounding or inheritable only, \u00b7 none";
}

/* Characters, as nearly as makes no difference for a heading: names of containers are ASCII in every engine. */
static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void fill_capability(const void *item, struct cell *ret)
{
	caps_name(&ret->text, ((const struct caps_matrix_row *)item)->number);
	ret->kind = CELL_TEXT;
}

static void fill_marks(const void *item, struct cell *ret)
{
	const struct caps_matrix_row *row = item;
	const struct caps_matrix *m = row->matrix;
	size_t owed = 0; /* blanks that are written only if a mark follows */

	for (size_t i = 0; i < m->n_columns; i++) {
		const struct caps_process *p = m->items[m->first[i]].process;

		buf_fill(&ret->text, ' ', owed);
		buf_str(&ret->text, marks[m->ascii][mark_of(&p->held, UINT64_C(1) << row->number)]);
		owed = m->widths[i] - 1;
	}
	ret->kind = CELL_TEXT;
}

static const struct column columns[] = {
	{"CAPABILITY", "its name", 0, 0, fill_capability},
	{VIEW_CAPS_MARKS, "a mark for each container", 0, 0, fill_marks},
	{NULL, NULL, 0, 0, NULL},
};

static void to_json(const void *item, struct json_object *into)
{
	const struct caps_matrix_row *row = item;

	if (row->matrix->n)
		view_caps.json(&row->matrix->items[0], into);
}

static void fill_name(struct buf *out, const struct caps_item *item)
{
	const char *ref = item->process->container->ref;

	text_escape(out, ref, strlen(ref));
}

static bool same_marks(const struct caps_item *a, const struct caps_item *b)
{
	const struct cap_sets *x = &a->process->held, *y = &b->process->held;

	return x->effective == y->effective && x->permitted == y->permitted && caps_any(x) == caps_any(y);
}

/* A column for each item, or for all that look alike. */
static void make_columns(struct caps_matrix *m)
{
	m->n_columns = 0;
	for (size_t i = 0; i < m->n; i++) {
		size_t c = 0;

		while (c < m->n_columns && !(m->numbered && same_marks(&m->items[m->first[c]], &m->items[i])))
			c++;
		if (c == m->n_columns)
			m->first[m->n_columns++] = i;
		m->column[i] = c;
	}
}

/* Returns how wide the whole would be. */
static size_t make_heading(struct caps_matrix *m)
{
	size_t total = CAPABILITY_WIDTH;

	m->heading.len = 0;
	for (size_t c = 0; c < m->n_columns; c++) {
		CLEANUP_BUF struct buf name = {0};

		if (m->numbered)
			buf_printf(&name, "%zu", c + 1);
		else
			fill_name(&name, &m->items[m->first[c]]);
		m->widths[c] = characters(buf_text(&name)) + 1;
		total += m->widths[c];
		buf_printf(&m->heading, "%s%s", c ? " " : "", buf_text(&name));
	}
	return total;
}

int view_caps_matrix_make(const struct caps_item *items, size_t n, bool ascii, size_t width, struct caps_matrix *ret)
{
	*ret = (struct caps_matrix){
		.items = items,
		.n = n,
		.ascii = ascii,
		.column = calloc(n + 1, sizeof(*ret->column)),
		.first = calloc(n + 1, sizeof(*ret->first)),
		.widths = calloc(n + 1, sizeof(*ret->widths)),
	};
	if (!ret->column || !ret->first || !ret->widths)
		return -ENOMEM;
	make_columns(ret);
	ret->numbered = make_heading(ret) > (width ? width : WIDTH_UNKNOWN);
	if (ret->numbered) {
		make_columns(ret);
		make_heading(ret);
	}
	return ret->heading.failed ? -ENOMEM : 0;
}

void view_caps_matrix_list(const struct caps_matrix *matrix, struct buf *out)
{
	for (size_t c = 0; matrix->numbered && c < matrix->n_columns; c++) {
		buf_printf(out, "%2zu ", c + 1);
		for (size_t i = 0; i < matrix->n; i++)
			if (matrix->column[i] == c)
				buf_printf(out, "%s%s", i == matrix->first[c] ? "" : ", ",
					matrix->items[i].process->container->ref);
		buf_char(out, '\n');
	}
}

void view_caps_matrix_free(struct caps_matrix *matrix)
{
	free(matrix->column);
	free(matrix->first);
	free(matrix->widths);
	buf_free(&matrix->heading);
	*matrix = (struct caps_matrix){.items = NULL};
}

const struct view view_caps_matrix = {
	.kind = "Caps",
	.plural = "caps",
	.columns = columns,
	.json = to_json,
	.ref = fill_capability,
};
