/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * runc and crun by themselves: one folder a container below their --root, which tells PID and start time.
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
#include "engine/engines.h"
#include "engine/state.h"

static int find_crun(const struct finder *f, const struct state_dir *dir, const char *id, void *data)
{
	CLEANUP_STATE_FILE struct state_file file = {0};
	struct container *c;
	char path[NAME_MAX + 32];
	uint64_t pid, start;

	(void)data;
	if (!state_may_match_text(f, id))
		return 0;
	snprintf(path, sizeof(path), "%s/status", id);
	if (state_file_read(f, dir, path, &file) < 0)
		return f->err->code;
	pid = state_json_u64(f, &file, "pid", 0);
	start = state_json_u64(f, &file, "process-start-time", 0);
	if (!pid || !(c = state_add(f, id, id, dir, &file)))
		return f->err->code;
	snprintf(path, sizeof(path), "%s/config.json", id);
	state_set_config(f, c, dir, path);
	if (state_set_init(f, c, pid > 1 && pid < INT_MAX ? (pid_t)pid : 0, start) == 0)
		state_keep(f);
	return f->err->code;
}

/* The bundle stands among the labels, as "bundle=PATH". */
static void set_bundle(const struct finder *f, struct container *c, const struct state_file *file)
{
	CLEANUP_JSON struct json_object *labels = state_json(f, file, "config.labels");

	for (size_t i = 0; i < json_length(labels); i++) {
		const char *label = json_item_text(labels, i);

		if (!label || !text_has_prefix(label, "bundle="))
			continue;
		state_set_bundle(f, c, label + strlen("bundle="));
		return;
	}
}

static int find_runc(const struct finder *f, const struct state_dir *dir, const char *id, void *data)
{
	CLEANUP_STATE_FILE struct state_file file = {0};
	struct container *c;
	char path[NAME_MAX + 32];
	uint64_t pid, start;

	(void)data;
	if (!state_may_match_text(f, id))
		return 0;
	snprintf(path, sizeof(path), "%s/state.json", id);
	if (state_file_read(f, dir, path, &file) < 0)
		return f->err->code;
	pid = state_json_u64(f, &file, "init_process_pid", 0);
	start = state_json_u64(f, &file, "init_process_start", 0);
	if (!pid || !(c = state_add(f, id, id, dir, &file)))
		return f->err->code;
	set_bundle(f, c, &file);
	if (state_set_init(f, c, pid > 1 && pid < INT_MAX ? (pid_t)pid : 0, start) == 0)
		state_keep(f);
	return f->err->code;
}

static int find_below(const struct finder *f, const char *root,
	int (*each)(const struct finder *f, const struct state_dir *dir, const char *name, void *data))
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;

	if (state_dir_open(f, root, &dir) == 0)
		state_dir_each(f, &dir, each, NULL);
	return f->err->code;
}

int crun_find(const struct finder *f, const char *root)
{
	return find_below(f, root, find_crun);
}

int runc_find(const struct finder *f, const char *root)
{
	return find_below(f, root, find_runc);
}
