/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `get pods` shows of a struct pod.
 */
#ifndef VIEW_POD_H
#define VIEW_POD_H

#include "out/columns.h"

/* What a column needs beyond what the engines say. */
#define VIEW_POD_LOOK (1u << 0) /* container_look() on its containers */

extern const struct view view_pod;

#endif
