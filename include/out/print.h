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
	uint64_t print; /* of all but ages: what -w knows the row by */
};

/* The heads of the columns. -ENOMEM. */
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

/* Makes a table fit that is too wide even with all cut that COLUMN_CUT allows: texts become narrower (out_column.most), and if
 * that does not do, columns are left out, those without a value first, then those on the right; the first one stays. In a
 * UTF-8 locale. -ENOMEM. */
int out_fit(struct out *out, const struct out_rows *rows, struct err *err);

/* The text of column c, cut to what it may take, with a mark at its end. */
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
 * there is no room for that, each row is a line with its values below it. */
int out_side(const struct out *out, const struct out_rows *rows, struct err *err);

#endif
