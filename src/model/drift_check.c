/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of checks: for each field of a manifest, where it shows in an OCI config and in the kernel. In
 * the order of manifest_fields().
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

bool drift_says(const struct manifest_value *value, const char *word)
{
	return value->text && !strcmp(value->text, word);
}

/* namespaces */

static enum ns_type namespace_of(const struct drift_context *c)
{
	static const struct {
		const char *field;
		enum ns_type type;
	} rows[] = {
		{"hostPID", NS_PID}, {"hostNetwork", NS_NET}, {"hostIPC", NS_IPC}, {"hostUsers", NS_USER}};

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

static void non_root_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
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
	for (size_t i = 0; i < side->spec.n_groups && drift_says(c->value, "Strict"); i++)
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

static void windows_judge(const struct drift_context *c, struct drift_row *row)
{
	row->verdict = DRIFT_IGNORED;
	drift_say(c, row, "of no meaning on Linux");
}

#define NO_SELINUX "no SELinux on this kernel"
#define NO_MOUNTS "the mounts of its init cannot be read"
#define NO_NAMESPACES "the namespaces of its init cannot be read"
#define SELINUX(part)                                                                                        \
	{                                                                                                    \
		"seLinuxOptions." part, 0, drift_selinux_agrees, drift_selinux_show, drift_lsm_judge,        \
			NO_SELINUX                                                                           \
	}

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
	{"seccompProfile.type", DRIFT_CHECK_UNSET, drift_seccomp_agrees, drift_seccomp_show,
		drift_seccomp_judge,
		"a filter is on, but the kernel does not tell of which file it was made"},
	{"appArmorProfile.type", 0, drift_apparmor_agrees, drift_apparmor_show, drift_lsm_judge,
		"no AppArmor on this kernel"},
	{"windowsOptions", 0, cannot, show_none, windows_judge, NULL},
	{"supplementalGroups", 0, groups_agree, groups_show, NULL, NULL},
	{"supplementalGroupsPolicy", 0, policy_agrees, groups_show, NULL, NULL},
	{"fsGroup", 0, fs_group_agrees, groups_show, NULL, NULL},
	{"fsGroupChangePolicy", 0, cannot, show_none, volumes_judge,
		"when volumes were given to fsGroup does not show"},
	{"seLinuxChangePolicy", 0, cannot, show_none, NULL, "how volumes got their label does not show"},
	{"capabilities.add", 0, drift_add_agrees, drift_add_show, drift_add_judge, NULL},
	{"capabilities.drop", 0, drift_drop_agrees, drift_drop_show, drift_drop_judge, NULL},
	{"privileged", 0, drift_privileged_agrees, drift_privileged_show, drift_privileged_judge, NULL},
	{"allowPrivilegeEscalation", 0, drift_escalation_agrees, drift_escalation_show,
		drift_escalation_judge, NULL},
	{"readOnlyRootFilesystem", 0, drift_read_only_agrees, drift_read_only_show, drift_read_only_judge,
		NO_MOUNTS},
	{"procMount", 0, drift_proc_agrees, drift_proc_show, drift_proc_judge, NO_MOUNTS},
	{NULL, 0, NULL, NULL, NULL, NULL},
};
