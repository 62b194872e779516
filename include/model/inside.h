/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking about in a container's file system from outside: names, never contents. Everything here is hostile
 * text.
 */
#ifndef MODEL_INSIDE_H
#define MODEL_INSIDE_H

#include <stdbool.h>

#include "model/container.h"

#define INSIDE_MAX 4096 /* names of a folder, users of a file: what is behind is left out */

/* The container's root as an O_PATH descriptor; -ESRCH when init has ended. The caller closes. */
int inside_open(const struct container *c);

/* Calls `each` for the names in `folder`, as if root_fd were "/"; not for "." and "..". 0 or a negative
 * errno. */
enum inside_kind { INSIDE_FILE = 'f', INSIDE_FOLDER = 'd', INSIDE_DEVICE = 'n' };
typedef void inside_each_fn(void *data, const char *name, enum inside_kind kind);
int inside_names(int root_fd, const char *folder, inside_each_fn *each, void *data);

/* Calls `each` for the users that /etc/passwd names. 0 or a negative errno. */
int inside_users(int root_fd, void (*each)(void *data, const char *name, const char *uid), void *data);

#endif
