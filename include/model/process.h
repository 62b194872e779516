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
struct trace;

enum process_session {
	PROCESS_MAIN,   /* init and its descendants; of the host all */
	PROCESS_EXEC,   /* its head was recorded by the engine or by nsctl */
	PROCESS_JOINED, /* came in by setns: PPID 0 inside, no record */
	PROCESS_CAME,   /* one of these two: the records are closed to the caller */
};

/* What is to be gathered beyond the numbers. */
enum process_needs {
	PROCESS_STATUS = 1 << 0,   /* ids, sets, state, no_new_privs, seccomp: one read of status */
	PROCESS_COMMAND = 1 << 1,  /* command */
	PROCESS_TIMES = 1 << 2,    /* more: CPU time, memory, tty, nice, threads (libproc2) */
	PROCESS_NAMES = 1 << 3,    /* of user and group, inside and outside */
	PROCESS_SESSION = 1 << 4,
	PROCESS_NAMESPACES = 1 << 5, /* more: user_ns */
	PROCESS_CGROUP = 1 << 6,   /* more: cgroup */
	PROCESS_EXE = 1 << 7,      /* more: exe */
	PROCESS_THREADS = 1 << 8,  /* one item a thread: tid */
	PROCESS_START = 1 << 9,
};

#define PROCESS_ID_NONE UINT32_MAX /* an id that the container's user namespace has no number for */

/* What few columns show. Where it could not be read: NULL, 0, or false of what says so. */
struct process_more {
	uint64_t user_ns;                  /* inode of its user namespace */
	char *cgroup;                      /* v2 path, else name=systemd's, else the first; owned */
	char *exe;                         /* as the kernel prints the link, raw bytes; owned */
	bool has_times;                    /* the rest was read */
	uint64_t cpu;                      /* user and system time, in clock ticks */
	uint64_t rss;                      /* bytes */
	unsigned int threads;
	int nice;
	char tty[16];                      /* "pts/0", "" for none */
};

struct process {
	const struct container *container; /* borrowed; of engine "host" for a process of the host */
	pid_t host_pid, pid;               /* pid: inside its container, 0 unknown */
	pid_t host_ppid, ppid;             /* ppid: 0 joined from outside, or init */
	pid_t tid, tid_inside;             /* the host's and inside; host_pid and pid without PROCESS_THREADS */
	pid_t *pids;                       /* every level, outermost first; owned */
	unsigned int n_pids;
	char state;
	uid_t uid, euid;                   /* as the host sees them */
	gid_t gid, egid;
	uid_t euid_inside;                 /* by the id maps of the container's init; PROCESS_ID_NONE, or not read */
	gid_t egid_inside;
	gid_t *groups;                     /* host's numbers; owned */
	size_t n_groups;
	/* Of euid and egid; NULL: it has none there. Borrowed from the list. */
	const char *user, *group;           /* in the container's own /etc/passwd and /etc/group */
	const char *host_user, *host_group; /* in the host's */
	struct cap_sets caps;
	bool no_new_privs;
	unsigned int seccomp, seccomp_filters;
	enum process_session session;
	bool session_head;                 /* the first of an exec or joined session, or init */
	uint64_t start;                    /* clock ticks since boot; 0 without PROCESS_START */
	char **command;                    /* NULL-terminated, raw bytes; NULL: none or not read */
	bool command_lost;                 /* its memory did not answer */
	char comm[64];
	struct process_more *more;         /* owned; NULL when nothing of it was wanted */
};

struct process_names;

struct process_list {
	struct process *items; /* of each container by host_pid, then tid */
	size_t n, cap;
	bool complete;     /* false: what the kernel allowed to see may not be all (unprivileged, hidepid) */
	const char *why;   /* of the last call: the reason, static; NULL otherwise */
	const struct trace *trace; /* told how they were found; the caller's, may be NULL */
	size_t lost;       /* of the last call: commands whose process's memory did not answer */
	pid_t first_lost;
	struct process_commands *commands; /* owned: what reads commands */
	struct process_names *names; /* owned: what the items' names borrow from */
};

/* Appends the container's processes. `complete` becomes true with the first call on an empty list, and false with any that
 * may not have seen all. What ends meanwhile is left out. Of a container of engine "host" all that the caller's /proc shows,
 * or for "self" the caller. -ESRCH when its init is gone, -EACCES and the like when none can be seen, with err. */
int process_list_of(const struct container *c, unsigned int needs, struct process_list *ret, struct err *err);
void process_list_free(struct process_list *list);
#define CLEANUP_PROCESSES __attribute__((cleanup(process_list_free)))

/* Leaves out those that do not fit. */
void process_list_keep(struct process_list *list, bool (*fits)(const struct process *p));

/* When it started, seconds since 1970; 0: not read. */
uint64_t process_start_unix(const struct process *p);

/* The one with that PID of the host among those of the list from `first` on, which are one container's; NULL: none. */
struct process *process_list_find(const struct process_list *list, size_t first, pid_t host_pid);

#endif
