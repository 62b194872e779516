/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each feature, tried with arguments that the kernel refuses, or that change nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/cgroup.h"
#include "sys/feature.h"
#include "sys/ns.h"
#include "sys/proc.h"

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

static int probe_openat2(void)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	CLEANUP_FD int fd = (int)syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how));

	return fd < 0 ? -errno : 0;
}

/* To join one's own UTS namespace by a pidfd changes nothing; for who may not, EPERM says that it could be done. */
static int probe_pidfd(void)
{
	CLEANUP_FD int fd = pidfd_open_(getpid());

	if (fd < 0)
		return fd;
	return setns(fd, CLONE_NEWUTS) < 0 && errno == EINVAL ? -ENOSYS : 0;
}

/* Each of these answers EINVAL where it is known. */
static int probe_call(long result)
{
	return result < 0 && errno != EINVAL && errno != EBADF ? -errno : 0;
}

static int probe_nsfs(void)
{
	CLEANUP_FD int self = proc_open_self();
	CLEANUP_FD int ns = self < 0 ? self : ns_open(self, NS_PID);
	int pid = ns < 0 ? ns : ns_pid_inside(ns, getpid());

	return pid < 0 ? (pid == -ENOTTY ? -ENOSYS : pid) : 0;
}

/* The folder of a v2 cgroup that is not the root, and whether it can be written. */
static int probe_cgroup(bool kill_file)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	CLEANUP_FD int self = proc_open_self();
	int r = self < 0 ? self : cgroup_read(self, &set);
	const struct cgroup_line *v2 = r < 0 ? NULL : cgroup_v2(&set);
	CLEANUP_DIR DIR *dir = v2 && v2->dir ? opendir(v2->dir) : NULL;
	struct dirent *entry;
	struct statvfs fs;
	char path[NAME_MAX + 16];

	if (!dir)
		return r < 0 ? r : -ENOSYS;
	if (!kill_file)
		return fstatvfs(dirfd(dir), &fs) == 0 && fs.f_flag & ST_RDONLY ? -EROFS : 0;
	if (faccessat(dirfd(dir), "cgroup.kill", F_OK, 0) == 0)
		return 0;
	while ((entry = readdir(dir))) { /* the root has none, its children have */
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%.*s/cgroup.kill", NAME_MAX, entry->d_name);
		return faccessat(dirfd(dir), path, F_OK, 0) == 0 ? 0 : -ENOSYS;
	}
	return -ENOENT;
}

/* Nothing is made before FSCONFIG_CMD_CREATE. Who may not begin cannot tell. */
static int probe_new_procfs(void)
{
	CLEANUP_FD int context = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	CLEANUP_FD int self = proc_open_self();
	CLEANUP_FD int ns = self < 0 ? self : ns_open(self, NS_PID);

	if (context < 0)
		return errno == EPERM ? -ENOENT : -errno;
	if (ns < 0)
		return ns;
	return syscall(SYS_fsconfig, context, FSCONFIG_SET_FD, "pidns", NULL, ns) < 0 ? -ENOSYS : 0;
}

int feature_probe(enum feature feature)
{
	if (!feature_allowed(feature))
		return -ENOSYS;
	switch (feature) {
	case FEATURE_OPENAT2:
		return probe_openat2();
	case FEATURE_PIDFD:
		return probe_pidfd();
	case FEATURE_CLONE3:
		return probe_call(syscall(SYS_clone3, NULL, 0));
	case FEATURE_CLOSE_RANGE:
		return probe_call(syscall(SYS_close_range, ~0U, ~0U, 0));
	case FEATURE_NSFS:
		return probe_nsfs();
	case FEATURE_CGROUP_KILL:
		return probe_cgroup(true);
	case FEATURE_CGROUP2:
		return probe_cgroup(false);
	case FEATURE_MOUNT_SETATTR:
		return probe_call(syscall(SYS_mount_setattr, -1, "", 0, NULL, 0));
	case FEATURE_PROCFS:
		return probe_openat2(); /* it is proven with that */
	case FEATURE_PROCFS_NEW:
		return probe_new_procfs();
	case FEATURE_PROC_SCAN:
		return 0;
	case FEATURE_N:
		break;
	}
	return -EINVAL;
}
