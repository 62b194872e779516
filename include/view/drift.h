/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The columns of struct drift_row.
 */
#ifndef VIEW_DRIFT_H
#define VIEW_DRIFT_H

#include "out/columns.h"

extern const struct view view_drift;

#endif
