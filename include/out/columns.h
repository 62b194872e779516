/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Columns and views: what a noun shows. A view is one table of columns and one way to say all in JSON; it names what
 * the chosen columns need, so that nothing else is gathered. The views themselves live in src/view.
 */
#ifndef OUT_COLUMNS_H
#define OUT_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "data/json.h"
#include "out/cell.h"

enum column_flags {
	COLUMN_WIDE = 1 << 0,  /* shown by -o wide only */
	COLUMN_RIGHT = 1 << 1, /* numbers */
	COLUMN_CUT = 1 << 2,   /* on a terminal that is too narrow, cut before the others are */
	COLUMN_AGE = 1 << 3,   /* made by cell_age(): --filter reads a span of time (5m, 2d4h), and -w does not show a row
				  again because only this one has grown */
	COLUMN_TREE = 1 << 4,  /* --tree draws its lines before this one's text; the first one that is shown has them */
	COLUMN_EXTRA = 1 << 5, /* not even by -o wide: shown by --columns only */
	COLUMN_SIDE = 1 << 6,  /* a value that stands beside others of this kind where there is room, else they stand one under
				  the other; never cut (side.c) */
	COLUMN_WRAP = 1 << 7,  /* what the row is there for: not cut, it goes on in the next line, or stands below its row */
	COLUMN_NO = 1 << 8,    /* its "-" is an answer: a narrow terminal that has no room for it is told so */
	COLUMN_KEPT = 1 << 9,  /* never left out */
};

struct column {
	const char *name;   /* "HOST-PID" */
	const char *help;   /* one line */
	unsigned int flags;
	unsigned int needs; /* bits of the view: what has to be gathered before fill() */
	void (*fill)(const void *item, struct cell *ret); /* the cell comes cleared: doing nothing makes it "-" */
};

struct view {
	const char *kind;    /* "Container": one item's; the list's is "ContainerList" */
	const char *plural;  /* "containers" */
	const struct column *columns; /* in the order they are shown; ends with a NULL name */
	unsigned int needs;  /* of json() */
	void (*json)(const void *item, struct json_object *into); /* every key, always */
	const char *const *maps; /* the keys in it whose objects have any keys ("labels"), NULL-terminated; or NULL */
	void (*ref)(const void *item, struct cell *ret);  /* -o name: a form that is accepted back */
	void (*id)(const void *item, struct cell *ret);   /* -q; none: ref */
	/* For --tree (OUT_TREE_OPTS), else NULL: a number that names the row (a PID, an inode; never 0) and that of the row
	 * it belongs under (0: none). A row whose parent is not among the rows, or is left out by --filter, hangs under the
	 * nearest one above it that is shown, else it stands at the top; a loop is cut. Rows below one parent keep their
	 * order, or the one of --sort-by. Tables only: documents stay flat, their items say it in their own fields. */
	uint64_t (*key)(const void *item);
	uint64_t (*parent)(const void *item);
};

#endif
