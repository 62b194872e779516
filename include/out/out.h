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
	bool tree, ascii;   /* --tree, --ascii: OUT_TREE_OPTS */
};

#define OUT_OPTS(type, member)                                                                           \
	{'o', "output", "FORMAT", OPT_TEXT, offsetof(type, member.format),                               \
		"table (default), wide, name, json, jsonl or yaml"},                                     \
	{'q', "quiet", NULL, OPT_FLAG, offsetof(type, member.quiet), "print the IDs only"},              \
	{0, "no-headers", NULL, OPT_FLAG, offsetof(type, member.no_headers), "leave out the heading line"}

/* For views that have key() and parent(), behind OUT_OPTS. */
#define OUT_TREE_OPTS(type, member)                                                                      \
	{0, "tree", NULL, OPT_FLAG, offsetof(type, member.tree), "show what belongs under what"},        \
	{0, "ascii", NULL, OPT_FLAG, offsetof(type, member.ascii), "draw the lines of --tree in ASCII"}

struct out;
struct out_rows;
struct out_tree;

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
	bool tree, ascii;
	size_t width;       /* of the terminal; 0: nothing is cut */
};

/* What is printed: an array of `n` items of `size` bytes each, in the default order of the noun. gather() fills the first
 * five; they are borrowed. */
struct out_rows {
	const void *items;
	size_t n, size;
	const char *const *lines; /* sentences below a table (formats table and wide only), one line each, without a line feed;
				     they may hold hostile text */
	size_t n_lines;
	const struct note *notes; /* what could not be read: session_list() fills these two */
	size_t n_notes;
	/* out's own: which rows are shown and in which order (NULL: all as they are), and what hangs under what */
	const size_t *order;
	const struct out_tree *tree;
};

static inline const void *out_row(const struct out_rows *rows, size_t i)
{
	return (const char *)rows->items + (rows->order ? rows->order[i] : i) * rows->size;
}

/* `color` is auto (or NULL), always or never. -EINVAL with ERR_USAGE names the nearest. */
int out_init(struct out *ret, const struct out_options *options, const struct view *view, const char *color,
	struct err *err);

/* Prints to stdout, item by item. ERR_PIPE when nobody reads any more. */
int out_list(const struct out *out, const struct out_rows *rows, struct err *err);

/* Where rows come from: called once, or with -w again and again. gather() fills *ret, which comes zeroed (borrowed from
 * data until the next release()); a negative errno with err ends it. release() may be NULL. What must be found anew in
 * each round (containers, processes) belongs into gather(). */
struct out_source {
	int (*gather)(void *data, struct out_rows *ret, struct err *err);
	void (*release)(void *data);
	void *data;
};

/* Gathers and prints. Verbs call session_list() (app/session.h), which is this one with the session's notes. */
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
