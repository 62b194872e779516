/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `caps` shows of a struct caps_process: an item in documents, a row for each capability in tables.
 */
#ifndef VIEW_CAPS_H
#define VIEW_CAPS_H

#include "base/buf.h"
#include "model/caps_process.h"
#include "out/columns.h"

/* What is shown: a process, and what it is compared with. */
struct caps_item {
	const struct caps_process *process;
	const struct caps_against *against;
};
extern const struct view view_caps;

/* A capability of it. */
struct caps_row {
	const struct caps_item *item;
	unsigned int number;
};
extern const struct view view_caps_rows;

/* Headings of columns of it that a verb may leave out, or give another name. */
#define VIEW_CAPS_CONTAINER "CONTAINER"
#define VIEW_CAPS_HOST_TID "HOST-TID"
#define VIEW_CAPS_TID "TID"
#define VIEW_CAPS_CONFIG "CONFIG"
#define VIEW_CAPS_AGAINST "HOST"

/* Capabilities by containers: a row is a capability, its one cell a mark for each column. A column is a container, or, where
 * their names would not fit, a number for all that hold the same. */
struct caps_matrix {
	const struct caps_item *items; /* borrowed */
	size_t n;
	size_t *column;     /* of each item; owned */
	size_t *first;      /* item of each column; owned */
	size_t *widths;     /* of each column; owned */
	size_t n_columns;
	bool ascii, numbered;
	struct buf heading;
};
struct caps_matrix_row {
	const struct caps_matrix *matrix;
	unsigned int number;
};
extern const struct view view_caps_matrix;
#define VIEW_CAPS_MARKS "CONTAINERS"

/* `width` is the terminal's, 0 when there is none. -ENOMEM. */
int view_caps_matrix_make(const struct caps_item *items, size_t n, bool ascii, size_t width, struct caps_matrix *ret);
void view_caps_matrix_free(struct caps_matrix *matrix);

/* Appends which containers the numbers stand for, a line each; nothing when columns have names. */
void view_caps_matrix_list(const struct caps_matrix *matrix, struct buf *out);

/* What the marks mean: one line. */
const char *view_caps_matrix_legend(bool ascii);

#endif
