/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A static program of the host for containers that lack it: copied into memory, so that no file of the host ever stands
 * in a container, and none is written there.
 */
#ifndef ENTER_TOOLS_H
#define ENTER_TOOLS_H

#include <stdbool.h>

struct err;

/* Copies a static program into a sealed, executable memfd that nobody else has. `file` is its path; "" is the busybox of
 * the host, which must be root's and no one else's to write. Returns the descriptor, or a negative errno with err. *ret_name is
 * what a person calls it: part of `file`, or static. */
int tools_open(const char *file, const char **ret_name, struct err *err);

/* The busybox of the host that tools_open() would take; NULL when there is none. Static. */
const char *tools_busybox(void);

/* Does that busybox have a tool of this name? Asks it (busybox --list). */
bool tools_offer(const char *name);

#endif
