/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What hangs under what, for --tree: the order of the rows and the lines before each. Drawn here and not by a library,
 * so that every printer of tables draws the same.
 */
#ifndef OUT_TREE_H
#define OUT_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct out_rows;
struct view;

struct out_tree {
	size_t *above; /* by place in the order: the place of the row that it hangs under, SIZE_MAX at the top */
	size_t *depth; /* how many rows are above it */
	bool *last;    /* is it the last one there? */
	bool ascii;
};

/* Puts order[0..n) (rows that are shown, in the order that siblings keep; an array of the caller's) into the order of the
 * tree and fills *ret. `rows` has all rows, shown or not. -ENOMEM. */
int out_tree_make(const struct view *view, const struct out_rows *rows, size_t *order, size_t n, struct out_tree *ret);
void out_tree_free(struct out_tree *tree);

/* Appends the lines that stand before the row at that place. */
void out_tree_lines(const struct out_tree *tree, size_t place, struct buf *to);

#endif
