/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * podman's storage: where it is, which pod a container is in, and what the pod is called. For src/engine/podman*.c, and asked_podman.c.
 */
#ifndef ENGINE_PODMAN_H
#define ENGINE_PODMAN_H

#include "engine/state.h"

#define PODMAN_CONTAINERS "-containers" /* DRIVER-containers: a folder of STORAGE, and of RUNROOT */

/* The files of STORAGE that may be podman's database, which keeps records as JSON; up to NULL. */
extern const char *const podman_databases[];

/* Where the storage of RUNROOT (at `root`; `dir` may be none) is when nobody moved it. The caller frees; NULL: unknown. */
char *podman_storage_usual(const char *root, const struct state_dir *dir);

/* Where it is by the first conmon of RUNROOT that lives. The caller frees; NULL: no conmon tells. */
char *podman_storage_learn(const struct finder *f, const struct state_dir *dir);

struct podman_pod {
	char id[STATE_ID_LEN + 1]; /* "" when the infra container's config does not say it */
	char *name;		   /* or NULL */
	pid_t infra;		   /* its infra container's PID, 0 when there is none */
};

/* A storage root seen together with its run root. */
struct podman {
	struct state_dir storage; /* STORAGE */
	struct state_dir bundles; /* STORAGE/DRIVER-containers */
	struct state_dir run;	  /* RUNROOT/DRIVER-containers; none: each config tells where */
	struct podman_pod *pods;  /* owned */
	size_t n_pods;
};

/* Adds the pod of an infra container. */
int podman_pod_add(const struct finder *f, struct podman *podman, const char *infra_id, pid_t infra);

/* The pod that the container with this config is in, or NULL. Looks its name up when it has no infra
 * container. */
const struct podman_pod *podman_pod_of(
	const struct finder *f, struct podman *podman, const char *id, const struct state_file *config);

void podman_pods_free(struct podman *podman);

#endif
