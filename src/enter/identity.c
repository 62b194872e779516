/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who the command will be: user, groups, capability sets.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/ids.h"
#include "enter/plan.h"
#include "model/caps.h"
#include "sys/cred.h"
#include "sys/file.h"
#include "sys/idmap.h"

/* --group-add NAME or GID, looked up in the container. */
static int extra_groups(struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < plan->request->n_group_add; i++) {
		gid_t gid;
		int error = group_parse(plan->root, plan->request->group_add[i], &gid, err);

		if (error < 0)
			return error;
		if (ids_append(&plan->groups, &plan->n_groups, &gid, 1) < 0)
			return err_no_memory(err);
	}
	return 0;
}

/* As the engine's own exec would choose them: they differ in the groups. */
static int choose_user(struct plan *plan, struct err *err)
{
	int error = spec_user(&plan->spec, plan->container->engine, plan->root, plan->request->user, &plan->user, err);

	if (error < 0)
		return error;
	plan->order.uid = plan->user.uid;
	plan->order.gid = plan->user.gid;
	if (ids_append(&plan->groups, &plan->n_groups, plan->user.groups, plan->user.n_groups) < 0)
		return err_no_memory(err);
	error = extra_groups(plan, err);
	if (!error && ids_unique(plan->groups, &plan->n_groups) < 0)
		return err_no_memory(err);
	return error;
}

/* An id that the container's user namespace does not map cannot be taken; setresuid's EINVAL would not say so. */
static int check_map(const struct plan *plan, bool gid, const uint32_t *ids, size_t n, struct err *err)
{
	CLEANUP_IDMAP struct idmap map = {0};
	uint32_t outside;
	size_t i = 0;

	if (!plan->own_userns || idmap_read(plan->init.dir, gid, &map) < 0)
		return 0;
	while (i < n && idmap_outside(&map, ids[i], &outside))
		i++;
	if (i == n)
		return 0;
	err_set(err, -EINVAL, ERR_FAILED, "%s %u is not mapped in the user namespace of %s", gid ? "group" : "user", ids[i],
		plan->container->name);
	return err_hint(err, "its map is in /proc/%d/%s", (int)plan->init.pid, gid ? "gid_map" : "uid_map");
}

/* Where its user namespace denies setgroups the groups can only be brought along: init's own, set before it is joined. */
static int check_setgroups(struct plan *plan, struct err *err)
{
	char text[16];

	plan->order.flags |= ORDER_SETGROUPS;
	if (!plan->own_userns || file_read_into(plan->init.dir, "setgroups", text, sizeof(text)) <= 0 || strncmp(text, "deny", 4))
		return 0;
	if (plan->request->n_group_add) {
		err_set(err, -EPERM, ERR_FAILED, "%s: no group can be added", plan->container->name);
		return err_why(err, "its user namespace denies setgroups");
	}
	plan->order.flags &= ~(uint32_t)ORDER_SETGROUPS;
	plan->n_groups = 0;
	if (!plan->root_caller)
		return 0;
	plan->order.flags |= ORDER_GROUPS_FIRST;
	if (ids_append(&plan->groups, &plan->n_groups, plan->status.groups, plan->status.n_groups) < 0 ||
		ids_unique(plan->groups, &plan->n_groups) < 0)
		return err_no_memory(err);
	return 0;
}

/* Everything that we may hand on: in a user namespace that we enter, all; else what we hold. */
static uint64_t can_give(const struct plan *plan)
{
	return plan->own_userns ? plan->all_caps : cred_permitted() & plan->all_caps;
}

static void cut_to_ours(struct plan *plan, struct cap_sets *caps)
{
	uint64_t all = caps->bounding | caps->permitted | caps->inheritable;
	uint64_t bounding = plan->own_userns ? plan->all_caps : cred_bounding(all);
	uint64_t lacking = (all & ~(can_give(plan) | bounding)) & plan->all_caps;
	CLEANUP_BUF struct buf names = {0};

	if (lacking) {
		caps_names(&names, lacking, ", ");
		plan_say(plan, "%s: without %s: nsctl itself does not have it", plan->container->name, buf_text(&names));
	}
	caps->bounding &= bounding;
	caps->permitted &= can_give(plan);
	caps->inheritable &= can_give(plan) | bounding;
	caps->effective &= caps->permitted;
	caps->ambient &= caps->permitted & caps->inheritable;
}

static void apply_options(const struct plan *plan, struct cap_sets *caps)
{
	const struct enter_request *r = plan->request;
	/* ALL first, as every engine has it: "drop ALL, add X" leaves X; else what is dropped is gone, whoever adds it */
	const uint64_t all = plan->all_caps;
	bool keep_added = (r->cap_drop & all) == all && (r->cap_add & all) != all;
	uint64_t drop = keep_added ? r->cap_drop & ~r->cap_add : r->cap_drop, add = r->cap_add & ~drop;

	if (r->privileged)
		*caps = (struct cap_sets){.bounding = can_give(plan), .permitted = can_give(plan), .effective = can_give(plan)};
	caps->bounding = (caps->bounding | add) & ~drop;
	caps->permitted = (caps->permitted | add) & ~drop;
	caps->effective = (caps->effective | add) & ~drop;
	caps->inheritable &= ~drop;
	caps->ambient &= ~drop;
	/* execve gives a user other than root only what is ambient: so that the command holds what was added */
	if (plan->order.uid != 0) {
		caps->inheritable |= add;
		caps->ambient |= add;
	}
}

static void explain_caps(const struct plan *plan, const struct cap_sets *caps)
{
	const struct enter_request *r = plan->request;

	if (r->user && plan->order.uid == 0 && !caps->bounding)
		plan_say(plan,
			"root without capabilities: the container's bounding set is empty (drop: ALL); --privileged would give %u",
			caps_count(can_give(plan)));
	if (r->privileged && plan->order.uid != 0)
		plan_say(plan,
			"--privileged as uid %u: at execve a user other than root keeps none of the capabilities, the bounding set "
			"only; -u root, or --cap-add, which sets ambient, keeps them",
			plan->order.uid);
	else if (r->privileged)
		plan_say(plan, "--privileged: %u capabilities, no seccomp, no LSM confinement; devices and masked paths stay as they are",
			caps_count(caps->bounding));
}

static void keep_sets(struct plan *plan, const struct cap_sets *caps)
{
	struct order *o = &plan->order;
	uint64_t all = plan->all_caps;

	o->bounding = caps->bounding;
	/* What execve takes from a user other than root is gone before it, too: or a file would run that this user may not
	 * execute, by a CAP_DAC_OVERRIDE that the command itself never has. */
	o->permitted = o->uid ? caps->ambient : caps->permitted;
	o->effective = o->uid ? caps->ambient : caps->effective;
	o->inheritable = caps->inheritable;
	o->ambient = caps->ambient;
	for (o->last_cap = 0; o->last_cap < 63 && all >> (o->last_cap + 1) & 1;)
		o->last_cap++;
}

/* Without a user namespace to be root in, a caller that is not root keeps the ids that it has. */
static int check_ids(struct plan *plan, struct err *err)
{
	if (plan->root_caller || plan->own_userns)
		return 0;
	plan->order.flags |= ORDER_KEEP_CREDS;
	if (plan->order.uid == getuid() && plan->order.gid == getgid())
		return 0;
	err_set(err, -EPERM, ERR_DENIED, "%s: cannot become user %u", plan->container->name, plan->order.uid);
	err_why(err, "you are user %u without CAP_SETUID and CAP_SETGID", (unsigned int)getuid());
	return err_hint(err, "run nsctl as root: sudo nsctl exec ...");
}

int plan_identity(struct plan *plan, struct err *err)
{
	struct cap_sets caps;
	int error;

	if ((error = choose_user(plan, err)) < 0 ||
		(error = check_map(plan, false, &plan->order.uid, 1, err)) < 0 ||
		(error = check_map(plan, true, &plan->order.gid, 1, err)) < 0 ||
		(error = check_ids(plan, err)) < 0 ||
		(error = check_map(plan, true, plan->groups, plan->n_groups, err)) < 0 ||
		(error = check_setgroups(plan, err)) < 0)
		return error;
	caps = spec_caps_for_user(&plan->spec, plan->container->engine, plan->request->user != NULL, plan->order.uid);
	apply_options(plan, &caps);
	cut_to_ours(plan, &caps);
	explain_caps(plan, &caps);
	keep_sets(plan, &caps);
	if ((plan->spec.no_new_privs && !plan->request->privileged) || plan->request->no_new_privs)
		plan->order.flags |= ORDER_NO_NEW_PRIVS;
	else if (cred_no_new_privs())
		plan_say(plan, "no_new_privs is set for nsctl itself, so the command has it too");
	return 0;
}
