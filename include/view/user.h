/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `users` shows of a struct user.
 */
#ifndef VIEW_USER_H
#define VIEW_USER_H

#include "model/user.h"
#include "out/columns.h"

extern const struct view view_user;      /* of one container */
extern const struct view view_user_each; /* of several: the container's name comes first */

#endif
