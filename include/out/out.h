/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Printing a list: the options that all lists share, and one format out of a table. Formats know cells, never
 * containers. Used in two steps: out_init() reads the options and says what is needed; the verb gathers that; out_list() prints.
 */
#ifndef OUT_OUT_H
#define OUT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/opt.h"
#include "out/columns.h"
#include "out/note.h"

struct err;

#define OUT_COLUMNS_MAX 64

/* A member of the verb's options struct, with OUT_OPTS(struct TYPE, MEMBER) among the rows of its table. */
struct out_options {
	const char *format;   /* -o */
	const char *columns;  /* --columns; "help" is answered by the dispatcher before the verb runs (app/verb.h) */
	const char *usual_columns; /* no option: in a table without --columns, as if given by it, but what the view does not have is
				      passed over. A config's */
	const char *sort_by;  /* --sort-by */
	const char *filter;   /* --filter */
	const char *interval; /* --interval */
	bool watch;           /* -w */
	bool no_headers;
	bool quiet;           /* -q */
	bool tree, ascii;     /* --tree, --ascii: OUT_TREE_OPTS */
};

/* Told in nsctl-output(7): a verb's page refers there for them. */
#define OUT_OPTS(type, member)                                                                           \
	{'o', "output", "FORMAT", OPT_TEXT, offsetof(type, member.format),                               \
		"table, wide, name, json, jsonl, yaml or custom-columns=HEAD:.path,..."},                \
	{0, "columns", "COLUMNS", OPT_TEXT, offsetof(type, member.columns),                              \
		"these columns: A,B; the usual ones and these: +A,B; help lists them"},                  \
	{0, "sort-by", "COLUMN", OPT_TEXT, offsetof(type, member.sort_by), "sort by it; -COLUMN downwards"}, \
	{0, "filter", "EXPR", OPT_TEXT, offsetof(type, member.filter),                                   \
		"only rows that fit: 'STATUS==Running,AGE<5m'; == != < > ~"},                            \
	{'w', "watch", NULL, OPT_FLAG, offsetof(type, member.watch), "look again and again"},            \
	{0, "interval", "TIME", OPT_TEXT, offsetof(type, member.interval), "of --watch (default 2s)"},   \
	{'q', "quiet", NULL, OPT_FLAG, offsetof(type, member.quiet), "print the IDs only"},              \
	{0, "no-headers", NULL, OPT_FLAG, offsetof(type, member.no_headers), "leave out the heading line"}

/* For views that have key() and parent(), behind OUT_OPTS. */
#define OUT_TREE_OPTS(type, member)                                                                      \
	{0, "tree", NULL, OPT_FLAG, offsetof(type, member.tree), "show what belongs under what"},        \
	{0, "ascii", NULL, OPT_FLAG, offsetof(type, member.ascii), "draw the lines of --tree in ASCII"}

struct out;
struct out_rows;
struct out_tree;
struct out_watch;

struct out_format {
	const char *name;
	const char *help;
	bool wide;       /* columns of COLUMN_WIDE too */
	bool structured; /* shows all that view->json() has, not the columns */
	bool whole;      /* one document, which has an end: nothing to watch */
	int (*print)(const struct out *out, const struct out_rows *rows, struct err *err);
};

/* A column that is shown: the view's, or one of custom-columns. */
struct out_column {
	const struct column *column; /* NULL: of custom-columns */
	const char *head, *path;     /* not NUL-terminated; a head in place of the column's name; of custom-columns both, */
	size_t head_len, path_len;   /* in the option's text */
	unsigned int flags;
	size_t most;                 /* places that its text may take, 0: any; see out_fit() */
	bool asked, hidden;          /* named by --columns; see out_column_show() */
};

/* What was decided from the options, which must live as long. */
struct out {
	const struct out_format *format;
	const struct view *view;
	struct out_column columns[OUT_COLUMNS_MAX];
	size_t n_columns;
	unsigned int needs; /* bits of the view */
	const char *filter; /* as it was typed, and good; or NULL */
	const struct column *sort; /* or NULL */
	bool sort_down;
	bool headers;
	bool color;
	bool tree, ascii;
	bool watch;
	uint64_t interval;  /* of watch, ms */
	size_t width;       /* of the terminal; 0: nothing is cut */
	bool fit;           /* nobody has named columns: the width may cut some and leave some out */
	bool wrapped, below; /* out_fit()'s: columns of COLUMN_WRAP go on in the next line; they stand below their row */
	size_t side;        /* columns of COLUMN_SIDE: the width that they have, COLUMNS in a pipe; 0: all that they need */
	struct out_watch *round; /* the watch's own, else NULL */
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
	/* out's own: which rows are shown and in which order (NULL: all as they are), and what hangs under what; when
	 * release() is called, how many were shown */
	const size_t *order;
	const struct out_tree *tree;
	size_t shown;
};

static inline const void *out_row(const struct out_rows *rows, size_t i)
{
	return (const char *)rows->items + (rows->order ? rows->order[i] : i) * rows->size;
}

/* Does NO_COLOR (no-color.org) or TERM=dumb say that no colour is wanted here? */
bool out_color_refused(void);

/* `color` is auto (or NULL), always or never. -EINVAL with ERR_USAGE names the nearest. */
int out_init(struct out *ret, const struct out_options *options, const struct view *view, const char *color,
	struct err *err);

/* Prints to stdout, item by item. ERR_PIPE when nobody reads any more. */
int out_list(const struct out *out, const struct out_rows *rows, struct err *err);

/* For gather(), on what out_init() gave: hides a column that says nothing this time, or shows it again, unless --columns
 * named it; puts `head` (borrowed until release()) in the place of its name, NULL: the name again. */
void out_column_show(struct out *out, const char *name, bool shown);
void out_column_head(struct out *out, const char *name, const char *head);

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

/* Does -w show each round in the place of the last one, on a terminal? */
bool out_watch_draws(const struct out *out);

/* What `--columns help` prints: each column of the view with its help. */
int out_columns_help(const struct view *view, struct err *err);

/* How row i of the table of formats is typed, NULL behind the last; *ret_document, when it is not NULL: is it one document? */
const char *out_format_name(size_t i, const char **ret_help, bool *ret_document);

/* Writes to stdout and says what is wrong if that fails; out_flush() is for command_run(), once, at the end. */
int out_write(const struct buf *text, struct err *err);
int out_flush(struct err *err);

/* The formats, one file each. */
int out_table(const struct out *out, const struct out_rows *rows, struct err *err);
int out_json(const struct out *out, const struct out_rows *rows, struct err *err);
int out_jsonl(const struct out *out, const struct out_rows *rows, struct err *err);
int out_yaml(const struct out *out, const struct out_rows *rows, struct err *err);

#endif
