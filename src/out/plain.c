/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables without a library, row by row: nothing of a long list is held.
 */
#include <locale.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "out/print.h"

/* A table while it is printed. */
struct plain {
	const struct out *out;
	struct out_texts texts; /* of a row; at first of the heads */
	size_t widths[OUT_COLUMNS_MAX], heads[OUT_COLUMNS_MAX];
	struct buf line;
	locale_t locale; /* in use from the first text on that is not ASCII */
	bool utf8;
};

locale_t out_utf8_begin(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

	if (!locale)
		locale = newlocale(LC_CTYPE_MASK, "en_US.UTF-8", (locale_t)0);
	if (locale)
		uselocale(locale);
	return locale;
}

void out_utf8_end(locale_t locale)
{
	uselocale(LC_GLOBAL_LOCALE);
	if (locale)
		freelocale(locale);
}

static void plain_free(struct plain *p)
{
	if (p->utf8)
		out_utf8_end(p->locale);
	out_texts_free(&p->texts);
	buf_free(&p->line);
}

static void use_utf8(struct plain *p)
{
	if (!p->utf8)
		p->locale = out_utf8_begin();
	p->utf8 = true;
}

static void measure(struct plain *p, size_t *widths)
{
	for (size_t c = 0; c < p->out->n_columns; c++) {
		const char *text = buf_text(&p->texts.text[c]);
		size_t len = p->texts.text[c].len, width = text_ascii(text, len);

		if (width < len) {
			use_utf8(p);
			width = out_places_all(text, len);
		}
		if (width > widths[c])
			widths[c] = width;
	}
}

static void add_cell(struct plain *p, size_t c)
{
	const struct buf *text = &p->texts.text[c];
	const char *color = p->out->color ? out_tone(p->texts.tone[c]) : NULL;
	bool last = c + 1 == p->out->n_columns, right = p->out->columns[c].flags & COLUMN_RIGHT;
	size_t taken = out_places_all(buf_text(text), text->len);
	size_t room = p->widths[c] > taken ? p->widths[c] - taken : 0; /* an age may have grown since it was measured */

	if (color) /* the blanks too, as the library has it */
		buf_str(&p->line, color);
	if (right)
		buf_fill(&p->line, ' ', room);
	buf_add(&p->line, buf_text(text), text->len);
	if (!right && !last)
		buf_fill(&p->line, ' ', room);
	if (color)
		buf_str(&p->line, "\033[0m");
	buf_char(&p->line, last ? '\n' : ' ');
}

static int print_line(struct plain *p, struct err *err)
{
	p->line.len = 0;
	for (size_t c = 0; c < p->out->n_columns; c++)
		add_cell(p, c);
	return out_emit(p->out, &p->line, err);
}

static int print_heads(struct plain *p, struct err *err)
{
	struct out_watch *watch = p->out->round;
	int r = out_texts_heads(&p->texts, p->out, err);

	if (r < 0 || !p->out->headers || (watch && watch->headed))
		return r;
	if (watch)
		watch->headed = !watch->redraw;
	return print_line(p, err);
}

int out_plain(const struct out *out, const struct out_rows *rows, struct err *err)
{
	CLEANUP(plain_free) struct plain p = {.out = out};
	struct out_watch *watch = out->round;
	int r;

	if (out->width) /* out_cut() measures */
		use_utf8(&p);
	r = out_texts_heads(&p.texts, out, err);
	if (!r)
		measure(&p, p.heads);
	memcpy(p.widths, watch && !watch->redraw ? watch->widths : p.heads, sizeof(p.widths));
	if (!r && watch)
		measure(&p, p.widths);
	for (size_t i = 0; !r && i < rows->n; i++) {
		r = out_texts_read(&p.texts, out, rows, i, err);
		measure(&p, p.widths);
	}
	if (watch)
		memcpy(watch->widths, p.widths, sizeof(p.widths));
	if (!r)
		r = print_heads(&p, err);
	for (size_t i = 0; !r && i < rows->n; i++) {
		r = out_texts_read(&p.texts, out, rows, i, err);
		if (!r && out_watch_wants(watch, p.texts.print))
			r = print_line(&p, err);
	}
	return r;
}
