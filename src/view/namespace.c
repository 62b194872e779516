/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/namespace.h"

static const char *relation_name(const struct namespace *ns)
{
	static const char *const names[] = {
		[NAMESPACE_UNKNOWN] = NULL,
		[NAMESPACE_OWN] = "own",
		[NAMESPACE_HOST] = "host",
		[NAMESPACE_SHARED] = "shared",
	};

	return names[ns->relation];
}

static void fill_known(struct cell *ret, bool known, uint64_t number)
{
	if (known)
		cell_number(ret, number);
	else
		cell_unknown(ret);
}

static void fill_number(struct cell *ret, uint64_t number)
{
	if (number)
		cell_number(ret, number);
}

static void fill_container(const void *item, struct cell *ret)
{
	const struct namespace *ns = item;

	if (ns->container)
		cell_text(ret, ns->container->ref);
}

static void fill_type(const void *item, struct cell *ret)
{
	cell_word(ret, ns_kinds[((const struct namespace *)item)->type].name);
}

static void fill_inode(const void *item, struct cell *ret)
{
	const struct namespace *ns = item;

	fill_known(ret, ns->inode != 0, ns->inode);
}

static void fill_relation(const void *item, struct cell *ret)
{
	const struct namespace *ns = item;

	if (ns->relation == NAMESPACE_UNKNOWN)
		cell_unknown(ret);
	else
		cell_word(ret, relation_name(ns));
	if (ns->relation == NAMESPACE_HOST)
		ret->tone = TONE_WARN;
}

static void fill_shared(const void *item, struct cell *ret)
{
	const struct namespace *ns = item;

	for (size_t i = 0; i < ns->n_shared; i++) {
		if (i)
			buf_char(&ret->text, ',');
		buf_str(&ret->text, ns->shared_with[i]->ref);
		ret->kind = CELL_TEXT;
	}
}

static void fill_parent(const void *item, struct cell *ret)
{
	fill_number(ret, ((const struct namespace *)item)->parent);
}

static void fill_owner(const void *item, struct cell *ret)
{
	fill_number(ret, ((const struct namespace *)item)->owner);
}

static void fill_owner_uid(const void *item, struct cell *ret)
{
	const struct namespace *ns = item;

	if (ns->has_owner_uid)
		cell_number(ret, ns->owner_uid);
}

static void fill_host_pid(const void *item, struct cell *ret)
{
	fill_number(ret, (uint64_t)((const struct namespace *)item)->host_pid);
}

static void fill_processes(const void *item, struct cell *ret)
{
	const struct namespace *ns = item;

	fill_known(ret, ns->counted, ns->processes);
}

static void fill_command(const void *item, struct cell *ret)
{
	cell_words(ret, ((const struct namespace *)item)->command);
}

/* A name that every verb takes: of what is in no container that of a process, or host. */
static void fill_ref(const void *item, struct cell *ret)
{
	const struct namespace *ns = item;

	if (ns->container)
		cell_text(ret, ns->container->ref);
	else if (ns->relation == NAMESPACE_HOST)
		cell_text(ret, "host");
	else if (ns->host_pid) {
		buf_printf(&ret->text, "pid/%d", (int)ns->host_pid);
		ret->kind = CELL_TEXT;
	}
}

#define TYPE_HELP "cgroup, ipc, mnt, net, pid, time, user or uts"
#define INODE_HELP "the number that tells it from others"
#define RELATION_HELP "own, the host's, or shared with other containers"
#define SHARED_HELP "the other containers that are in it"
#define PARENT_HELP "the namespace that a PID or user namespace is nested in"
#define OWNER_HELP "the user namespace that owns it"
#define OWNER_UID_HELP "the user who made the owner; of a user namespace, who made it"

static const struct column columns[] = {
	{"CONTAINER", "the container", 0, 0, fill_container},
	{"TYPE", TYPE_HELP, COLUMN_TREE, 0, fill_type},
	{"INODE", INODE_HELP, COLUMN_RIGHT, 0, fill_inode},
	{"RELATION", RELATION_HELP, 0, 0, fill_relation},
	{"PARENT", PARENT_HELP, COLUMN_WIDE | COLUMN_RIGHT, NAMESPACE_OWNER, fill_parent},
	{"OWNER", OWNER_HELP, COLUMN_WIDE | COLUMN_RIGHT, NAMESPACE_OWNER, fill_owner},
	{"OWNER-UID", OWNER_UID_HELP, COLUMN_WIDE | COLUMN_RIGHT, NAMESPACE_OWNER, fill_owner_uid},
	{"HOST-PID", "a process in it", COLUMN_WIDE | COLUMN_RIGHT, 0, fill_host_pid},
	{"PROCESSES", "how many processes are in it", COLUMN_WIDE | COLUMN_RIGHT, NAMESPACE_COUNT, fill_processes},
	{"SHARED-WITH", SHARED_HELP, COLUMN_CUT | COLUMN_NO, 0, fill_shared},
	{NULL, NULL, 0, 0, NULL},
};

static const struct column columns_all[] = {
	{"INODE", INODE_HELP, COLUMN_RIGHT, 0, fill_inode},
	{"TYPE", TYPE_HELP, 0, 0, fill_type},
	{"PROCESSES", "how many processes are in it", COLUMN_RIGHT, NAMESPACE_COUNT, fill_processes},
	{"HOST-PID", "the process in it with the lowest number; of a PID namespace, its init", COLUMN_RIGHT, 0,
		fill_host_pid},
	{"RELATION", RELATION_HELP, 0, 0, fill_relation},
	{"PARENT", PARENT_HELP, COLUMN_WIDE | COLUMN_RIGHT, NAMESPACE_OWNER, fill_parent},
	{"OWNER", OWNER_HELP, COLUMN_WIDE | COLUMN_RIGHT, NAMESPACE_OWNER, fill_owner},
	{"OWNER-UID", OWNER_UID_HELP, COLUMN_WIDE | COLUMN_RIGHT, NAMESPACE_OWNER, fill_owner_uid},
	{"CONTAINER", "the container it belongs to", COLUMN_NO, 0, fill_container},
	{"SHARED-WITH", SHARED_HELP, COLUMN_WIDE | COLUMN_CUT, 0, fill_shared},
	{"COMMAND", "the command line of HOST-PID", COLUMN_CUT, NAMESPACE_COMMAND, fill_command},
	{NULL, NULL, 0, 0, NULL},
};

static void add_number(struct json_object *into, const char *name, uint64_t number)
{
	json_add(into, name, number ? json_new_u64(number) : NULL);
}

static void to_json(const void *item, struct json_object *into)
{
	const struct namespace *ns = item;
	struct json_object *shared = json_new_array();

	for (size_t i = 0; i < ns->n_shared; i++)
		json_append(shared, json_new_text(ns->shared_with[i]->ref));
	json_add_text(into, "container", ns->container ? ns->container->ref : NULL);
	json_add_text(into, "type", ns_kinds[ns->type].name);
	add_number(into, "inode", ns->inode);
	json_add_text(into, "relation", relation_name(ns));
	json_add(into, "sharedWith", shared);
	add_number(into, "parent", ns->parent);
	add_number(into, "owner", ns->owner);
	json_add(into, "ownerUid", ns->has_owner_uid ? json_new_u64(ns->owner_uid) : NULL);
	add_number(into, "hostPid", (uint64_t)ns->host_pid);
	json_add(into, "processes", ns->counted ? json_new_u64(ns->processes) : NULL);
}

static uint64_t key_of(const void *item)
{
	return ((const struct namespace *)item)->inode;
}

/* PID and user namespaces under those they are nested in, the others under their owner. */
static uint64_t above(const void *item)
{
	const struct namespace *ns = item;

	return ns->type == NS_PID || ns->type == NS_USER ? ns->parent : ns->owner;
}

#define VIEW(which)                                                                                          \
	{                                                                                                    \
		.kind = "Namespace", .plural = "namespaces", .columns = which,                               \
		.needs = NAMESPACE_OWNER | NAMESPACE_COUNT, .json = to_json, .ref = fill_ref, .id = fill_inode, \
		.key = key_of, .parent = above,                                                              \
	}

const struct view view_namespace = VIEW(columns);
const struct view view_namespace_all = VIEW(columns_all);
