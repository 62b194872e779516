/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `ns` and `get namespaces` show of a struct namespace.
 */
#ifndef VIEW_NAMESPACE_H
#define VIEW_NAMESPACE_H

#include "model/namespace.h"
#include "out/columns.h"

/* Their needs are those of the model: enum namespace_needs. */
extern const struct view view_namespace;     /* of containers */
extern const struct view view_namespace_all; /* of all processes */

#endif
