/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Printing a list: the options that all lists share, and one format out of a table. Formats know cells, never
 * containers. Used in two steps: out_init() reads the options and says what is needed; the verb gathers that; out_list() prints.
 */
#ifndef OUT_OUT_H
#define OUT_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/opt.h"
#include "out/columns.h"
#include "out/note.h"

struct err;

#define OUT_COLUMNS_MAX 64

/* A member of the verb's options struct, with OUT_OPTS(struct TYPE, MEMBER) among the rows of its table. */
struct out_options {
	const char *format; /* -o */
	bool no_headers;
	bool quiet;         /* -q */
};

#define OUT_OPTS(type, member)                                                                           \
	{'o', "output", "FORMAT", OPT_TEXT, offsetof(type, member.format),                               \
		"table (default), wide, name, json, jsonl or yaml"},                                     \
	{'q', "quiet", NULL, OPT_FLAG, offsetof(type, member.quiet), "print the IDs only"},              \
	{0, "no-headers", NULL, OPT_FLAG, offsetof(type, member.no_headers), "leave out the heading line"}

struct out;
struct out_rows;

struct out_format {
	const char *name;
	const char *help;
	bool wide;       /* columns of COLUMN_WIDE too */
	bool structured; /* shows all that view->json() has, not the columns */
	int (*print)(const struct out *out, const struct out_rows *rows, struct err *err);
};

/* What was decided from the options. */
struct out {
	const struct out_format *format;
	const struct view *view;
	const struct column *columns[OUT_COLUMNS_MAX];
	size_t n_columns;
	unsigned int needs; /* bits of the view */
	bool headers;
	bool color;
	size_t width;       /* of the terminal; 0: nothing is cut */
};

/* What is printed: an array of `n` items of `size` bytes each, and what could not be read. */
struct out_rows {
	const void *items;
	size_t n, size;
	const struct note *notes;
	size_t n_notes;
};

static inline const void *out_row(const struct out_rows *rows, size_t i)
{
	return (const char *)rows->items + i * rows->size;
}

/* `color` is auto (or NULL), always or never. -EINVAL with ERR_USAGE names the nearest. */
int out_init(struct out *ret, const struct out_options *options, const struct view *view, const char *color,
	struct err *err);

/* Prints to stdout, item by item. ERR_PIPE when nobody reads any more. */
int out_list(const struct out *out, const struct out_rows *rows, struct err *err);

/* Where rows come from: called once, or with -w again and again. gather() fills *ret (borrowed from data until the next
 * release()); a negative errno with err ends it. release() may be NULL. */
struct out_source {
	int (*gather)(void *data, struct out_rows *ret, struct err *err);
	void (*release)(void *data);
	void *data;
};

/* Gathers and prints. Every verb that prints a list ends in this one. */
int out_run(const struct out *out, const struct out_source *source, struct err *err);

/* Row i of the table of formats, NULL behind the last. */
const char *out_format_name(size_t i, const char **ret_help);

/* Writes to stdout and says what is wrong if that fails; out_flush() is for main, once, at the end. */
int out_write(const struct buf *text, struct err *err);
int out_flush(struct err *err);

/* The formats, one file each. */
int out_table(const struct out *out, const struct out_rows *rows, struct err *err);
int out_json(const struct out *out, const struct out_rows *rows, struct err *err);
int out_jsonl(const struct out *out, const struct out_rows *rows, struct err *err);
int out_yaml(const struct out *out, const struct out_rows *rows, struct err *err);

#endif
