/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cri: what a kubelet asked for. containerd keeps it in the task folders of its namespace k8s.io, CRI-O in
 * its storage's run root; both write the names into the annotations of the OCI config.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "data/json.h"
#include "engine/cri.h"
#include "engine/engines.h"
#include "engine/task.h"

#define PAUSE_NAME "pause"

/* Where containerd keeps its data when nothing else is known. */
static const struct {
	const char *root, *data;
} usual[] = {
	{"/run/containerd", "/var/lib/containerd"},
	{"/run/k3s/containerd", "/var/lib/rancher/k3s/agent/containerd"},
	{"/var/snap/microk8s/common/run/containerd", "/var/snap/microk8s/common/var/lib/containerd"},
};

/* One meaning, two spellings. */
struct names {
	const char *container, *type, *pod, *namespace, *uid, *image, *labels, *annotations;
};
static const struct names containerd_names = {
	.container = "io.kubernetes.cri.container-name",
	.type = "io.kubernetes.cri.container-type",
	.pod = "io.kubernetes.cri.sandbox-name",
	.namespace = "io.kubernetes.cri.sandbox-namespace",
	.uid = "io.kubernetes.cri.sandbox-uid",
	.image = "io.kubernetes.cri.image-name",
};
static const struct names crio_names = {
	.container = "io.kubernetes.container.name",
	.type = "io.kubernetes.cri-o.ContainerType",
	.pod = "io.kubernetes.pod.name",
	.namespace = "io.kubernetes.pod.namespace",
	.uid = "io.kubernetes.pod.uid",
	.image = "io.kubernetes.cri-o.ImageName",
	.labels = "io.kubernetes.cri-o.Labels",
	.annotations = "io.kubernetes.cri-o.Annotations",
};
#define DEFAULT_CONTAINER "kubectl.kubernetes.io/default-container"

/* CRI-O writes maps as JSON inside a string. */
static struct json_object *inner(struct json_object *annotations, const char *name)
{
	CLEANUP_ERR struct err err = {0};
	struct json_object *value = NULL;
	const char *text = name ? json_text(annotations, name) : NULL;

	if (!text || json_parse(name, text, strlen(text), &value, &err) < 0)
		return NULL;
	return value;
}

static void set_names(struct container *c, struct json_object *annotations, const struct names *names)
{
	CLEANUP_JSON struct json_object *labels = inner(annotations, names->labels);
	CLEANUP_JSON struct json_object *own = inner(annotations, names->annotations);
	const char *text = json_text(annotations, DEFAULT_CONTAINER);

	c->pod = state_copy(json_text(annotations, names->pod));
	c->namespace = state_copy(json_text(annotations, names->namespace));
	c->pod_uid = state_copy(json_text(annotations, names->uid));
	c->image = state_copy(json_text(annotations, names->image));
	c->default_container = state_copy(text ? text : json_text(own, DEFAULT_CONTAINER));
	if (labels)
		state_labels(c, labels);
}

/* Adds ID when the annotations of its config say that it is a kubelet's. NULL when it is not wanted. */
static struct container *add(const struct finder *f, const struct state_dir *dir, const char *id,
	const struct state_file *config, const struct names *names)
{
	CLEANUP_JSON struct json_object *annotations = NULL;
	const char *type, *name;
	struct container *c;
	bool pause;

	/* the whole text first: a search costs a tenth of finding the annotations in it */
	if (!state_may_match_text(f, id) && !state_may_match(f, config->text, config->len))
		return NULL;
	annotations = state_json(f, config, "annotations");
	type = json_text(annotations, names->type);
	pause = type && !strcmp(type, "sandbox");
	name = pause ? PAUSE_NAME : json_text(annotations, names->container);
	if (!type && names == &crio_names)
		return NULL;
	c = state_add(f, name && *name ? name : id, id, dir, config);
	if (!c)
		return NULL;
	c->pause = pause;
	set_names(c, annotations, names);
	return c;
}

/* The data root, from the first config that tells it. */
static void learn_data(const struct finder *f, const struct state_file *config, char **data)
{
	CLEANUP_JSON struct json_object *mounts = f->query->stopped && !*data ? state_json(f, config, "mounts") : NULL;

	if (mounts)
		*data = cri_data_root(mounts);
}

static int find_task(const struct finder *f, const struct state_dir *tasks, const char *id, void *data)
{
	CLEANUP_STATE_FILE struct state_file config = {0};
	struct container *c;
	char path[NAME_MAX + 32];
	int r;

	snprintf(path, sizeof(path), "%s/config.json", id);
	r = state_file_read(f, tasks, path, &config);
	if (r == -ENOENT)
		return 0;
	if (r < 0) /* noted; the process is there all the same */
		c = state_may_match_text(f, id) ? state_add(f, id, id, tasks, NULL) : NULL;
	else
		c = add(f, tasks, id, &config, &containerd_names);
	if (r == 0)
		learn_data(f, &config, data);
	if (c && task_set(f, c, tasks, id) == 0)
		state_keep(f);
	return f->err->code;
}

/* RUNROOT/DRIVER-containers/ID/userdata: podman shares the folder but puts its config elsewhere. */
static int find_crio(const struct finder *f, const struct state_dir *dir, const char *id, void *data)
{
	CLEANUP_STATE_FILE struct state_file config = {0}, pid = {0};
	struct container *c;
	char path[NAME_MAX + 32];

	(void)data;
	snprintf(path, sizeof(path), "%s/userdata/config.json", id);
	if (state_file_read(f, dir, path, &config) < 0)
		return f->err->code;
	c = add(f, dir, id, &config, &crio_names);
	if (!c)
		return f->err->code;
	state_set_config(f, c, dir, path);
	snprintf(path, sizeof(path), "%s/userdata/pidfile", id);
	if (state_file_read(f, dir, path, &pid) == 0 && state_set_init_written(f, c, &pid) < 0)
		return 0;
	state_take_back(c, dir->owner); /* userdata is its own root's when it has a user namespace */
	state_keep(f);
	return f->err->code;
}

static int find_storage(const struct finder *f, const struct state_dir *root, const char *name, void *data)
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;

	if (!text_has_suffix(name, "-containers") || state_dir_below(f, root, name, &dir) < 0)
		return f->err->code;
	return state_dir_each(f, &dir, find_crio, data);
}

/* The default-container annotation is the pod's, and only its sandbox may carry it. */
static void share_defaults(struct container_list *list, size_t first)
{
	for (size_t i = first; i < list->n; i++) {
		const struct container *sandbox = &list->items[i];

		if (!sandbox->pause || !sandbox->default_container || !sandbox->pod_uid)
			continue;
		for (size_t k = first; k < list->n; k++) {
			struct container *c = &list->items[k];

			if (!c->default_container && c->pod_uid && !strcmp(c->pod_uid, sandbox->pod_uid))
				c->default_container = strdup(sandbox->default_container);
		}
	}
}

/* Below each data root that was given; else the one that a config leads to, or the usual one. */
static int find_ended(const struct finder *f, const char *root, const char *learned)
{
	const char *data = learned;

	if (!state_data_root(f, 0)) {
		for (size_t i = 0; i < ARRAY_SIZE(usual) && !data; i++)
			if (!strcmp(root, usual[i].root))
				data = usual[i].data;
		return data ? cri_find_ended(f, data) : 0;
	}
	for (size_t i = 0; (data = state_data_root(f, i)) && !f->err->code; i++)
		cri_find_ended(f, data);
	return f->err->code;
}

int cri_find(const struct finder *f, const char *root)
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE, tasks = STATE_DIR_NONE;
	CLEANUP_FREE char *data = NULL;
	size_t first = f->list->n;

	if (state_dir_open(f, root, &dir) < 0)
		return f->err->code;
	if (task_open(f, &dir, TASK_CRI, &tasks) == 0)
		state_dir_each(f, &tasks, find_task, &data);
	else if (!f->err->code)
		state_dir_each(f, &dir, find_storage, NULL);
	if (f->query->stopped && !f->err->code)
		find_ended(f, root, data);
	share_defaults(f->list, first);
	return f->err->code;
}
