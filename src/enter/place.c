/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the command will stand: namespaces, root, cgroups.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "enter/plan.h"
#include "sys/feature.h"
#include "sys/file.h"
#include "sys/ns.h"
#include "sys/proc.h"

static int denied(const struct plan *plan, int error, const char *what, struct err *err)
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
		return denied(plan, error, "look at its namespaces", err);
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
		return denied(plan, own, "open its user namespace", err);
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
			return denied(plan, fd, "open its namespaces", err);
		o->ns[o->n_ns++] = (struct order_ns){fd, (uint32_t)ns_kinds[order[i]].flag};
	}
	if (flags && plan->init.pidfd >= 0)
		o->ns[o->n_ns++] = (struct order_ns){plan->init.pidfd, flags};
	if (inner >= 0)
		o->ns[o->n_ns++] = (struct order_ns){inner, CLONE_NEWUSER};
	if (wanted >> NS_PID & 1) {
		o->pidns = plan->init.pidfd >= 0 ? plan->init.pidfd : plan_keep(plan, ns_open(plan->init.dir, NS_PID));
		if (o->pidns < 0)
			return denied(plan, o->pidns, "open its PID namespace", err);
	}
	return 0;
}

static int open_root(struct plan *plan, struct err *err)
{
	/* the text of this link is "/" and means the host's root: it is opened, never read */
	int fd = openat(plan->init.dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return denied(plan, -errno, "open its root", err);
	plan->root = plan_keep(plan, fd);
	/* the same mount namespace may still have another root: init can be chrooted */
	if (!plan->request->namespaces || plan->request->namespaces >> NS_MNT & 1)
		plan->order.root = plan->root;
	return 0;
}

static int refuse_frozen(const struct plan *plan, const char *where, struct err *err)
{
	const struct container *c = plan->container;

	err_set(err, -EBUSY, ERR_FAILED, "%s is paused: a command in its cgroup would not run", c->name);
	err_why(err, "%s is frozen", where);
	if (plan->request->resume)
		return err_hint(err, "%s, or --no-cgroup to stay outside of it", plan->request->resume);
	return err_hint(err, "--no-cgroup stays outside of it");
}

static int cgroup_failed(struct plan *plan, int error, const char *dir, struct err *err)
{
	if (plan->root_caller) {
		err_sys(err, error, "%s: cannot join its cgroup %s", plan->container->name, dir);
		return err_hint(err, "--no-cgroup runs the command without the container's limits");
	}
	return error;
}

void plan_say_no_cgroup(struct plan *plan)
{
	if (plan->told_no_cgroup)
		return;
	plan->told_no_cgroup = true;
	plan_say(plan,
		"%s: not in its cgroup (no right to move there): its limits for memory, CPU and processes do not hold; "
		"systemd-run --user --scope nsctl exec ... may have the right",
		plan->container->name);
}

/* The v2 directory, and what the guard needs there. The leaf itself is made when the plan is carried out. */
static int open_v2(struct plan *plan, const struct cgroup_line *line, struct err *err)
{
	struct order *o = &plan->order;
	int dir = open(line->dir, O_PATH | O_DIRECTORY | O_CLOEXEC), procs;

	if (dir < 0)
		return cgroup_failed(plan, -errno, line->dir, err);
	o->cgroup = plan_keep(plan, dir);
	procs = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	if (procs < 0)
		return cgroup_failed(plan, -errno, line->dir, err);
	o->parent_procs = o->cgroup_procs = plan_keep(plan, procs);
	return 0;
}

/* `fd` is its tasks, or negative. */
static int open_v1(struct plan *plan, const struct cgroup_line *line, int fd, struct err *err)
{
	struct order *o = &plan->order;
	CLEANUP_FREE char *path = NULL;

	if (fd < 0 && asprintf(&path, "%s/tasks", line->dir) < 0) {
		path = NULL;
		return err_no_memory(err);
	}
	if (fd < 0) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		fd = fd < 0 ? -errno : plan_keep(plan, fd);
	}
	if (fd < 0)
		return cgroup_failed(plan, fd, line->dir, err);
	if (o->n_v1 == ORDER_V1_MAX)
		return cgroup_failed(plan, -E2BIG, line->dir, err);
	if (!strcmp(line->controllers, "pids"))
		o->v1_pids = (int32_t)o->n_v1;
	o->v1[o->n_v1++] = fd;
	return 0;
}

/* True when the caller stands there already: nothing to join, and maybe no right to. */
static bool same_cgroup(const struct cgroup_set *ours, const struct cgroup_line *line)
{
	for (size_t i = 0; i < ours->n; i++)
		if (!strcmp(ours->lines[i].controllers, line->controllers))
			return !strcmp(ours->lines[i].path, line->path);
	return false;
}

/* The tasks of those v1 hierarchies that are where they usually are; the others stay negative. */
static void open_usual(struct plan *plan, int ret[CGROUP_MAX])
{
	CLEANUP_FD int usual = cgroup_open_usual();

	for (size_t i = 0; i < plan->cgroups.n; i++)
		ret[i] = plan_keep(plan, plan->root_caller ? cgroup_open_v1(usual, &plan->cgroups.lines[i], "tasks", O_WRONLY) : -1);
}

static int open_cgroups(struct plan *plan, int self, struct err *err)
{
	CLEANUP_CGROUP struct cgroup_set ours = {0};
	CLEANUP_FREE char *where = NULL;
	bool missed = false;
	int error = cgroup_read_paths(plan->init.dir, &plan->cgroups), tasks[CGROUP_MAX];

	if (error < 0)
		return denied(plan, error, "read its cgroups", err);
	open_usual(plan, tasks);
	cgroup_find(&plan->cgroups);
	if (cgroup_frozen(&plan->cgroups, &where))
		return refuse_frozen(plan, where ? where : "its cgroup", err);
	if (!plan->root_caller && (error = cgroup_read(self, &ours)) < 0)
		return err_sys(err, error, "cannot read /proc/self/cgroup");
	for (size_t i = 0; i < plan->cgroups.n; i++) {
		const struct cgroup_line *line = &plan->cgroups.lines[i];

		if (!line->dir || same_cgroup(&ours, line) || (line->v2 && !feature_allowed(FEATURE_CGROUP2)))
			continue;
		error = line->v2 ? open_v2(plan, line, err) : open_v1(plan, line, tasks[i], err);
		/* a read-only hierarchy, as containers have it, or one that is mounted out of sight: no matter if we stand there */
		if (error < 0 && plan->root_caller && !ours.n && cgroup_read(self, &ours) == 0 && same_cgroup(&ours, line)) {
			err_clear(err);
			if (line->v2)
				plan->order.cgroup = -1;
			continue;
		}
		if (error < 0 && plan->root_caller)
			return error;
		if (error < 0 && err->code)
			return error;
		missed |= error < 0;
	}
	if (missed)
		plan_say_no_cgroup(plan);
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
		return denied(plan, -EPERM, "join its namespaces", err);
	plan->joins = wanted;
	if ((error = open_namespaces(plan, wanted, err)) < 0)
		return error;
	/* the root is where users are looked up, too, even if the mount namespace is not joined */
	if ((error = open_root(plan, err)) < 0)
		return error;
	if (plan->request->no_cgroup)
		return 0;
	/* a cgroup that the guard kills and removes, but only where the command is watched */
	if ((error = open_cgroups(plan, self, err)) < 0)
		return error;
	if (!plan->root_caller)
		plan->order.soft |= 1u << STEP_CGROUP | 1u << STEP_TASKS;
	return 0;
}
