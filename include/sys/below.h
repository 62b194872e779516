/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files below a container's root, which may have put there what never answers (sys/aside.h).
 */
#ifndef SYS_BELOW_H
#define SYS_BELOW_H

#include <stddef.h>

/* As file_open_in_root(), if the file and all on the way to it need no process to answer. -EXDEV: that cannot
 * be told of one of them, and nothing was done with it. */
int below_open(int root_fd, const char *path, int flags);

/* Reads a regular file of at most `max` bytes into *ret (NUL-terminated, malloc'd), in a child where that may
 * never end. 0 or a negative errno: -EINVAL when it is no regular file, -EFBIG, -ETIMEDOUT when it does not
 * answer. */
int below_read(int root_fd, const char *path, size_t max, char **ret, size_t *ret_len);

#endif
