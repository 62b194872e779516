/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Terminals: a pty of a container's own devpts, raw mode and back. pty(7), termios(3).
 */
#ifndef SYS_TTY_H
#define SYS_TTY_H

#include <termios.h>

/* Opens a pty of the devpts that is mounted at /dev/pts below root_fd (O_PATH). The file system is checked
 * before the device is opened: a container may have put anything there. The peer comes from the master
 * itself, not by a path. Both ends are the caller's. -ENOENT or another negative errno when there is none. */
int tty_open_in_root(int proc_fd, int root_fd, int *ret_master, int *ret_peer);

/* The same from the caller's own devpts. */
int tty_open_private(int *ret_master, int *ret_peer);

int tty_raw(int fd, const struct termios *from);
void tty_copy_size(int from, int to);

#endif
