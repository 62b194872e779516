/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * containerd's task folders (its runtime v2 shims): STATE/io.containerd.runtime.v2.task/NAMESPACE/ID holds a
 * bundle's config.json, init.pid and the shim's path. docker, cri and containerd are three readings of them.
 * For the files of src/engine only.
 */
#ifndef ENGINE_TASK_H
#define ENGINE_TASK_H

#include "engine/state.h"

#define TASK_DIR "io.containerd.runtime.v2.task"
#define TASK_DOCKER "moby"
#define TASK_CRI "k8s.io"

/* Opens the folder of a namespace below a containerd state folder. -ENOENT quietly. */
int task_open(
	const struct finder *f, const struct state_dir *root, const char *namespace, struct state_dir *ret);

/* Sets c's config, init and vm from ID's bundle. -EPERM when c was taken out of the list. */
int task_set(const struct finder *f, struct container *c, const struct state_dir *tasks, const char *id);

#endif
