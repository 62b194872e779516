/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Columns and views: what a noun shows. A view is one table of columns and one way to say all in JSON; it names what
 * the chosen columns need, so that nothing else is gathered. The views themselves live in src/view.
 */
#ifndef OUT_COLUMNS_H
#define OUT_COLUMNS_H

#include "data/json.h"
#include "out/cell.h"

enum column_flags {
	COLUMN_WIDE = 1 << 0,  /* shown by -o wide only */
	COLUMN_RIGHT = 1 << 1, /* numbers */
	COLUMN_CUT = 1 << 2,   /* may be cut to the width of a terminal */
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
	void (*ref)(const void *item, struct cell *ret);  /* -o name: a form that is accepted back */
	void (*id)(const void *item, struct cell *ret);   /* -q; none: ref */
};

#endif
