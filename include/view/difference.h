/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The columns of struct difference, as diff prints it: with the names of both sides.
 */
#ifndef VIEW_DIFFERENCE_H
#define VIEW_DIFFERENCE_H

#include "model/difference.h"
#include "out/columns.h"

struct difference_row {
	const struct difference *difference;
	const char *left, *right; /* refs; borrowed */
};

extern const struct view view_difference;

/* Headings that a verb gives the names of the sides. */
#define VIEW_DIFFERENCE_LEFT "LEFT"
#define VIEW_DIFFERENCE_RIGHT "RIGHT"

#endif
