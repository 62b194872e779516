/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Label selectors as kubectl has them: a=b, a==b, a!=b, a in (x,y), a notin (x,y), a, !a, joined by commas, which are
 * and. What asks for another value is true of what has no such label at all, as there.
 */
#ifndef MODEL_SELECTOR_H
#define MODEL_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "model/container.h"

struct err;

enum selector_op {
	SELECTOR_IN,
	SELECTOR_NOT_IN,
	SELECTOR_HAS,
	SELECTOR_HAS_NOT,
};

struct selector_term {
	enum selector_op op;
	char *key;       /* owned, and the values */
	char **values;
	size_t n;
};

struct selector {
	struct selector_term *terms; /* owned */
	size_t n;
};

/* ERR_USAGE says what is wrong, and where. On an error nothing is kept. */
int selector_parse(const char *text, struct selector *ret, struct err *err);
void selector_free(struct selector *selector);
#define CLEANUP_SELECTOR __attribute__((cleanup(selector_free)))

/* Does it fit the container? `pod` is the pause container of its pod, or NULL: the pod's labels are the container's too, where it has
 * none of that name itself. 1 or 0, or -ENODATA: that is up to labels that are not known. */
int selector_match(const struct selector *selector, const struct container *c, const struct container *pod);

#endif
