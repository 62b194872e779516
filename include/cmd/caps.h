/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sentences below what `caps` shows.
 */
#ifndef CMD_CAPS_H
#define CMD_CAPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "view/caps.h"

struct caps_lines {
	char **items; /* owned, each owned */
	size_t n;
	bool failed;  /* memory ran out */
};
void caps_lines_add(struct caps_lines *lines, const struct buf *text); /* a line for each line of the text */
void caps_lines_free(struct caps_lines *lines);

/* Of one container: `items` are its init and then its other threads, of which those that hold the same as the init are not
 * shown (`hidden` of them). `named`: with its ref before each, because it is not the only one. `chosen`: what it is compared
 * with was asked for. */
void caps_say(struct caps_lines *lines, const struct caps_item *items, size_t n, size_t hidden, bool named, bool chosen);

#endif
