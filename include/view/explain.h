/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `explain` shows: paragraphs and labelled lines, broken at a width.
 */
#ifndef VIEW_EXPLAIN_H
#define VIEW_EXPLAIN_H

#include <stddef.h>

struct buf;
struct explanation;

/* Appends it, no line longer than `width` (0: 80) where words permit it. */
void view_explanation(const struct explanation *explanation, size_t width, struct buf *out);

#endif
