/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a capability, a type of namespace or a field of a Pod manifest is, in this project's own words. Tables; nothing is read.
 */
#ifndef MODEL_EXPLAIN_H
#define MODEL_EXPLAIN_H

#include <stddef.h>

#include "model/manifest.h"
#include "sys/ns.h"

struct err;

struct explain_part {
	const char *label; /* "docker"; NULL: a paragraph; static */
	char *text;        /* owned */
};

#define EXPLAIN_PARTS 16

struct explanation {
	char *title; /* "cap/NET_ADMIN: capability 12, since Linux 2.2"; owned */
	struct explain_part parts[EXPLAIN_PARTS];
	size_t n;
};

/* "cap/NET_ADMIN", "ns/pid", "field/pod.spec.securityContext.runAsUser". A kind may be left out where the rest says it. A field may be
 * written by its last name alone, from "spec" or "containers" on, with indexes in brackets or without, and below the template of a
 * workload. ERR_USAGE names the nearest. The caller frees. */
int explain(const char *topic, struct explanation *ret, struct err *err);
void explanation_free(struct explanation *explanation);
#define CLEANUP_EXPLANATION __attribute__((cleanup(explanation_free)))

/* All topics: the i-th in full and its one line, NULL behind the last. malloc'd; *ret_help is static. */
char *explain_topic(size_t i, const char **ret_help);

/* The rows beside model/caps_text.h: explain_ns.c, explain_field.c. A flag that is NULL does not exist. */
struct explain_ns {
	const char *help, *text, *docker, *podman, *kubernetes, *since, *page;
};
const struct explain_ns *explain_ns(enum ns_type type);

struct explain_field {
	const char *name;    /* of the row in manifest_fields() */
	unsigned int levels; /* of that row: names can be rows at several levels */
	const char *text;    /* one to four sentences */
	const char *docker, *podman;
	const char *page;
};
const struct explain_field *explain_field(const struct manifest_field *field);

/* "spec.containers[].securityContext.runAsUser" */
void explain_path(struct buf *out, const struct manifest_field *field, enum manifest_level level);

#endif
