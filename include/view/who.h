/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `who` shows of a struct who.
 */
#ifndef VIEW_WHO_H
#define VIEW_WHO_H

#include "out/columns.h"

/* Its needs are bits of enum process_needs. */
extern const struct view view_who;

#endif
