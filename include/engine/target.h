/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Targets: from what a person writes to the one container that it names. nsctl suggests; it never guesses.
 */
#ifndef ENGINE_TARGET_H
#define ENGINE_TARGET_H

#include "engine/engine.h"

struct target_query {
	const char *text;      /* as written */
	const char *container; /* -c, or NULL */
	const char *namespace; /* -n, or NULL: all */
	struct engine_query engines; /* roots and notes; the rest is set here */
};

/* Finds the container. ERR_NO_TARGET when there is none (the hint names the nearest, or what to write instead), or
 * more than one fits (the hint lists each by its ref). Stopped ones resolve: the caller says "not running". The caller owns *ret
 * (container_free). */
int target_resolve(const struct target_query *query, struct container *ret, struct err *err);

/* Fills in ref for all in the list: the shortest form that names only it: NAME is not enough for a ref: ENGINE/NAME,
 * NAMESPACE/POD/CONTAINER, else ENGINE://12 digits; pid/N for bare groups. */
void target_name_all(struct container_list *list);

#endif
