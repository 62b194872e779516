/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/file.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif
#define DEVPTS_MAGIC 0x1cd1

static int open_peer(int *master, int *ret_master, int *ret_peer)
{
	CLEANUP_FD int peer = -1;
	int unlock = 0;
	char name[64];

	if (ioctl(*master, TIOCSPTLCK, &unlock) < 0)
		return -errno;
	peer = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	/* before 4.13 there is only the path, which leads to our own devpts */
	if (peer < 0 && (errno == EINVAL || errno == ENOTTY) && !ptsname_r(*master, name, sizeof(name)))
		peer = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (peer < 0)
		return -errno;
	*ret_master = take_fd(master);
	*ret_peer = take_fd(&peer);
	return 0;
}

int tty_open_in_root(int root_fd, int *ret_master, int *ret_peer)
{
	CLEANUP_FD int node = file_open_in_root(root_fd, "dev/pts/ptmx", O_PATH | O_NOFOLLOW);
	CLEANUP_FD int master = -1;
	char self[32];
	struct statfs fs;
	struct stat st;

	if (node < 0)
		return node;
	if (fstatfs(node, &fs) < 0 || fstat(node, &st) < 0)
		return -errno;
	if (fs.f_type != DEVPTS_MAGIC || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))
		return -ENOENT;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", node);
	master = open(self, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	return master < 0 ? -errno : open_peer(&master, ret_master, ret_peer);
}

int tty_open_private(int *ret_master, int *ret_peer)
{
	CLEANUP_FD int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master < 0 || fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
		return -errno;
	return open_peer(&master, ret_master, ret_peer);
}

int tty_raw(int fd, const struct termios *from)
{
	struct termios raw = *from;

	cfmakeraw(&raw);
	return tcsetattr(fd, TCSADRAIN, &raw) < 0 ? -errno : 0;
}

void tty_copy_size(int from, int to)
{
	struct winsize size;

	if (ioctl(from, TIOCGWINSZ, &size) == 0)
		ioctl(to, TIOCSWINSZ, &size);
}
