/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A path below a root, gone step by step: for kernels before openat2, and where each step has to be looked
 * at.
 */
#ifndef SYS_WALK_H
#define SYS_WALK_H

/* Opens `path` as if `root_fd` were "/". Magic links of a procfs read like symlinks here, as text. `check`
 * (or NULL) is asked of the root and of each file on the way, O_PATH, before anything else is done with it;
 * what is negative ends the walk. */
int walk_open(int root_fd, const char *path, int flags, int (*check)(int fd));

#endif
