/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks of what confines: seccomp, security modules, privileged, no_new_privs, the root and /proc.
 */
#include <string.h>

#include "base/cleanup.h"
#include "model/drift_reader.h"

static const char *seccomp_word(enum drift_answer filtered)
{
	return filtered == DRIFT_YES ? "filter" : "Unconfined";
}

/* That there is a filter is all that the kernel tells; which one it is it does not. */
enum drift_answer drift_seccomp_agrees(const struct drift_context *c, const struct drift_side *side)
{
	if (side->filtered == DRIFT_CANNOT)
		return DRIFT_CANNOT;
	if (drift_says(c->value, "Localhost") && side->filtered == DRIFT_YES)
		return DRIFT_CANNOT;
	return drift_same(side->filtered, !drift_says(c->value, "Unconfined"));
}

void drift_seccomp_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	if (side->filtered != DRIFT_CANNOT)
		drift_value_text(c, ret, seccomp_word(side->filtered));
}

void drift_seccomp_judge(const struct drift_context *c, struct drift_row *row)
{
	if (row->verdict == DRIFT_DRIFT && c->privileged && !drift_says(c->value, "Unconfined")) {
		row->verdict = DRIFT_IGNORED;
		drift_say(c, row, "a privileged container has no seccomp filter, whatever its profile is");
	} else if (row->verdict == DRIFT_DRIFT && drift_says(c->value, "Localhost")) {
		drift_say(c, row, "no filter is on");
	}
}

static const char *apparmor_of(const struct drift_side *side)
{
	return side->spec.apparmor ? side->spec.apparmor : "unconfined";
}

enum drift_answer drift_apparmor_agrees(const struct drift_context *c, const struct drift_side *side)
{
	const struct manifest_value *file = &c->effective->app_armor_localhost;
	bool unconfined = !strcmp(apparmor_of(side), "unconfined");

	if (!c->pod->host.apparmor)
		return DRIFT_CANNOT;
	if (drift_says(c->value, "Localhost"))
		return drift_answer_of(file->text && !strcmp(apparmor_of(side), file->text));
	return drift_answer_of(unconfined == drift_says(c->value, "Unconfined"));
}

void drift_apparmor_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	if (c->pod->host.apparmor)
		drift_value_text(c, ret, apparmor_of(side));
}

void drift_lsm_judge(const struct drift_context *c, struct drift_row *row)
{
	if (row->verdict != DRIFT_DRIFT || !c->privileged || drift_says(c->value, "Unconfined"))
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

enum drift_answer drift_selinux_agrees(const struct drift_context *c, const struct drift_side *side)
{
	CLEANUP_FREE char *part = selinux_part(side->spec.selinux, c->field->name);

	if (!c->pod->host.selinux)
		return DRIFT_CANNOT;
	return drift_answer_of(part && drift_says(c->value, part));
}

void drift_selinux_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	CLEANUP_FREE char *part = selinux_part(side->spec.selinux, c->field->name);

	if (c->pod->host.selinux)
		drift_value_text(c, ret, part);
}

void drift_privileged_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	drift_value_answer(ret, drift_privileged_of(c, side));
}

enum drift_answer drift_privileged_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_same(drift_privileged_of(c, side), c->value->truth);
}

/* Said the other way round: it is no_new_privs that the kernel knows. */
enum drift_answer drift_escalation_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_answer_of(side->spec.no_new_privs == !c->value->truth);
}

void drift_escalation_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	(void)c;
	drift_value_bool(ret, !side->spec.no_new_privs);
}

void drift_escalation_judge(const struct drift_context *c, struct drift_row *row)
{
	bool set = c->facts->kernel.spec.no_new_privs;

	if (row->verdict == DRIFT_DRIFT && set == c->value->truth)
		drift_say(c, row, "no_new_privs is %s%s", set ? "set" : "not set",
			c->value->set ? "" : ", and true, which leaves it off, is the default");
}

enum drift_answer drift_read_only_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_same(side->read_only, c->value->truth);
}

void drift_read_only_show(
	const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	(void)c;
	drift_value_answer(ret, side->read_only);
}

void drift_read_only_judge(const struct drift_context *c, struct drift_row *row)
{
	if (row->verdict != DRIFT_DRIFT || c->value->truth ||
		strcmp(c->facts->container->engine, "nsctl") != 0)
		return;
	row->verdict = DRIFT_IGNORED;
	drift_say(c, row, "a sandbox of nsctl is a read-only view of the root of this machine");
}

enum drift_answer drift_proc_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return drift_same(side->masked, !drift_says(c->value, "Unmasked"));
}

void drift_proc_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	if (side->masked != DRIFT_CANNOT)
		drift_value_text(c, ret, side->masked == DRIFT_YES ? "Default" : "Unmasked");
}

void drift_proc_judge(const struct drift_context *c, struct drift_row *row)
{
	if (row->verdict != DRIFT_DRIFT || !c->privileged || drift_says(c->value, "Unmasked"))
		return;
	row->verdict = DRIFT_IGNORED;
	drift_say(c, row, "a privileged container has all of /proc, whatever procMount is");
}
