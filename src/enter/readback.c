/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the kernel says of the child while it waits before execve, against the plan. Less than planned is the
 * kernel's or the caller's limit; more is fatal: the command does not run.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ids.h"
#include "enter/plan.h"
#include "enter/stage.h"
#include "model/caps.h"
#include "sys/idmap.h"
#include "sys/proc.h"

int readback_more(const struct plan *plan, const char *what, struct err *err)
{
	err_set(err, -EPERM, ERR_FAILED, "%s: the command would have more than was planned: %s",
		plan->container->name, what);
	return err_why(err, "read back from /proc before execve; the command was not started");
}

static int check_sets(const struct plan *plan, const struct proc_status *s, struct err *err)
{
	const struct order *o = &plan->order;
	const struct {
		const char *name;
		uint64_t planned, found;
	} sets[] = {
		{"inheritable", o->inheritable, s->inheritable},
		{"permitted", o->permitted, s->permitted},
		{"effective", o->effective, s->effective},
		{"bounding", o->bounding, s->bounding},
		{"ambient", o->ambient, s->ambient},
	};

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		CLEANUP_BUF struct buf text = {0};

		if (!(sets[i].found & ~sets[i].planned))
			continue;
		buf_printf(&text, "%s ", sets[i].name);
		caps_names(&text, sets[i].found & ~sets[i].planned, ",");
		return readback_more(plan, buf_text(&text), err);
	}
	return 0;
}

/* Without a map, or where it has no such id, it is the same outside. */
static uint32_t seen_from_here(const struct idmap *map, uint32_t id)
{
	uint32_t outside = id;

	idmap_outside(map, id, &outside);
	return outside;
}

/* In a namespace that denies setgroups they were set before it was joined, by our numbers. */
static int check_groups(
	const struct plan *plan, const struct idmap *gids, const struct proc_status *s, struct err *err)
{
	CLEANUP_FREE gid_t *planned = calloc(plan->n_groups + 1, sizeof(*planned));
	const uint32_t flags = plan->order.flags;

	if (!planned)
		return err_no_memory(err);
	for (size_t i = 0; i < plan->n_groups; i++)
		planned[i] =
			flags & ORDER_SETGROUPS ? seen_from_here(gids, plan->groups[i]) : plan->groups[i];
	ids_sort(planned, plan->n_groups);
	for (size_t i = 0; flags & (ORDER_SETGROUPS | ORDER_GROUPS_FIRST) && i < s->n_groups; i++)
		if (!ids_has(planned, plan->n_groups, s->groups[i]))
			return readback_more(plan, "supplementary groups", err);
	return 0;
}

static int check_ids(const struct plan *plan, int dir, const struct proc_status *s, struct err *err)
{
	CLEANUP_IDMAP struct idmap uids = {0}, gids = {0};
	/* the child's own: init's, or those of a user namespace that is new */
	int error = plan->own_userns ? idmap_read(dir, false, &uids) : 0;
	uint32_t uid, gid;

	if (!error && plan->own_userns)
		error = idmap_read(dir, true, &gids);
	if (error < 0)
		return err_sys(
			err, error, "%s: cannot read back the command's id maps", plan->container->name);
	uid = seen_from_here(&uids, plan->order.uid);
	gid = seen_from_here(&gids, plan->order.gid);
	for (int i = 0; i < 4; i++)
		if (s->uid[i] != uid || s->gid[i] != gid)
			return readback_more(plan, "another user or group id", err);
	return check_groups(plan, &gids, s, err);
}

int readback_check(const struct plan *plan, pid_t child, struct err *err)
{
	CLEANUP_STATUS struct proc_status s = {0};
	CLEANUP_FD int dir = proc_open(child);
	int error = dir < 0 ? dir : proc_status_read(dir, &s);

	if (error < 0)
		return err_sys(
			err, error, "%s: cannot read back the command's status", plan->container->name);
	if (!(plan->order.flags & ORDER_KEEP_CREDS)) {
		if ((error = check_sets(plan, &s, err)) < 0 || (error = check_ids(plan, dir, &s, err)) < 0)
			return error;
	}
	if (plan->order.flags & ORDER_NO_NEW_PRIVS && !s.no_new_privs)
		return readback_more(plan, "no_new_privs is not set", err);
	if (s.seccomp_filters < plan->order.seccomp_n || (plan->order.seccomp_n && s.seccomp != 2))
		return readback_more(plan, "the seccomp filter is not loaded", err);
	return plan->sandbox ? 0 : readback_place(plan, dir, err);
}
