/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Running a program of the host for a line of its output.
 */
#ifndef SYS_SPAWN_H
#define SYS_SPAWN_H

#include <stddef.h>

/* Finds `name` along the caller's PATH: only files that root or the caller owns and no one else may write are taken. malloc'd
 * path, or NULL. */
char *spawn_find(const char *name);

/* Runs path with argv (NULL-terminated), stdin /dev/null, no descriptor that nsctl opened (others that it was started with
 * are passed on), and reads at most size - 1 bytes of what it writes to stdout and stderr, NUL-terminated; after timeout_ms it is
 * killed. Returns the length, or a negative errno. */
long spawn_output(const char *path, char *const argv[], int timeout_ms, char *to, size_t size);

#endif
