/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one process may do to another: signal it, trace it.
 */
#include <errno.h>
#include <linux/capability.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "model/can_parts.h"
#include "model/pid.h"

#define DEPTH_MAX 1024 /* of the way up from a process to the subject */

/* Does it descend from init? By the host's numbers, so that nobody can lead the way. */
static bool is_below(const struct proc_ref *init, pid_t parent)
{
	for (int depth = 0; parent > 0 && depth < DEPTH_MAX; depth++) {
		CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
		CLEANUP_STATUS struct proc_status status = {0};

		if (parent == init->pid)
			return true;
		if (proc_ref_open(parent, 0, &ref) < 0 || proc_status_read(ref.dir, &status) < 0)
			return false;
		parent = status.ppid;
	}
	return false;
}

/* Older kernels do not say: then who owns its /proc files does, for all but root. */
static int dumpable_of(const struct proc_ref *ref, uid_t euid)
{
	struct stat st;
	int dumpable = proc_dumpable(ref->pidfd);

	if (dumpable >= 0)
		return dumpable == 1 ? CAN_DUMPABLE : CAN_NOT_DUMPABLE;
	if (fstatat(ref->dir, "status", &st, 0) < 0 || euid == 0)
		return CAN_DUMPABLE_UNKNOWN;
	return st.st_uid == euid ? CAN_DUMPABLE : CAN_NOT_DUMPABLE;
}

static int fill(const struct proc_ref *init, const struct proc_ref *where, const struct proc_ref *ref,
	pid_t inside, struct can_facts *f)
{
	CLEANUP_STATUS struct proc_status s = {0};
	/* the host's PID 1 can be shielded */
	const struct proc_ref *its = ref->pid == init->pid ? where : ref;
	CLEANUP_FD int userns = ns_open(its->dir, NS_USER);
	uint64_t theirs = 0, ours = 0;
	int error = proc_status_read(ref->dir, &s);

	if (error < 0)
		return error;
	if (userns < 0 && userns != -ENOENT && userns != -EACCES && userns != -EPERM)
		return userns;
	ns_inode(its->dir, NS_USER, &theirs);
	ns_inode(where->dir, NS_USER, &ours);
	f->target = (struct can_process){
		.found = true,
		.pid = inside,
		.uid = s.uid[0],
		.euid = s.uid[1],
		.suid = s.uid[2],
		.gid = s.gid[0],
		.egid = s.gid[1],
		.sgid = s.gid[2],
		.permitted = s.permitted,
		.itself = f->pid && ref->pid == init->pid,
		.init = inside == 1,
		.kernel = !s.has_vm && s.state != 'Z' && s.state != 'X',
		.ended = s.state == 'Z' || s.state == 'X',
		.below = f->pid && is_below(init, s.ppid),
		.traced = s.tracer != 0,
		.same_userns = theirs && theirs == ours,
		.hidden = userns == -EACCES || userns == -EPERM,
		.owned = userns >= 0 && ns_is_within(userns, ours),
		.dumpable = dumpable_of(ref, s.uid[1]),
	};
	return 0;
}

int can_gather_target(const struct proc_ref *init, const struct proc_ref *where, pid_t inside,
	struct can_facts *f, struct err *err)
{
	CLEANUP_FD int ns = ns_open(where->dir, NS_PID);
	CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
	int error = ns < 0 ? ns : pid_open(ns, where->dir, inside, &ref);

	f->target = (struct can_process){.pid = inside};
	if (!error)
		error = fill(init, where, &ref, inside, f);
	if (error == -ESRCH && ns >= 0)
		return 0;
	return error < 0 ? err_sys(err, error, "cannot look at the process that is %d inside", (int)inside)
			 : 0;
}

static bool gone(const struct can_process *p, struct can_answer *ret)
{
	if (!p->found)
		can_say(ret, CAN_NO, "no process has the PID %d inside", (int)p->pid);
	return !p->found;
}

/* check_kill_permission(), kill_ok_by_cred() */
void can_decide_kill(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	const struct can_process *p = &f->target;
	const char *init = p->init && !f->initial_pidns ? "; an init gets only signals that it handles" : "";
	CLEANUP_FREE char *rule = NULL;

	(void)q;
	if (gone(p, ret))
		return;
	if (p->itself) {
		can_say(ret, CAN_YES, "it is the process itself%s", init);
	} else if (f->euid == p->suid || f->euid == p->uid || f->uid == p->suid || f->uid == p->uid) {
		can_say(ret, CAN_YES, "it belongs to the same user%s", init);
	} else if (p->hidden) {
		can_say(ret, CAN_UNKNOWN, "it belongs to another user, and its user namespace cannot be read");
	} else {
		can_by_cap(f, CAP_KILL, p->owned, "the user namespace of that process", ret);
		if (ret->verdict == CAN_YES && *init && (rule = take_ptr(&ret->rule)))
			can_say(ret, CAN_YES, "%s%s", rule, init);
		else if (ret->verdict == CAN_NO && (rule = take_ptr(&ret->rule)))
			can_say(ret, CAN_NO, "it belongs to another user, and %s", rule);
	}
}

static bool same_ids(const struct can_facts *f, const struct can_process *p)
{
	return f->uid == p->euid && f->uid == p->suid && f->uid == p->uid && f->gid == p->egid &&
	       f->gid == p->sgid && f->gid == p->gid;
}

/* Needs CAP_SYS_PTRACE, for the reason that is given. */
static void by_ptrace_cap(const struct can_facts *f, const char *why, struct can_answer *ret)
{
	CLEANUP_FREE char *rule = NULL;

	can_by_cap(f, CAP_SYS_PTRACE, f->target.owned, "the user namespace of that process", ret);
	if (ret->verdict == CAN_NO && (rule = take_ptr(&ret->rule)))
		can_say(ret, CAN_NO, "%s, and %s", why, rule);
}

/* yama_ptrace_access_check(): comes behind all the others */
static void by_yama(const struct can_facts *f, struct can_answer *ret)
{
	const struct can_process *p = &f->target;

	if (f->yama == 1 && !p->below)
		by_ptrace_cap(f, "kernel.yama.ptrace_scope is 1 and that process is no descendant", ret);
	else if (f->yama == 2)
		by_ptrace_cap(f, "kernel.yama.ptrace_scope is 2", ret);
	else if (f->yama >= 3)
		can_say(ret, CAN_NO,
			"kernel.yama.ptrace_scope is %d: nobody can trace until the machine restarts",
			f->yama);
}

/* ptrace_attach(), __ptrace_may_access(), cap_ptrace_access_check() */
void can_decide_ptrace(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	const struct can_process *p = &f->target;
	const bool cap = can_has(f, CAP_SYS_PTRACE) && p->owned;

	(void)q;
	if (gone(p, ret))
		return;
	if (p->itself || p->kernel || p->ended || p->traced) {
		can_say(ret, CAN_NO, "%s",
			p->itself   ? "it is the process itself"
			: p->kernel ? "it is a kernel thread"
			: p->ended  ? "it has ended"
				    : "something traces it already");
		return;
	}
	if (p->hidden) {
		can_say(ret, CAN_UNKNOWN, "its user namespace cannot be read");
		return;
	}
	can_say(ret, CAN_YES, "it belongs to the same user and holds no more capabilities");
	if (cap)
		by_ptrace_cap(f, "", ret);
	else if (!same_ids(f, p))
		by_ptrace_cap(f, "its users and groups are not all the same", ret);
	else if (p->dumpable == CAN_NOT_DUMPABLE)
		by_ptrace_cap(f, "it is not dumpable", ret);
	else if (!p->same_userns)
		by_ptrace_cap(f, "it is in another user namespace", ret);
	else if (p->permitted & ~f->caps.permitted)
		by_ptrace_cap(f, "it holds more capabilities", ret);
	else if (p->dumpable == CAN_DUMPABLE_UNKNOWN)
		can_say(ret, CAN_UNKNOWN,
			"the same user, and this kernel does not say whether it is dumpable");
	if (ret->verdict != CAN_NO)
		by_yama(f, ret);
}
