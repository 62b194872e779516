/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `get capabilities` shows: a capability of this kernel.
 */
#ifndef VIEW_CAPABILITY_H
#define VIEW_CAPABILITY_H

#include <stdint.h>

#include "out/columns.h"

struct capability {
	unsigned int number;
};

extern const struct view view_capability;

/* The names of a set as every document has them: by number, without CAP_. */
struct json_object *view_capability_names(uint64_t mask);

#endif
