/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A Pod: metadata, spec, containers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/manifest_reader.h"

#define CONTAINERS_MAX 1000

bool manifest_is_label(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len && len <= 63 && !name[len] && name[0] != '-' && name[len - 1] != '-';
}

bool manifest_is_subdomain(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.");

	if (!len || len > 253 || name[len])
		return false;
	for (size_t i = 0; i < len; i++) {
		bool begins = i == 0 || name[i - 1] == '.', ends = i + 1 == len || name[i + 1] == '.';

		if (name[i] == '.' ? begins : (begins || ends) && name[i] == '-')
			return false;
	}
	return name[len - 1] != '.';
}

static int check_name(struct manifest_reader *r, const struct yaml_node *at,
	const struct manifest_value *name, bool (*fits)(const char *), const char *what)
{
	struct yaml_node place = {.line = name->line, .column = name->column};
	size_t mark = manifest_down(r, ".%s", what);

	if (!name->set)
		return manifest_fail(r, at, "%s is missing", buf_text(&r->path));
	if (!fits(name->text))
		return manifest_fail(r, &place,
			"%s \"%s\" must be lower case letters and digits, %s inside, at most %d characters",
			buf_text(&r->path), name->text, fits == manifest_is_label ? "-" : "- and .",
			fits == manifest_is_label ? 63 : 253);
	manifest_up(r, mark);
	return 0;
}

/* The object's own, or, for a workload's template, only what the Pods get of it. */
int manifest_read_metadata(struct manifest_reader *r, const struct yaml_node *holder, bool is_template)
{
	const struct yaml_node *node = yaml_get(holder, "metadata");
	struct manifest_pod scratch = {0}, *into = is_template ? &scratch : r->pod;
	size_t mark = manifest_down(r, ".metadata");
	int code = 0;

	if (node && node->type != YAML_NULL)
		code = manifest_read_level(r, node, MANIFEST_METADATA, NULL, NULL, into);
	if (!is_template && !code)
		code = check_name(
			r, !node ? holder : node->key, &r->pod->name, manifest_is_subdomain, "name");
	if (!is_template && !code && r->pod->namespace.set)
		code = check_name(r, node, &r->pod->namespace, manifest_is_label, "namespace");
	manifest_up(r, mark);
	if (!is_template)
		return code;
	free(r->pod->labels.items);
	free(r->pod->annotations.items);
	r->pod->labels = scratch.labels;
	r->pod->annotations = scratch.annotations;
	return code;
}

static int read_context(struct manifest_reader *r, const struct yaml_node *holder, enum manifest_level level,
	struct manifest_context *into)
{
	const struct yaml_node *node = yaml_get(holder, "securityContext");
	size_t mark = manifest_down(r, ".securityContext");
	int code = 0;

	if (node && node->type != YAML_NULL)
		code = manifest_read_level(r, node, level, NULL, NULL, into);
	manifest_up(r, mark);
	return code;
}

static int read_container(
	struct manifest_reader *r, const struct yaml_node *node, struct manifest_container *into)
{
	static const char *const own[] = {"securityContext", NULL};
	const struct manifest_container *other = r->pod->containers;
	struct yaml_node place = {0};
	int code;

	into->line = node->line;
	into->column = node->column;
	into->path = strdup(buf_text(&r->path));
	if (!into->path)
		return err_sys(r->err, -ENOMEM, "%s", r->file);
	code = manifest_read_level(r, node, MANIFEST_CONTAINER, NULL, own, into);
	code = code ? code : check_name(r, node, &into->name, manifest_is_label, "name");
	if (code)
		return code;
	for (; other != into; other++) {
		if (strcmp(other->name.text, into->name.text) != 0)
			continue;
		place.line = into->name.line;
		place.column = into->name.column;
		return manifest_fail(r, &place, "%s.name \"%s\" is the name of %s too", buf_text(&r->path),
			into->name.text, other->path);
	}
	return read_context(r, node, MANIFEST_CONTEXT, &into->context);
}

static int read_containers(
	struct manifest_reader *r, const struct yaml_node *list, enum manifest_container_kind kind)
{
	size_t mark, i = 0;
	int code;

	if (!list || list->type == YAML_NULL)
		return 0;
	code = manifest_want(r, list, YAML_LIST);
	if (list->type == YAML_MAP)
		err_hint(r->err, "each container begins with \"- \"");
	for (const struct yaml_node *item = code ? NULL : list->child; item && !code; item = item->next) {
		struct manifest_container *into = &r->pod->containers[r->pod->n_containers++];

		into->kind = kind;
		mark = manifest_down(r, "[%zu]", i++);
		code = read_container(r, item, into);
		manifest_up(r, mark);
	}
	return code;
}

static int read_all_containers(struct manifest_reader *r, const struct yaml_node *spec)
{
	static const struct {
		const char *name;
		enum manifest_container_kind kind;
	} lists[] = {{"containers", MANIFEST_MAIN}, {"initContainers", MANIFEST_INIT},
		{"ephemeralContainers", MANIFEST_EPHEMERAL}};
	const struct yaml_node *main_list = yaml_get(spec, "containers");
	size_t n = 0, mark;
	int code = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct yaml_node *list = yaml_get(spec, lists[i].name);

		n += list ? list->n : 0;
		if (n > CONTAINERS_MAX)
			return manifest_fail(r, list, "more than %d containers", CONTAINERS_MAX);
	}
	r->pod->containers = calloc(n + 1, sizeof(*r->pod->containers));
	if (!r->pod->containers)
		return err_sys(r->err, -ENOMEM, "%s", r->file);
	for (size_t i = 0; i < ARRAY_SIZE(lists) && !code; i++) {
		mark = manifest_down(r, ".%s", lists[i].name);
		code = read_containers(r, yaml_get(spec, lists[i].name), lists[i].kind);
		if (!code && !i && !r->pod->n_containers)
			code = manifest_fail(r, !main_list ? spec->key : main_list->key, "%s %s",
				buf_text(&r->path), !main_list ? "is missing" : "is empty");
		manifest_up(r, mark);
	}
	return code;
}

static int read_spec(struct manifest_reader *r, const struct yaml_node *spec)
{
	static const char *const own[] = {
		"containers", "initContainers", "ephemeralContainers", "securityContext", NULL};
	int code;

	r->pod->path = strdup(buf_text(&r->path));
	if (!r->pod->path)
		return err_sys(r->err, -ENOMEM, "%s", r->file);
	code = manifest_read_level(r, spec, MANIFEST_SPEC, NULL, own, r->pod);
	code = code ? code : manifest_check_indentation(r, spec, MANIFEST_SPEC, NULL);
	code = code ? code : read_context(r, spec, MANIFEST_POD, &r->pod->context);
	return code ? code : read_all_containers(r, spec);
}

int manifest_read_spec(struct manifest_reader *r, const struct yaml_node *holder)
{
	const struct yaml_node *spec = yaml_get(holder, "spec");
	size_t mark = manifest_down(r, ".spec");
	int code;

	if (!spec || spec->type == YAML_NULL)
		return manifest_fail(r, spec ? spec->key : holder, "%s is %s", buf_text(&r->path),
			spec ? "empty" : "missing");
	code = read_spec(r, spec);
	manifest_up(r, mark);
	return code;
}
