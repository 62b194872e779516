/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cri: containers and sandboxes that have ended. containerd has removed their tasks, and with them their OCI configs; what is left
 * is a folder of each, and its record in the database.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "data/json.h"
#include "engine/cri.h"

struct ended {
	const char *root;
	bool pause; /* sandboxes are listed */
	struct asked_index *index;
};

/* A sandbox's own metadata are the Pod's; a container has them as labels, which the kubelet gives it. */
static void set_pod(struct container *c, struct json_object *config)
{
	struct json_object *metadata = json_at(config, "metadata", NULL), *labels = json_at(config, "labels", NULL);

	c->pod = state_copy(c->pause ? json_text(metadata, "name") : json_text(labels, "io.kubernetes.pod.name"));
	c->namespace = state_copy(c->pause ? json_text(metadata, "namespace") : json_text(labels, "io.kubernetes.pod.namespace"));
	c->pod_uid = state_copy(c->pause ? json_text(metadata, "uid") : json_text(labels, "io.kubernetes.pod.uid"));
}

/* What the manifest says of the image, where the kubelet tells, else what it made of that. */
static void set_image(struct container *c, struct json_object *config)
{
	struct json_object *image = json_at(config, "image", NULL);
	const char *written = json_text(image, "user_specified_image");

	c->image = state_copy(written && *written ? written : json_text(image, "image"));
}

static int find_one(const struct finder *f, const struct state_dir *dir, const char *id, void *data)
{
	const struct container reader = {.owner = dir->owner};
	const struct ended *ended = data;
	CLEANUP_FREE char *record = NULL;
	CLEANUP_JSON struct json_object *config = NULL;
	const char *name;
	struct container *c;
	size_t len = 0;

	if (!text_is_hex(id) || state_knows(f, dir, id))
		return 0;
	record = cri_record(&reader, ended->index, ended->root, id, &len);
	if (!record || (!state_may_match_text(f, id) && !state_may_match(f, record, len)))
		return 0;
	config = asked_slice(record, len, "Config");
	name = json_text(json_at(config, "metadata", NULL), "name");
	if (!name) /* not yet, or not whole */
		return 0;
	c = state_add(f, ended->pause ? "pause" : *name ? name : id, id, dir, NULL);
	if (!c)
		return f->err->code;
	c->pause = ended->pause;
	set_pod(c, config);
	set_image(c, config);
	if (state_labels(c, json_at(config, "labels", NULL)) < 0)
		return state_no_memory(f);
	return 0;
}

static int find_kind(const struct finder *f, struct ended *ended, const char *kind)
{
	CLEANUP_FREE char *path = state_path("%s/" CRI_DIR "/%s", ended->root, kind);
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;

	if (!path)
		return state_no_memory(f);
	if (state_dir_open(f, path, &dir) == 0)
		state_dir_each(f, &dir, find_one, ended);
	return f->err->code;
}

int cri_find_ended(const struct finder *f, const char *root)
{
	CLEANUP(asked_index_free) struct asked_index *index = asked_index_new();
	struct ended ended = {.root = root, .index = index};

	if (find_kind(f, &ended, "containers") < 0)
		return f->err->code;
	ended.pause = true;
	return find_kind(f, &ended, "sandboxes");
}
