/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the formats of src/out: which rows are shown, and what stands in the columns of one. Not for verbs.
 */
#ifndef OUT_PRINT_H
#define OUT_PRINT_H

#include <locale.h>

#include "out/out.h"
#include "out/tree.h"
#include "out/watch.h"

/* The rows that are shown. */
struct out_picked {
	struct out_rows rows; /* with order and tree; n is how many are shown */
	size_t *order;	      /* owned; NULL: all as they are */
	struct out_tree tree;
};

int out_pick(const struct out *out, const struct out_rows *rows, struct out_picked *ret, struct err *err);
void out_picked_free(struct out_picked *picked);
#define CLEANUP_PICKED __attribute__((cleanup(out_picked_free)))

/* out_init()'s part that is about columns (columns.c): which are shown, by which rows are sorted, what filters them. */
int out_choose(struct out *out, const struct out_options *options, struct err *err);

/* As gather() left it: without the columns that are hidden. */
struct out out_visible(const struct out *out);

/* Picks and prints; `round` is the watch's, else NULL. *ret_shown: how many rows were left. */
int out_show(const struct out *out, const struct out_rows *rows, struct out_watch *round, size_t *ret_shown,
	struct err *err);

/* The texts of a row, as they are shown; the memory is used again for the next one. Zeroed at first. */
struct out_texts {
	struct cell cell;
	struct buf text[OUT_COLUMNS_MAX];
	enum cell_tone tone[OUT_COLUMNS_MAX];
	bool whole[OUT_COLUMNS_MAX], none[OUT_COLUMNS_MAX]; /* not to be cut; "-" */
	uint64_t print; /* of all but ages: what -w knows the row by */
};

/* The heading of one column, of all. -ENOMEM. */
void out_head(const struct out_column *column, struct buf *to);
int out_texts_heads(struct out_texts *texts, const struct out *out, struct err *err);

/* Row i of those that are shown. -ENOMEM; a path of custom-columns that leads nowhere is ERR_USAGE. */
int out_texts_read(struct out_texts *texts, const struct out *out, const struct out_rows *rows, size_t i,
	struct err *err);
void out_texts_free(struct out_texts *texts);
#define CLEANUP_TEXTS __attribute__((cleanup(out_texts_free)))

/* out_write(), or into the picture that -w draws of a round. */
int out_emit(const struct out *out, const struct buf *text, struct err *err);

/* The terminal's sequence for it, NULL for none. */
const char *out_tone(enum cell_tone tone);

/* How many places on a terminal the first bytes of a text take that fit into `max`; *ret_len is how many bytes they are. Of
 * all of it. In a UTF-8 locale. */
size_t out_places(const char *text, size_t len, size_t max, size_t *ret_len);
size_t out_places_all(const char *text, size_t len);

/* How many bytes of a text go into one line of `width` places: up to a blank, else behind a comma or the like, if there is one
 * in the second half. How many of them are shown, when `left` bytes were left: without the blank that they end with. */
size_t out_piece(const char *text, size_t len, size_t width);
size_t out_piece_shown(const char *piece, size_t len, size_t left);

/* Makes a table fit that is too wide: texts become narrower (out_column.most), columns are left out (those that would have said
 * something are named in *left_out, joined by ", "; the first one stays), those of COLUMN_WRAP are left to out_side(). Where
 * nobody wants that (out->fit), and where it does not do, out->width becomes what the table needs. In a UTF-8 locale. -ENOMEM. */
int out_fit(struct out *out, const struct out_rows *rows, struct buf *left_out, struct err *err);

/* The text of column c of a row, cut to what it may take, with a mark at its end. What is whole has room. */
void out_cut(const struct out *out, size_t c, struct buf *text);

/* As wide as rows may be; 0: no terminal, nothing is cut. */
size_t out_terminal_width(void);

/* Widths of what is not ASCII are the C library's, for a thread that has a UTF-8 locale. It is set for the time of the printing
 * only and when there is such text: loading a locale costs more than a short list. */
locale_t out_utf8_begin(void);
void out_utf8_end(locale_t locale);

/* A table that is not held as a whole: the rows are read twice, to measure and to print. On a terminal table.c prints short
 * ones through libsmartcols, which must look the same. */
int out_plain(const struct out *out, const struct out_rows *rows, struct err *err);

/* A table with columns of COLUMN_SIDE in out->side places: what is too long goes on in the next line, of the same column. Where
 * there is no room for that, each row is a line with its values below it. Likewise those of COLUMN_WRAP, as out_fit() has found:
 * the others stay a table. */
int out_side(const struct out *out, const struct out_rows *rows, struct err *err);

#endif
