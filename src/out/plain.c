/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables without a library, row by row: nothing of a long list is held.
 */
#include <string.h>
#include <wchar.h>

#include "base/err.h"
#include "base/text.h"
#include "out/print.h"

/* How many places the first bytes of a text take that fit into `max` places; *ret_len is how many bytes they
 * are. */
static size_t places(const char *text, size_t len, size_t max, size_t *ret_len)
{
	size_t width = 0, at = 0, n;
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

static size_t width_of(const char *text, size_t len)
{
	size_t all;

	return places(text, len, SIZE_MAX, &all);
}

/* A terminal that is too narrow takes from the columns that may be cut, the last one first, down to their
 * heads. */
static void cut_widths(const struct out *out, size_t *widths)
{
	size_t sum = out->n_columns ? out->n_columns - 1 : 0;

	for (size_t c = 0; c < out->n_columns; c++)
		sum += widths[c];
	for (size_t c = out->n_columns; out->width && c-- > 0 && sum > out->width;) {
		size_t least = strlen(out->columns[c]->name), less = sum - out->width;

		if (!(out->columns[c]->flags & COLUMN_CUT) || widths[c] <= least)
			continue;
		if (less > widths[c] - least)
			less = widths[c] - least;
		widths[c] -= less;
		sum -= less;
	}
}

static void pad(struct buf *line, size_t n)
{
	while (n-- > 0)
		buf_char(line, ' ');
}

static void add_cell(struct buf *line, const struct out *out, size_t c, const char *text, size_t len,
	enum cell_tone tone, size_t width)
{
	const char *color = out->color ? out_tone(tone) : NULL;
	bool last = c + 1 == out->n_columns, right = out->columns[c]->flags & COLUMN_RIGHT;
	size_t taken = width_of(text, len);

	if (taken > width)
		taken = places(text, len, width, &len);
	if (color) /* the blanks too, as the library has it */
		buf_str(line, color);
	if (right)
		pad(line, width - taken);
	buf_add(line, text, len);
	if (!right && !last)
		pad(line, width - taken);
	if (color)
		buf_str(line, "\033[0m");
	buf_char(line, last ? '\n' : ' ');
}

static void add_heads(struct buf *line, const struct out *out, const size_t *widths)
{
	for (size_t c = 0; c < out->n_columns; c++) {
		const char *name = out->columns[c]->name;

		add_cell(line, out, c, name, strlen(name), TONE_PLAIN, widths[c]);
	}
}

static int measure(const struct out *out, const struct out_rows *rows, struct out_texts *texts,
	size_t *widths, struct err *err)
{
	for (size_t c = 0; c < out->n_columns; c++)
		widths[c] = strlen(out->columns[c]->name);
	for (size_t i = 0; i < rows->n; i++) {
		int r = out_texts_read(texts, out, rows, i, err);

		if (r < 0)
			return r;
		for (size_t c = 0; c < out->n_columns; c++) {
			size_t width = width_of(buf_text(&texts->text[c]), texts->text[c].len);

			if (width > widths[c])
				widths[c] = width;
		}
	}
	return 0;
}

int out_plain(const struct out *out, const struct out_rows *rows, struct err *err)
{
	CLEANUP_TEXTS struct out_texts texts = {0};
	CLEANUP_BUF struct buf line = {0};
	size_t widths[OUT_COLUMNS_MAX] = {0};
	int r = measure(out, rows, &texts, widths, err);

	if (r < 0)
		return r;
	cut_widths(out, widths);
	if (out->headers)
		add_heads(&line, out, widths);
	for (size_t i = 0; i < rows->n; i++) {
		r = out_texts_read(&texts, out, rows, i, err);
		for (size_t c = 0; !r && c < out->n_columns; c++)
			add_cell(&line, out, c, buf_text(&texts.text[c]), texts.text[c].len, texts.tone[c],
				widths[c]);
		if (!r)
			r = out_write(&line, err);
		if (r < 0)
			return r;
		line.len = 0;
	}
	return 0;
}
