/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "sys/feature.h"
#include "sys/proc.h"

/* include/uapi/linux/pidfd.h of 6.13; the distribution's headers may lack it */
struct pidfd_info_v0 {
	uint64_t mask;
	uint64_t cgroupid;
	uint32_t pid, tgid, ppid;
	uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	uint32_t spare;
};
#define PIDFD_GET_INFO_V0 _IOWR(0xff, 11, struct pidfd_info_v0)
#define PIDFD_INFO_CGROUPID (1u << 2) /* pid and credentials are always there */

int proc_info_read(pid_t pid, struct proc_info *ret)
{
	CLEANUP_FD int fd = -1;
	struct pidfd_info_v0 info = {.mask = PIDFD_INFO_CGROUPID};

	if (!feature_allowed(FEATURE_PIDFD_INFO))
		return -ENOSYS;
	fd = pidfd_open_(pid);
	if (fd < 0)
		return fd == -EINVAL || fd == -ENOENT ? -ESRCH : fd;
	if (ioctl(fd, PIDFD_GET_INFO_V0, &info) < 0)
		return errno == ENOTTY || errno == EINVAL ? -ENOSYS : -errno;
	*ret = (struct proc_info){
		.cgroup = info.mask & PIDFD_INFO_CGROUPID ? info.cgroupid : 0,
		.ppid = (pid_t)info.ppid,
		.uid = info.ruid,
		.euid = info.euid,
		.gid = info.rgid,
		.egid = info.egid,
	};
	return 0;
}
