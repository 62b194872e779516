/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/ns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/cred.h"
#include "sys/feature.h"
#include "sys/file.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

/* include/uapi/linux/nsfs.h of newer kernels; the distribution's headers may lack them */
#define NSFS_USERNS _IO(0xb7, 1)
#define NSFS_PARENT _IO(0xb7, 2)
#define NSFS_OWNER_UID _IO(0xb7, 4)
#define NSFS_PID_FROM_PIDNS _IOR(0xb7, 6, int)
#define NSFS_PID_IN_PIDNS _IOR(0xb7, 8, int)
#define NSFS_MNT_GET_NEXT _IOR(0xb7, 11, struct mount_ns_info)
#define NSFS_MNT_GET_PREV _IOR(0xb7, 12, struct mount_ns_info)

struct mount_ns_info {
	uint32_t size;
	uint32_t mounts;
	uint64_t id;
};

const struct ns_kind ns_kinds[NS_N] = {
	[NS_CGROUP] = {"cgroup", "cgroup", CLONE_NEWCGROUP, "cgroup"},
	[NS_IPC] = {"ipc", "ipc", CLONE_NEWIPC, "IPC"},
	[NS_MNT] = {"mnt", "mnt", CLONE_NEWNS, "mount"},
	[NS_NET] = {"net", "net", CLONE_NEWNET, "network"},
	[NS_PID] = {"pid", "pid", CLONE_NEWPID, "PID"},
	[NS_TIME] = {"time", "time", CLONE_NEWTIME, "time"},
	[NS_USER] = {"user", "user", CLONE_NEWUSER, "user"},
	[NS_UTS] = {"uts", "uts", CLONE_NEWUTS, "UTS"},
};

/* By the text of the link, "mnt:[4026531832]": stat() would have the kernel make an inode, at twice the time. */
static int read_link(int dirfd, const char *path, uint64_t *ret)
{
	char text[64];
	const char *bracket;
	ssize_t n = readlinkat(dirfd, path, text, sizeof(text) - 1);

	*ret = 0;
	if (n < 0)
		return -errno;
	text[n] = '\0';
	bracket = strchr(text, '[');
	*ret = bracket ? strtoull(bracket + 1, NULL, 10) : 0;
	return 0;
}

int ns_inode(int dirfd, enum ns_type type, uint64_t *ret)
{
	char path[24];
	int r;

	stpcpy(stpcpy(path, "ns/"), ns_kinds[type].file); /* for 20 000 processes printf is felt */
	r = read_link(dirfd, path, ret);
	return r == -ENOENT && type == NS_TIME ? 0 : r; /* before 5.6 */
}

int ns_link(int proc_fd, pid_t pid, enum ns_type type, uint64_t *ret)
{
	char path[40];

	snprintf(path, sizeof(path), "%d/ns/%s", (int)pid, ns_kinds[type].file);
	return read_link(proc_fd, path, ret);
}

int ns_link_here(int ns_dir, enum ns_type type, uint64_t *ret)
{
	return read_link(ns_dir, ns_kinds[type].file, ret);
}

int ns_inodes(int dirfd, unsigned int mask, uint64_t ret[NS_N])
{
	int first = 0;

	for (unsigned int type = 0; type < NS_N; type++) {
		int r;

		ret[type] = 0;
		if (!(mask & 1u << type))
			continue;
		r = ns_inode(dirfd, type, &ret[type]);
		first = first ? first : r;
	}
	return first;
}

bool ns_is_initial(enum ns_type type, uint64_t inode)
{
	static const uint64_t initial[NS_N] = {
		[NS_CGROUP] = 0xEFFFFFFB,
		[NS_IPC] = 0xEFFFFFFF,
		[NS_PID] = NS_INITIAL_PID,
		[NS_TIME] = 0xEFFFFFFA,
		[NS_USER] = NS_INITIAL_USER,
		[NS_UTS] = 0xEFFFFFFE,
	};

	return initial[type] && initial[type] == inode;
}

bool ns_is_nested(void)
{
	uint64_t inode;

	return read_link(AT_FDCWD, "/proc/self/ns/pid", &inode) == 0 && !ns_is_initial(NS_PID, inode);
}

int ns_open(int dirfd, enum ns_type type)
{
	char path[24];
	int fd;

	snprintf(path, sizeof(path), "ns/%s", ns_kinds[type].file);
	fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int ns_open_of(int proc_fd, pid_t pid, enum ns_type type)
{
	char path[40];
	int fd;

	snprintf(path, sizeof(path), "%d/ns/%s", (int)pid, ns_kinds[type].file);
	fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int ns_parse_list(const char *list, unsigned int *ret_mask, const char **ret_bad)
{
	unsigned int mask = 0;

	while (*list) {
		size_t len = strcspn(list, ",");
		unsigned int i;

		for (i = 0; i < NS_N; i++)
			if (strlen(ns_kinds[i].name) == len && !strncmp(list, ns_kinds[i].name, len))
				break;
		if (i == NS_N) {
			if (ret_bad)
				*ret_bad = list;
			return -EINVAL;
		}
		mask |= 1u << i;
		list += len + (list[len] == ',');
	}
	*ret_mask = mask;
	return 0;
}

int ns_get_userns(int ns_fd)
{
	int fd = ioctl(ns_fd, NSFS_USERNS);

	return fd < 0 ? -errno : fd;
}

int ns_get_parent(int ns_fd)
{
	int fd = ioctl(ns_fd, NSFS_PARENT);

	return fd < 0 ? -errno : fd;
}

int ns_get_owner_uid(int userns_fd, uid_t *ret)
{
	return ioctl(userns_fd, NSFS_OWNER_UID, ret) < 0 ? -errno : 0;
}

#define USERNS_DEPTH 33 /* the kernel nests 32 */

bool ns_is_within(int userns_fd, uint64_t inode)
{
	CLEANUP_FD int above = -1;
	int at = userns_fd;
	struct stat st;

	for (int depth = 0; depth < USERNS_DEPTH && fstat(at, &st) == 0; depth++) {
		int parent;

		if (st.st_ino == inode)
			return true;
		parent = ns_get_parent(at);
		close_fd(&above);
		if (parent < 0)
			return false;
		at = above = parent;
	}
	return false;
}

int ns_pid_inside(int pidns_fd, pid_t host_pid)
{
	int pid;

	if (!feature_allowed(FEATURE_NSFS))
		return -ENOTTY;
	pid = ioctl(pidns_fd, NSFS_PID_IN_PIDNS, (long)host_pid);
	return pid < 0 ? -errno : pid;
}

int ns_pid_outside(int pidns_fd, pid_t inside)
{
	int pid;

	if (!feature_allowed(FEATURE_NSFS))
		return -ENOTTY;
	pid = ioctl(pidns_fd, NSFS_PID_FROM_PIDNS, (long)inside);
	return pid < 0 ? -errno : pid;
}

#define WALK_OPEN 16 /* descriptors that are closed together */

static int walk_mounts(unsigned long request, int (*each)(void *data, uint64_t inode), void *data)
{
	int fds[WALK_OPEN] = {open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC)}, r = 0;
	struct mount_ns_info info = {.size = sizeof(info)};
	size_t n = 1;
	struct stat st;

	if (fds[0] < 0)
		return -errno;
	while (!r) {
		int next = ioctl(fds[n - 1], request, &info);

		if (next < 0) {
			r = errno == ENOENT ? 0 : -errno; /* the last one */
			break;
		}
		if (n == WALK_OPEN) {
			file_close_all(fds, n);
			n = 0;
		}
		fds[n++] = next;
		r = fstat(next, &st) < 0 ? -errno : each(data, st.st_ino);
	}
	file_close_all(fds, n);
	return r;
}

int ns_each_mount(int (*each)(void *data, uint64_t inode), void *data)
{
	struct stat st;
	int r;

	if (!feature_allowed(FEATURE_NSFS))
		return -ENOTTY;
	if (stat("/proc/self/ns/user", &st) < 0 || !ns_is_initial(NS_USER, st.st_ino) ||
		!(cred_effective() & UINT64_C(1) << CRED_SYS_ADMIN))
		return -EPERM;
	r = walk_mounts(NSFS_MNT_GET_NEXT, each, data);
	return r ? r : walk_mounts(NSFS_MNT_GET_PREV, each, data);
}
