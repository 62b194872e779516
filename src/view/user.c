/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/user.h"

#include "view/process.h"

#define ITEM ((const struct user *)item)

static const char *source_name(enum user_source source)
{
	static const char *const names[] = {
		[USER_SOURCE_UNKNOWN] = NULL,
		[USER_SOURCE_NONE] = NULL,
		[USER_SOURCE_FLAG] = "flag",
		[USER_SOURCE_IMAGE] = "image",
		[USER_SOURCE_POD] = "pod",
		[USER_SOURCE_CONTAINER] = "container",
	};

	return names[source];
}

static void fill_container(const void *item, struct cell *ret)
{
	cell_text(ret, ITEM->place->container->ref);
}

static void fill_user(const void *item, struct cell *ret)
{
	view_process_id(ret, ITEM->user, ITEM->uid);
}

static void fill_group(const void *item, struct cell *ret)
{
	view_process_id(ret, ITEM->group, ITEM->gid);
}

static void fill_host_user(const void *item, struct cell *ret)
{
	view_process_id(ret, ITEM->host_user, ITEM->host_uid);
}

static void fill_host_group(const void *item, struct cell *ret)
{
	view_process_id(ret, ITEM->host_group, ITEM->host_gid);
}

static void fill_groups(const void *item, struct cell *ret)
{
	for (size_t i = 0; i < ITEM->n_groups; i++) {
		struct cell group = {0};

		view_process_id(&group, ITEM->groups[i].name, ITEM->groups[i].gid);
		if (i)
			buf_char(&ret->text, ',');
		cell_show(&group, &ret->text);
		cell_free(&group);
		ret->kind = CELL_TEXT;
	}
}

static void fill_processes(const void *item, struct cell *ret)
{
	cell_number(ret, ITEM->processes);
}

static void fill_host_pid(const void *item, struct cell *ret)
{
	cell_number(ret, (uint64_t)ITEM->first);
}

static void fill_source(const void *item, struct cell *ret)
{
	if (ITEM->source == USER_SOURCE_UNKNOWN)
		cell_unknown(ret);
	else
		cell_word(ret, source_name(ITEM->source));
}

static void fill_map(const struct idmap *map, struct cell *ret)
{
	for (size_t i = 0; i < map->n; i++) {
		buf_printf(&ret->text, "%s%u:%u:%u", i ? "," : "", map->ranges[i].inside, map->ranges[i].outside,
			map->ranges[i].count);
		ret->kind = CELL_TEXT;
	}
	if (!map->n)
		cell_unknown(ret);
}

static void fill_uid_map(const void *item, struct cell *ret)
{
	fill_map(&ITEM->place->uids, ret);
}

static void fill_gid_map(const void *item, struct cell *ret)
{
	fill_map(&ITEM->place->gids, ret);
}

#define COLUMNS(container_flags)                                                                                   \
	{                                                                                                          \
		{"CONTAINER", "the container, in the shortest form that names only it", container_flags, 0,        \
			fill_container},                                                                           \
		{"USER", "the effective user, by the container's own names", 0, 0, fill_user},                     \
		{"GROUP", "the effective group, likewise", 0, 0, fill_group},                                      \
		{"HOST-USER", "the same user as the host has it", 0, 0, fill_host_user},                           \
		{"HOST-GROUP", "the same group as the host has it", 0, 0, fill_host_group},                        \
		{"PROCESSES", "how many processes of the container are that", COLUMN_RIGHT, 0, fill_processes},    \
		{"SOURCE", "where the container's user came from: flag, image, pod or container", 0, 0,            \
			fill_source},                                                                              \
		{"GROUPS", "the supplementary groups, by the container's own names", COLUMN_CUT | COLUMN_NO, 0, fill_groups},  \
		{"HOST-PID", "one of them: the lowest PID outside", COLUMN_RIGHT | COLUMN_WIDE, 0, fill_host_pid}, \
		{"UID-MAP", "inside:outside:count of its user namespace", COLUMN_WIDE, 0, fill_uid_map},           \
		{"GID-MAP", "the same for groups", COLUMN_WIDE, 0, fill_gid_map},                                  \
		{NULL, NULL, 0, 0, NULL},                                                                          \
	}

static const struct column columns[] = COLUMNS(COLUMN_WIDE);
static const struct column columns_each[] = COLUMNS(0);

static void add_id(struct json_object *to, const char *name, uint32_t id)
{
	json_add(to, name, id == PROCESS_ID_NONE ? NULL : json_new_i64(id));
}

static struct json_object *groups_of(const struct user *user)
{
	struct json_object *list = json_new_array();

	for (size_t i = 0; i < user->n_groups; i++) {
		struct json_object *group = json_new_object();

		add_id(group, "gid", user->groups[i].gid);
		json_add_text(group, "name", user->groups[i].name);
		add_id(group, "hostGid", user->groups[i].host_gid);
		json_append(list, group);
	}
	return list;
}

static struct json_object *map_of(const struct idmap *map)
{
	struct json_object *list = json_new_array();

	for (size_t i = 0; i < map->n; i++) {
		struct json_object *range = json_new_object();

		json_add(range, "inside", json_new_i64(map->ranges[i].inside));
		json_add(range, "outside", json_new_i64(map->ranges[i].outside));
		json_add(range, "count", json_new_i64(map->ranges[i].count));
		json_append(list, range);
	}
	return list;
}

static void to_json(const void *item, struct json_object *into)
{
	json_add_text(into, "container", ITEM->place->container->ref);
	add_id(into, "uid", ITEM->uid);
	add_id(into, "gid", ITEM->gid);
	json_add_text(into, "user", ITEM->user);
	json_add_text(into, "group", ITEM->group);
	add_id(into, "hostUid", ITEM->host_uid);
	add_id(into, "hostGid", ITEM->host_gid);
	json_add_text(into, "hostUserName", ITEM->host_user);
	json_add_text(into, "hostGroupName", ITEM->host_group);
	json_add(into, "groups", groups_of(ITEM));
	json_add(into, "processes", json_new_u64(ITEM->processes));
	json_add_text(into, "source", source_name(ITEM->source));
	json_add(into, "uidMap", map_of(&ITEM->place->uids));
	json_add(into, "gidMap", map_of(&ITEM->place->gids));
}

#define VIEW(columns_)                    \
	{                                 \
		.kind = "User",           \
		.plural = "users",        \
		.columns = columns_,      \
		.json = to_json,          \
		.ref = fill_container,    \
		.id = fill_user,          \
	}

const struct view view_user = VIEW(columns);
const struct view view_user_each = VIEW(columns_each);
