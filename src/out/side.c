/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values side by side: nothing of them is cut, because they are there to be compared. Where the columns are too narrow for
 * that, they stand one under the other. And texts that a row is there for (COLUMN_WRAP): they stand below it where the others
 * leave them too little.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "out/print.h"

#define LEAST 20 /* places for a column whose text goes on in the next line */
#define LINES_MOST 3 /* of a text in its column */
#define INDENT 4 /* of what does not fit into the line of its row */

struct side {
	const struct out *out;
	struct out_texts texts; /* of a row; at first of the heads */
	struct buf heads[OUT_COLUMNS_MAX];
	size_t widths[OUT_COLUMNS_MAX], at[OUT_COLUMNS_MAX]; /* at: how much of a text is printed */
	bool below[OUT_COLUMNS_MAX];
	struct buf line;
};

static void side_free(struct side *s)
{
	out_texts_free(&s->texts);
	for (size_t c = 0; c < s->out->n_columns; c++)
		buf_free(&s->heads[c]);
	buf_free(&s->line);
}

static bool may_wrap(const struct side *s, size_t c)
{
	return s->out->columns[c].flags & (s->out->wrapped ? COLUMN_WRAP : COLUMN_CUT | COLUMN_SIDE);
}

/* Which of the row's texts stand below it: where there is no room for the column, and what would be a column of its own. */
static void choose_below(struct side *s)
{
	for (size_t c = 0; c < s->out->n_columns; c++) {
		const struct buf *text = &s->texts.text[c];

		s->below[c] = s->out->wrapped && s->out->columns[c].flags & COLUMN_WRAP &&
			      (s->out->below || out_places_all(buf_text(text), text->len) > LINES_MOST * s->widths[c]);
	}
}

static void measure(struct side *s)
{
	for (size_t c = 0; c < s->out->n_columns; c++) {
		size_t width = out_places_all(buf_text(&s->texts.text[c]), s->texts.text[c].len);

		if (width > s->widths[c])
			s->widths[c] = width;
	}
}

/* Columns that may wrap share what the others leave: who needs less than a share gives the rest to the others. Do they all
 * get enough? */
static bool share(struct side *s)
{
	size_t left = s->out->side, n = 0, each;
	bool given[OUT_COLUMNS_MAX] = {false}, again = true;

	for (size_t c = 0; c < s->out->n_columns; c++) {
		size_t fixed = (may_wrap(s, c) ? 0 : s->widths[c]) + (c > 0);

		if (fixed > left)
			return false;
		left -= fixed;
		n += may_wrap(s, c);
		given[c] = !may_wrap(s, c);
	}
	while (again && n) {
		again = false;
		each = left / n;
		for (size_t c = 0; c < s->out->n_columns; c++) {
			if (given[c] || s->widths[c] > left / n)
				continue;
			left -= s->widths[c];
			n--;
			given[c] = again = true;
			if (!n)
				break;
		}
	}
	each = n ? left / n : LEAST;
	for (size_t c = 0; c < s->out->n_columns; c++)
		if (!given[c])
			s->widths[c] = each;
	return each >= LEAST;
}

static void add_colored(struct side *s, size_t c, const char *text, size_t len)
{
	const char *color = s->out->color ? out_tone(s->texts.tone[c]) : NULL;

	if (color && len)
		buf_str(&s->line, color);
	buf_add(&s->line, text, len);
	if (color && len)
		buf_str(&s->line, "\033[0m");
}

/* The next piece of each column that does not stand below. Is there more? */
static bool add_line(struct side *s)
{
	size_t owed = 0, end;
	bool more = false;

	for (size_t c = 0; c < s->out->n_columns; c++) {
		const struct buf *text = &s->texts.text[c];
		const char *rest = buf_text(text) + s->at[c];
		size_t left = text->len - s->at[c], len = out_piece(rest, left, s->widths[c]);
		size_t shown = out_piece_shown(rest, len, left);

		if (s->below[c]) {
			owed += s->out->below ? 0 : s->widths[c] + 1;
			continue;
		}
		if (len) {
			buf_fill(&s->line, ' ', owed);
			add_colored(s, c, rest, shown);
			owed = 0;
		}
		owed += s->widths[c] - out_places(rest, shown, s->widths[c], &end) + 1;
		s->at[c] += len;
		more |= s->at[c] < text->len;
	}
	buf_char(&s->line, '\n');
	return more;
}

static void add_row(struct side *s)
{
	memset(s->at, 0, sizeof(s->at));
	choose_below(s);
	while (add_line(s))
		;
}

/* A value below its row, its further lines below it. */
static void add_value(struct side *s, size_t c, size_t indent)
{
	const struct buf *text = &s->texts.text[c];
	size_t width = s->out->side > indent + LEAST / 2 ? s->out->side - indent : LEAST / 2;
	size_t head = out_places_all(buf_text(&s->heads[c]), s->heads[c].len);

	buf_printf(&s->line, "  %s:", buf_text(&s->heads[c]));
	buf_fill(&s->line, ' ', indent - head - 3);
	for (size_t at = 0, n; at < text->len || !at; at += n) {
		if (at)
			buf_fill(&s->line, ' ', indent);
		n = out_piece(buf_text(text) + at, text->len - at, width);
		add_colored(s, c, buf_text(text) + at, out_piece_shown(buf_text(text) + at, n, text->len - at));
		buf_char(&s->line, '\n');
		if (!n)
			break;
	}
}

/* The text of a column behind what the line has already; `used`: its places. What does not fit goes on in the next line. */
static void add_behind(struct side *s, size_t c, size_t *used)
{
	const size_t most = s->out->side > INDENT + LEAST ? s->out->side : INDENT + LEAST;
	const char *text = buf_text(&s->texts.text[c]);
	const size_t len = s->texts.text[c].len;

	if (*used && *used < most) {
		buf_char(&s->line, ' ');
		++*used;
	}
	for (size_t at = 0, n; at < len; at += n) {
		size_t places = out_places_all(text + at, len - at);
		bool fits = *used + places <= most, fits_below = INDENT + places <= most;

		if (at || (!fits && *used > INDENT && (fits_below || *used + LEAST > most))) {
			buf_char(&s->line, '\n');
			buf_fill(&s->line, ' ', INDENT);
			*used = INDENT;
		}
		n = out_piece(text + at, len - at, most - *used);
		add_colored(s, c, text + at, out_piece_shown(text + at, n, len - at));
		*used += out_places_all(text + at, n);
	}
}

static void add_stacked(struct side *s)
{
	size_t indent = 0, used = 0;

	for (size_t c = 0; c < s->out->n_columns; c++) {
		size_t head = out_places_all(buf_text(&s->heads[c]), s->heads[c].len);

		if (s->out->columns[c].flags & COLUMN_SIDE) {
			indent = head + 4 > indent ? head + 4 : indent;
			continue;
		}
		add_behind(s, c, &used);
	}
	if (used)
		buf_char(&s->line, '\n');
	for (size_t c = 0; c < s->out->n_columns; c++)
		if (s->out->columns[c].flags & COLUMN_SIDE)
			add_value(s, c, indent);
}

/* A line of the table and, if there are any, its texts below it. */
static void add_above(struct side *s)
{
	size_t indent = 0;

	add_row(s);
	for (size_t c = 0; c < s->out->n_columns; c++) {
		size_t head = out_places_all(buf_text(&s->heads[c]), s->heads[c].len);

		if (s->below[c] && head + 4 > indent)
			indent = head + 4;
	}
	for (size_t c = 0; c < s->out->n_columns; c++)
		if (s->below[c] && !s->texts.none[c])
			add_value(s, c, indent);
}

static int read_heads(struct side *s, struct err *err)
{
	int r = out_texts_heads(&s->texts, s->out, err);

	for (size_t c = 0; c < s->out->n_columns && !r; c++)
		buf_add(&s->heads[c], buf_text(&s->texts.text[c]), s->texts.text[c].len);
	if (!r)
		measure(s);
	return r;
}

/* The heads, where the values stand beside each other. */
static int print_heads(struct side *s, struct err *err)
{
	struct out_watch *watch = s->out->round;
	int r = out_texts_heads(&s->texts, s->out, err);

	if (r < 0 || !s->out->headers || (watch && watch->headed))
		return r;
	if (watch)
		watch->headed = !watch->redraw;
	add_row(s);
	return out_emit(s->out, &s->line, err);
}

int out_side(const struct out *out, const struct out_rows *rows, struct err *err)
{
	CLEANUP(side_free) struct side s = {.out = out};
	bool rows_are_lines;
	int r = read_heads(&s, err);

	for (size_t i = 0; !r && i < rows->n; i++) {
		r = out_texts_read(&s.texts, out, rows, i, err);
		measure(&s);
	}
	rows_are_lines = out->below || share(&s);
	if (!r && rows_are_lines)
		r = print_heads(&s, err);
	for (size_t i = 0; !r && i < rows->n; i++) {
		r = out_texts_read(&s.texts, out, rows, i, err);
		if (r < 0 || !out_watch_wants(out->round, s.texts.print))
			continue;
		s.line.len = 0;
		if (rows_are_lines)
			add_above(&s);
		else
			add_stacked(&s);
		r = out_emit(out, &s.line, err);
	}
	return r;
}
