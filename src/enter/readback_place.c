/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the child stands while it waits before execve, against the plan: a step that says it was taken and
 * was not would leave the command on the host.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "enter/plan.h"
#include "enter/stage.h"
#include "sys/cgroup.h"
#include "sys/file.h"
#include "sys/ns.h"
#include "sys/proc.h"

#define CGROUP_TEXT_MAX (1u << 20)

/* What shows where a process stands is kept from those who may not trace it; the child, like all that is not
 * dumpable, from everyone without CAP_SYS_PTRACE. Whoever lacks it has no more than his own rights to lose.
 */
static int unreadable(const struct plan *plan, int error, const char *what, struct err *err)
{
	if (!plan->root_caller && (error == -EACCES || error == -EPERM))
		return 0;
	return err_sys(err, error, "%s: cannot read back the command's %s", plan->container->name, what);
}

static int check_namespaces(const struct plan *plan, int dir, struct err *err)
{
	uint64_t found[NS_N] = {0}, planned[NS_N] = {0};
	int error = ns_inodes(dir, plan->joins, found);

	if (!error)
		error = ns_inodes(plan->init.dir, plan->joins, planned);
	if (error < 0)
		return unreadable(plan, error, "namespaces", err);
	for (int type = 0; type < NS_N; type++) {
		char what[64];

		if (!(plan->joins >> type & 1) || found[type] == planned[type])
			continue;
		snprintf(what, sizeof(what), "it is not in the container's %s namespace",
			ns_kinds[type].long_name);
		return readback_more(plan, what, err);
	}
	return 0;
}

static int check_root(const struct plan *plan, int dir, struct err *err)
{
	struct file_id found, planned;
	int error;

	if (plan->order.root < 0)
		return 0;
	error = file_id_read(dir, "root", &found);
	if (!error)
		error = file_id_read(plan->order.root, "", &planned);
	if (error < 0)
		return unreadable(plan, error, "root", err);
	return file_id_same(&found, &planned) ? 0 : readback_more(plan, "its root is not the container's", err);
}

/* Init's own, or in v2 the leaf below it. */
static bool stands_in(const struct plan *plan, const struct cgroup_line *planned, const char *path)
{
	size_t len = strcmp(planned->path, "/") ? strlen(planned->path) : 0;

	if (!strcmp(planned->path, path))
		return true;
	return planned->v2 && !strncmp(planned->path, path, len) && path[len] == '/' &&
	       !strcmp(path + len + 1, plan->order.leaf);
}

/* Root's only: for others a cgroup that cannot be joined is a note. Those that were not to be joined we stand
 * in ourselves. */
static int check_cgroups(const struct plan *plan, int dir, struct err *err)
{
	CLEANUP_CGROUP struct cgroup_set found = {0};
	CLEANUP_FREE char *text = NULL;
	int error;

	if (!plan->root_caller || (plan->order.cgroup_procs < 0 && !plan->order.n_v1))
		return 0;
	error = file_read(dir, "cgroup", CGROUP_TEXT_MAX, &text, NULL);
	if (!error)
		error = cgroup_parse(text, &found);
	if (error < 0)
		return unreadable(plan, error, "cgroups", err);
	for (size_t i = 0; i < plan->cgroups.n; i++) {
		const struct cgroup_line *planned = &plan->cgroups.lines[i];
		size_t j = 0;

		if (!planned->dir || (planned->v2 && plan->order.cgroup_procs < 0))
			continue;
		while (j < found.n && strcmp(found.lines[j].controllers, planned->controllers))
			j++;
		if (j < found.n && !stands_in(plan, planned, found.lines[j].path))
			return readback_more(plan, "it is not in the container's cgroup", err);
	}
	return 0;
}

static int check_limits(const struct plan *plan, int dir, struct err *err)
{
	const struct order *o = &plan->order;
	struct rlimit found[RLIM_NLIMITS];
	int error;

	/* where one that could not be set is a note, it stays as the caller's own */
	if (!o->rlimit_mask || o->soft >> STEP_RLIMIT & 1)
		return 0;
	/* not by prlimit(2), which set them: what it says of itself is no second word */
	error = proc_limits(dir, found);
	if (error < 0)
		return unreadable(plan, error, "limits", err);
	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (o->rlimit_mask >> i & 1 && (found[i].rlim_cur > o->rlimits[i].rlim_cur ||
						       found[i].rlim_max > o->rlimits[i].rlim_max))
			return readback_more(plan, "a resource limit is higher", err);
	return 0;
}

int readback_place(const struct plan *plan, int dir, struct err *err)
{
	int error;

	if ((error = check_namespaces(plan, dir, err)) < 0 || (error = check_root(plan, dir, err)) < 0 ||
		(error = check_cgroups(plan, dir, err)) < 0)
		return error;
	return check_limits(plan, dir, err);
}
