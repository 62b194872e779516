/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A cell of a list: typed, so that formats can align, compare and colour it. Text is as the source has it, hostile bytes
 * included: the formats escape it.
 */
#ifndef OUT_CELL_H
#define OUT_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum cell_kind {
	CELL_NONE,    /* "-": there is none */
	CELL_UNKNOWN, /* "?": there is one, it could not be read */
	CELL_TEXT,
	CELL_NUMBER,  /* number is what is compared; text, when there is one, is what is shown */
	CELL_AGE,     /* the same in seconds, compared with "5m" or "2d4h" */
};

/* What a colour may underline; never the only carrier of a meaning. */
enum cell_tone {
	TONE_PLAIN,
	TONE_DIM,
	TONE_WARN,
	TONE_BAD,
};

struct cell {
	enum cell_kind kind;
	enum cell_tone tone;
	bool whole; /* a word out of a few, an ID: half of it would be another one, so it is never cut. No number is */
	uint64_t number;
	struct buf text; /* owned; reused from row to row */
};

/* Makes it a CELL_NONE with TONE_PLAIN and no text; keeps the memory. */
void cell_clear(struct cell *cell);
void cell_free(struct cell *cell);
#define CLEANUP_CELL __attribute__((cleanup(cell_free)))

void cell_text(struct cell *cell, const char *text); /* NULL or "": none */
void cell_text_n(struct cell *cell, const char *text, size_t len);
void cell_word(struct cell *cell, const char *word); /* likewise, and never cut */
void cell_words(struct cell *cell, char *const *words); /* NULL-terminated, joined by blanks; NULL or none: none */
void cell_number(struct cell *cell, uint64_t number);
void cell_age(struct cell *cell, uint64_t seconds); /* 5s 3m12s 47m 4h20m 31h 2d 400d 3y, as kubectl has it */
void cell_unknown(struct cell *cell);

/* Reads a span of time as cell_age() writes one: 90, 90s, 4h20m, 2d, 1y. Seconds. -EINVAL, -ERANGE. */
int cell_age_parse(const char *text, uint64_t *ret_seconds);

/* For sorting: numbers by their value, before texts by their bytes, then none, then unknown. <0, 0, >0; `down` turns the
 * first two about. */
int cell_compare(const struct cell *a, const struct cell *b, bool down);

/* Appends what a person sees: escaped, "-" and "?" included. */
void cell_show(const struct cell *cell, struct buf *out);

#endif
