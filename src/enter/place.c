/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the command will stand: namespaces, root; its cgroups are in place_cgroup.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "enter/plan.h"
#include "sys/ns.h"
#include "sys/proc.h"

int plan_denied(const struct plan *plan, int error, const char *what, struct err *err)
{
	err_sys(err, error, "%s: cannot %s", plan->container->name, what);
	if ((error == -EACCES || error == -EPERM) && plan->root_caller) {
		err_why(err, "not even root may: a security module, or whoever confines nsctl itself, protects process %d",
			(int)plan->init.pid);
	} else if (error == -EACCES || error == -EPERM) {
		err_why(err, "its init (%d) belongs to another user: this needs CAP_SYS_PTRACE and CAP_SYS_ADMIN",
			(int)plan->init.pid);
		err_hint(err, "run nsctl as root: sudo nsctl exec ...");
	}
	return err->code;
}

static int compare_namespace(struct plan *plan, int self, enum ns_type type, bool *ret_same, struct err *err)
{
	uint64_t theirs = 0, ours = 0;
	int error = ns_inode(plan->init.dir, type, &theirs);

	if (!error)
		error = ns_inode(self, type, &ours);
	if (error == -ENOENT)
		return err_set(err, -ESRCH, ERR_FAILED, "%s is terminating: its init (%d) has left its namespaces",
			plan->container->name, (int)plan->init.pid);
	if (error < 0)
		return plan_denied(plan, error, "look at its namespaces", err);
	*ret_same = theirs == ours;
	return 0;
}

/* Which namespaces are to be joined, as a mask of 1 << enum ns_type. To join the user namespace again is EINVAL; to join
 * any other one again changes nothing for root, who is spared the comparisons, and needs a right that others lack. */
static int choose_namespaces(struct plan *plan, int self, unsigned int *ret, struct err *err)
{
	unsigned int wanted = plan->request->namespaces ? plan->request->namespaces : (1u << NS_N) - 1;
	bool same = false;
	int error = compare_namespace(plan, self, NS_USER, &same, err);

	if (error < 0)
		return error;
	plan->own_userns = !same;
	for (int type = 0; type < NS_N; type++) {
		if (type != NS_USER) {
			same = false;
			if (!plan->root_caller || plan->own_userns || type == NS_TIME) /* before 5.6 there is none */
				error = compare_namespace(plan, self, type, &same, err);
			if (error < 0)
				return error;
		} else {
			same = !plan->own_userns;
		}
		if (same)
			wanted &= ~(1u << type);
	}
	*ret = wanted;
	return 0;
}

/* The user namespace that owns what is to be joined beside it; negative where there is nothing, or the kernel does not say. */
static int open_owner(const struct plan *plan, unsigned int wanted)
{
	for (int type = 0; type < NS_N; type++) {
		CLEANUP_FD int ns = -1;

		if (type == NS_USER || !(wanted >> type & 1))
			continue;
		ns = ns_open(plan->init.dir, (enum ns_type)type);
		return ns < 0 ? ns : ns_get_userns(ns);
	}
	return -ENOENT;
}

/* Not root: the right to join the others comes from the user namespace that owns them, so it is taken first. Mostly that is init's
 * own; bwrap with --dev gives a user one more below it, for the ids, which is joined behind all the others. */
static int open_userns(struct plan *plan, unsigned int wanted, int *ret_inner, struct err *err)
{
	int own = plan_keep(plan, ns_open(plan->init.dir, NS_USER)), owner;
	struct stat st, owner_st;

	if (own < 0)
		return plan_denied(plan, own, "open its user namespace", err);
	plan->order.flags |= ORDER_USERNS_FIRST;
	plan->order.userns = own;
	owner = plan_keep(plan, open_owner(plan, wanted));
	if (owner >= 0 && fstat(own, &st) == 0 && fstat(owner, &owner_st) == 0 && st.st_ino != owner_st.st_ino) {
		plan->order.userns = owner;
		*ret_inner = own;
	}
	return 0;
}

/* One setns for all where a pidfd can be joined (5.8), else one each, the user namespace first. */
static int open_namespaces(struct plan *plan, unsigned int wanted, struct err *err)
{
	static const enum ns_type order[] = {NS_USER, NS_CGROUP, NS_IPC, NS_UTS, NS_NET, NS_TIME, NS_MNT};
	struct order *o = &plan->order;
	int inner = -1;
	uint32_t flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		int fd;

		if (!(wanted >> order[i] & 1))
			continue;
		if (order[i] == NS_USER && !plan->root_caller) {
			fd = open_userns(plan, wanted, &inner, err);
			if (fd < 0)
				return fd;
			continue;
		}
		flags |= (uint32_t)ns_kinds[order[i]].flag;
		if (plan->init.pidfd >= 0)
			continue;
		fd = plan_keep(plan, ns_open(plan->init.dir, order[i]));
		if (fd < 0)
			return plan_denied(plan, fd, "open its namespaces", err);
		o->ns[o->n_ns++] = (struct order_ns){fd, (uint32_t)ns_kinds[order[i]].flag};
	}
	if (flags && plan->init.pidfd >= 0)
		o->ns[o->n_ns++] = (struct order_ns){plan->init.pidfd, flags};
	if (inner >= 0)
		o->ns[o->n_ns++] = (struct order_ns){inner, CLONE_NEWUSER};
	if (wanted >> NS_PID & 1) {
		o->pidns = plan->init.pidfd >= 0 ? plan->init.pidfd : plan_keep(plan, ns_open(plan->init.dir, NS_PID));
		if (o->pidns < 0)
			return plan_denied(plan, o->pidns, "open its PID namespace", err);
	}
	return 0;
}

static int open_root(struct plan *plan, struct err *err)
{
	/* the text of this link is "/" and means the host's root: it is opened, never read */
	int fd = openat(plan->init.dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return plan_denied(plan, -errno, "open its root", err);
	plan->root = plan_keep(plan, fd);
	/* the same mount namespace may still have another root: init can be chrooted */
	if (!plan->request->namespaces || plan->request->namespaces >> NS_MNT & 1)
		plan->order.root = plan->root;
	return 0;
}

int plan_place(struct plan *plan, struct err *err)
{
	CLEANUP_FD int self = proc_open_self();
	unsigned int wanted = 0;
	int error;

	if (self < 0) {
		err_sys(err, self, "cannot open /proc/self");
		return err_hint(err, "nsctl needs /proc mounted");
	}
	if ((error = choose_namespaces(plan, self, &wanted, err)) < 0)
		return error;
	if (!plan->root_caller && !plan->own_userns && wanted)
		return plan_denied(plan, -EPERM, "join its namespaces", err);
	plan->joins = wanted;
	if ((error = open_namespaces(plan, wanted, err)) < 0)
		return error;
	/* the root is where users are looked up, too, even if the mount namespace is not joined */
	if ((error = open_root(plan, err)) < 0)
		return error;
	if (plan->request->no_cgroup)
		return 0;
	/* a cgroup that the guard kills and removes, but only where the command is watched */
	if ((error = plan_cgroups(plan, self, err)) < 0)
		return error;
	if (!plan->root_caller)
		plan->order.soft |= 1u << STEP_CGROUP | 1u << STEP_TASKS;
	return 0;
}
