/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What containerd keeps of a kubelet's containers below its data root, beside their tasks. For the files of src/engine only.
 */
#ifndef ENGINE_CRI_H
#define ENGINE_CRI_H

#include "engine/asked.h"
#include "engine/state.h"

#define CRI_DIR "io.containerd.grpc.v1.cri" /* of the data root: a folder each in containers/ID and sandboxes/ID */

/* The data root that the mounts of an OCI config come from, malloc'd: /etc/hostname and the like come from
 * ROOT/io.containerd.grpc.v1.cri/sandboxes/SANDBOX. NULL for those of others. */
char *cri_data_root(struct json_object *mounts);

/* The record of a container or sandbox in the database of that data root, as asked_record() gives it:
 * {"ID":"...",...,"Config":{...}}. `index` may be NULL. */
char *cri_record(const struct container *c, struct asked_index *index, const char *root, const char *id, size_t *ret_len);

/* Adds those below that data root that have no task any more: they have ended, and nobody has removed them. */
int cri_find_ended(const struct finder *f, const char *root);

#endif
