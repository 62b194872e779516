/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `get engines` shows.
 */
#ifndef VIEW_ENGINE_H
#define VIEW_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "out/columns.h"

/* An engine as it is found here; gathered by the verb. */
struct engine_here {
	const char *name, *title;
	char **roots;        /* where it was looked for, NULL-terminated */
	size_t containers;   /* that it has here, as far as they were found */
	bool denied;	     /* there may be more, of root's */
	char *version;       /* owned; of its program that is installed, or NULL: not found, or not asked */
	const char *problem; /* the first thing that could not be read, or NULL */
};

#define VIEW_ENGINE_VERSION 1u /* needs: versions, each of which starts a process */

/* What stands as its problem: the first trouble, or that it is closed to the caller; or NULL. */
const char *view_engine_problem(const struct engine_here *engine);
/* That none was found says nothing where there may be more. */
bool view_engine_is_counted(const struct engine_here *engine);

extern const struct view view_engine;

#endif
