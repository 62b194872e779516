/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What src/app/complete*.c share: a place on the command line, and what may stand there. Nobody else includes this.
 */
#ifndef APP_COMPLETE_H
#define APP_COMPLETE_H

#include <stddef.h>

#include "app/verb.h"

struct asked {
	struct session *s;
	const struct verb *verb; /* NULL before it stands there */
	const char *word;	 /* what is there of it */
	const char *before;	 /* "--output=" stands before it in the same word */
	size_t before_len;
	const char *target;      /* the line's TARGET, or the one in use; NULL: none yet */
	complete_fn *each;
	void *data;
};

/* Gives the word when it begins as what is there does. */
void offer(const struct asked *a, const char *word, const char *help);

/* Offers what `place`, the word in capitals of a usage line or an option's row, stands for. */
void offer_place(const struct asked *a, const char *place, size_t len);

#endif
