/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nsctl's own sandboxes, as an engine: reading what engine/sandbox.h writes.
 */
#include "engine/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "engine/engines.h"
#include "engine/state.h"

static void take_folder(struct container *c, const struct state_dir *dir, const char *name)
{
	struct stat st;

	if (fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	c->state_dev = st.st_dev;
	c->state_ino = st.st_ino;
}

static int find_one(const struct finder *f, const struct state_dir *dir, const char *name, void *data)
{
	CLEANUP_STATE_FILE struct state_file file = {0};
	CLEANUP_JSON struct json_object *state = NULL;
	struct json_object *labels;
	struct container *c;
	char path[NAME_MAX + 32];
	uint64_t pid;

	(void)data;
	snprintf(path, sizeof(path), "%s/state.json", name);
	if (state_file_read(f, dir, path, &file) < 0 ||
		(!state_may_match_text(f, name) && !state_may_match(f, file.text, file.len)))
		return f->err->code;
	state = state_json(f, &file, NULL);
	pid = json_u64(state, "pid", 0);
	/* the folder is the name: two files cannot claim one */
	if (!state || !(c = state_add(f, name, "", dir, &file)))
		return f->err->code;
	take_folder(c, dir, name);
	c->pod = state_copy(json_text(state, "pod"));
	c->namespace = state_copy(json_text(state, "namespace"));
	c->pod_uid = state_copy(json_text(state, "podUid"));
	c->image = state_copy(json_text(state, "image"));
	labels = json_at(state, "labels", NULL);
	state_labels(c, labels);
	snprintf(path, sizeof(path), "%s/config.json", name);
	state_set_config(f, c, dir, path);
	if (state_set_init(f, c, pid > 1 && pid < INT_MAX ? (pid_t)pid : 0, json_u64(state, "start", 0)) == 0)
		state_keep(f);
	return f->err->code;
}

/* The usual roots are NSCTL-FOLDER/sandboxes, and who could write the one could put another in the place of
 * the other. */
static int open_root(const struct finder *f, const char *root, struct state_dir *ret)
{
	CLEANUP_STATE_DIR struct state_dir parent = STATE_DIR_NONE;
	const char *slash = strrchr(root, '/');
	CLEANUP_FREE char *above = NULL;
	int r;

	if (!slash || slash == root || strcmp(slash, "/sandboxes"))
		return state_dir_open(f, root, ret);
	above = strndup(root, (size_t)(slash - root));
	if (!above)
		return state_no_memory(f);
	r = state_dir_open(f, above, &parent);
	return r < 0 ? r : state_dir_below(f, &parent, slash + 1, ret);
}

int sandbox_find(const struct finder *f, const char *root)
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;

	if (open_root(f, root, &dir) == 0)
		state_dir_each(f, &dir, find_one, NULL);
	return f->err->code;
}
