/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What src/model/manifest*.c share while a file is read. Nobody else includes this.
 */
#ifndef MODEL_MANIFEST_READER_H
#define MODEL_MANIFEST_READER_H

#include "base/buf.h"
#include "model/manifest.h"

/* Levels that hold no row of the table, for the names of Kubernetes alone. */
#define MANIFEST_ROOT 32      /* a Pod, a pod template */
#define MANIFEST_WORKLOAD 64  /* the spec of a workload */

struct manifest_reader {
	const char *file;         /* hostile */
	struct manifest *into;
	struct manifest_pod *pod; /* the one that is being read */
	struct buf path;          /* where we are: "spec.containers[0]" */
	struct err *err;
};

/* Goes one step down in the path, ".spec" or "[0]"; gives what manifest_up() takes to come back. */
size_t manifest_down(struct manifest_reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void manifest_up(struct manifest_reader *r, size_t mark);

/* "FILE:LINE:COLUMN: text" with ERR_USAGE. Gives the code. */
int manifest_fail(struct manifest_reader *r, const struct yaml_node *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends a remark on the pod being read, or on the file when there is none, for the field of the present path. */
int manifest_add_remark(struct manifest_reader *r, enum manifest_severity severity, unsigned int line,
	unsigned int column, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Reads a value of the row's type, at the present path. Null is not set. */
int manifest_read_value(struct manifest_reader *r, const struct manifest_field *field, enum manifest_level level,
	const struct yaml_node *node, struct manifest_value *ret);

/* Refuses what is no object, in the words of all wrong types. */
int manifest_want(struct manifest_reader *r, const struct yaml_node *node, enum yaml_type type);

/* Reads every member of a map that stands at `level` into the values of `base`; the members named in `own` (NULL-
 * terminated, or NULL) are the caller's. `object` is NULL, or the object of that level that the map is. */
int manifest_read_level(struct manifest_reader *r, const struct yaml_node *map, enum manifest_level level,
	const char *object, const char *const *own, void *base);

/* Refuses members that Kubernetes does not have at `levels`, and remarks the others as unused; for levels without rows. */
int manifest_check_names(struct manifest_reader *r, const struct yaml_node *map, unsigned int level,
	const char *const *own);

/* The member `child` stands beside its empty parent: the sign of a file that lost its indentation. Looked for in `map` at
 * `level`, for the first child or for `only` that one. 0, or the error. */
int manifest_check_indentation(struct manifest_reader *r, const struct yaml_node *map, unsigned int level,
	const struct yaml_node *only);

/* Does Kubernetes have a field of that name at one of the levels? */
bool manifest_is_known(unsigned int levels, const char *name);

/* The names that are no rows of the table; NULL-terminated. */
const char *const *manifest_known(unsigned int level);

/* Reads the metadata of a map that holds one: of the object itself, or of a template, of which only labels and annotations
 * count. Then the Pod's spec of such a map. */
int manifest_read_metadata(struct manifest_reader *r, const struct yaml_node *holder, bool is_template);
int manifest_read_spec(struct manifest_reader *r, const struct yaml_node *holder);

/* What holds between fields: remarks, in the order of the file. */
int manifest_check_pod(struct manifest_reader *r);

/* Is it a DNS label (or names joined by dots, 253 characters), as Kubernetes wants names to be? */
bool manifest_is_label(const char *name);
bool manifest_is_subdomain(const char *name);

#endif
