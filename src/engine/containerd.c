/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * containerd itself: the namespaces that are neither docker's nor a kubelet's, as ctr and nerdctl use them.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "engine/engines.h"
#include "engine/task.h"

static int find_task(const struct finder *f, const struct state_dir *tasks, const char *id, void *data)
{
	CLEANUP_STATE_FILE struct state_file config = {0};
	CLEANUP_JSON struct json_object *annotations = NULL;
	struct container *c;
	const char *name;
	char path[NAME_MAX + 32];
	int r;

	(void)data;
	snprintf(path, sizeof(path), "%s/config.json", id);
	r = state_file_read(f, tasks, path, &config);
	if (r == -ENOENT ||
		(!state_may_match_text(f, id) && (r || !state_may_match(f, config.text, config.len))))
		return f->err->code;
	if (r == 0)
		annotations = state_json(f, &config, "annotations");
	name = json_text(annotations, "nerdctl/name");
	c = state_add(f, name && *name ? name : id, id, tasks, r ? NULL : &config);
	if (c && task_set(f, c, tasks, id) == 0)
		state_keep(f);
	return f->err->code;
}

static int find_namespace(const struct finder *f, const struct state_dir *dir, const char *name, void *data)
{
	CLEANUP_STATE_DIR struct state_dir tasks = STATE_DIR_NONE;

	if (!strcmp(name, TASK_DOCKER) || !strcmp(name, TASK_CRI) ||
		state_dir_below(f, dir, name, &tasks) < 0)
		return f->err->code;
	return state_dir_each(f, &tasks, find_task, data);
}

int containerd_find(const struct finder *f, const char *root)
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE, tasks = STATE_DIR_NONE;

	if (state_dir_open(f, root, &dir) == 0 && state_dir_below(f, &dir, TASK_DIR, &tasks) == 0)
		state_dir_each(f, &tasks, find_namespace, NULL);
	return f->err->code;
}
