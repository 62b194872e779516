/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/aside.h"
#include "sys/below.h"
#include "sys/file.h"
#include "sys/mounts.h"

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

/* Its devpts is known by its mount: another file system, which may never answer, is asked nothing. What is
 * mounted over a file of it is not on its device. */
static int open_node(int proc_fd, int root_fd)
{
	CLEANUP_FD int dev = below_open(root_fd, "dev", O_PATH | O_DIRECTORY);
	CLEANUP_FD int pts = dev < 0 ? -1 : openat(dev, "pts", O_PATH | O_NOFOLLOW | O_CLOEXEC), node = -1;
	const int look = AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
	struct statx folder, file;

	if (dev < 0 || pts < 0 || !mounts_is(proc_fd, pts, "devpts"))
		return -EXDEV;
	node = openat(pts, "ptmx", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (node < 0)
		return -errno;
	if (statx(pts, "", look, STATX_INO, &folder) < 0 || statx(node, "", look, STATX_INO, &file) < 0 ||
		folder.stx_dev_major != file.stx_dev_major || folder.stx_dev_minor != file.stx_dev_minor)
		return -EXDEV;
	return take_fd(&node);
}

static int check_node(int node)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(node, &fs) < 0 || fstat(node, &st) < 0)
		return -errno;
	return fs.f_type == DEVPTS_MAGIC && S_ISCHR(st.st_mode) && st.st_rdev == makedev(5, 2) ? 0 : -ENOENT;
}

static int node_aside(int root, void *data)
{
	CLEANUP_FD int node = file_open_in_root(root, data, O_PATH | O_NOFOLLOW);
	int r = node < 0 ? node : check_node(node);

	return r < 0 ? r : take_fd(&node);
}

int tty_open_in_root(int proc_fd, int root_fd, int *ret_master, int *ret_peer)
{
	static char path[] = "/dev/pts/ptmx";
	CLEANUP_FD int node = open_node(proc_fd, root_fd);
	CLEANUP_FD int master = -1;
	char self[32];
	int r;

	if (node == -EXDEV)
		node = aside_open(root_fd, path, node_aside, path);
	r = node < 0 ? node : check_node(node);
	if (r < 0)
		return r;
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
