/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands at a level where it has no effect: rows that are IGNORED.
 */
#include <string.h>

#include "model/drift_reader.h"

static bool is_leaf(const struct manifest_field *fields, size_t n, size_t i, enum manifest_level level,
	const struct manifest_pod *pod, const struct manifest_container *container)
{
	size_t len = strlen(fields[i].name);

	for (size_t k = 0; k < n && fields[i].type == MANIFEST_OBJECT; k++)
		if (!strncmp(fields[k].name, fields[i].name, len) && fields[k].name[len] == '.' &&
			manifest_value(&fields[k], level, pod, container)->misplaced)
			return false;
	return true;
}

/* What stands at the level of a securityContext where Kubernetes has no such field. */
static void add_misplaced(const struct drift_pod *pod, const char *ref, enum manifest_level level,
	const struct manifest_container *container, struct drift_rows *rows, bool *failed)
{
	struct drift_context c = {.pod = pod, .failed = failed};
	size_t n;
	const struct manifest_field *fields = manifest_fields(&n);

	for (size_t i = 0; i < n; i++) {
		const struct manifest_value *value;
		struct drift_row *row;

		if (!(fields[i].levels & (MANIFEST_POD | MANIFEST_CONTEXT)))
			continue;
		value = manifest_value(&fields[i], level, pod->wanted, container);
		if (!value->misplaced || !is_leaf(fields, n, i, level, pod->wanted, container))
			continue;
		row = drift_row_add(rows, pod, ref, level == MANIFEST_POD ? "pod" : "container", fields[i].name, value, failed);
		if (!row)
			return;
		row->verdict = DRIFT_IGNORED;
		drift_value_manifest(&c, &fields[i], value, &row->manifest);
		row->oci.kind = row->kernel.kind = DRIFT_VALUE_NONE;
		drift_say(&c, row, "%s", manifest_misplaced(level));
	}
}

/* What stands outside of the securityContexts, or is no field of one: "runAsUser" in the Pod's spec, "hostPID" in a container. */
static void add_homeless(const struct drift_pod *pod, const char *ref, const char *level, const char *path,
	struct drift_rows *rows, bool *failed)
{
	static const char context[] = "securityContext.";
	struct drift_context c = {.pod = pod, .failed = failed};
	size_t len = strlen(path);

	for (size_t i = 0; i < pod->wanted->n_remarks; i++) {
		const struct manifest_remark *remark = &pod->wanted->remarks[i];
		const struct manifest_value at = {.line = remark->line, .column = remark->column};
		const char *field = remark->field + len + 1;
		struct drift_row *row;

		if (!remark->homeless || strncmp(remark->field, path, len) != 0 || remark->field[len] != '.')
			continue;
		field += !strncmp(field, context, strlen(context)) ? strlen(context) : 0;
		if (strchr(field, '.')) /* of a container, when it is the Pod's that is asked for */
			continue;
		row = drift_row_add(rows, pod, ref, level, field, &at, failed);
		if (!row)
			return;
		row->verdict = DRIFT_IGNORED;
		row->manifest.kind = row->oci.kind = row->kernel.kind = DRIFT_VALUE_NONE;
		drift_say(&c, row, "%s", remark->message);
	}
}

void drift_misplaced(const struct drift_pod *pod, const struct drift_facts *facts, struct drift_rows *rows, bool *failed)
{
	const char *ref = facts ? facts->container->ref : pod->ref;

	add_misplaced(pod, ref, facts ? MANIFEST_CONTEXT : MANIFEST_POD, facts ? facts->wanted : NULL, rows, failed);
	add_homeless(pod, ref, facts ? "container" : "pod", facts ? facts->wanted->path : pod->wanted->path, rows, failed);
}
