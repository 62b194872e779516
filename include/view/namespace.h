/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `ns` shows of a struct namespace.
 */
#ifndef VIEW_NAMESPACE_H
#define VIEW_NAMESPACE_H

#include "model/namespace.h"
#include "out/columns.h"

extern const struct view view_namespace; /* its needs are those of the model: enum namespace_needs */

#endif
