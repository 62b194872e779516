/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --watch: rounds of gathering and printing. A terminal shows each round in the place of the last one; elsewhere the rows
 * that are new or have changed are appended.
 */
#ifndef OUT_WATCH_H
#define OUT_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define OUT_WATCH_COLUMNS 64

struct err;
struct out;
struct out_source;

/* The prints of the rows of a round, sorted once it is over. */
struct out_seen {
	uint64_t *prints; /* owned */
	size_t n, cap;
};

/* What one round has to know of the last one. */
struct out_watch {
	bool redraw;        /* on a terminal */
	struct buf picture; /* of this round, when it is drawn anew */
	struct out_seen before, now;
	bool headed;        /* the heads stand there already */
	size_t widths[OUT_WATCH_COLUMNS]; /* columns never become narrower */
	bool failed;        /* without memory */
};

/* FNV-1a of the bytes, going on from `print` (0 at first). */
uint64_t out_print(uint64_t print, const void *data, size_t len);

/* Is the row to be printed in this round? Asked once for each; always true without a watch. */
bool out_watch_wants(struct out_watch *watch, uint64_t print);

/* out_run() with -w. Ends with an error, or with 0 when a signal interrupts the waiting. */
int out_watch_run(const struct out *out, const struct out_source *source, struct err *err);

#endif
