/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --filter: COLUMN OP VALUE, joined by commas, which are and. It compares what a table shows, in full: numbers and ages
 * as numbers, all else as text. Also how a column is found by its name.
 */
#ifndef OUT_FILTER_H
#define OUT_FILTER_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out/columns.h"

struct err;

enum filter_op {
	FILTER_IS,      /* == or = */
	FILTER_IS_NOT,  /* != */
	FILTER_LESS,    /* < */
	FILTER_MORE,    /* > */
	FILTER_AT_MOST, /* <= */
	FILTER_AT_LEAST, /* >= */
	FILTER_LIKE,    /* ~: an extended regular expression fits somewhere */
	FILTER_UNLIKE,  /* !~ */
};

struct filter_term {
	const struct column *column;
	enum filter_op op;
	char *value;      /* owned */
	bool is_number, is_age; /* may the value be read so? */
	uint64_t number, age;
	regex_t regex;    /* of the last two */
	bool has_regex;
};

struct filter {
	struct filter_term *terms; /* owned */
	size_t n;
};

/* Reads an expression over the columns of the view. ERR_USAGE names what is wrong, and the nearest column. On an error
 * nothing is kept. */
int filter_parse(const char *text, const struct view *view, struct filter *ret, struct err *err);
void filter_free(struct filter *filter);
#define CLEANUP_FILTER __attribute__((cleanup(filter_free)))

/* Does the item fit all of it? `cell` and `text` are the caller's scratch, used again and again. A failed buffer says that
 * memory ran out. */
bool filter_match(const struct filter *filter, const void *item, struct cell *cell, struct buf *text);

/* The column of that name, letters of either case; NULL with ERR_USAGE that names the nearest, or all. */
const struct column *view_column(const struct view *view, const char *name, size_t len, struct err *err);

#endif
