/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/description.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "view/capability.h"
#include "view/container.h"
#include "view/process.h"

static void fill_container(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct description_fact *)item)->of->container->ref);
}

static void fill_area(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct description_fact *)item)->area);
}

static void fill_fact(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct description_fact *)item)->name);
}

static void fill_value(const void *item, struct cell *ret)
{
	const struct description_fact *fact = item;

	if (!fact->value) {
		cell_unknown(ret);
		return;
	}
	cell_text(ret, fact->value);
	if (fact->differs)
		ret->tone = TONE_WARN;
}

static void fill_source(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct description_fact *)item)->source);
}

static const struct column columns[] = {
	{VIEW_DESCRIPTION_CONTAINER, "the container", 0, 0, fill_container},
	{"AREA", "what the fact is about", 0, 0, fill_area},
	{"FACT", "what is known", 0, 0, fill_fact},
	{"VALUE", "how it is; asked and is, where config and kernel disagree", COLUMN_WRAP, 0, fill_value},
	{"SOURCE", "where that stands", COLUMN_WRAP, 0, fill_source},
	{NULL, NULL, 0, 0, NULL},
};

static struct json_object *ids_of(const struct drift_side *side)
{
	struct json_object *to;

	if (!side->known)
		return NULL;
	to = json_new_object();
	json_add(to, "uid", side->spec.uid == SPEC_UNMAPPED ? NULL : json_new_u64(side->spec.uid));
	json_add(to, "gid", side->spec.gid == SPEC_UNMAPPED ? NULL : json_new_u64(side->spec.gid));
	return to;
}

static struct json_object *user_of(const struct description *d)
{
	const struct process *p = process_list_find(&d->processes, 0, d->container->pid);
	struct json_object *to = json_new_object();

	json_add(to, "asked", ids_of(&d->sides.oci));
	json_add(to, "inside", p ? view_process_user(p->euid_inside, p->egid_inside, p->user, p->group) : NULL);
	json_add(to, "outside", p ? view_process_user(p->euid, p->egid, p->host_user, p->host_group) : NULL);
	return to;
}

static struct json_object *capabilities_of(const struct description *d)
{
	const struct caps_process *p = d->caps.n ? &d->caps.items[0] : NULL;
	struct json_object *to, *lost = json_new_array();

	if (!p)
		return NULL;
	to = json_new_object();
	json_add(to, "effective", view_capability_names(p->held.effective));
	json_add(to, "permitted", view_capability_names(p->held.permitted));
	json_add(to, "inheritable", view_capability_names(p->held.inheritable));
	json_add(to, "bounding", view_capability_names(p->held.bounding));
	json_add(to, "ambient", view_capability_names(p->held.ambient));
	for (size_t i = 0; i < p->not_usable.n; i++)
		json_append(lost, json_new_text(p->not_usable.items[i].message));
	json_add(to, "notUsable", lost);
	return to;
}

static struct json_object *namespaces_of(const struct description *d)
{
	static const char *const relations[] = {
		[NAMESPACE_UNKNOWN] = NULL, [NAMESPACE_OWN] = "own", [NAMESPACE_HOST] = "host", [NAMESPACE_SHARED] = "shared"};
	struct json_object *list = json_new_array();

	for (size_t i = 0; i < d->namespaces.n; i++) {
		const struct namespace *ns = &d->namespaces.items[i];
		struct json_object *to = json_new_object(), *shared = json_new_array();

		json_add_text(to, "type", ns_kinds[ns->type].name);
		json_add(to, "inode", ns->inode ? json_new_u64(ns->inode) : NULL);
		json_add_text(to, "relation", relations[ns->relation]);
		for (size_t k = 0; k < ns->n_shared; k++)
			json_append(shared, json_new_text(ns->shared_with[k]->ref));
		json_add(to, "sharedWith", shared);
		json_append(list, to);
	}
	return list;
}

static struct json_object *seccomp_of(const struct description *d)
{
	const struct drift_side *side = &d->sides.kernel;
	struct json_object *to;

	if (!side->known)
		return NULL;
	to = json_new_object();
	json_add(to, "filtered", side->filtered == DRIFT_CANNOT ? NULL : json_new_bool(side->filtered == DRIFT_YES));
	json_add(to, "filters", json_new_u64(side->spec.seccomp_filters));
	json_add(to, "asked", d->sides.oci.known && d->sides.oci.filtered != DRIFT_CANNOT
				      ? json_new_bool(d->sides.oci.filtered == DRIFT_YES)
				      : NULL);
	return to;
}

static struct json_object *limits_of(const struct description *d)
{
	struct json_object *list = json_new_array();

	for (size_t i = 0; i < d->n_limits; i++) {
		struct json_object *to = json_new_object();

		json_add_text(to, "name", d->limits[i].name);
		json_add_text(to, "value", d->limits[i].value);
		json_add_text(to, "file", d->limits[i].file);
		json_append(list, to);
	}
	return list;
}

static struct json_object *mounts_of(const struct description *d)
{
	struct json_object *list = json_new_array();

	for (size_t i = 0; i < d->n_mounts; i++) {
		struct json_object *to = json_new_object();

		json_add_text(to, "path", d->mounts[i].point);
		json_add_text(to, "type", d->mounts[i].type);
		json_add_text(to, "hostPath", d->mounts[i].host_path);
		json_add(to, "readOnly", json_new_bool(d->mounts[i].read_only));
		json_append(list, to);
	}
	return list;
}

static struct json_object *texts_of(char *const *texts)
{
	struct json_object *list;

	if (!texts)
		return NULL;
	list = json_new_array();
	for (; *texts; texts++)
		json_append(list, json_new_text(*texts));
	return list;
}

static struct json_object *sessions_of(const struct description *d)
{
	struct json_object *list = json_new_array();

	for (size_t i = 0; i < d->processes.n; i++) {
		const struct process *p = &d->processes.items[i];
		struct json_object *to;

		if (!p->session_head)
			continue;
		to = json_new_object();
		json_add_text(to, "session", view_process_session_name(p->session));
		json_add(to, "hostPid", json_new_i64(p->host_pid));
		json_add(to, "pid", p->pid ? json_new_i64(p->pid) : NULL);
		json_add(to, "command", p->command_lost ? NULL : p->command ? texts_of(p->command) : json_new_array());
		json_append(list, to);
	}
	return list;
}

static struct json_object *facts_of(const struct description *d)
{
	struct json_object *list = json_new_array();

	for (size_t i = 0; i < d->n_facts; i++) {
		const struct description_fact *fact = &d->facts[i];
		struct json_object *to = json_new_object();

		json_add_text(to, "area", fact->area);
		json_add_text(to, "fact", fact->name);
		json_add_text(to, "value", fact->value);
		json_add_text(to, "source", fact->source);
		json_add(to, "differs", json_new_bool(fact->differs));
		json_append(list, to);
	}
	return list;
}

static void to_json(const void *item, struct json_object *into)
{
	const struct description *d = item;

	view_container.json(d->container, into);
	json_add(into, "user", user_of(d));
	json_add(into, "capabilities", capabilities_of(d));
	json_add(into, "namespaces", namespaces_of(d));
	json_add(into, "seccomp", seccomp_of(d));
	json_add(into, "noNewPrivs", d->sides.kernel.known ? json_new_bool(d->sides.kernel.spec.no_new_privs) : NULL);
	json_add_text(into, "lsm", d->lsm);
	json_add_text(into, "cgroup", d->cgroup);
	json_add(into, "limits", limits_of(d));
	json_add(into, "mounts", mounts_of(d));
	json_add(into, "devices", texts_of(d->devices));
	json_add(into, "environment", texts_of(d->environment));
	json_add(into, "sessions", sessions_of(d));
	json_add(into, "facts", facts_of(d));
}

static void ref(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct description *)item)->container->ref);
}

static void fact_json(const void *item, struct json_object *into)
{
	to_json(((const struct description_fact *)item)->of, into);
}

static const char *const maps[] = {"labels", NULL};

const struct view view_description = {
	.kind = "Description", .plural = "descriptions", .columns = columns, .json = to_json, .maps = maps, .ref = ref};
const struct view view_description_facts = {
	.kind = "Description", .plural = "facts", .columns = columns, .json = fact_json, .maps = maps, .ref = fill_container};
