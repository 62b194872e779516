/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "sys/aside.h"
#include "sys/cred.h"
#include "sys/feature.h"
#include "sys/file.h"
#include "sys/mounts.h"
#include "sys/ns.h"
#include "sys/proc.h"

/* include/linux/proc_fs.h; a folder of a procfs that was bound there has another */
#define PROCFS_ROOT_INO 1
#define CGROUP_DEPTH 32

int pid_list_add(struct pid_list *list, pid_t pid)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 64;
		pid_t *grown = reallocarray(list->items, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		list->items = grown;
		list->cap = cap;
	}
	list->items[list->n++] = pid;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return x < y ? -1 : x > y;
}

void pid_list_sort(struct pid_list *list)
{
	size_t kept = 0;

	if (list->n)
		qsort(list->items, list->n, sizeof(*list->items), by_number);
	for (size_t i = 0; i < list->n; i++)
		if (!kept || list->items[kept - 1] != list->items[i])
			list->items[kept++] = list->items[i];
	list->n = kept;
}

void pid_list_free(struct pid_list *list)
{
	free(list->items);
	*list = (struct pid_list){0};
}

int procfs_pids(int dirfd, struct pid_list *ret)
{
	CLEANUP_FD int own = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *dir = own < 0 ? NULL : fdopendir(own);
	struct dirent *entry;
	uint64_t pid;

	if (!dir)
		return -errno;
	take_fd(&own); /* the stream owns it */
	while (errno = 0, (entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
			text_u64(entry->d_name, INT_MAX, &pid) == 0 && pid_list_add(ret, (pid_t)pid) < 0)
			return -ENOMEM;
	return -errno;
}

static int open_beneath(int dirfd, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC), .resolve = resolve};

	for (int tries = 0; tries < 128; tries++) {
		long fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));

		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN && errno != EINTR) /* a rename meanwhile */
			break;
	}
	return -errno;
}

/* Whose it is: the PID namespace of PID 1 in it. Without NO_XDEV a mount over a folder, or over the link,
 * could answer. */
static uint64_t pidns_of(int procfs)
{
	CLEANUP_FD int link =
		open_beneath(procfs, "1/ns/pid", O_PATH | O_NOFOLLOW, RESOLVE_BENEATH | RESOLVE_NO_XDEV);
	char text[64];
	ssize_t n = link < 0 ? -1 : readlinkat(link, "", text, sizeof(text) - 1);

	if (n < 0)
		return 0;
	text[n] = '\0';
	return text_has_prefix(text, "pid:[") ? strtoull(text + 5, NULL, 10) : 0;
}

static int pin_proc(int root_fd)
{
	int fd = open_beneath(root_fd, "proc", O_PATH | O_NOFOLLOW,
		RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);

	return fd == -ENOSYS || fd >= 0 ? fd : -ENOENT;
}

static int open_if_own(int pinned, uint64_t pidns_inode)
{
	CLEANUP_FD int fd =
		open_beneath(pinned, ".", O_RDONLY | O_DIRECTORY, RESOLVE_BENEATH | RESOLVE_NO_XDEV);
	struct statfs fs;
	struct stat st;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC || fstat(fd, &st) < 0 ||
		st.st_ino != PROCFS_ROOT_INO)
		return -EUCLEAN;
	return pidns_of(fd) == pidns_inode ? take_fd(&fd) : -EUCLEAN;
}

/* Where the root itself may not answer. */
static int open_aside(int root, void *data)
{
	const uint64_t *inode = data;
	CLEANUP_FD int pinned = pin_proc(root);

	return pinned < 0 ? pinned : open_if_own(pinned, *inode);
}

int procfs_open_own(int proc_fd, uint64_t pidns_inode)
{
	CLEANUP_FD int root = openat(proc_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC), pinned = -1;

	if (!feature_allowed(FEATURE_OPENAT2) || !feature_allowed(FEATURE_PROCFS))
		return -ENOSYS;
	if (root < 0)
		return -ENOENT;
	if (!aside_needless(root))
		return aside_open(root, "/proc", open_aside, &pidns_inode);
	pinned = pin_proc(root);
	if (pinned < 0)
		return pinned;
	/* of another file system nothing is asked: it may never answer */
	return mounts_is(proc_fd, pinned, "proc") ? open_if_own(pinned, pidns_inode) : -EUCLEAN;
}

int procfs_open_new(int pidns_fd)
{
	CLEANUP_FD int context = -1;
	long fd;

	if (!feature_allowed(FEATURE_PROCFS_NEW))
		return -ENOSYS;
	context = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	if (context < 0)
		return -errno;
	if (syscall(SYS_fsconfig, context, FSCONFIG_SET_FD, "pidns", NULL, pidns_fd) < 0 ||
		syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? -errno : (int)fd;
}

size_t procfs_count(void)
{
	struct stat st;

	/* proc_root_getattr(): the links are the folders of the tree and one a process, those of all
	 * namespaces */
	return stat("/proc", &st) < 0 ? 0 : (size_t)st.st_nlink;
}

/* A capability within a user namespace says nothing of the processes outside of it. */
static bool can_trace_all(void)
{
	CLEANUP_FD int self = proc_open_self();
	uint64_t user;

	return cred_effective() >> CRED_SYS_PTRACE & 1 && self >= 0 && ns_inode(self, NS_USER, &user) == 0 &&
	       ns_is_initial(NS_USER, user);
}

/* The last mount on it counts. */
static int take_options(const struct mount_entry *mount, void *data)
{
	char **found = data;

	if (strcmp(mount->point, "/proc") != 0 || strcmp(mount->type, "proc") != 0)
		return 0;
	free(*found);
	*found = strdup(mount->options);
	return 0;
}

char *procfs_options(void)
{
	CLEANUP_FD int self = proc_open_self();
	char *found = NULL;

	if (self >= 0)
		mounts_each(self, take_options, &found);
	return found;
}

const char *procfs_hidepid(const char *options)
{
	const char *mode = strstr(options, "hidepid=");

	return mode && !text_has_prefix(mode, "hidepid=0") && !text_has_prefix(mode, "hidepid=off") ? mode
												    : NULL;
}

bool procfs_hides(void)
{
	CLEANUP_FREE char *options = can_trace_all() ? NULL : procfs_options();

	return options && procfs_hidepid(options);
}

/* cgroup.procs of one folder: unsorted and with repetitions on v1, one page a read. */
static int read_procs(int dirfd, struct pid_list *ret)
{
	CLEANUP_FREE char *text = NULL;
	char *at, *end;
	int r = file_read(dirfd, "cgroup.procs", 64u << 20, &text, NULL);

	if (r < 0)
		return r;
	for (at = text; *at; at = end + (*end == '\n')) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			break;
		if (pid > 0 && pid_list_add(ret, (pid_t)pid) < 0) /* 0: of a namespace that is not ours */
			return -ENOMEM;
	}
	return 0;
}

static int read_cgroup(int parent, const char *name, int depth, struct pid_list *ret)
{
	CLEANUP_FD int own = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_DIR DIR *dir = own < 0 ? NULL : fdopendir(own);
	struct dirent *entry;
	int r, error;

	if (!dir)
		return -errno;
	take_fd(&own);
	r = read_procs(dirfd(dir), ret);
	while (depth < CGROUP_DEPTH && (entry = readdir(dir))) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		error = read_cgroup(dirfd(dir), entry->d_name, depth + 1, ret);
		if (error < 0 && error != -ENOENT && error != -ENODEV && r == 0)
			r = error;
	}
	return r;
}

int procfs_cgroup_pids(const char *dir, struct pid_list *ret)
{
	return read_cgroup(AT_FDCWD, dir, 0, ret);
}
