/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Processes: a PID pinned by a pidfd, and what /proc/PID says (proc(5)).
 */
#ifndef SYS_PROC_H
#define SYS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/* A process that cannot be mistaken for another: opened, then verified, then used. */
struct proc_ref {
	pid_t pid;
	int pidfd;  /* -1 where the kernel has no pidfd_open: then dir pins it as far as /proc can */
	int dir;    /* /proc/PID */
	uint64_t start; /* field 22 of stat */
};
#define PROC_REF_NONE {0, -1, -1, 0}

/* /proc/PID, or /proc/self, as O_PATH: a descriptor, or -errno (-ENOENT, -ESRCH: gone). The number may be another process's by now: see proc_ref. */
int proc_open(pid_t pid);
int proc_open_self(void);

/* pidfd first, then /proc/PID, then: does the pidfd live, and is the start time `start` (0: any)? -ESRCH when it is
 * gone or another. The caller frees. */
int proc_ref_open(pid_t pid, uint64_t start, struct proc_ref *ret);
bool proc_ref_alive(const struct proc_ref *ref);
void proc_ref_close(struct proc_ref *ref);
#define CLEANUP_PROC __attribute__((cleanup(proc_ref_close)))

#define PROC_LEVELS 33 /* MAX_PID_NS_LEVEL + 1 */

struct proc_status {
	char name[64];       /* escaped by the kernel for \n and \\ only: hostile */
	char state;          /* R S D T t Z X I */
	pid_t tgid, pid, ppid;
	pid_t tracer;        /* 0: none */
	pid_t nspid[PROC_LEVELS]; /* outermost first */
	unsigned int n_nspid;
	uid_t uid[4];        /* real, effective, saved, file system; as the reader's user namespace sees them */
	gid_t gid[4];
	gid_t *groups;       /* owned: proc_status_free */
	size_t n_groups;
	mode_t umask;
	bool has_umask;      /* absent in zombies */
	bool has_vm;         /* a VmSize line: absent in zombies, exiting processes and kernel threads */
	uint64_t inheritable, permitted, effective, bounding, ambient;
	bool no_new_privs;
	unsigned int seccomp; /* 0, 1 strict, 2 filter */
	unsigned int seccomp_filters;
};

/* Reads dirfd/status in one pass (dirfd is /proc/PID, or /proc/PID/task/TID). -ESRCH when it is gone. */
int proc_status_read(int dirfd, struct proc_status *ret);
void proc_status_free(struct proc_status *status);
#define CLEANUP_STATUS __attribute__((cleanup(proc_status_free)))

/* What /proc/PID/stat says, in one read. */
struct proc_stat {
	char comm[64];  /* raw bytes: hostile */
	char state;
	pid_t ppid;
	bool kernel;    /* a kernel thread */
	uint64_t start; /* clock ticks since boot */
	uint64_t vsize; /* 0: a kernel thread, a zombie, or on its way out */
};

/* Reads dirfd/stat. -ESRCH when it is gone, or no more than a beginning is there. */
int proc_stat_read(int dirfd, struct proc_stat *ret);
int proc_stat_of(int proc_fd, pid_t pid, struct proc_stat *ret); /* proc_fd is /proc */
int proc_stat_parse(const char *text, struct proc_stat *ret);

/* Start time in clock ticks since boot; 0 when it cannot be read. */
uint64_t proc_start_time(int dirfd);
uint64_t proc_start_unix(uint64_t start); /* seconds since 1970 */

/* cmdline or environ as a NULL-terminated vector (one allocation: free() it); at most `max` bytes are read. -ETIMEDOUT when the
 * memory of the process does not answer. One costs a child; for many there is sys/reader.h. */
int proc_strings(int dirfd, const char *file, size_t max, char ***ret);
struct reader;
int proc_strings_by(struct reader *reader, int dirfd, const char *file, size_t max, char ***ret); /* by that one's child */
char **proc_strings_of(const char *data, size_t len); /* the vector of bytes that were read; NULL without memory */

/* Limits as /proc/PID/limits prints them (prlimit(2) needs more rights). */
int proc_limits(int dirfd, struct rlimit limits[RLIM_NLIMITS]);
/* The same of process `pid`, whose `dirfd` is, by prlimit(2) where that is allowed, which takes less time. By its number: that it is
 * still that process the caller must see behind it. */
int proc_limits_of(pid_t pid, int dirfd, struct rlimit limits[RLIM_NLIMITS]);

int proc_oom_score_adj(int dirfd, int *ret);

/* PR_GET_DUMPABLE of another process: 1, or 0 and 2 when others of its user may not trace it. From 6.16 on; -ENOTTY before, and
 * for a process without memory. */
int proc_dumpable(int pidfd);

/* Is it the number of a thread that is not its process's first? False also when there is none. */
bool proc_is_thread(pid_t pid);

/* pidfd_open(2), pidfd_send_signal(2): -ENOSYS where missing. NSCTL_WITHOUT (feature.h) takes the first away, and so all that
 * the second could be used on. */
int pidfd_open_(pid_t pid);
int pidfd_signal(int pidfd, int signal);

#endif
