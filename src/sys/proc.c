/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/feature.h"
#include "sys/file.h"
#include "sys/reader.h"

int pidfd_open_(pid_t pid)
{
	long fd;

	if (!feature_allowed(FEATURE_PIDFD))
		return -ENOSYS;
	fd = syscall(SYS_pidfd_open, pid, 0); /* close-on-exec from birth */
	return fd < 0 ? -errno : (int)fd;
}

int pidfd_signal(int pidfd, int signal)
{
	return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

/* include/uapi/linux/pidfd.h of newer kernels: struct pidfd_info, as of 6.16. */
struct info {
	uint64_t mask, cgroup;
	uint32_t pid, tgid, ppid, ids[8];
	int32_t exit_code;
	uint32_t coredump_mask, coredump_signal;
};
#define INFO_GET _IOWR(0xff, 11, struct info)
#define INFO_COREDUMP (1u << 4)

int proc_dumpable(int pidfd)
{
	/* how a core would be dumped: not at all, as the user, as root */
	static const struct {
		uint32_t bit;
		int dumpable;
	} kinds[] = {{1u << 1, 0}, {1u << 2, 1}, {1u << 3, 2}};
	struct info info = {.mask = INFO_COREDUMP};

	if (ioctl(pidfd, INFO_GET, &info) < 0 || !(info.mask & INFO_COREDUMP))
		return -ENOTTY;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (info.coredump_mask & kinds[i].bit)
			return kinds[i].dumpable;
	return -ENOTTY;
}

bool proc_is_thread(pid_t pid)
{
	/* the null signal to the thread `pid` of the process `pid`: a thread is of another process, and kill(2) does not tell */
	return syscall(SYS_tgkill, pid, pid, 0) < 0 && errno == ESRCH && (kill(pid, 0) == 0 || errno == EPERM);
}

bool proc_ref_alive(const struct proc_ref *ref)
{
	struct pollfd p = {.fd = ref->pidfd, .events = POLLIN};
	uint64_t start;

	if (ref->pidfd >= 0)
		return poll(&p, 1, 0) == 0;
	start = proc_start_time(ref->dir);
	return start && start == ref->start;
}

int proc_open(pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int proc_open_self(void)
{
	int fd = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int proc_ref_open(pid_t pid, uint64_t start, struct proc_ref *ret)
{
	CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;

	ref.pid = pid;
	ref.pidfd = pidfd_open_(pid);
	if (ref.pidfd < 0 && ref.pidfd != -ENOSYS)
		/* EINVAL: a thread's number, or none at all */
		return ref.pidfd == -EINVAL ? -ESRCH : ref.pidfd;
	if (ref.pidfd < 0)
		ref.pidfd = -1;
	ref.dir = proc_open(pid);
	if (ref.dir < 0)
		return ref.dir == -ENOENT ? -ESRCH : ref.dir;
	ref.start = proc_start_time(ref.dir);
	/* the directory was opened after the pidfd: if the pidfd still lives, both name the same process. A zombie
	 * reads as ended on its pidfd but keeps its start time: it is for the caller to look at its state. */
	if (!ref.start || (start && start != ref.start))
		return -ESRCH;
	*ret = ref;
	ref = (struct proc_ref)PROC_REF_NONE;
	return 0;
}

void proc_ref_close(struct proc_ref *ref)
{
	close_fd(&ref->pidfd);
	close_fd(&ref->dir);
}

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h: has not changed since 2.6 */

int proc_stat_parse(const char *text, struct proc_stat *ret)
{
	const char *name = strchr(text, '('), *p = strrchr(text, ')'); /* comm can hold anything, ")" too */
	uint64_t fields[24] = {0};
	struct proc_stat s = {0};
	size_t len;

	if (!name || !p || p < name || p[1] != ' ' || !p[2])
		return -ESRCH;
	len = (size_t)(p - name) - 1;
	len = len < sizeof(s.comm) ? len : sizeof(s.comm) - 1;
	memcpy(s.comm, name + 1, len);
	s.state = p[2];
	p += 3;
	for (size_t field = 4; field < ARRAY_SIZE(fields); field++) {
		char *end;

		fields[field] = strtoull(p, &end, 10); /* a negative one wraps: none that is used can be */
		if (end == p)
			return -ESRCH;
		p = end;
	}
	s.ppid = (pid_t)fields[4];
	s.kernel = fields[9] & PF_KTHREAD;
	s.start = fields[22];
	s.vsize = fields[23];
	*ret = s;
	return 0;
}

int proc_stat_of(int proc_fd, pid_t pid, struct proc_stat *ret)
{
	char path[32], text[1024];
	ssize_t n;

	snprintf(path, sizeof(path), "%d/stat", (int)pid);
	n = file_read_once(proc_fd, path, text, sizeof(text));
	if (n < 0)
		return n == -ENOENT ? -ESRCH : (int)n;
	return proc_stat_parse(text, ret);
}

int proc_stat_read(int dirfd, struct proc_stat *ret)
{
	char text[1024];
	ssize_t n = file_read_once(dirfd, "stat", text, sizeof(text));

	if (n < 0)
		return n == -ENOENT ? -ESRCH : (int)n;
	return proc_stat_parse(text, ret);
}

uint64_t proc_start_time(int dirfd)
{
	struct proc_stat stat;

	return proc_stat_read(dirfd, &stat) < 0 ? 0 : stat.start;
}

#define NSEC UINT64_C(1000000000)

uint64_t proc_start_unix(uint64_t start)
{
	struct timespec now, boot;
	long hz = sysconf(_SC_CLK_TCK);

	if (!start || hz <= 0 || clock_gettime(CLOCK_REALTIME, &now) < 0 || clock_gettime(CLOCK_BOOTTIME, &boot) < 0)
		return 0;
	/* in nanoseconds: whole seconds alone would give another answer from one call to the next */
	return ((uint64_t)now.tv_sec * NSEC + (uint64_t)now.tv_nsec - (uint64_t)boot.tv_sec * NSEC -
		       (uint64_t)boot.tv_nsec + start * (NSEC / (uint64_t)hz)) /
	       NSEC;
}

char **proc_strings_of(const char *data, size_t len)
{
	size_t n = 0;
	char **vector, *text;

	for (size_t i = 0; i < len; i += strnlen(data + i, len - i) + 1)
		n++;
	vector = malloc((n + 1) * sizeof(*vector) + len + 1);
	if (!vector)
		return NULL;
	text = (char *)(vector + n + 1);
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	n = 0;
	for (size_t i = 0; i < len; i += strlen(text + i) + 1)
		vector[n++] = text + i;
	vector[n] = NULL;
	return vector;
}

int proc_strings_by(struct reader *reader, int dirfd, const char *file, size_t max, char ***ret)
{
	struct reader_want want = {.fd = openat(dirfd, file, O_RDONLY | O_CLOEXEC)};

	if (want.fd < 0)
		return -errno;
	reader_strings(reader, &want, 1, max);
	if (want.error == 0)
		*ret = want.strings;
	return want.error;
}

int proc_strings(int dirfd, const char *file, size_t max, char ***ret)
{
	CLEANUP_READER struct reader reader = {0};

	return proc_strings_by(&reader, dirfd, file, max, ret);
}

static rlim_t read_limit(const char **p)
{
	char *end;
	rlim_t value;

	*p += strspn(*p, " ");
	if (!strncmp(*p, "unlimited", 9)) {
		*p += 9;
		return RLIM_INFINITY;
	}
	value = strtoull(*p, &end, 10);
	*p = end;
	return value;
}

int proc_limits(int dirfd, struct rlimit limits[RLIM_NLIMITS])
{
	/* the names as fs/proc/base.c prints them, by resource */
	static const char *const names[RLIM_NLIMITS] = {
		[RLIMIT_CPU] = "Max cpu time",		[RLIMIT_FSIZE] = "Max file size",
		[RLIMIT_DATA] = "Max data size",	[RLIMIT_STACK] = "Max stack size",
		[RLIMIT_CORE] = "Max core file size",	[RLIMIT_RSS] = "Max resident set",
		[RLIMIT_NPROC] = "Max processes",	[RLIMIT_NOFILE] = "Max open files",
		[RLIMIT_MEMLOCK] = "Max locked memory", [RLIMIT_AS] = "Max address space",
		[RLIMIT_LOCKS] = "Max file locks",	[RLIMIT_SIGPENDING] = "Max pending signals",
		[RLIMIT_MSGQUEUE] = "Max msgqueue size", [RLIMIT_NICE] = "Max nice priority",
		[RLIMIT_RTPRIO] = "Max realtime priority", [RLIMIT_RTTIME] = "Max realtime timeout",
	};
	char text[4096];
	ssize_t n = file_read_into(dirfd, "limits", text, sizeof(text));

	if (n < 0)
		return (int)n;
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		const char *p = strstr(text, names[i]);

		if (!p)
			return -EBADMSG;
		p += strlen(names[i]);
		limits[i].rlim_cur = read_limit(&p);
		limits[i].rlim_max = read_limit(&p);
	}
	return 0;
}

int proc_limits_of(pid_t pid, int dirfd, struct rlimit limits[RLIM_NLIMITS])
{
	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (pid <= 0 || prlimit(pid, (__rlimit_resource_t)i, NULL, &limits[i]) < 0)
			return proc_limits(dirfd, limits);
	return 0;
}

int proc_oom_score_adj(int dirfd, int *ret)
{
	char text[32];
	ssize_t n = file_read_into(dirfd, "oom_score_adj", text, sizeof(text));

	if (n < 0)
		return (int)n;
	*ret = atoi(text);
	return 0;
}
