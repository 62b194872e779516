/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * manifest_parse, and all that can be asked of what it gives.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/manifest.h"

static void check_value(const struct manifest_field *field, enum manifest_level level,
	const struct manifest_pod *pod, const struct manifest_container *container)
{
	const struct manifest_value *value = manifest_value(field, level, pod, container);
	CLEANUP_BUF struct buf path = {0};

	FUZZ_CHECK(value);
	manifest_path(&path, field, level, pod, container);
	FUZZ_CHECK(path.len > 0);
	FUZZ_CHECK(manifest_field(field->name, level) == field);
	if (!value->set)
		return;
	FUZZ_CHECK(value->line > 0 && value->column > 0);
	for (size_t i = 0; i < value->n_items; i++)
		FUZZ_CHECK(value->items[i].text);
	if (field->type == MANIFEST_ID)
		FUZZ_CHECK(value->number >= 0 && value->number <= INT32_MAX);
	if (field->type == MANIFEST_WORD)
		FUZZ_CHECK(value->text);
}

static void check_fields(
	const struct manifest_pod *pod, const struct manifest_container *container, enum manifest_level level)
{
	size_t n;
	const struct manifest_field *fields = manifest_fields(&n);

	for (size_t i = 0; i < n; i++)
		if (fields[i].levels & (unsigned int)level)
			check_value(&fields[i], level, pod, container);
}

static void check_remarks(const struct manifest_remark *remarks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK(remarks[i].message && remarks[i].line > 0 && remarks[i].column > 0);
		FUZZ_CHECK(i == 0 || remarks[i - 1].line <= remarks[i].line);
	}
}

static void check_pod(const struct manifest *manifest, const struct manifest_pod *pod)
{
	CLEANUP_ERR struct err err = {0};

	FUZZ_CHECK(pod->name.set && pod->name.text && *pod->name.text);
	FUZZ_CHECK(pod->n_containers > 0 && pod->containers[0].kind == MANIFEST_MAIN);
	check_remarks(pod->remarks, pod->n_remarks);
	fuzz_check_err(manifest_refuse(manifest, pod, &err), &err);
	check_fields(pod, NULL, MANIFEST_METADATA);
	check_fields(pod, NULL, MANIFEST_SPEC);
	check_fields(pod, NULL, MANIFEST_POD);
	for (size_t i = 0; i < pod->n_containers; i++) {
		const struct manifest_container *container = &pod->containers[i];
		struct manifest_context context;

		FUZZ_CHECK(container->name.set && *container->name.text);
		FUZZ_CHECK(i == 0 || pod->containers[i - 1].kind <= container->kind);
		for (size_t k = 0; k < i; k++)
			FUZZ_CHECK(strcmp(pod->containers[k].name.text, container->name.text) != 0);
		manifest_effective(pod, container, &context);
		if (container->context.run_as_user.set && !container->context.run_as_user.misplaced)
			FUZZ_CHECK(context.run_as_user.number == container->context.run_as_user.number);
		check_fields(pod, container, MANIFEST_CONTAINER);
		check_fields(pod, container, MANIFEST_CONTEXT);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ERR struct err err = {0};
	CLEANUP_MANIFEST struct manifest manifest = {0};
	int r = manifest_parse("f.yaml", (const char *)data, size, &manifest, &err);

	fuzz_check_err(r, &err);
	if (r < 0)
		return 0;
	FUZZ_CHECK(manifest.n_pods > 0);
	check_remarks(manifest.remarks, manifest.n_remarks);
	for (size_t i = 0; i < manifest.n_pods; i++)
		check_pod(&manifest, &manifest.pods[i]);
	return 0;
}
