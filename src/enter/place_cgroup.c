/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the command will stand among the control groups: in those of init, v1 and v2.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "enter/plan.h"
#include "sys/cgroup.h"
#include "sys/feature.h"

static int refuse_frozen(const struct plan *plan, const char *where, struct err *err)
{
	const struct container *c = plan->container;
	CLEANUP_FREE char *resume = plan->request->resume ? plan->request->resume(c) : NULL;

	err_set(err, -EBUSY, ERR_FAILED, "%s is paused: a command in its cgroup would not run", c->name);
	err_why(err, "%s is frozen", where);
	if (resume)
		return err_hint(err, "%s, or --no-cgroup to stay outside of it", resume);
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

/* `fd` is its tasks and becomes the plan's, or is negative. */
static int open_v1(struct plan *plan, const struct cgroup_line *line, int fd, struct err *err)
{
	struct order *o = &plan->order;
	CLEANUP_FREE char *path = NULL;

	if (fd < 0 && asprintf(&path, "%s/tasks", line->dir) < 0) {
		path = NULL;
		return err_no_memory(err);
	}
	if (fd < 0)
		fd = open(path, O_WRONLY | O_CLOEXEC);
	fd = fd < 0 ? -errno : plan_keep(plan, fd);
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
static void open_usual(struct plan *plan, int usual, int ret[CGROUP_MAX])
{
	for (size_t i = 0; i < CGROUP_MAX; i++)
		ret[i] = i < plan->cgroups.n && plan->root_caller
			? cgroup_open_v1(usual, &plan->cgroups.lines[i], "tasks", O_WRONLY)
			: -1;
}

/* Those of `tasks` that are joined become the plan's. */
static int open_all(struct plan *plan, int self, int tasks[CGROUP_MAX], struct err *err)
{
	CLEANUP_CGROUP struct cgroup_set ours = {0};
	CLEANUP_FREE char *where = NULL;
	bool missed = false;
	int error;

	if (cgroup_frozen(&plan->cgroups, &where))
		return refuse_frozen(plan, where ? where : "its cgroup", err);
	if (!plan->root_caller && (error = cgroup_read(self, &ours)) < 0)
		return err_sys(err, error, "cannot read /proc/self/cgroup");
	for (size_t i = 0; i < plan->cgroups.n; i++) {
		const struct cgroup_line *line = &plan->cgroups.lines[i];

		if (!line->dir || same_cgroup(&ours, line) || (line->v2 && !feature_allowed(FEATURE_CGROUP2)))
			continue;
		error = line->v2 ? open_v2(plan, line, err) : open_v1(plan, line, take_fd(&tasks[i]), err);
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

int plan_cgroups(struct plan *plan, int self, struct err *err)
{
	CLEANUP_FD int usual = cgroup_open_usual();
	int tasks[CGROUP_MAX], error = cgroup_read_paths(plan->init.dir, &plan->cgroups);

	if (error < 0)
		return plan_denied(plan, error, "read its cgroups", err);
	open_usual(plan, usual, tasks);
	cgroup_find(usual, &plan->cgroups);
	error = open_all(plan, self, tasks, err);
	for (size_t i = 0; i < CGROUP_MAX; i++)
		close_fd(&tasks[i]);
	return error;
}
