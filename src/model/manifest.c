/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The objects of a file: which of them hold a Pod, and where.
 */
#include "model/manifest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "model/manifest_reader.h"

#define PODS_MAX 1000

static const struct {
	const char *kind, *api;
	const char *steps[5]; /* to the pod template; none: the object is the Pod */
} kinds[] = {
	{"Pod", "v1", {NULL}},
	{"Deployment", "apps/v1", {"spec", "template", NULL}},
	{"DaemonSet", "apps/v1", {"spec", "template", NULL}},
	{"StatefulSet", "apps/v1", {"spec", "template", NULL}},
	{"ReplicaSet", "apps/v1", {"spec", "template", NULL}},
	{"Job", "batch/v1", {"spec", "template", NULL}},
	{"CronJob", "batch/v1", {"spec", "jobTemplate", "spec", "template", NULL}},
};

/* Walks to the pod template of a workload, and checks the names on the way. */
static int read_template(struct manifest_reader *r, const struct yaml_node *object, const char *const *steps)
{
	static const char *const both[] = {"metadata", "spec", NULL};
	const struct yaml_node *node = object, *next;
	int code;

	for (; *steps; steps++) {
		const char *const own[] = {*steps, NULL};
		bool is_spec = !strcmp(*steps, "spec");

		code = node == object
			       ? 0
			       : manifest_check_names(r, node, is_spec ? MANIFEST_ROOT : MANIFEST_WORKLOAD,
					 is_spec ? both : own);
		if (code)
			return code;
		next = yaml_get(node, *steps);
		manifest_down(r, ".%s", *steps);
		if (!next)
			return manifest_fail(
				r, node->key ? node->key : node, "%s is missing", buf_text(&r->path));
		code = manifest_want(r, next, YAML_MAP);
		if (code)
			return code;
		node = next;
	}
	code = manifest_check_names(r, node, MANIFEST_ROOT, both);
	code = code ? code : manifest_read_metadata(r, node, true);
	return code ? code : manifest_read_spec(r, node);
}

static int read_pod(struct manifest_reader *r, const struct yaml_node *object, size_t kind, const char *api)
{
	static const char *const own[] = {"apiVersion", "kind", "metadata", "spec", NULL};
	struct manifest_pod *grown;
	int code;

	if (r->into->n_pods == PODS_MAX)
		return manifest_fail(r, object, "more than %d Pods", PODS_MAX);
	grown = reallocarray(r->into->pods, r->into->n_pods + 1, sizeof(*grown));
	if (!grown)
		return err_sys(r->err, -ENOMEM, "%s", r->file);
	r->into->pods = grown;
	r->pod = &grown[r->into->n_pods++];
	*r->pod = (struct manifest_pod){
		.kind = kinds[kind].kind, .line = object->line, .column = object->column};
	if (asprintf(&r->pod->metadata_path, "%s%smetadata", buf_text(&r->path), r->path.len ? "." : "") <
		0) {
		r->pod->metadata_path = NULL;
		return err_sys(r->err, -ENOMEM, "%s", r->file);
	}
	code = manifest_check_names(r, object, MANIFEST_ROOT, own);
	code = code ? code : manifest_read_metadata(r, object, false);
	if (!code && strcmp(api, kinds[kind].api) != 0) {
		const struct yaml_node *at = yaml_get(object, "apiVersion");
		size_t mark = manifest_down(r, ".apiVersion");

		code = manifest_add_remark(r, MANIFEST_WARNING, at->line, at->column,
			"apiVersion of %s is %s", kinds[kind].kind, kinds[kind].api);
		manifest_up(r, mark);
	}
	if (!code)
		code = kinds[kind].steps[0] ? read_template(r, object, kinds[kind].steps)
					    : manifest_read_spec(r, object);
	code = code ? code : manifest_check_pod(r);
	r->pod = NULL;
	return code;
}

/* An object of another kind holds no Pod and is passed by, unless its kind is one of ours misspelled. */
static int pass_by(struct manifest_reader *r, const struct yaml_node *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		unsigned int distance = text_distance(kind->text, kinds[i].kind);

		if (distance > (strlen(kinds[i].kind) > 6 ? 2 : 1))
			continue;
		manifest_fail(r, kind, "unknown kind \"%s\"", kind->text);
		return err_hint(r->err, "did you mean %s?", kinds[i].kind);
	}
	return manifest_add_remark(
		r, MANIFEST_UNUSED, kind->line, kind->column, "kind %s holds no Pod", kind->text);
}

static int read_object(struct manifest_reader *r, const struct yaml_node *object, bool in_list);

static int read_list(struct manifest_reader *r, const struct yaml_node *list)
{
	const struct yaml_node *items = yaml_get(list, "items");
	size_t i = 0, mark;
	int code;

	if (!items)
		return manifest_fail(r, list, "items is missing");
	manifest_down(r, "items");
	code = manifest_want(r, items, YAML_LIST);
	for (const struct yaml_node *item = code ? NULL : items->child; item && !code; item = item->next) {
		mark = manifest_down(r, "[%zu]", i++);
		code = read_object(r, item, true);
		manifest_up(r, mark);
	}
	return code;
}

static int read_object(struct manifest_reader *r, const struct yaml_node *object, bool in_list)
{
	const struct yaml_node *kind = yaml_get(object, "kind"), *api = yaml_get(object, "apiVersion");
	size_t mark = r->path.len;
	int code = 0;

	if (object->type != YAML_MAP)
		return manifest_fail(
			r, object, "a manifest must be an object, not %s", yaml_type_name(object->type));
	if (!kind || kind->type == YAML_NULL)
		return manifest_fail(r, object, "kind is missing");
	if (!api || api->type == YAML_NULL)
		return manifest_fail(r, object, "apiVersion is missing");
	manifest_down(r, ".kind");
	code = manifest_want(r, kind, YAML_TEXT);
	code = code ? code : manifest_want(r, api, YAML_TEXT);
	if (code)
		return code;
	manifest_up(r, mark);
	if (!strcmp(kind->text, "List") && !in_list)
		return read_list(r, object);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kind->text, kinds[i].kind) != 0)
			continue;
		code = read_pod(r, object, i, api->text);
		manifest_up(r, mark);
		return code;
	}
	return pass_by(r, kind);
}

/* Lost indentation first: it makes keys stand twice, and what it makes of the rest is not what was written.
 */
static int read_documents(struct manifest_reader *r)
{
	const struct yaml_docs *docs = &r->into->docs;
	int code = 0;

	for (size_t i = 0; i < docs->n && !code; i++)
		if (docs->items[i].root->type == YAML_MAP)
			code = manifest_check_indentation(r, docs->items[i].root, MANIFEST_ROOT, NULL);
	code = code ? code : yaml_docs_unique(docs, r->err);
	for (size_t i = 0; i < docs->n && !code; i++) {
		manifest_up(r, 0);
		if (docs->items[i].root->type != YAML_NULL)
			code = read_object(r, docs->items[i].root, false);
	}
	if (code || r->into->n_pods)
		return code;
	if (r->into->n_remarks)
		return err_set(r->err, -EINVAL, ERR_USAGE, "%s:%u:%u: %s", r->file, r->into->remarks[0].line,
			r->into->remarks[0].column, r->into->remarks[0].message);
	return manifest_fail(r, docs->n ? docs->items[0].root : NULL, "no manifest in it");
}

/* Takes the documents over. */
static int read_docs(struct yaml_docs *docs, struct manifest *ret, struct err *err)
{
	CLEANUP_MANIFEST struct manifest manifest = {.docs = *docs};
	struct manifest_reader r = {.file = manifest.docs.name, .into = &manifest, .err = err};
	int code = read_documents(&r);

	buf_free(&r.path);
	*docs = (struct yaml_docs){0};
	if (code)
		return code;
	*ret = manifest;
	manifest = (struct manifest){0};
	return 0;
}

int manifest_read(const char *path, struct manifest *ret, struct err *err)
{
	struct yaml_docs docs;
	int code = yaml_docs_read_loose(path, &docs, err);

	*ret = (struct manifest){0};
	return code ? code : read_docs(&docs, ret, err);
}

int manifest_parse(const char *name, const char *text, size_t len, struct manifest *ret, struct err *err)
{
	struct yaml_docs docs;
	int code = yaml_docs_parse_loose(name, text, len, &docs, err);

	*ret = (struct manifest){0};
	return code ? code : read_docs(&docs, ret, err);
}

void manifest_trace(const struct manifest *manifest, const struct trace *trace)
{
	TRACE(trace, TRACE_READ, "manifest: read %s: documents %zu, Pods %zu", manifest->docs.name, manifest->docs.n, manifest->n_pods);
	for (size_t i = 0; i < manifest->n_pods; i++) {
		const struct manifest_pod *pod = &manifest->pods[i];

		TRACE(trace, TRACE_READ, "manifest: line %u: %s %s, containers %zu, remarks %zu", pod->line, pod->kind, pod->name.text,
			pod->n_containers, pod->n_remarks);
	}
}

static void free_values(void *base, unsigned int levels)
{
	size_t n;
	const struct manifest_field *fields = manifest_fields(&n);

	for (size_t i = 0; i < n; i++)
		if (fields[i].levels & levels)
			free(((struct manifest_value *)(void *)((char *)base + fields[i].offset))->items);
}

static void free_remarks(struct manifest_remark *remarks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(remarks[i].field);
		free(remarks[i].message);
	}
	free(remarks);
}

void manifest_free(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->n_pods; i++) {
		struct manifest_pod *pod = &manifest->pods[i];

		for (size_t j = 0; j < pod->n_containers; j++) {
			free_values(&pod->containers[j], MANIFEST_CONTAINER);
			free_values(&pod->containers[j].context, MANIFEST_POD | MANIFEST_CONTEXT);
			free(pod->containers[j].path);
		}
		free(pod->containers);
		free_values(pod, MANIFEST_METADATA | MANIFEST_SPEC);
		free_values(&pod->context, MANIFEST_POD | MANIFEST_CONTEXT);
		free_remarks(pod->remarks, pod->n_remarks);
		free(pod->path);
		free(pod->metadata_path);
	}
	free(manifest->pods);
	free_remarks(manifest->remarks, manifest->n_remarks);
	yaml_docs_free(&manifest->docs);
	*manifest = (struct manifest){0};
}
