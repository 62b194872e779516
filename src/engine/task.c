/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/task.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "sys/file.h"

int task_open(
	const struct finder *f, const struct state_dir *root, const char *namespace, struct state_dir *ret)
{
	char path[NAME_MAX + sizeof(TASK_DIR) + 1];

	if (snprintf(path, sizeof(path), TASK_DIR "/%s", namespace) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return state_dir_below(f, root, path, ret);
}

int task_set(const struct finder *f, struct container *c, const struct state_dir *tasks, const char *id)
{
	CLEANUP_STATE_FILE struct state_file init = {0};
	char path[NAME_MAX + 32], shim[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/config.json", id);
	state_set_config(f, c, tasks, path);
	snprintf(path, sizeof(path), "%s/shim-binary-path", id);
	n = file_read_into(tasks->fd, path, shim, sizeof(shim));
	if (n < 0 && n != -ENOENT)
		state_note(f, c->state, (int)n, "%s: %s", path, strerror((int)-n));
	c->vm = n > 0 && state_shim_is_vm(shim);
	snprintf(path, sizeof(path), "%s/init.pid", id);
	if (state_file_read(f, tasks, path, &init) < 0) {
		container_set_init(c, 0, 0);
		return 0;
	}
	return state_set_init_written(f, c, &init);
}
