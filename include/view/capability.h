/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `get capabilities` shows: a capability of this kernel.
 */
#ifndef VIEW_CAPABILITY_H
#define VIEW_CAPABILITY_H

#include "out/columns.h"

struct capability {
	unsigned int number;
};

extern const struct view view_capability;

#endif
