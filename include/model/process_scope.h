/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which processes are a container's. For src/model/process*.c only.
 *
 * A PID namespace of its own tells all of them, whatever cgroup or other namespaces they are in by now, and the kernel says
 * for each PID whether it is in there or below (NS_GET_PID_IN_PIDNS, 6.11; before that the namespace's ancestors). What
 * shares its PID namespace, with the host or with the other containers of its pod, is told apart by cgroup and mount
 * namespace. Who may not look at namespaces gets what the cgroup holds, and is told that this may not be all.
 */
#ifndef MODEL_PROCESS_SCOPE_H
#define MODEL_PROCESS_SCOPE_H

#include "model/process.h"
#include "sys/proc.h"
#include "sys/procfs.h"

/* A PID namespace by its inode, and whether it is the container's or below it. */
struct pidns_known {
	uint64_t inode;
	bool below;
};

struct process_scope {
	const struct container *c;
	int proc;               /* /proc of the caller */
	struct proc_ref init;
	int pidns;              /* its PID namespace; -1 for the host, and for who may not look */
	uint64_t pidns_inode;
	uint64_t mnt_inode;     /* 0: not known */
	uint64_t own_pidns, own_mnt; /* the caller's */
	unsigned int level;     /* where in NSpid its PID namespace stands */
	bool host;              /* everything that the caller sees */
	bool by_ioctl;          /* the kernel answers for a PID */
	bool shared;            /* its PID namespace has others' processes */
	bool limited;           /* namespaces may not be looked at: cgroup and NSpid are all there is */
	char *cgroup;           /* as process_cgroup_find() has it; when it is needed; owned */
	struct pid_list in_cgroup; /* who is there, sorted; when it is needed */
	struct pidns_known *known; /* owned */
	size_t n_known;
	const struct trace *trace;
	const char *why;        /* what makes the answer incomplete, static */
};

int process_scope_open(const struct container *c, struct process_scope *ret, struct err *err);
void process_scope_close(struct process_scope *scope);
#define CLEANUP_SCOPE __attribute__((cleanup(process_scope_close)))

/* Host PIDs of all that may be members, sorted; some may have ended, or turn out to be none. */
int process_scope_pids(struct process_scope *scope, struct pid_list *ret, struct err *err);

/* Is it in the container's PID namespace? dir is its /proc/PID: held open while the kernel is asked, so that the number is
 * its own. Returns the PID inside, 0 when only its NSpid can tell, -ESRCH when it is not there. */
int process_scope_inside(struct process_scope *scope, int dir, pid_t host_pid);

/* Of a process that is there: is it the container's, not another's? True unless `shared` or another's cgroup says no. */
bool process_scope_owns(const struct process_scope *scope, int dir, pid_t host_pid);

#endif
