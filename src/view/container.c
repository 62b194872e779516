/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/container.h"

#include <string.h>

#include "view/time.h"

#define ID_SHOWN 12 /* digits of an ID in tables, as engines show it */

const char *view_container_status_name(enum container_status status)
{
	static const char *const names[] = {
		[CONTAINER_RUNNING] = "Running",
		[CONTAINER_PAUSED] = "Paused",
		[CONTAINER_TERMINATING] = "Terminating",
		[CONTAINER_STOPPED] = "Stopped",
	};

	return names[status];
}

void view_container_status(struct cell *cell, enum container_status status)
{
	static const enum cell_tone tones[] = {
		[CONTAINER_RUNNING] = TONE_PLAIN,
		[CONTAINER_PAUSED] = TONE_WARN,
		[CONTAINER_TERMINATING] = TONE_BAD,
		[CONTAINER_STOPPED] = TONE_DIM,
	};

	cell_word(cell, view_container_status_name(status));
	cell->tone = tones[status];
}

static void fill_engine(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct container *)item)->engine);
}

static void fill_name(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct container *)item)->name);
}

static void fill_pod(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct container *)item)->pod);
}

static void fill_namespace(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct container *)item)->namespace);
}

/* runc's and its like are names that people chose: half of one says nothing, and on a narrow terminal they
 * are cut as names are. */
static void fill_short_id(const void *item, struct cell *ret)
{
	const char *id = ((const struct container *)item)->id;
	size_t len = id ? strlen(id) : 0;
	bool digits = len > ID_SHOWN && strspn(id, "0123456789abcdef") == len;

	cell_text_n(ret, id ? id : "", digits ? ID_SHOWN : len);
	ret->whole = digits;
}

static void fill_id(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct container *)item)->id);
}

static void fill_host_pid(const void *item, struct cell *ret)
{
	const struct container *c = item;

	if (c->pid > 0)
		cell_number(ret, (uint64_t)c->pid);
}

static void fill_status(const void *item, struct cell *ret)
{
	view_container_status(ret, ((const struct container *)item)->status);
}

static void fill_age(const void *item, struct cell *ret)
{
	const struct container *c = item;

	if (c->status != CONTAINER_STOPPED)
		view_age(ret, c->start_unix);
}

static void fill_image(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct container *)item)->image);
}

static void fill_owner(const void *item, struct cell *ret)
{
	cell_number(ret, ((const struct container *)item)->owner);
}

static void fill_ref(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct container *)item)->ref);
}

static void fill_command(const void *item, struct cell *ret)
{
	const struct container *c = item;

	cell_words(ret, c->command);
	if (ret->kind == CELL_NONE && c->status != CONTAINER_STOPPED)
		cell_unknown(ret);
}

static const struct column columns[] = {
	{"ENGINE", "the engine that started it", 0, 0, fill_engine},
	{"NAME", "its name; in a pod, the container's", 0, 0, fill_name},
	{"POD", "the pod that it belongs to", 0, 0, fill_pod},
	{"NAMESPACE", "the pod's Kubernetes namespace", 0, 0, fill_namespace},
	{"ID", "the first 12 digits of its ID, or the name that it is", 0, 0, fill_short_id},
	{"HOST-PID", "the PID of its init outside", COLUMN_RIGHT, 0, fill_host_pid},
	{"STATUS", "Running, Paused, Terminating or Stopped", 0, VIEW_CONTAINER_LOOK, fill_status},
	{"AGE", "time since its init started", COLUMN_AGE, VIEW_CONTAINER_LOOK, fill_age},
	{"OWNER", "the uid whose it is: that could have named its init", COLUMN_WIDE | COLUMN_RIGHT, 0, fill_owner},
	{"REF", "the shortest form that names only it", COLUMN_WIDE, 0, fill_ref},
	{"IMAGE", "the image as the engine names it", COLUMN_WIDE | COLUMN_CUT, 0, fill_image},
	{"COMMAND", "the command line of its init", COLUMN_CUT, VIEW_CONTAINER_LOOK, fill_command},
	{NULL, NULL, 0, 0, NULL},
};

struct json_object *view_container_pod(const struct container *c)
{
	struct json_object *pod;

	if (!c->pod)
		return NULL;
	pod = json_new_object();
	json_add_text(pod, "name", c->pod);
	json_add_text(pod, "namespace", c->namespace);
	json_add_text(pod, "uid", c->pod_uid);
	return pod;
}

static struct json_object *labels_of(const struct container *c)
{
	struct json_object *labels;

	if (!c->labels_known)
		return NULL;
	labels = json_new_object();
	for (size_t i = 0; i < c->n_labels; i++)
		json_add_text(labels, c->labels[i].key, c->labels[i].value);
	return labels;
}

static struct json_object *words_of(char *const *words)
{
	struct json_object *list = json_new_array();

	for (; words && *words; words++)
		json_append(list, json_new_text(*words));
	return list;
}

static void to_json(const void *item, struct json_object *into)
{
	const struct container *c = item;

	json_add_text(into, "ref", c->ref);
	json_add_text(into, "engine", c->engine);
	json_add_text(into, "name", c->name);
	json_add_text(into, "id", c->id && *c->id ? c->id : NULL);
	json_add(into, "pod", view_container_pod(c));
	json_add_text(into, "image", c->image);
	json_add(into, "hostPid", c->pid > 0 ? json_new_i64(c->pid) : NULL);
	json_add(into, "pid", c->pid_inside > 0 ? json_new_i64(c->pid_inside) : NULL);
	json_add(into, "startTime", view_time(c->start_unix));
	json_add_text(into, "status", view_container_status_name(c->status));
	json_add(into, "command", c->command || c->status == CONTAINER_STOPPED ? words_of(c->command) : NULL);
	json_add(into, "labels", labels_of(c));
	json_add(into, "ownerUid", json_new_i64(c->owner));
	json_add(into, "pause", json_new_bool(c->pause));
}

static const char *const maps[] = {"labels", NULL};

const struct view view_container = {
	.kind = "Container",
	.plural = "containers",
	.columns = columns,
	.needs = VIEW_CONTAINER_LOOK | VIEW_CONTAINER_INSIDE | VIEW_CONTAINER_LABELS,
	.json = to_json,
	.maps = maps,
	.ref = fill_ref,
	.id = fill_id,
};
