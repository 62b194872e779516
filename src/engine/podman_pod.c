/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * podman's pods. A container's cgroup path carries its pod's ID; rootless without systemd it has none, and
 * the namespaces that it joins are its infra container's. A pod's name stands in podman's database alone:
 * there it follows the ID in one piece of JSON, so a search for the bytes finds it, whichever database it is.
 * Where that fails, the infra container's host name is the pod's name, unless another one was asked for.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "engine/database.h"
#include "engine/podman.h"
#include "sys/file.h"

#define NAME_AT_MOST 256

const char *const podman_databases[] = {"libpod/bolt_state.db", "db.sql", "db.sql-wal", NULL};

/* The name behind `prefix` in the file; NULL when it is not there. */
static char *search(int fd, const char *prefix)
{
	size_t len, before = strlen(prefix);
	CLEANUP_FREE char *found = database_find(fd, prefix, before + NAME_AT_MOST, &len);
	const char *name = found ? found + before : NULL, *end = found ? memchr(name, '"', len - before) : NULL;

	return !end || end == name || memchr(name, '\\', (size_t)(end - name)) ? NULL : strndup(name, (size_t)(end - name));
}

static char *name_of(const struct finder *f, const struct podman *podman, const char *pod_id)
{
	char prefix[STATE_ID_LEN + 32];
	char *name = NULL;

	snprintf(prefix, sizeof(prefix), "{\"id\":\"%s\",\"name\":\"", pod_id);
	if (!podman->storage.trusted) /* it may be as large as its owner likes */
		return NULL;
	for (const char *const *file = podman_databases; *file && !name; file++) {
		CLEANUP_FD int fd = file_open_in_root(podman->storage.fd, *file, O_RDONLY | O_NONBLOCK);

		if (fd >= 0)
			name = search(fd, prefix);
		else if (fd != -ENOENT)
			state_note(f, podman->storage.path, fd, "%s: %s", *file, strerror(-fd));
	}
	return name;
}

/* "/libpod_parent/POD/libpod-ID", "machine-libpod_pod_POD.slice:libpod:ID": the first long ID that is not its
 * own. */
static bool pod_in_cgroup(const char *path, const char *own, char ret[STATE_ID_LEN + 1])
{
	for (const char *at = path; *at;) {
		size_t len = strspn(at, "0123456789abcdef");

		if (len == STATE_ID_LEN && strncmp(at, own, STATE_ID_LEN)) {
			memcpy(ret, at, STATE_ID_LEN);
			ret[STATE_ID_LEN] = '\0';
			return true;
		}
		at += len ? len : 1;
	}
	return false;
}

static struct podman_pod *append(const struct finder *f, struct podman *podman)
{
	struct podman_pod *grown = reallocarray(podman->pods, podman->n_pods + 1, sizeof(*grown));

	if (!grown) {
		state_no_memory(f);
		return NULL;
	}
	podman->pods = grown;
	grown[podman->n_pods] = (struct podman_pod){.name = NULL};
	return &grown[podman->n_pods++];
}

int podman_pod_add(const struct finder *f, struct podman *podman, const char *infra_id, pid_t infra)
{
	CLEANUP_STATE_FILE struct state_file config = {0};
	CLEANUP_FREE char *cgroup = NULL;
	struct podman_pod *pod = append(f, podman);
	char path[NAME_MAX + 32];

	if (!pod)
		return -ENOMEM;
	pod->infra = infra;
	snprintf(path, sizeof(path), "%.*s/userdata/config.json", NAME_MAX, infra_id);
	if (state_file_read(f, &podman->bundles, path, &config) < 0)
		return f->err->code;
	cgroup = state_json_text(f, &config, "linux.cgroupsPath");
	if (cgroup && pod_in_cgroup(cgroup, infra_id, pod->id))
		pod->name = name_of(f, podman, pod->id);
	if (!pod->name)
		pod->name = state_json_text(f, &config, "hostname");
	return 0;
}

/* Does it join a namespace of that process? */
static bool joins(struct json_object *namespaces, pid_t pid)
{
	char prefix[32];

	snprintf(prefix, sizeof(prefix), "/proc/%d/ns/", (int)pid);
	for (size_t i = 0; i < json_length(namespaces); i++) {
		const char *path = json_text(json_item(namespaces, i), "path");

		if (path && !strncmp(path, prefix, strlen(prefix)))
			return true;
	}
	return false;
}

const struct podman_pod *podman_pod_of(
	const struct finder *f, struct podman *podman, const char *id, const struct state_file *config)
{
	CLEANUP_FREE char *cgroup = state_json_text(f, config, "linux.cgroupsPath");
	CLEANUP_JSON struct json_object *namespaces = NULL;
	char pod_id[STATE_ID_LEN + 1];
	struct podman_pod *pod;

	if (cgroup && pod_in_cgroup(cgroup, id, pod_id)) {
		for (size_t i = 0; i < podman->n_pods; i++)
			if (!strcmp(podman->pods[i].id, pod_id))
				return &podman->pods[i];
		pod = append(f, podman);
		if (!pod)
			return NULL;
		memcpy(pod->id, pod_id, sizeof(pod->id));
		pod->name = name_of(f, podman, pod_id);
		return pod;
	}
	if (cgroup || !podman->n_pods)
		return NULL;
	namespaces = state_json(f, config, "linux.namespaces");
	for (size_t i = 0; i < podman->n_pods; i++)
		if (podman->pods[i].infra && joins(namespaces, podman->pods[i].infra))
			return &podman->pods[i];
	return NULL;
}

void podman_pods_free(struct podman *podman)
{
	for (size_t i = 0; i < podman->n_pods; i++)
		free(podman->pods[i].name);
	free(podman->pods);
	podman->pods = NULL;
	podman->n_pods = 0;
}
