/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * diff: what is compared with what. src/cmd/diff.c reads the command line, one file a kind of comparison does
 * the rest.
 */
#ifndef CMD_DIFF_H
#define CMD_DIFF_H

#include <stdbool.h>

#include "base/opt.h"
#include "model/container.h"
#include "model/drift.h"
#include "model/manifest.h"
#include "model/pod.h"
#include "out/out.h"

struct err;
struct session;

struct diff_options {
	const char *file;      /* -f */
	const char *container; /* -c */
	const char *only;      /* --only */
	bool strict, all;
	struct out_options out;
};

/* One run of diff -f. */
struct diff_run {
	struct session *s;
	const struct diff_options *o;
	const char *target; /* or NULL */
	struct manifest manifest;
	struct drift_host host;
	struct container_list list; /* of this round */
	struct pod_list pods;
	struct drift_rows rows;
};

/* diff_pod.c: rows of all containers of the object that the pod has; or of one container, whoever started it,
 * with the object's of that name, or its only one. */
int diff_pod(struct diff_run *run, const struct manifest_pod *wanted, const struct pod *pod, struct err *err);
int diff_container(struct diff_run *run, const struct manifest_pod *wanted, const struct container *target,
	struct err *err);
const struct pod *diff_pod_of(const struct diff_run *run, const struct container *c); /* NULL: in none */

/* diff_manifest.c: a manifest with the containers that it made, or with those of the one TARGET. */
int diff_manifest(struct session *s, const struct diff_options *o, const struct opt_words *words, int *status,
	struct err *err);

/* The rows of view_drift for a manifest and the containers that it made, given to `take` once; for other pictures of them. */
int diff_manifest_rows(struct session *s, const char *file, void (*take)(void *data, const struct out_rows *rows),
	void *data, struct err *err);

/* diff_targets.c: a container with the host, or with another. */
int diff_targets(struct session *s, const struct diff_options *o, const struct opt_words *words, int *status,
	struct err *err);

#endif
