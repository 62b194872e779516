/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/pod.h"

#include <stddef.h>

#include "model/pod.h"
#include "view/container.h"
#include "view/time.h"

static void fill_engine(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct pod *)item)->engine);
}

static void fill_namespace(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct pod *)item)->namespace);
}

static void fill_name(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct pod *)item)->name);
}

static void fill_count(const void *item, struct cell *ret)
{
	cell_number(ret, ((const struct pod *)item)->n);
}

static void fill_status(const void *item, struct cell *ret)
{
	view_container_status(ret, ((const struct pod *)item)->status);
}

static void fill_age(const void *item, struct cell *ret)
{
	const struct pod *pod = item;

	if (pod->status != CONTAINER_STOPPED)
		view_age(ret, pod->start_unix);
}

static void fill_names(const void *item, struct cell *ret)
{
	const struct pod *pod = item;

	for (size_t i = 0; i < pod->n; i++) {
		if (i)
			buf_char(&ret->text, ',');
		buf_str(&ret->text, pod->containers[i]->name);
		ret->kind = CELL_TEXT;
	}
}

static void fill_uid(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct pod *)item)->uid);
}

static void fill_ref(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct pod *)item)->ref);
}

static const struct column columns[] = {
	{"ENGINE", "the engine that runs it", 0, 0, fill_engine},
	{"NAMESPACE", "its Kubernetes namespace", 0, 0, fill_namespace},
	{"NAME", "its name", 0, 0, fill_name},
	{"CONTAINERS", "how many, the pause container not counted", COLUMN_RIGHT, 0, fill_count},
	{"STATUS", "of its liveliest container", 0, VIEW_POD_LOOK, fill_status},
	{"AGE", "time since its first process started", COLUMN_AGE, VIEW_POD_LOOK, fill_age},
	{"UID", "its Kubernetes uid", COLUMN_WIDE, 0, fill_uid},
	{"NAMES", "its containers", COLUMN_WIDE | COLUMN_CUT, 0, fill_names},
	{NULL, NULL, 0, 0, NULL},
};

static void to_json(const void *item, struct json_object *into)
{
	const struct pod *pod = item;
	struct json_object *containers = json_new_array();

	for (size_t i = 0; i < pod->n; i++)
		json_append(containers, json_new_text(pod->containers[i]->ref));
	json_add_text(into, "ref", pod->ref);
	json_add_text(into, "engine", pod->engine);
	json_add_text(into, "name", pod->name);
	json_add_text(into, "namespace", pod->namespace);
	json_add_text(into, "uid", pod->uid);
	json_add_text(into, "status", view_container_status_name(pod->status));
	json_add(into, "startTime", view_time(pod->start_unix));
	json_add(into, "containers", containers);
}

const struct view view_pod = {
	.kind = "Pod",
	.plural = "pods",
	.columns = columns,
	.needs = VIEW_POD_LOOK,
	.json = to_json,
	.ref = fill_ref,
	.id = fill_uid,
};
