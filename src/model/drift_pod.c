/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Pod's sysctls, a row each. They belong to namespaces that all containers share: any of them shows the
 * value, and the config of the pause container holds what was asked for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/drift_reader.h"
#include "sys/sysctl.h"

/* Blanks between numbers may be any; trailing ones none. */
static bool same_value(const char *a, const char *b)
{
	a += strspn(a, " \t");
	b += strspn(b, " \t");
	while (*a && *b) {
		size_t n = strcspn(a, " \t"), m = strcspn(b, " \t");

		if (n != m || strncmp(a, b, n) != 0)
			return false;
		a += n + strspn(a + n, " \t");
		b += m + strspn(b + m, " \t");
	}
	return !*a && !*b;
}

/* An interface or a module may be missing, and names are many: only these tell that no namespace has it. */
static const char *why_unknown(const char *path)
{
	return text_has_prefix(path, "net/") || text_has_prefix(path, "kernel/") ||
			       text_has_prefix(path, "fs/mqueue/")
		       ? "the kernel does not have it, or its namespaces cannot be entered"
		       : "not of a namespace that a Pod has";
}

static void compare(
	const struct drift_pod *pod, const struct manifest_item *item, struct drift_rows *rows, bool *failed)
{
	CLEANUP_FREE char *path = sysctl_path(item->name), *field = NULL;
	const struct manifest_value at = {.set = true, .line = item->line, .column = item->column};
	const struct drift_facts *first = &pod->containers[0];
	const struct drift_side *config = pod->pause && pod->pause->known ? pod->pause : &first->oci;
	const char *kernel = path ? drift_sysctl_of(&first->kernel, path) : NULL;
	const char *oci = path ? drift_sysctl_of(config, path) : NULL;
	struct drift_context c = {.pod = pod, .failed = failed};
	struct drift_row *row;

	if (asprintf(&field, "sysctls[%s]", item->name) < 0) {
		field = NULL;
		*failed = true;
		return;
	}
	row = drift_row_add(rows, pod, pod->ref, "pod", field, &at, failed);
	if (!row)
		return;
	drift_value_text(&c, &row->manifest, item->text);
	if (config->known)
		drift_value_text(&c, &row->oci, oci);
	if (kernel)
		drift_value_text(&c, &row->kernel, kernel);
	if (!kernel) {
		row->verdict = DRIFT_UNKNOWN;
		drift_say(&c, row, "%s", path ? why_unknown(path) : "no name of a setting");
	} else if (!same_value(kernel, item->text)) {
		row->verdict = DRIFT_DRIFT;
		drift_say(&c, row, "%s",
			oci && same_value(oci, item->text)
				? "its config agrees: it was changed since it was started"
				: "it was started otherwise");
	}
}

void drift_sysctls(const struct drift_pod *pod, struct drift_rows *rows, bool *failed)
{
	const struct manifest_value *sysctls = &pod->wanted->context.sysctls;

	for (size_t i = 0; i < sysctls->n_items && sysctls->set && pod->n && !*failed; i++)
		compare(pod, &sysctls->items[i], rows, failed);
}
