/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The width of text, and a table on a terminal that is too narrow for it.
 */
#include <string.h>
#include <wchar.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "out/print.h"

size_t out_places(const char *text, size_t len, size_t max, size_t *ret_len)
{
	size_t at = text_ascii(text, len < max ? len : max), width = at, n;
	uint32_t code = 0;

	while (at < len) {
		int wide = 1;

		n = text_utf8(text + at, len - at, &code);
		if (!n)
			n = 1;
		else if (code >= 0x80)
			wide = wcwidth((wchar_t)code);
		if (wide < 0)
			wide = 1;
		if (width + (size_t)wide > max)
			break;
		width += (size_t)wide;
		at += n;
	}
	*ret_len = at;
	return width;
}

size_t out_places_all(const char *text, size_t len)
{
	size_t all;

	return out_places(text, len, SIZE_MAX, &all);
}

size_t out_piece(const char *text, size_t len, size_t width)
{
	static const char *const marks[] = {" ", ",/:"};
	size_t fit, least, cut;

	out_places(text, len, width, &fit);
	if (fit == len)
		return fit;
	if (!fit) /* a wide glyph in one place */
		out_places(text, len, 2, &fit);
	if (text[fit] == ' ')
		return fit + 1;
	out_places(text, len, width / 2, &least);
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		for (cut = fit; cut > least; cut--)
			if (strchr(marks[i], text[cut - 1]))
				return cut;
	return fit ? fit : len;
}

size_t out_piece_shown(const char *piece, size_t len, size_t left)
{
	while (len && len < left && piece[len - 1] == ' ')
		len--;
	return len;
}

#define TEXT_LEAST 8   /* less of a text says nothing */
#define CUT_LEAST 6    /* of one that may be cut */
#define CUT_USUAL 20   /* what such a one keeps while others can still be left out */
#define WRAP_LEAST 20  /* places for a text that goes on in the next line */
#define WRAP_ROOM 32   /* for all of these together */

struct width {
	size_t head, all, whole; /* its heading; all of its texts; those that are never cut */
	size_t now;
	bool filled;             /* any row has a value */
};

/* What a table has of its columns. */
struct measure {
	struct out *out;
	struct buf *left_out;
	struct width columns[OUT_COLUMNS_MAX];
};

static unsigned int flags_of(const struct measure *m, size_t c)
{
	return m->out->columns[c].flags;
}

static size_t all(const struct measure *m, size_t c)
{
	return m->columns[c].all;
}

static size_t now(const struct measure *m, size_t c)
{
	return m->columns[c].now;
}

/* What is left of column c when it is cut. Half a number would be another number. */
static size_t least(const struct measure *m, size_t c)
{
	const struct width *w = &m->columns[c];
	size_t some = flags_of(m, c) & COLUMN_CUT ? CUT_LEAST : TEXT_LEAST;

	if (flags_of(m, c) & (COLUMN_RIGHT | COLUMN_AGE) || w->all < some)
		return w->all;
	some = w->head > some ? w->head : some;
	return w->whole > some ? w->whole : some;
}

/* What column c takes before any is cut that COLUMN_CUT does not allow. */
static size_t usual(const struct measure *m, size_t c)
{
	size_t some = least(m, c);

	if (!(flags_of(m, c) & COLUMN_CUT))
		return all(m, c);
	some = some > CUT_USUAL ? some : CUT_USUAL;
	return all(m, c) < some ? all(m, c) : some;
}

/* The table's width when each column has that one. Those of COLUMN_WRAP do with less, or stand below. */
static size_t sum(const struct measure *m, size_t (*width)(const struct measure *m, size_t c))
{
	size_t sum = 0, n = 0, wraps = 0, some = 0;

	for (size_t c = 0; c < m->out->n_columns; c++) {
		if (!m->out->wrapped || !(flags_of(m, c) & COLUMN_WRAP)) {
			sum += width(m, c);
			n++;
		} else if (!m->out->below) {
			wraps += all(m, c);
			some += all(m, c) < WRAP_LEAST ? all(m, c) : WRAP_LEAST;
			n++;
		}
	}
	wraps = wraps < WRAP_ROOM ? wraps : WRAP_ROOM;
	return sum + (wraps > some ? wraps : some) + (n ? n - 1 : 0);
}

static bool fits(const struct measure *m, size_t (*width)(const struct measure *m, size_t c))
{
	return sum(m, width) <= m->out->width;
}

static void leave_out(struct measure *m, size_t c)
{
	size_t behind = m->out->n_columns - c - 1;
	const struct out_column *column = &m->out->columns[c];

	if (m->columns[c].filled || column->flags & COLUMN_NO) { /* from the right, so each one stands before the last */
		CLEANUP_BUF struct buf names = {0};

		out_head(column, &names);
		if (m->left_out->len)
			buf_printf(&names, ", %s", buf_text(m->left_out));
		m->left_out->len = 0;
		buf_add(m->left_out, buf_text(&names), names.len);
		m->left_out->failed |= names.failed;
	}
	memmove(&m->out->columns[c], column + 1, behind * sizeof(*column));
	memmove(&m->columns[c], &m->columns[c + 1], behind * sizeof(m->columns[0]));
	m->out->n_columns--;
}

/* The last column that may go. The first says what a row is. */
static size_t last_one(const struct measure *m, bool empty)
{
	for (size_t c = m->out->n_columns; c-- > 1;)
		if (!(flags_of(m, c) & (COLUMN_KEPT | COLUMN_WRAP)) && !(empty && m->columns[c].filled))
			return c;
	return 0;
}

/* Those that say nothing first, from the right; then those whose "-" is an answer, and what stands last. */
static void leave_out_some(struct measure *m)
{
	for (size_t c = m->out->n_columns; c-- > 1 && !fits(m, usual);)
		if (!m->columns[c].filled && !(flags_of(m, c) & (COLUMN_KEPT | COLUMN_NO)))
			leave_out(m, c);
	m->out->below = m->out->wrapped && !fits(m, usual);
	while (!fits(m, least)) {
		size_t c = last_one(m, true);

		c = c ? c : last_one(m, false);
		if (!c)
			break;
		leave_out(m, c);
	}
}

/* The widest become narrower, of those that have these flags. */
static void cut_some(struct measure *m, unsigned int flags, size_t (*floor)(const struct measure *m, size_t c))
{
	for (size_t more = sum(m, now); more > m->out->width; more--) {
		size_t widest = m->out->n_columns;

		for (size_t c = 0; c < m->out->n_columns; c++)
			if ((flags_of(m, c) & (flags | COLUMN_WRAP)) == flags && now(m, c) > floor(m, c) &&
				(widest == m->out->n_columns || now(m, c) > now(m, widest)))
				widest = c;
		if (widest == m->out->n_columns)
			break;
		m->columns[widest].now--;
	}
}

static void fit(struct measure *m)
{
	struct out *out = m->out;

	if (fits(m, all))
		return;
	for (size_t c = 0; c < out->n_columns; c++)
		out->wrapped |= (flags_of(m, c) & COLUMN_WRAP) != 0;
	leave_out_some(m);
	for (size_t c = 0; c < out->n_columns; c++) {
		struct width *w = &m->columns[c];

		w->now = w->all > out->width && least(m, c) < out->width ? out->width : w->all;
	}
	cut_some(m, COLUMN_CUT, usual);
	cut_some(m, 0, least);
	for (size_t c = 0; c < out->n_columns; c++)
		if (now(m, c) < all(m, c) && !(flags_of(m, c) & COLUMN_WRAP)) /* that one is out_side()'s */
			out->columns[c].most = now(m, c);
}

static int measure(struct measure *m, const struct out_rows *rows, struct err *err)
{
	CLEANUP_TEXTS struct out_texts texts = {0};
	struct out *out = m->out;
	int r = out_texts_heads(&texts, out, err);

	for (size_t c = 0; !r && c < out->n_columns; c++)
		m->columns[c].head = m->columns[c].all = out_places_all(buf_text(&texts.text[c]), texts.text[c].len);
	for (size_t i = 0; !r && i < rows->n; i++) {
		r = out_texts_read(&texts, out, rows, i, err);
		for (size_t c = 0; !r && c < out->n_columns; c++) {
			const struct buf *text = &texts.text[c];
			size_t width = out_places_all(buf_text(text), text->len);
			struct width *w = &m->columns[c];

			w->all = width > w->all ? width : w->all;
			if (texts.whole[c])
				w->whole = width > w->whole ? width : w->whole;
			w->filled |= !texts.none[c];
		}
	}
	for (size_t c = 0; c < out->n_columns; c++)
		m->columns[c].now = m->columns[c].all;
	return r;
}

int out_fit(struct out *out, const struct out_rows *rows, struct buf *left_out, struct err *err)
{
	struct measure m = {.out = out, .left_out = left_out};
	int r = measure(&m, rows, err);

	if (r < 0)
		return r;
	if (out->fit)
		fit(&m);
	if (!fits(&m, now))
		out->width = sum(&m, now);
	return left_out->failed ? err_no_memory(err) : 0;
}

void out_cut(const struct out *out, size_t c, struct buf *text)
{
	const char *mark = out->ascii ? "..." : "\u2026";
	size_t most = out->columns[c].most, places = out->ascii ? 3 : 1, len;

	if (!most || out_places_all(buf_text(text), text->len) <= most)
		return;
	out_places(buf_text(text), text->len, most > places ? most - places : 0, &len);
	text->len = len;
	buf_str(text, mark);
}
