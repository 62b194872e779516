/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * podman: STORAGE/DRIVER-containers/containers.json names the containers, ID/userdata beside it holds their
 * OCI configs, and RUNROOT/DRIVER-containers/ID/userdata/pidfile their inits. CRI-O keeps its containers in
 * the same list: they are cri's.
 */
#include <errno.h>
#include <fcntl.h>
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
#include "engine/podman.h"
#include "sys/file.h"
#include "sys/proc.h"

/* The next object of an array, by its braces. False at the end. */
static bool next_object(const char **at, const char *end, const char **ret, size_t *ret_len)
{
	const char *begin = memchr(*at, '{', (size_t)(end - *at));
	unsigned int depth = 0;
	bool quoted = false;

	for (const char *s = begin; s && s < end; s++) {
		if (quoted) {
			if (*s == '\\')
				s++;
			else if (*s == '"')
				quoted = false;
		} else if (*s == '"') {
			quoted = true;
		} else if (*s == '{') {
			depth++;
		} else if (*s == '}' && --depth == 0) {
			*ret = begin;
			*ret_len = (size_t)(s - begin) + 1;
			*at = s + 1;
			return true;
		}
	}
	return false;
}

/* One entry of containers.json. */
struct entry {
	struct json_object *object, *metadata; /* owned */
	const char *id, *name;		       /* borrowed of them */
	bool infra;
};

static void entry_free(struct entry *entry)
{
	json_free(&entry->object);
	json_free(&entry->metadata);
}

static bool entry_read(
	const struct finder *f, const struct state_file *list, const char *at, size_t len, struct entry *ret)
{
	CLEANUP_ERR struct err err = {0};
	const char *metadata;

	*ret = (struct entry){.object = NULL};
	if (json_parse("container", at, len, &ret->object, &err) < 0) {
		state_note(f, list->path, err.code, "not valid JSON: %s", err.message ? err.message : "");
		return false;
	}
	ret->id = json_text(ret->object, "id");
	ret->name = json_item_text(json_at(ret->object, "names", NULL), 0);
	metadata = json_text(ret->object, "metadata");
	if (metadata && json_parse("metadata", metadata, strlen(metadata), &ret->metadata, &err) < 0)
		err_clear(&err);
	if (!ret->id || !text_is_hex(ret->id) || strlen(ret->id) > STATE_ID_LEN)
		return false;
	if (json_has(ret->metadata, "pod-name")) /* CRI-O's */
		return false;
	ret->infra = ret->name && text_has_suffix(ret->name, "-infra");
	return true;
}

/* A file of userdata in the run root. Without one the container's config tells where that is. */
static int read_run_file(const struct finder *f, struct podman *podman, const struct state_file *config,
	const char *id, const char *name, struct state_file *ret)
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;
	CLEANUP_JSON struct json_object *mounts = NULL;
	char path[NAME_MAX + 64];

	snprintf(path, sizeof(path), "%s/userdata/%s", id, name);
	if (podman->run.fd >= 0)
		return state_file_read(f, &podman->run, path, ret);
	mounts = config->text ? state_json(f, config, "mounts") : NULL;
	for (size_t i = 0; i < json_length(mounts); i++) {
		const char *to = json_text(json_item(mounts, i), "destination");
		const char *from = json_text(json_item(mounts, i), "source");
		CLEANUP_FREE char *folder = NULL;

		if (!to || !from || strcmp(to, "/run/.containerenv") || !text_has_suffix(from, "/.containerenv"))
			continue;
		folder = strndup(from, strlen(from) - strlen("/.containerenv"));
		if (!folder || state_dir_open(f, folder, &dir) < 0)
			return -ENOENT;
		return state_file_read(f, &dir, name, ret);
	}
	return -ENOENT;
}

/* The entry's config (left empty when it cannot be read) and what its pidfile says. */
static void read_files(const struct finder *f, struct podman *podman, const char *id,
	struct state_file *config, struct state_file *pid)
{
	char path[NAME_MAX + 64];

	snprintf(path, sizeof(path), "%s/userdata/config.json", id);
	if (state_file_read(f, &podman->bundles, path, config) < 0)
		*config = (struct state_file){0};
	if (read_run_file(f, podman, config, id, "pidfile", pid) < 0)
		*pid = (struct state_file){0};
}

static int add_pod(const struct finder *f, struct podman *podman, const struct entry *entry)
{
	CLEANUP_STATE_FILE struct state_file config = {0}, pid = {0};

	read_files(f, podman, entry->id, &config, &pid);
	return podman_pod_add(f, podman, entry->id, pid.text ? state_pid(pid.text) : 0);
}

static int add_container(const struct finder *f, struct podman *podman, const struct state_file *list,
	const struct entry *entry, bool matches)
{
	CLEANUP_STATE_FILE struct state_file config = {0}, pid = {0};
	const struct podman_pod *pod;
	struct container *c;
	char path[NAME_MAX + 64];

	read_files(f, podman, entry->id, &config, &pid);
	pod = config.text ? podman_pod_of(f, podman, entry->id, &config) : NULL;
	if (f->err->code || (!matches && !(pod && state_may_match_text(f, pod->name))))
		return f->err->code;
	c = state_add(
		f, entry->name && *entry->name ? entry->name : entry->id, entry->id, &podman->bundles, list);
	if (!c)
		return f->err->code;
	if (pod) {
		c->pod = state_copy(pod->name ? pod->name : pod->id);
		c->pod_uid = state_copy(pod->id);
	}
	c->pause = entry->infra;
	c->image = state_copy(json_text(entry->metadata, "image-name"));
	snprintf(path, sizeof(path), "%s/userdata/config.json", entry->id);
	state_set_config(f, c, &podman->bundles, path);
	if (pid.text) {
		c->trusted = c->trusted && pid.trusted;
		c->owner = c->owner ? c->owner : pid.owner;
		if (state_set_init_written(f, c, &pid) < 0)
			return 0;
	}
	/* with --uidmap its folders are the container's own root's */
	state_take_back(c, list->owner		   ? list->owner
			   : podman->bundles.owner ? podman->bundles.owner
						   : podman->run.owner);
	state_keep(f);
	return f->err->code;
}

/* Does the run root know the container? Another storage's it does not. */
static bool is_here(const struct podman *podman, const char *id)
{
	return podman->run.fd < 0 || faccessat(podman->run.fd, id, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* All entries of one list, twice: pods are known by their infra containers, which may stand anywhere in it.
 */
static int find_list(
	const struct finder *f, struct podman *podman, const struct state_dir *dir, const char *name)
{
	CLEANUP_STATE_FILE struct state_file list = {0};
	const char *at, *object;
	size_t len;

	if (state_file_read(f, dir, name, &list) < 0)
		return f->err->code;
	for (int pass = 0; pass < 2; pass++) {
		at = list.text;
		while (!f->err->code && next_object(&at, list.text + list.len, &object, &len)) {
			__attribute__((cleanup(entry_free))) struct entry entry = {.object = NULL};
			bool matches = state_may_match(f, object, len);

			if (pass == 0 ? !memmem(object, len, "-infra\"", 7) : !matches && !podman->n_pods)
				continue;
			if (!entry_read(f, &list, object, len, &entry))
				continue;
			if (pass == 0)
				add_pod(f, podman, &entry);
			else if (f->query->stopped || is_here(podman, entry.id))
				add_container(f, podman, &list, &entry, matches);
		}
	}
	if (list.len && !next_object(&(const char *){list.text}, list.text + list.len, &object, &len) &&
		strspn(list.text, " \t\r\n[]") < list.len)
		state_note(f, list.path, -EBADMSG, "not a list of containers");
	return f->err->code;
}

struct storage_call {
	const struct state_dir *run_root; /* NULL: the storage alone */
	bool pairs;			  /* a container of the run root was found in the storage */
};

static int find_pair(const struct finder *f, const struct state_dir *run, const char *id, void *data)
{
	const struct state_dir *bundles = data;

	(void)f;
	(void)run;
	return faccessat(bundles->fd, id, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* One DRIVER-containers folder of a storage root. */
static int find_driver(const struct finder *f, const struct state_dir *storage, const char *name, void *data)
{
	struct podman podman = {.storage = *storage, .bundles = STATE_DIR_NONE, .run = STATE_DIR_NONE};
	struct storage_call *call = data;

	if (!text_has_suffix(name, PODMAN_CONTAINERS) || state_dir_below(f, storage, name, &podman.bundles) < 0)
		return f->err->code;
	if (!call->run_root || state_dir_below(f, call->run_root, name, &podman.run) == 0 ||
		f->query->stopped) {
		find_list(f, &podman, &podman.bundles, "containers.json");
		if (podman.run.fd >= 0)
			find_list(f, &podman, &podman.run, "volatile-containers.json");
	}
	if (podman.run.fd >= 0 && !call->pairs)
		call->pairs = state_dir_each(f, &podman.run, find_pair, &podman.bundles) == 1;
	podman_pods_free(&podman);
	state_dir_close(&podman.bundles);
	state_dir_close(&podman.run);
	return f->err->code;
}

/* Finds what is in `storage` and tells whether it is the run root's. */
static bool find_storage(const struct finder *f, const char *storage, const struct state_dir *run_root)
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;
	struct storage_call call = {.run_root = run_root && run_root->fd >= 0 ? run_root : NULL};

	if (state_dir_open(f, storage, &dir) == 0)
		state_dir_each(f, &dir, find_driver, &call);
	return call.pairs;
}

static bool is_storage(const struct state_dir *dir)
{
	return faccessat(dir->fd, "storage.lock", F_OK, 0) == 0 || faccessat(dir->fd, "libpod", F_OK, 0) == 0;
}

int podman_find(const struct finder *f, const char *root)
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;
	CLEANUP_FREE char *usual = NULL, *learned = NULL;
	const char *given;
	bool found = false;
	int r = state_dir_open(f, root, &dir);

	if (r < 0 && (r != -ENOENT || !f->query->stopped))
		return f->err->code;
	if (r == 0 && is_storage(&dir)) {
		find_storage(f, root, NULL);
		return f->err->code;
	}
	for (size_t i = 0; (given = state_data_root(f, i)); i++)
		found |= find_storage(f, given, &dir);
	if (found)
		return f->err->code;
	usual = podman_storage_usual(root, &dir);
	if (usual)
		found = find_storage(f, usual, &dir);
	if (found || r < 0)
		return f->err->code;
	learned = podman_storage_learn(f, &dir);
	if (learned && !(usual && !strcmp(usual, learned)))
		find_storage(f, learned, &dir);
	return f->err->code;
}
