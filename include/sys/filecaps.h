/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File capabilities: the extended attribute security.capability of a program, which execve reads. capabilities(7).
 */
#ifndef SYS_FILECAPS_H
#define SYS_FILECAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct filecaps {
	uint64_t permitted, inheritable;
	bool effective; /* one bit for all of them */
	bool has_root;  /* version 3: they count only where `root`, as the reader's user namespace sees it, is uid 0 */
	uid_t root;
};

/* Reads the attribute's value: versions 1, 2 and 3. -EINVAL for what the kernel would not take. */
int filecaps_parse(const void *data, size_t len, struct filecaps *ret);

/* Of an open file; an O_PATH descriptor will do. -ENODATA when it has none, -EOPNOTSUPP where its file system has no attributes. */
int filecaps_read(int fd, struct filecaps *ret);

/* Is the file on a mount with nosuid, where execve does not look at them? False when it cannot be known. */
bool filecaps_nosuid(int fd);

#endif
