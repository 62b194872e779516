/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Databases of engines, searched as bytes: boltdb and SQLite keep JSON text as it is, so a record is found whichever it is.
 */
#ifndef ENGINE_DATABASE_H
#define ENGINE_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Calls `each` wherever the needle begins in the first 256 MiB of the file, until it returns true. Returns whether it did. */
bool database_each(int fd, const char *needle, bool (*each)(void *data, off_t at), void *data);

/* What begins with the needle there, at most `max` bytes of it, malloc'd and NUL-terminated; NULL when something else does. */
char *database_read(int fd, off_t at, const char *needle, size_t max, size_t *ret_len);

/* The same where the needle begins first. */
char *database_find(int fd, const char *needle, size_t max, size_t *ret_len);

#endif
