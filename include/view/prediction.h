/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The columns of struct prediction.
 */
#ifndef VIEW_PREDICTION_H
#define VIEW_PREDICTION_H

#include "out/columns.h"

extern const struct view view_prediction;

#endif
