/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `doctor` shows: one thing that it looked at.
 */
#ifndef VIEW_CHECK_H
#define VIEW_CHECK_H

#include <stddef.h>

#include "out/columns.h"
#include "view/engine.h"

enum check_status {
	CHECK_OK,
	CHECK_FALLBACK, /* not there, and done in another way */
	CHECK_LIMITED,  /* works for a part */
	CHECK_MISSING,  /* something that nsctl offers does not work; fix says how it would */
	CHECK_ABSENT,   /* not here, and nobody need care */
	CHECK_UNKNOWN,  /* could not be looked at */
};

struct check {
	const char *area;       /* "kernel", "system", "you", "engines", "tools"; static */
	const char *name;       /* static */
	enum check_status status;
	char *found;            /* owned */
	const char *meaning;    /* one line, static, or NULL */
	char *fix;              /* a line to type, owned, or NULL */
	struct engine_here *engine; /* of an engine; owned, its roots, version and problem too (malloc'd); or NULL */
};

extern const struct view view_check;

#endif
