/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engines' own exec makes of -u. They agree on the uid and on little else; each row was seen on a
 * real one (docker 28, podman 4.3, containerd 1.6, runc 1.1, crun 1.8, lxc 5). Capabilities follow from the
 * bounding set by the kernel's own rules at execve, but for podman's ambient ones.
 */
#include "model/spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ids.h"
#include "sys/passwd.h"

/* Where a number without GROUP gets its group and groups from. */
enum number_rule {
	NUMBER_PASSWD, /* its passwd entry, else group 0: as a name */
	NUMBER_SPEC,   /* group and groups stay the container's; with GROUP the groups do */
	NUMBER_ROOT,   /* group 0, no groups */
};

static const struct user_rule {
	const char *engine;
	bool primary; /* the group is one of the supplementary ones too */
	bool listed;  /* the groups that list the user in /etc/group */
	bool added; /* what the container was given beyond its own user's (--group-add, supplementalGroups) */
	enum number_rule number;
} rules[] = {
	{"docker", true, true, true, NUMBER_PASSWD},
	{"cri", true, true, true,
		NUMBER_PASSWD}, /* has no -u; Kubernetes promises its groups to every process */
	{"containerd", true, false, false, NUMBER_PASSWD}, {"podman", false, true, false, NUMBER_PASSWD},
	{"runc", false, true, false,
		NUMBER_SPEC}, /* runc and crun take numbers only; names are as with podman */
	{"crun", false, true, false, NUMBER_ROOT}, {"lxc", false, false, false, NUMBER_PASSWD},
	{NULL, false, true, false, NUMBER_PASSWD}, /* no exec of their own */
};

static const struct user_rule *rule_of(const char *engine)
{
	const struct user_rule *rule = rules;

	while (rule->engine && strcmp(rule->engine, engine) != 0)
		rule++;
	return rule;
}

static int add(struct passwd_user *user, const gid_t *groups, size_t n)
{
	return ids_append(&user->groups, &user->n_groups, groups, n);
}

/* Adds what is neither the container's group (`primary`: that too) nor in `listed`. */
static int add_spec_groups(const struct spec *spec, bool primary, const gid_t *listed, size_t n_listed,
	struct passwd_user *user)
{
	CLEANUP_FREE gid_t *groups = calloc(spec->n_groups + 1, sizeof(*groups));
	size_t n = 0;

	if (!groups)
		return -ENOMEM;
	for (size_t i = 0; i < spec->n_groups; i++)
		if ((primary || spec->groups[i] != spec->gid) && !ids_has(listed, n_listed, spec->groups[i]))
			groups[n++] = spec->groups[i];
	return add(user, groups, n);
}

/* The config does not tell apart what the container's user has and what was added: what is neither its group
 * nor one that lists it was added. */
static int add_added(const struct spec *spec, int root_fd, struct passwd_user *user)
{
	CLEANUP_PASSWD struct passwd_entry own = {0};
	CLEANUP_FREE gid_t *listed = NULL;
	size_t n = 0;

	if (!passwd_find(root_fd, NULL, spec->uid, &own))
		group_list(root_fd, own.name, &listed, &n);
	return add_spec_groups(spec, false, listed, n, user);
}

static int apply(const struct user_rule *rule, const struct spec *spec, int root_fd, const char *text,
	struct passwd_user *user)
{
	bool number = text[strspn(text, "0123456789")] == '\0' || text[strspn(text, "0123456789")] == ':';
	bool group = strchr(text, ':') != NULL;

	if (number && rule->number != NUMBER_PASSWD) {
		user->n_groups = 0;
		if (!group)
			user->gid = rule->number == NUMBER_SPEC ? spec->gid : 0;
		return rule->number == NUMBER_SPEC ? add_spec_groups(spec, true, NULL, 0, user) : 0;
	}
	if (!rule->listed)
		user->n_groups = 0;
	if (rule->primary && add(user, &user->gid, 1) < 0)
		return -ENOMEM;
	return rule->added ? add_added(spec, root_fd, user) : 0;
}

/* Without -u: the container's own user. podman looks it up again, which leaves its group out of the
 * supplementary ones. */
static int own_user(const struct spec *spec, const char *engine, int root_fd, struct passwd_user *user)
{
	const bool looked_up = spec->uid != 0 && !strcmp(engine, "podman");

	user->uid = spec->uid;
	user->gid = spec->gid;
	passwd_find(root_fd, NULL, spec->uid, &user->entry);
	return add_spec_groups(spec, !looked_up, NULL, 0, user);
}

int spec_user(const struct spec *spec, const char *engine, int root_fd, const char *text,
	struct passwd_user *ret, struct err *err)
{
	CLEANUP_USER struct passwd_user user = {0};
	int error;

	if (text) {
		error = passwd_user_parse(root_fd, text, &user, err);
		if (error < 0)
			return error;
		error = apply(rule_of(engine), spec, root_fd, text, &user);
	} else {
		error = own_user(spec, engine, root_fd, &user);
	}
	if (!error)
		error = ids_unique(user.groups, &user.n_groups);
	if (error < 0)
		return err_sys(err, error, "cannot read a user");
	*ret = user;
	user = (struct passwd_user){0};
	return 0;
}

/* podman gives a user other than root the capabilities that were asked for as ambient ones, but only the
 * container's own user. It compares names as they were written, which no file tells: here it is the uid. */
struct cap_sets spec_caps_for_user(const struct spec *spec, const char *engine, bool user_given, uid_t uid)
{
	struct cap_sets caps = spec->caps;

	if (strcmp(engine, "podman") != 0 || !user_given || uid == spec->uid)
		return caps;
	caps.inheritable = caps.ambient = 0;
	caps.permitted = caps.effective = uid == 0 ? caps.bounding : 0;
	return caps;
}
