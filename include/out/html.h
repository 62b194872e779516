/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One page of HTML that needs nothing else: no script, no font, no file from elsewhere. What is shown in it is hostile text.
 */
#ifndef OUT_HTML_H
#define OUT_HTML_H

#include <stddef.h>

#include "base/buf.h"
#include "out/columns.h"
#include "out/out.h"

/* Appends text as a person is to see it: escaped as on a terminal, and then for HTML; good in attributes too. */
void html_text(struct buf *to, const char *text);
void html_text_n(struct buf *to, const char *text, size_t len);

/* The page's beginning, up to its heading, and its end. */
void html_begin(struct buf *to, const char *title);
void html_end(struct buf *to);

/* Appends a table of all rows with the view's columns of these names, NULL-terminated; NULL: those that a table shows by
 * default. */
void html_table(struct buf *to, const struct view *view, const char *const *columns, const struct out_rows *rows);

#endif
