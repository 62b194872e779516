/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cri: containerd keeps what the kubelet asked for as JSON in its database, ROOT/io.containerd.metadata.v1.bolt/meta.db. The
 * kubelet asks with the levels already merged, so the sandbox, which gets the Pod's alone, tells which level it was; and it
 * asks for the image's own USER too, so the image's config tells that.
 *
 * Without the database (CRI-O has another one) the sandbox's OCI config is left: a Pod-level runAsUser makes the pause process
 * itself run as that user, a container-level one does not.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "data/json.h"
#include "engine/asked.h"
#include "engine/cri.h"
#include "sys/file.h"

#define SECURITY "Config.linux.security_context"
#define DIGEST "sha256:"
#define PAUSE_UID 65535 /* the pause image's own USER */

struct cri {
	const struct container *c;
	char *config; /* the OCI config's text */
	size_t len;
	char *root;    /* of containerd, or NULL */
	char *sandbox; /* its ID, or NULL */
};

static void cri_free(struct cri *cri)
{
	free(cri->config);
	free(cri->root);
	free(cri->sandbox);
}

char *cri_data_root(struct json_object *mounts)
{
	for (size_t i = 0; i < json_length(mounts); i++) {
		const char *to = json_text(json_item(mounts, i), "destination");
		const char *from = json_text(json_item(mounts, i), "source");
		const char *at = from ? strstr(from, "/" CRI_DIR "/sandboxes/") : NULL;

		if (at && to && from[0] == '/' && strcmp(to, "/dev/shm") != 0) /* that is below STATE */
			return strndup(from, (size_t)(at - from));
	}
	return NULL;
}

char *cri_record(const struct container *c, struct asked_index *index, const char *root, const char *id, size_t *ret_len)
{
	static const struct asked_mark mark = {"\"Metadata\":{\"ID\":\"", "\",", sizeof("\"Metadata\":") - 1};
	char path[PATH_MAX];

	if (!root || !id || !text_is_hex(id) ||
		snprintf(path, sizeof(path), "%s/io.containerd.metadata.v1.bolt/meta.db", root) >= (int)sizeof(path))
		return NULL;
	return asked_record(c, index, path, &mark, id, ret_len);
}

static bool cri_open(const struct container *c, struct cri *ret)
{
	CLEANUP_JSON struct json_object *annotations = NULL, *mounts = NULL;
	CLEANUP_FD int fd = c->config ? file_open_of(c->config, c->owner) : -1;
	const char *sandbox;

	ret->c = c;
	if (fd < 0 || file_read_fd(fd, JSON_SIZE_MAX, &ret->config, &ret->len) < 0)
		return false;
	annotations = asked_slice(ret->config, ret->len, "annotations");
	mounts = asked_slice(ret->config, ret->len, "mounts");
	sandbox = json_text(annotations, "io.kubernetes.cri.sandbox-id");
	if (!sandbox)
		sandbox = json_text(annotations, "io.kubernetes.cri-o.SandboxID");
	if (sandbox && text_is_hex(sandbox))
		ret->sandbox = strdup(sandbox);
	ret->root = cri_data_root(mounts);
	return true;
}

/* A runAsUser that was asked for, as {"value":N}; N is left out for 0. */
static bool read_user(struct json_object *security, int64_t *ret)
{
	struct json_object *user = json_at(security, "run_as_user", NULL);

	*ret = json_i64(user, "value", 0);
	return user;
}

/* USER of the image, malloc'd, "" for none; NULL when its config cannot be read. Its ID is its config's digest. */
static char *image_user(const struct cri *cri, const char *record, size_t len)
{
	CLEANUP_JSON struct json_object *ref = asked_slice(record, len, "ImageRef"), *config = NULL;
	const char *id = json_text(ref, "v"), *user;

	if (!id || !text_has_prefix(id, DIGEST) || !text_is_hex(id + strlen(DIGEST)))
		return NULL;
	config = asked_json(cri->c, "%s/io.containerd.content.v1.content/blobs/sha256/%s", cri->root, id + strlen(DIGEST));
	if (!config)
		return NULL;
	user = json_text(json_at(config, "config", NULL), "User");
	return strdup(user ? user : "");
}

/* Is the uid of USER, which may have a group behind it, that number? */
static bool is_number(const char *user, int64_t uid)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%lld", (long long)uid);

	return !strncmp(user, text, (size_t)len) && (user[len] == '\0' || user[len] == ':');
}

static enum user_source source_of(const struct cri *cri, const char *record, size_t len, struct json_object *security)
{
	CLEANUP_FREE char *image = image_user(cri, record, len), *pod_record = NULL;
	CLEANUP_JSON struct json_object *pod = NULL;
	const char *name = json_text(security, "run_as_username");
	int64_t uid, pod_uid;
	bool asked = read_user(security, &uid), pod_asked;
	size_t pod_len = 0;

	if (!asked)
		return (name && *name) || (image && *image) ? USER_SOURCE_IMAGE : image ? USER_SOURCE_NONE : USER_SOURCE_UNKNOWN;
	pod_record = cri_record(cri->c, NULL, cri->root, cri->sandbox, &pod_len);
	pod = pod_record ? asked_slice(pod_record, pod_len, SECURITY) : NULL;
	pod_asked = read_user(pod, &pod_uid);
	if (pod_asked)
		return uid == pod_uid ? USER_SOURCE_POD : USER_SOURCE_CONTAINER;
	if (!image || (!*image && uid == 0)) /* the kubelet asks for 0 where nobody asked for anything */
		return USER_SOURCE_UNKNOWN;
	return is_number(image, uid) ? USER_SOURCE_IMAGE : USER_SOURCE_CONTAINER;
}

/* By the pause process. */
static enum user_source guess_source(const struct cri *cri, uid_t uid)
{
	CLEANUP_JSON struct json_object *pause = NULL;
	char path[PATH_MAX], *end;
	int64_t pod_uid;

	if (!cri->sandbox || !cri->c->id || snprintf(path, sizeof(path), "%s", cri->c->config) >= (int)sizeof(path))
		return USER_SOURCE_UNKNOWN;
	end = strstr(path, cri->c->id);
	if (!*cri->c->id || !end)
		return USER_SOURCE_UNKNOWN;
	*end = '\0';
	pause = asked_json(cri->c, "%s%s%s", path, cri->sandbox, cri->c->config + (end - path) + strlen(cri->c->id));
	pod_uid = json_i64(json_at(pause, "process", "user", NULL), "uid", -1);
	if (pod_uid <= 0 || pod_uid == PAUSE_UID)
		return USER_SOURCE_UNKNOWN;
	return pod_uid == uid ? USER_SOURCE_POD : USER_SOURCE_CONTAINER;
}

void asked_cri(const struct container *c, struct asked *ret)
{
	CLEANUP(cri_free) struct cri cri = {.c = NULL};
	CLEANUP_JSON struct json_object *security = NULL;
	CLEANUP_FREE char *record = NULL;
	struct json_object *caps;
	size_t len = 0;

	if (!cri_open(c, &cri))
		return;
	record = cri_record(c, NULL, cri.root, c->id, &len);
	security = record ? asked_slice(record, len, SECURITY) : NULL;
	if (!security) {
		if (ret->has_uid)
			ret->source = guess_source(&cri, ret->uid);
		return;
	}
	caps = json_at(security, "capabilities", NULL);
	asked_grant(json_at(caps, "add_capabilities", NULL), json_at(caps, "drop_capabilities", NULL),
		json_bool(security, "privileged", false), true, &ret->grant);
	ret->source = source_of(&cri, record, len, security);
}

int asked_cri_labels(struct container *c, struct asked_index *index)
{
	CLEANUP(cri_free) struct cri cri = {.c = NULL};
	CLEANUP_FREE char *record = NULL;
	size_t len = 0;

	if (cri_open(c, &cri))
		record = cri_record(c, index, cri.root, c->id, &len);
	return record ? asked_take_labels(c, record, len, "Config.metadata", "Config.labels") : 0;
}
