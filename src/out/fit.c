/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The width of text, and a table on a terminal that is too narrow for it.
 */
#include <string.h>
#include <wchar.h>

#include "base/cleanup.h"
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

#define TEXT_LEAST 8 /* less of a text says nothing */

/* What a table has of its columns. */
struct measure {
	struct out *out;
	size_t heads[OUT_COLUMNS_MAX], widths[OUT_COLUMNS_MAX];
	bool filled[OUT_COLUMNS_MAX]; /* any row has a value */
};

/* What is left of column c when it is cut. Half a number would be another number. */
static size_t least(const struct measure *m, size_t c)
{
	unsigned int flags = m->out->columns[c].flags;
	size_t least = flags & COLUMN_CUT || m->heads[c] > TEXT_LEAST ? m->heads[c] : TEXT_LEAST;

	return flags & (COLUMN_RIGHT | COLUMN_AGE) || m->widths[c] < least ? m->widths[c] : least;
}

/* What column c takes before any is cut that COLUMN_CUT does not allow. */
static size_t usual(const struct measure *m, size_t c)
{
	return m->out->columns[c].flags & COLUMN_CUT ? least(m, c) : m->widths[c];
}

static bool fits(const struct measure *m, size_t (*width)(const struct measure *m, size_t c))
{
	size_t sum = m->out->n_columns - 1;

	for (size_t c = 0; c < m->out->n_columns; c++)
		sum += width(m, c);
	return sum <= m->out->width;
}

static void leave_out(struct measure *m, size_t c)
{
	size_t behind = m->out->n_columns - c - 1;

	memmove(&m->out->columns[c], &m->out->columns[c + 1], behind * sizeof(*m->out->columns));
	memmove(&m->heads[c], &m->heads[c + 1], behind * sizeof(*m->heads));
	memmove(&m->widths[c], &m->widths[c + 1], behind * sizeof(*m->widths));
	memmove(&m->filled[c], &m->filled[c + 1], behind * sizeof(*m->filled));
	m->out->n_columns--;
}

/* Those that say nothing first, from the right, then what stands last. The first says what a row is. */
static void leave_out_some(struct measure *m)
{
	for (size_t c = m->out->n_columns; c-- > 1 && !fits(m, usual);)
		if (!m->filled[c])
			leave_out(m, c);
	while (m->out->n_columns > 1 && !fits(m, least))
		leave_out(m, m->out->n_columns - 1);
}

/* The printers cut those of COLUMN_CUT down to their heads; if that does not do, the widest of the others become
 * narrower. */
static void cut_some(struct measure *m)
{
	size_t sum = m->out->n_columns - 1, wide[OUT_COLUMNS_MAX];

	for (size_t c = 0; c < m->out->n_columns; c++)
		sum += wide[c] = usual(m, c);
	for (; sum > m->out->width; sum--) {
		size_t widest = m->out->n_columns;

		for (size_t c = 0; c < m->out->n_columns; c++)
			if (wide[c] > least(m, c) && (widest == m->out->n_columns || wide[c] > wide[widest]))
				widest = c;
		if (widest == m->out->n_columns)
			break;
		m->out->columns[widest].most = --wide[widest];
	}
}

int out_fit(struct out *out, const struct out_rows *rows, struct err *err)
{
	CLEANUP_TEXTS struct out_texts texts = {0};
	struct measure m = {.out = out};
	int r = out_texts_heads(&texts, out, err);

	for (size_t c = 0; !r && c < out->n_columns; c++)
		m.heads[c] = m.widths[c] = out_places_all(buf_text(&texts.text[c]), texts.text[c].len);
	for (size_t i = 0; !r && i < rows->n; i++) {
		r = out_texts_read(&texts, out, rows, i, err);
		for (size_t c = 0; !r && c < out->n_columns; c++) {
			const struct buf *text = &texts.text[c];
			size_t width = out_places_all(buf_text(text), text->len);

			m.widths[c] = width > m.widths[c] ? width : m.widths[c];
			m.filled[c] |= strcmp(buf_text(text), "-") != 0;
		}
	}
	if (r < 0)
		return r;
	leave_out_some(&m);
	cut_some(&m);
	return 0;
}

void out_cut(const struct out *out, size_t c, struct buf *text)
{
	size_t most = out->columns[c].most, len;

	if (!most || out_places_all(buf_text(text), text->len) <= most)
		return;
	out_places(buf_text(text), text->len, most - 1, &len);
	text->len = len;
	buf_str(text, out->ascii ? "+" : "\u2026");
}
