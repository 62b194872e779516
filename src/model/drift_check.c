/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of checks: for each field of a manifest, where it shows in an OCI config and in the kernel. In the order of
 * manifest_fields().
 */
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/drift_reader.h"

enum drift_answer drift_answer_of(bool yes)
{
	return yes ? DRIFT_YES : DRIFT_NO;
}

enum drift_answer drift_same(enum drift_answer is, bool wanted)
{
	return is == DRIFT_CANNOT ? DRIFT_CANNOT : drift_answer_of((is == DRIFT_YES) == wanted);
}

static bool says(const struct manifest_value *value, const char *word)
{
	return value->text && !strcmp(value->text, word);
}

/* namespaces */

static enum ns_type namespace_of(const struct drift_context *c)
{
	static const struct {
		const char *field;
		enum ns_type type;
	} rows[] = {{"hostPID", NS_PID}, {"hostNetwork", NS_NET}, {"hostIPC", NS_IPC}, {"hostUsers", NS_USER}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strcmp(rows[i].field, c->field->name))
			return rows[i].type;
	return NS_N;
}

static enum drift_answer host_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_same(side->host_ns[namespace_of(c)], c->value->truth);
}

static void host_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	drift_value_answer(ret, side->host_ns[namespace_of(c)]);
}

/* Engines that an ordinary user runs cannot do without a user namespace. */
static void users_judge(const struct drift_context *c, struct drift_row *row)
{
	if (row->verdict != DRIFT_DRIFT || !c->value->truth || !c->facts->container->owner)
		return;
	row->verdict = DRIFT_IGNORED;
	drift_say(c, row, "the engine is not root's: it gives every container a user namespace");
}

static enum drift_answer shared_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_same(side->shares_pid, c->value->truth);
}

static void shared_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	(void)c;
	drift_value_answer(ret, side->shares_pid);
}

/* ids */

static enum drift_answer user_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_answer_of(side->spec.uid == (uint64_t)c->value->number);
}

static void id_show(const struct drift_context *c, uint32_t id, struct drift_value *ret)
{
	if (id == SPEC_UNMAPPED)
		drift_value_text(c, ret, "unmapped");
	else
		drift_value_number(ret, id);
}

static void user_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	id_show(c, side->spec.uid, ret);
}

static enum drift_answer group_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_answer_of(side->spec.gid == (uint64_t)c->value->number);
}

static void group_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	id_show(c, side->spec.gid, ret);
}

static enum drift_answer non_root_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_answer_of(!c->value->truth || side->spec.uid != 0);
}

static void non_root_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	(void)c;
	drift_value_bool(ret, side->spec.uid != 0);
}

static bool has_group(const struct drift_side *side, uint64_t gid)
{
	for (size_t i = 0; i < side->spec.n_groups; i++)
		if (side->spec.groups[i] == gid)
			return true;
	return side->spec.gid == gid;
}

static bool is_asked(const struct drift_context *c, uint64_t gid)
{
	const struct manifest_value *groups = &c->effective->supplemental_groups;

	for (size_t i = 0; i < groups->n_items; i++)
		if ((uint64_t)groups->items[i].number == gid)
			return true;
	return c->effective->fs_group.set && (uint64_t)c->effective->fs_group.number == gid;
}

static enum drift_answer groups_agree(const struct drift_context *c, const struct drift_side *side)
{
	for (size_t i = 0; i < c->value->n_items; i++)
		if (!has_group(side, (uint64_t)c->value->items[i].number))
			return DRIFT_NO;
	return DRIFT_YES;
}

static void groups_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	drift_value_list(ret);
	for (size_t i = 0; i < side->spec.n_groups; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", side->spec.groups[i]);
		drift_value_item(c, ret, text);
	}
}

/* Strict: no group beyond those that were asked for and the primary one. Merge allows any. */
static enum drift_answer policy_agrees(const struct drift_context *c, const struct drift_side *side)
{
	for (size_t i = 0; i < side->spec.n_groups && says(c->value, "Strict"); i++)
		if (side->spec.groups[i] != side->spec.gid && !is_asked(c, side->spec.groups[i]))
			return DRIFT_NO;
	return DRIFT_YES;
}

static enum drift_answer fs_group_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_answer_of(has_group(side, (uint64_t)c->value->number));
}

static enum drift_answer cannot(const struct drift_context *c, const struct drift_side *side)
{
	(void)c;
	(void)side;
	return DRIFT_CANNOT;
}

static void show_none(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	(void)c;
	(void)side;
	ret->kind = DRIFT_VALUE_NONE;
}

static void volumes_judge(const struct drift_context *c, struct drift_row *row)
{
	if (c->effective->fs_group.set)
		return;
	row->verdict = DRIFT_IGNORED;
	drift_say(c, row, "has no effect without fsGroup");
}

/* confinement */

static const char *seccomp_word(enum drift_answer filtered)
{
	return filtered == DRIFT_YES ? "filter" : "Unconfined";
}

/* That there is a filter is all that the kernel tells; which one it is it does not. */
static enum drift_answer seccomp_agrees(const struct drift_context *c, const struct drift_side *side)
{
	if (side->filtered == DRIFT_CANNOT)
		return DRIFT_CANNOT;
	if (says(c->value, "Localhost") && side->filtered == DRIFT_YES)
		return DRIFT_CANNOT;
	return drift_same(side->filtered, !says(c->value, "Unconfined"));
}

static void seccomp_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	if (side->filtered != DRIFT_CANNOT)
		drift_value_text(c, ret, seccomp_word(side->filtered));
}

static void seccomp_judge(const struct drift_context *c, struct drift_row *row)
{
	if (row->verdict == DRIFT_DRIFT && c->privileged && !says(c->value, "Unconfined")) {
		row->verdict = DRIFT_IGNORED;
		drift_say(c, row, "a privileged container has no seccomp filter, whatever its profile is");
	} else if (row->verdict == DRIFT_DRIFT && says(c->value, "Localhost")) {
		drift_say(c, row, "no filter is on");
	}
}

static const char *apparmor_of(const struct drift_side *side)
{
	return side->spec.apparmor ? side->spec.apparmor : "unconfined";
}

static enum drift_answer apparmor_agrees(const struct drift_context *c, const struct drift_side *side)
{
	const struct manifest_value *file = &c->effective->app_armor_localhost;
	bool unconfined = !strcmp(apparmor_of(side), "unconfined");

	if (!c->pod->host.apparmor)
		return DRIFT_CANNOT;
	if (says(c->value, "Localhost"))
		return drift_answer_of(file->text && !strcmp(apparmor_of(side), file->text));
	return drift_answer_of(unconfined == says(c->value, "Unconfined"));
}

static void apparmor_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	if (c->pod->host.apparmor)
		drift_value_text(c, ret, apparmor_of(side));
}

static void lsm_judge(const struct drift_context *c, struct drift_row *row)
{
	if (row->verdict != DRIFT_DRIFT || !c->privileged || says(c->value, "Unconfined"))
		return;
	row->verdict = DRIFT_IGNORED;
	drift_say(c, row, "a privileged container is not confined by it");
}

/* USER:ROLE:TYPE:LEVEL, and a level may hold a colon itself. */
static char *selinux_part(const char *label, const char *field)
{
	static const char *const parts[] = {"user", "role", "type", "level"};
	const char *at = label;

	for (size_t i = 0; at && i < ARRAY_SIZE(parts); i++) {
		size_t len = i + 1 < ARRAY_SIZE(parts) ? strcspn(at, ":") : strlen(at);

		if (!strcmp(strchr(field, '.') + 1, parts[i]))
			return strndup(at, len);
		at = at[len] ? at + len + 1 : NULL;
	}
	return NULL;
}

static enum drift_answer selinux_agrees(const struct drift_context *c, const struct drift_side *side)
{
	CLEANUP_FREE char *part = selinux_part(side->spec.selinux, c->field->name);

	if (!c->pod->host.selinux)
		return DRIFT_CANNOT;
	return drift_answer_of(part && says(c->value, part));
}

static void selinux_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	CLEANUP_FREE char *part = selinux_part(side->spec.selinux, c->field->name);

	if (c->pod->host.selinux)
		drift_value_text(c, ret, part);
}

static void privileged_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	drift_value_answer(ret, drift_privileged_of(c, side));
}

static enum drift_answer privileged_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_same(drift_privileged_of(c, side), c->value->truth);
}

/* Said the other way round: it is no_new_privs that the kernel knows. */
static enum drift_answer escalation_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_answer_of(side->spec.no_new_privs == !c->value->truth);
}

static void escalation_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	(void)c;
	drift_value_bool(ret, !side->spec.no_new_privs);
}

static void escalation_judge(const struct drift_context *c, struct drift_row *row)
{
	bool set = c->facts->kernel.spec.no_new_privs;

	if (row->verdict == DRIFT_DRIFT && set == c->value->truth)
		drift_say(c, row, "no_new_privs is %s%s", set ? "set" : "not set",
			c->value->set ? "" : ", and true, which leaves it off, is the default");
}

static enum drift_answer read_only_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_same(side->read_only, c->value->truth);
}

static void read_only_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	(void)c;
	drift_value_answer(ret, side->read_only);
}

static void read_only_judge(const struct drift_context *c, struct drift_row *row)
{
	if (row->verdict != DRIFT_DRIFT || c->value->truth || strcmp(c->facts->container->engine, "nsctl") != 0)
		return;
	row->verdict = DRIFT_IGNORED;
	drift_say(c, row, "a sandbox of nsctl is a read-only view of the root of this machine");
}

static enum drift_answer proc_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_same(side->masked, !says(c->value, "Unmasked"));
}

static void proc_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	if (side->masked != DRIFT_CANNOT)
		drift_value_text(c, ret, side->masked == DRIFT_YES ? "Default" : "Unmasked");
}

static void proc_judge(const struct drift_context *c, struct drift_row *row)
{
	if (row->verdict != DRIFT_DRIFT || !c->privileged || says(c->value, "Unmasked"))
		return;
	row->verdict = DRIFT_IGNORED;
	drift_say(c, row, "a privileged container has all of /proc, whatever procMount is");
}

static void windows_judge(const struct drift_context *c, struct drift_row *row)
{
	row->verdict = DRIFT_IGNORED;
	drift_say(c, row, "of no meaning on Linux");
}

#define NO_SELINUX "no SELinux on this kernel"
#define NO_MOUNTS "the mounts of its init cannot be read"
#define NO_NAMESPACES "the namespaces of its init cannot be read"
#define SELINUX(part)                                                                                                \
	{"seLinuxOptions." part, 0, selinux_agrees, selinux_show, lsm_judge, NO_SELINUX}

const struct drift_check drift_checks[] = {
	{"hostPID", DRIFT_CHECK_POD, host_agrees, host_show, NULL, NO_NAMESPACES},
	{"hostNetwork", DRIFT_CHECK_POD, host_agrees, host_show, NULL, NO_NAMESPACES},
	{"hostIPC", DRIFT_CHECK_POD, host_agrees, host_show, NULL, NO_NAMESPACES},
	{"hostUsers", DRIFT_CHECK_POD, host_agrees, host_show, users_judge, NO_NAMESPACES},
	{"shareProcessNamespace", DRIFT_CHECK_POD, shared_agrees, shared_show, NULL, NO_NAMESPACES},
	{"command", DRIFT_CHECK_CONFIG, drift_command_agrees, drift_args_show, drift_args_judge, NULL},
	{"args", DRIFT_CHECK_CONFIG, drift_args_agree, drift_args_show, drift_args_judge, NULL},
	{"runAsUser", DRIFT_CHECK_UNSET, user_agrees, user_show, NULL, NULL},
	{"runAsGroup", DRIFT_CHECK_UNSET, group_agrees, group_show, NULL, NULL},
	{"runAsNonRoot", 0, non_root_agrees, non_root_show, NULL, NULL},
	SELINUX("user"),
	SELINUX("role"),
	SELINUX("type"),
	SELINUX("level"),
	{"seccompProfile.type", DRIFT_CHECK_UNSET, seccomp_agrees, seccomp_show, seccomp_judge,
		"a filter is on, but the kernel does not tell of which file it was made"},
	{"appArmorProfile.type", 0, apparmor_agrees, apparmor_show, lsm_judge, "no AppArmor on this kernel"},
	{"windowsOptions", 0, cannot, show_none, windows_judge, NULL},
	{"supplementalGroups", 0, groups_agree, groups_show, NULL, NULL},
	{"supplementalGroupsPolicy", 0, policy_agrees, groups_show, NULL, NULL},
	{"fsGroup", 0, fs_group_agrees, groups_show, NULL, NULL},
	{"fsGroupChangePolicy", 0, cannot, show_none, volumes_judge, "when volumes were given to fsGroup does not show"},
	{"seLinuxChangePolicy", 0, cannot, show_none, NULL, "how volumes got their label does not show"},
	{"capabilities.add", 0, drift_add_agrees, drift_add_show, drift_add_judge, NULL},
	{"capabilities.drop", 0, drift_drop_agrees, drift_drop_show, drift_drop_judge, NULL},
	{"privileged", 0, privileged_agrees, privileged_show, drift_privileged_judge, NULL},
	{"allowPrivilegeEscalation", 0, escalation_agrees, escalation_show, escalation_judge, NULL},
	{"readOnlyRootFilesystem", 0, read_only_agrees, read_only_show, read_only_judge, NO_MOUNTS},
	{"procMount", 0, proc_agrees, proc_show, proc_judge, NO_MOUNTS},
	{NULL, 0, NULL, NULL, NULL, NULL},
};
