/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables through libsmartcols, the only place that knows it. It is opened when a table is printed on a terminal and not
 * linked, because every start of nsctl would pay for it (0.1 ms); elsewhere, where it is missing, and for long tables,
 * plain.c prints the same.
 *
 * All cells are escaped here, so the library's own encoding is off: it would escape the backslashes of ours
 * again.
 */
#include <errno.h>
#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/library.h"
#include "base/text.h"
#include "out/print.h"

#define LIBRARY "libsmartcols.so.1"
#define ROWS_HELD                                                                                            \
	2000 /* a longer table is printed without the library, which holds all of its cells: 1 KB a row */

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

static bool smartcols_open(struct smartcols *lib)
{
	const struct library_symbol symbols[] = {
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

	lib->handle = library_open(LIBRARY, symbols, ARRAY_SIZE(symbols), false);
	return lib->handle;
}

static void smartcols_close(struct smartcols *lib)
{
	library_close(lib->handle);
	lib->handle = NULL;
}

static int fill_row(struct smartcols *lib, struct libscols_table *table, const struct out *out,
	struct out_texts *texts)
{
	struct libscols_line *line = lib->table_new_line(table, NULL);

	if (!line)
		return -ENOMEM;
	for (size_t c = 0; c < out->n_columns; c++) {
		const char *color = out->color ? out_tone(texts->tone[c]) : NULL;
		char *text = strdup(buf_text(&texts->text[c]));

		if (!text)
			return -ENOMEM;
		if (lib->line_refer_data(line, c, text)) { /* takes it */
			free(text);
			return -ENOMEM;
		}
		if (color)
			lib->cell_set_color(lib->line_get_cell(line, c), color);
	}
	return 0;
}

/* The heads of the table; the texts stay the caller's. */
static int add_columns(struct smartcols *lib, struct libscols_table *table, const struct out *out,
	const struct out_texts *heads)
{
	lib->table_enable_colors(table, out->color);
	lib->table_enable_noencoding(table, 1);
	lib->table_enable_noheadings(table, !out->headers);
	/* never ask the terminal or the environment: both were asked already, and what must be cut is cut, by out_fit(), which
	 * says so where it does */
	lib->table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
	lib->table_set_termwidth(table, out->width);
	for (size_t c = 0; c < out->n_columns; c++) {
		unsigned int flags = out->columns[c].flags;

		if (!lib->table_new_column(table, buf_text(&heads->text[c]), 0,
			    flags & COLUMN_RIGHT ? SCOLS_FL_RIGHT : 0))
			return -ENOMEM;
	}
	return 0;
}

static int fill_table(struct smartcols *lib, struct libscols_table *table, const struct out *out,
	const struct out_rows *rows, struct err *err)
{
	CLEANUP_TEXTS struct out_texts texts = {0};
	int r = out_texts_heads(&texts, out, err);

	if (!r)
		r = add_columns(lib, table, out, &texts);
	for (size_t i = 0; !r && i < rows->n; i++) {
		r = out_texts_read(&texts, out, rows, i, err);
		if (!r)
			r = fill_row(lib, table, out, &texts);
	}
	return r;
}

static int print_smart(
	struct smartcols *lib, const struct out *out, const struct out_rows *rows, struct err *err)
{
	struct libscols_table *table = lib->new_table();
	locale_t locale;
	int r;

	if (!table)
		return err_sys(err, -ENOMEM, "cannot print the table");
	locale = out_utf8_begin();
	r = fill_table(lib, table, out, rows, err);
	if (!r) {
		errno = 0;
		r = lib->print_table(table);
		if (ferror(stdout))
			r = errno ? -errno : -EIO;
	}
	out_utf8_end(locale);
	lib->unref_table(table);
	if (r == -EPIPE)
		return err_set(err, r, ERR_PIPE, "nobody reads the output");
	return r < 0 ? err_sys(err, r, "cannot print the table") : 0;
}

static int print_line(const struct out *out, const struct buf *text, struct err *err)
{
	return out_watch_wants(out->round, out_print(0, buf_text(text), text->len)) ? out_emit(out, text, err) : 0;
}

/* What stands below a table. */
static int print_lines(const struct out *out, const struct out_rows *rows, const char *left_out, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	int r = 0;

	if (*left_out && out->headers) {
		buf_printf(&text, "No room for %s: -o wide has all.\n", left_out);
		r = print_line(out, &text, err);
	}
	for (size_t i = 0; !r && i < rows->n_lines; i++) {
		text.len = 0;
		text_escape(&text, rows->lines[i], strlen(rows->lines[i]));
		buf_char(&text, '\n');
		r = print_line(out, &text, err);
	}
	return r;
}

static bool has_sides(const struct out *out)
{
	for (size_t c = 0; c < out->n_columns; c++)
		if (out->columns[c].flags & COLUMN_SIDE)
			return out->side;
	return false;
}

static int print_rows(struct out *fitted, const struct out_rows *rows, struct buf *left_out, struct err *err)
{
	CLEANUP(smartcols_close) struct smartcols lib = {0};
	bool draws = fitted->width && (!fitted->round || fitted->round->redraw), sides = has_sides(fitted);
	locale_t locale;
	int r = 0;

	if (!sides && !draws)
		return out_plain(fitted, rows, err);
	locale = out_utf8_begin();
	if (!sides)
		r = out_fit(fitted, rows, left_out, err);
	if (!r && (sides || fitted->wrapped))
		r = out_side(fitted, rows, err);
	out_utf8_end(locale);
	if (r || sides || fitted->wrapped)
		return r;
	/* to load the library takes longer than to print a list, so it is left to who has a terminal to fit */
	if (rows->n <= ROWS_HELD && !fitted->round && smartcols_open(&lib))
		return print_smart(&lib, fitted, rows, err);
	return out_plain(fitted, rows, err);
}

int out_table(const struct out *out, const struct out_rows *rows, struct err *err)
{
	CLEANUP_BUF struct buf left_out = {0};
	struct out fitted = *out;
	int r = rows->n ? print_rows(&fitted, rows, &left_out, err) : 0;

	return r < 0 ? r : print_lines(out, rows, buf_text(&left_out), err);
}
