/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables through libsmartcols, the only place that knows it. It is opened when a table is printed and not
 * linked, because every start of nsctl would pay for it (0.1 ms); where it is missing a plain table with the
 * same cells is printed.
 *
 * All cells are escaped here, so the library's own encoding is off: it would escape the backslashes of ours
 * again.
 */
#include <dlfcn.h>
#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "out/out.h"

#define LIBRARY "libsmartcols.so.1"

struct smartcols {
	void *handle;
	struct libscols_table *(*new_table)(void);
	void (*unref_table)(struct libscols_table *);
	struct libscols_column *(*table_new_column)(struct libscols_table *, const char *, double, int);
	struct libscols_line *(*table_new_line)(struct libscols_table *, struct libscols_line *);
	int (*line_refer_data)(struct libscols_line *, size_t, char *);
	struct libscols_cell *(*line_get_cell)(struct libscols_line *, size_t);
	int (*cell_set_color)(struct libscols_cell *, const char *);
	int (*table_enable_colors)(struct libscols_table *, int);
	int (*table_enable_noencoding)(struct libscols_table *, int);
	int (*table_enable_noheadings)(struct libscols_table *, int);
	int (*table_set_termforce)(struct libscols_table *, int);
	int (*table_set_termwidth)(struct libscols_table *, size_t);
	int (*print_table)(struct libscols_table *);
};

static bool library_open(struct smartcols *lib)
{
	const struct {
		const char *name;
		void *function; /* of the pointer */
	} names[] = {
		{"scols_new_table", &lib->new_table},
		{"scols_unref_table", &lib->unref_table},
		{"scols_table_new_column", &lib->table_new_column},
		{"scols_table_new_line", &lib->table_new_line},
		{"scols_line_refer_data", &lib->line_refer_data},
		{"scols_line_get_cell", &lib->line_get_cell},
		{"scols_cell_set_color", &lib->cell_set_color},
		{"scols_table_enable_colors", &lib->table_enable_colors},
		{"scols_table_enable_noencoding", &lib->table_enable_noencoding},
		{"scols_table_enable_noheadings", &lib->table_enable_noheadings},
		{"scols_table_set_termforce", &lib->table_set_termforce},
		{"scols_table_set_termwidth", &lib->table_set_termwidth},
		{"scols_print_table", &lib->print_table},
	};

	lib->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	for (size_t i = 0; lib->handle && i < ARRAY_SIZE(names); i++) {
		void *symbol = dlsym(lib->handle, names[i].name);

		memcpy(names[i].function, &symbol, sizeof(symbol)); /* ISO C has no cast from data to code */
		if (!symbol)
			return false;
	}
	return lib->handle;
}

static void library_close(struct smartcols *lib)
{
	if (lib->handle)
		dlclose(lib->handle);
	lib->handle = NULL;
}

static const char *tone_sequence(enum cell_tone tone)
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

/* Widths of what is not ASCII are the C library's, for a thread that has a UTF-8 locale. It is set for the
 * time of the printing only and when there is such text: loading a locale costs more than a short list. */
static locale_t use_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

	if (!locale)
		locale = newlocale(LC_CTYPE_MASK, "en_US.UTF-8", (locale_t)0);
	if (locale)
		uselocale(locale);
	return locale;
}

static void end_utf8(locale_t locale)
{
	uselocale(LC_GLOBAL_LOCALE);
	if (locale)
		freelocale(locale);
}

/* The text of row i in column c, escaped; malloc'd. */
static char *cell_at(
	const struct out *out, const struct out_rows *rows, size_t i, size_t c, enum cell_tone *ret_tone)
{
	CLEANUP_CELL struct cell cell = {0};
	CLEANUP_BUF struct buf text = {0};

	out->columns[c]->fill(out_row(rows, i), &cell);
	*ret_tone = cell.tone;
	cell_show(&cell, &text);
	text.failed |= cell.text.failed;
	return buf_take(&text);
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static int fill_row(struct smartcols *lib, struct libscols_table *table, const struct out *out,
	const struct out_rows *rows, size_t i, bool *wide_glyphs)
{
	struct libscols_line *line = lib->table_new_line(table, NULL);

	if (!line)
		return -ENOMEM;
	for (size_t c = 0; c < out->n_columns; c++) {
		enum cell_tone tone;
		char *text = cell_at(out, rows, i, c, &tone);
		const char *color = out->color ? tone_sequence(tone) : NULL;

		if (!text)
			return -ENOMEM;
		*wide_glyphs |= !is_ascii(text);
		if (lib->line_refer_data(line, c, text)) { /* takes it */
			free(text);
			return -ENOMEM;
		}
		if (color)
			lib->cell_set_color(lib->line_get_cell(line, c), color);
	}
	return 0;
}

static int fill_table(struct smartcols *lib, struct libscols_table *table, const struct out *out,
	const struct out_rows *rows, bool *wide_glyphs)
{
	int r = 0;

	lib->table_enable_colors(table, out->color);
	lib->table_enable_noencoding(table, 1);
	lib->table_enable_noheadings(table, !out->headers);
	/* never ask the terminal or the environment: both were asked already */
	lib->table_set_termforce(table, out->width ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
	if (out->width)
		lib->table_set_termwidth(table, out->width);
	for (size_t c = 0; c < out->n_columns; c++) {
		unsigned int flags = out->columns[c]->flags;

		if (!lib->table_new_column(table, out->columns[c]->name, 0,
			    (flags & COLUMN_RIGHT ? SCOLS_FL_RIGHT : 0) |
				    (flags & COLUMN_CUT ? SCOLS_FL_TRUNC : 0)))
			return -ENOMEM;
	}
	for (size_t i = 0; !r && i < rows->n; i++)
		r = fill_row(lib, table, out, rows, i, wide_glyphs);
	return r;
}

static int print_smart(struct smartcols *lib, const struct out *out, const struct out_rows *rows)
{
	struct libscols_table *table = lib->new_table();
	locale_t locale = (locale_t)0;
	bool wide_glyphs = false;
	int r;

	if (!table)
		return -ENOMEM;
	r = fill_table(lib, table, out, rows, &wide_glyphs);
	if (!r && wide_glyphs)
		locale = use_utf8();
	if (!r) {
		errno = 0;
		r = lib->print_table(table);
		if (ferror(stdout))
			r = errno ? -errno : -EIO;
	}
	if (wide_glyphs)
		end_utf8(locale);
	lib->unref_table(table);
	return r;
}

/* How many places the text takes. */
static size_t width_of(const char *text)
{
	size_t width = 0, len = strlen(text);
	uint32_t code = 0;

	for (size_t at = 0, n; at < len; at += n) {
		int places = 1;

		n = text_utf8(text + at, len - at, &code);
		if (!n)
			n = 1;
		else if (code >= 0x80)
			places = wcwidth((wchar_t)code);
		width += places < 0 ? 1 : (size_t)places;
	}
	return width;
}

static void plain_cell(struct buf *line, const char *text, size_t width, unsigned int flags, bool last)
{
	size_t pad = width > width_of(text) ? width - width_of(text) : 0;

	for (size_t i = 0; flags & COLUMN_RIGHT && i < pad; i++)
		buf_char(line, ' ');
	buf_str(line, text);
	for (size_t i = 0; !last && !(flags & COLUMN_RIGHT) && i < pad; i++)
		buf_char(line, ' ');
	buf_char(line, last ? '\n' : ' ');
}

static int print_plain(const struct out *out, const struct out_rows *rows, struct err *err)
{
	size_t n = out->n_columns, lines = rows->n + 1, widths[OUT_COLUMNS_MAX] = {0};
	CLEANUP_BUF struct buf line = {0};
	int r = 0;

	/* twice over the rows: once to measure, once to print; row 0 is the heading, which counts for the
	 * width even if it is left out, as in the library */
	for (size_t pass = 0; pass < 2 && !r; pass++) {
		for (size_t i = pass && !out->headers; i < lines && !r; i++) {
			line.len = 0;
			for (size_t c = 0; c < n; c++) {
				enum cell_tone tone;
				CLEANUP_FREE char *text = i ? cell_at(out, rows, i - 1, c, &tone)
							    : strdup(out->columns[c]->name);

				if (!text)
					return err_set(err, -ENOMEM, ERR_FAILED, "out of memory");
				if (pass)
					plain_cell(
						&line, text, widths[c], out->columns[c]->flags, c + 1 == n);
				else if (width_of(text) > widths[c])
					widths[c] = width_of(text);
			}
			r = pass ? out_write(&line, err) : 0;
		}
	}
	return r;
}

int out_table(const struct out *out, const struct out_rows *rows, struct err *err)
{
	CLEANUP(library_close) struct smartcols lib = {0};
	locale_t locale;
	int r;

	if (!rows->n)
		return 0;
	if (library_open(&lib)) {
		r = print_smart(&lib, out, rows);
		if (r == -EPIPE)
			return err_set(err, r, ERR_PIPE, "nobody reads the output");
		return r < 0 ? err_sys(err, r, "cannot print the table") : 0;
	}
	locale = use_utf8();
	r = print_plain(out, rows, err);
	end_utf8(locale);
	return r;
}
