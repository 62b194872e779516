/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plan of a new sandbox: from its config to what the stage is told.
 */
#include "enter/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "stage/create.h"
#include "sys/feature.h"
#include "sys/idmap.h"
#include "sys/ns.h"
#include "sys/proc.h"

/* Namespaces that make no sense of their own here, and those that the holder of a pod has; its mounts are
 * none. */
#define NEVER_NEW (1u << NS_TIME)
#define HELD (1u << NS_USER | 1u << NS_PID | 1u << NS_NET | 1u << NS_IPC | 1u << NS_UTS | 1u << NS_MNT)

/* What no config says is the caller's: the sandbox is a child of the caller's, not of a daemon's. */
static void caller_defaults(struct spec *spec)
{
	CLEANUP_FD int self = proc_open_self();

	spec->umask = 022;
	for (int i = 0; i < SPEC_RLIMITS; i++)
		getrlimit(i, &spec->rlimits[i]);
	if (self < 0 || proc_oom_score_adj(self, &spec->oom_score_adj) < 0)
		spec->oom_score_adj = 0;
}

static int open_root(struct plan *plan, struct err *err)
{
	const char *rootfs = plan->sandbox->rootfs ? plan->sandbox->rootfs : "/";
	/* where users are looked up; the stage takes it by its path */
	int fd = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, -errno, "cannot open the root %s", rootfs);
	plan->root = plan_keep(plan, fd);
	return 0;
}

static void choose_namespaces(struct plan *plan)
{
	const struct enter_sandbox *s = plan->sandbox;
	unsigned int wanted = s->namespaces & ~NEVER_NEW;

	if (!plan->root_caller && !(s->join >> NS_USER & 1))
		wanted |= 1u << NS_USER;
	if (s->hold)
		wanted &= HELD;
	for (int type = 0; type < NS_N; type++)
		if (wanted >> type & 1)
			plan->order.new_namespaces |= (uint32_t)ns_kinds[type].flag;
	plan->own_userns = (wanted | s->join) >> NS_USER & 1;
}

static int keep_ns(struct plan *plan, enum ns_type type, struct err *err)
{
	int fd = plan_keep(plan, ns_open(plan->init.dir, type));

	return fd < 0 ? err_sys(err, fd, "%s: cannot open the pod's %s namespace", plan->container->name,
				ns_kinds[type].long_name)
		      : fd;
}

/* The user namespace first where the right to join the others comes from it; the PID namespace before there
 * is a child. */
static int join_holder(struct plan *plan, struct err *err)
{
	static const enum ns_type types[] = {NS_USER, NS_IPC, NS_UTS, NS_NET};
	const struct enter_sandbox *s = plan->sandbox;
	struct order *o = &plan->order;
	int error = s->join ? proc_ref_open(s->holder, 0, &plan->init) : 0, fd;

	if (error < 0)
		return err_sys(err, error, "%s: the process that holds the pod's namespaces is gone",
			plan->container->name);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!(s->join >> types[i] & 1))
			continue;
		if ((fd = keep_ns(plan, types[i], err)) < 0)
			return fd;
		if (types[i] == NS_USER) {
			o->flags |= ORDER_USERNS_FIRST;
			o->userns = fd;
			continue;
		}
		o->ns[o->n_ns++] = (struct order_ns){fd, (uint32_t)ns_kinds[types[i]].flag};
	}
	if (s->join >> NS_PID & 1 && (o->pidns = keep_ns(plan, NS_PID, err)) < 0)
		return o->pidns;
	return 0;
}

/* Every process of the sandbox can then be ended and counted. Without the right, its PID namespace does the
 * first. */
static void choose_cgroup(struct plan *plan)
{
	CLEANUP_CGROUP struct cgroup_set ours = {0};
	CLEANUP_FD int self = proc_open_self();
	CLEANUP_FREE char *root = NULL;

	if (!plan->root_caller || !feature_allowed(FEATURE_CGROUP2) || self < 0 ||
		cgroup_read(self, &ours) < 0)
		return;
	/* from the top: a limit of the caller's own cgroup is not meant for it */
	root = cgroup_v2_top(&ours);
	if (!root || access(root, W_OK) < 0)
		return;
	plan->order.cgroup = plan_keep(plan, open(root, O_PATH | O_DIRECTORY | O_CLOEXEC));
	snprintf(plan->order.leaf, sizeof(plan->order.leaf), "nsctl-%s.%d", plan->sandbox->name,
		(int)getpid());
}

static int keep_state(struct plan *plan, struct err *err)
{
	int fd;

	if (plan->sandbox->state < 0)
		return 0;
	fd = fcntl(plan->sandbox->state, F_DUPFD_CLOEXEC, 3);
	plan->order.state = plan_keep(plan, fd < 0 ? -errno : fd);
	return plan->order.state < 0 ? err_sys(err, plan->order.state, "%s", plan->sandbox->name) : 0;
}

static int who_and_how(struct plan *plan, struct err *err)
{
	const struct enter_sandbox *s = plan->sandbox;
	int error;

	caller_defaults(&plan->spec);
	if ((error = spec_read_config(s->name, s->config, s->config_len, &plan->spec, err)) < 0 ||
		(error = plan_identity(plan, err)) < 0 || (error = plan_environment(plan, err)) < 0 ||
		(error = plan_confine(plan, err)) < 0)
		return error;
	return plan->order.new_namespaces & CLONE_NEWUSER ? sandbox_maps(plan, err) : 0;
}

int sandbox_plan(const struct enter_sandbox *sandbox, const struct enter_request *request, plan_note_fn *note,
	void *note_data, struct plan *ret, struct err *err)
{
	CLEANUP_PLAN struct plan plan;
	int error;

	plan_begin(request, note, note_data, &plan);
	plan.sandbox = sandbox;
	if ((error = open_root(&plan, err)) < 0 || (error = join_holder(&plan, err)) < 0)
		return error;
	choose_namespaces(&plan);
	if ((error = who_and_how(&plan, err)) < 0 || (error = keep_state(&plan, err)) < 0)
		return error;
	if (sandbox->hold)
		plan.order.flags |= ORDER_HOLD;
	if ((error = sandbox_mounts(&plan, err)) < 0)
		return error;
	choose_cgroup(&plan);
	*ret = plan;
	plan = (struct plan){.init = PROC_REF_NONE};
	return 0;
}
