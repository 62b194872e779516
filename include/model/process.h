/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The processes of a container: all that are in its PID namespace or below it, whoever started them, or, where the namespace
 * is shared (hostPID, shareProcessNamespace), those that are the container's by cgroup or mount namespace.
 */
#ifndef MODEL_PROCESS_H
#define MODEL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/caps.h"
#include "model/container.h"

struct err;

enum process_session {
	PROCESS_MAIN,   /* init and its descendants */
	PROCESS_EXEC,   /* its head was recorded by the engine or by nsctl */
	PROCESS_JOINED, /* came in by setns: PPID 0 inside, no record */
};

/* What is to be gathered beyond the numbers. */
enum process_needs {
	PROCESS_STATUS = 1 << 0,   /* ids, sets, state, no_new_privs, seccomp: one read of status */
	PROCESS_COMMAND = 1 << 1,  /* command */
	PROCESS_TIMES = 1 << 2,    /* start, CPU time, memory, tty, nice (libproc2) */
	PROCESS_NAMES = 1 << 3,    /* of user and group, inside and outside */
	PROCESS_SESSION = 1 << 4,
	PROCESS_NAMESPACES = 1 << 5, /* user_ns */
	PROCESS_CGROUP = 1 << 6,
	PROCESS_EXE = 1 << 7,
	PROCESS_THREADS = 1 << 8,  /* one item a thread: tid */
};

struct process {
	const struct container *container; /* borrowed; NULL: a process of the host */
	pid_t host_pid, pid;               /* pid: inside its container, 0 unknown */
	pid_t host_ppid, ppid;             /* ppid: 0 joined from outside, or init */
	pid_t tid;                         /* the host's; host_pid without PROCESS_THREADS */
	pid_t *pids;                       /* every level, outermost first; owned */
	unsigned int n_pids;
	char state;
	uid_t uid, euid;                   /* as the host sees them */
	gid_t gid, egid;
	gid_t *groups;                     /* host's numbers; owned */
	size_t n_groups;
	struct cap_sets caps;
	bool no_new_privs;
	unsigned int seccomp, seccomp_filters;
	enum process_session session;
	uint64_t start;                    /* clock ticks since boot */
	char **command;                    /* NULL-terminated, raw bytes; NULL: none or not read */
	char comm[64];
};

struct process_list {
	struct process *items; /* by host_pid */
	size_t n, cap;
	bool complete; /* false: what the kernel allowed to see may not be all (before 6.11, unprivileged, hidepid) */
};

/* Appends the container's processes. What ends meanwhile is left out. -EACCES and the like with err when none can be seen. */
int process_list_of(const struct container *c, unsigned int needs, struct process_list *ret, struct err *err);
void process_list_free(struct process_list *list);
#define CLEANUP_PROCESSES __attribute__((cleanup(process_list_free)))

#endif
