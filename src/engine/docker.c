/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * docker: what runs is in the task folders of its own containerd, or of the system's; what it is called is in
 * its data root.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "data/json.h"
#include "engine/engines.h"
#include "engine/task.h"

#define OWN_TASKS "containerd/daemon/" TASK_DIR "/" TASK_DOCKER
#define SHORT_ID 12
#define HOSTNAME "\"/etc/hostname\"" /* as JSON writes it */

/* Where --data-root points when nothing else is known. */
static const struct {
	const char *root, *data;
} usual[] = {
	{"/run/docker", "/var/lib/docker"},
	{"/run/containerd", "/var/lib/docker"},
	{"/run/snap.docker", "/var/snap/docker/common/var-lib-docker"},
};

struct docker {
	struct state_dir tasks; /* none when nothing runs */
	struct state_dir *data; /* the data roots' folders of containers: the given ones, else the one learned from
				   a bundle or the usual one; owned */
	size_t n_data;
};

static void close_data(struct docker *docker)
{
	for (size_t i = 0; i < docker->n_data; i++)
		state_dir_close(&docker->data[i]);
	free(docker->data);
	docker->data = NULL;
	docker->n_data = 0;
}

/* False when there is none. */
static bool add_data(const struct finder *f, struct docker *docker, const char *root)
{
	CLEANUP_FREE char *path = state_path("%s/containers", root);
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;
	struct state_dir *grown;

	if (!path || state_dir_open(f, path, &dir) < 0)
		return false;
	grown = reallocarray(docker->data, docker->n_data + 1, sizeof(*grown));
	if (!grown)
		return false;
	docker->data = grown;
	docker->data[docker->n_data++] = dir;
	dir = (struct state_dir)STATE_DIR_NONE;
	return true;
}

static void replace_data(const struct finder *f, struct docker *docker, const char *root)
{
	struct docker learned = {.data = NULL};

	if (!add_data(f, &learned, root))
		return;
	close_data(docker);
	docker->data = learned.data;
	docker->n_data = learned.n_data;
}

/* What a bundle mounts on /etc/hostname, without the dozen others being parsed; NULL unless all is as Docker writes it. */
static struct json_object *hostname_mount(const struct state_file *bundle)
{
	CLEANUP_ERR struct err err = {0};
	struct json_object *mount = NULL;
	const char *mounts, *at = NULL, *item, *to, *found = NULL;
	size_t len, item_len, to_len, found_len = 0;
	int r = json_slice(bundle->text, bundle->len, "mounts", &mounts, &len);

	while (!r && !(r = json_slice_next(mounts, len, &at, &item, &item_len)) &&
		!(r = json_slice(item, item_len, "destination", &to, &to_len)))
		if (!found && to_len == strlen(HOSTNAME) && !memcmp(to, HOSTNAME, to_len)) {
			found = item;
			found_len = item_len;
		}
	if (r == -ENOENT && found)
		json_parse("mounts", found, found_len, &mount, &err);
	return mount;
}

/* That comes from DATA-ROOT/containers/ID/hostname: DATA-ROOT, malloc'd, or NULL. */
static char *data_of(struct json_object *mount)
{
	const char *to = json_text(mount, "destination"), *from = json_text(mount, "source"), *at;

	if (!to || !from || strcmp(to, "/etc/hostname") || !(at = strstr(from, "/containers/")))
		return NULL;
	return strndup(from, (size_t)(at - from));
}

static void learn_data(const struct finder *f, struct docker *docker, const char *id)
{
	CLEANUP_STATE_FILE struct state_file bundle = {0};
	CLEANUP_JSON struct json_object *mount = NULL, *mounts = NULL;
	CLEANUP_FREE char *root = NULL;
	char path[NAME_MAX + 32];

	snprintf(path, sizeof(path), "%s/config.json", id);
	if (state_file_read(f, &docker->tasks, path, &bundle) < 0)
		return;
	mount = hostname_mount(&bundle);
	root = data_of(mount);
	if (!root) /* and what is broken is named */
		mounts = state_json(f, &bundle, "mounts");
	for (size_t i = 0; !root && i < json_length(mounts); i++)
		root = data_of(json_item(mounts, i));
	if (root)
		replace_data(f, docker, root);
}

static void set_labels(struct container *c, struct json_object *labels)
{
	const char *type = json_text(labels, "io.kubernetes.docker.type");
	const char *name = json_text(labels, "io.kubernetes.container.name");

	state_labels(c, labels);
	c->pod = state_copy(json_text(labels, "io.kubernetes.pod.name"));
	if (!c->pod)
		return;
	/* made by a kubelet, through cri-dockerd */
	c->namespace = state_copy(json_text(labels, "io.kubernetes.pod.namespace"));
	c->pod_uid = state_copy(json_text(labels, "io.kubernetes.pod.uid"));
	c->pause = type && !strcmp(type, "podsandbox");
	if (name && *name) {
		char *copy = strdup(c->pause ? "pause" : name);

		if (copy) {
			free(c->name);
			c->name = copy;
		}
	}
}

/* Adds ID, which `dir` lists, from its config.v2.json; `file` is empty when that could not be read. Returns NULL
 * when it is not wanted. */
static struct container *add(
	const struct finder *f, const struct state_dir *dir, const char *id, struct state_file *file)
{
	CLEANUP_JSON struct json_object *labels = NULL;
	CLEANUP_FREE char *name = NULL;
	struct state_file config = {0};
	struct container *c;
	char short_id[SHORT_ID + 1];

	snprintf(short_id, sizeof(short_id), "%s", id);
	if (!state_may_match_text(f, id) && !(file->text && state_may_match(f, file->text, file->len)))
		return NULL;
	if (file->text) {
		name = state_json_text(f, file, "Name");
		state_part(f, file, "Config", &config);
	}
	c = state_add(f, name && name[0] == '/' && name[1] ? name + 1 : short_id, id, dir,
		file->text ? file : NULL);
	if (!c)
		return NULL;
	if (!config.text)
		return c;
	c->image = state_json_text(f, &config, "Image");
	labels = state_json(f, &config, "Labels");
	set_labels(c, labels);
	return c;
}

static int read_record(const struct finder *f, const struct docker *docker, const char *id, struct state_file *ret)
{
	char path[NAME_MAX + 32];
	int r = -ENOENT;

	snprintf(path, sizeof(path), "%s/config.v2.json", id);
	for (size_t i = 0; r == -ENOENT && i < docker->n_data; i++)
		r = state_file_read(f, &docker->data[i], path, ret);
	return r;
}

static int find_live(const struct finder *f, const struct state_dir *tasks, const char *id, void *data)
{
	CLEANUP_STATE_FILE struct state_file file = {0};
	struct docker *docker = data;
	struct container *c;

	/* the usual one may exist and be another daemon's */
	if (read_record(f, docker, id, &file) == -ENOENT && !state_data_root(f, 0)) {
		learn_data(f, docker, id);
		read_record(f, docker, id, &file);
	}
	c = add(f, tasks, id, &file);
	if (c && task_set(f, c, tasks, id) == 0) {
		state_take_back(
			c, tasks->owner); /* before 20.10.3 its folder is its own root's with userns-remap */
		state_keep(f);
	}
	return f->err->code;
}

/* What has a name but no task. */
static int find_stopped(const struct finder *f, const struct state_dir *dir, const char *id, void *data)
{
	CLEANUP_STATE_FILE struct state_file file = {0};
	char path[NAME_MAX + 32];

	(void)data;
	if (state_knows(f, dir, id))
		return 0;
	snprintf(path, sizeof(path), "%s/config.v2.json", id);
	if (state_file_read(f, dir, path, &file) < 0)
		return f->err->code;
	add(f, dir, id, &file); /* who lists the live ones may be another */
	return f->err->code;
}

int docker_find(const struct finder *f, const char *root)
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;
	struct docker docker = {.tasks = STATE_DIR_NONE};
	const char *data;
	int r = state_dir_open(f, root, &dir);

	if (r == -ENOMEM)
		return r;
	if (r == 0 && state_dir_below(f, &dir, OWN_TASKS, &docker.tasks) == -ENOENT)
		task_open(f, &dir, TASK_DOCKER, &docker.tasks);
	for (size_t i = 0; (data = state_data_root(f, i)); i++)
		if (!add_data(f, &docker, data) && docker.tasks.fd >= 0 && access(data, F_OK) == 0)
			state_note(f, data, -ENOENT, "--data-root: no folder \"containers\" in it: names are not known from here");
	for (size_t i = 0; i < ARRAY_SIZE(usual) && !state_data_root(f, 0); i++)
		if (!strcmp(root, usual[i].root))
			add_data(f, &docker, usual[i].data);
	if (docker.tasks.fd >= 0)
		state_dir_each(f, &docker.tasks, find_live, &docker);
	for (size_t i = 0; f->query->stopped && i < docker.n_data && !f->err->code; i++)
		state_dir_each(f, &docker.data[i], find_stopped, NULL);
	state_dir_close(&docker.tasks);
	close_data(&docker);
	return f->err->code;
}
