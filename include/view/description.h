/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `describe` shows: a struct description as a document, its facts as rows of a page.
 */
#ifndef VIEW_DESCRIPTION_H
#define VIEW_DESCRIPTION_H

#include "model/description.h"
#include "out/columns.h"

extern const struct view view_description;       /* of struct description */
extern const struct view view_description_facts; /* of struct description_fact; its columns */
#define VIEW_DESCRIPTION_CONTAINER "CONTAINER"   /* a column that one container does not need */

#endif
