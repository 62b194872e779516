/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One level of a manifest: its members by the rows of the table, and what to say of those that are none.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/manifest_reader.h"

#define NAMES_MAX 128
#define CONTEXTS (MANIFEST_POD | MANIFEST_CONTEXT)

/* Which levels stand below which member: for files that lost their indentation. */
static const struct {
	unsigned int at;
	const char *parent;
	unsigned int below;
} nesting[] = {
	{MANIFEST_ROOT, "metadata", MANIFEST_METADATA},
	{MANIFEST_ROOT, "spec", MANIFEST_SPEC | MANIFEST_CONTAINER | MANIFEST_WORKLOAD | CONTEXTS},
	{MANIFEST_WORKLOAD, "template",
		MANIFEST_ROOT | MANIFEST_METADATA | MANIFEST_SPEC | MANIFEST_CONTAINER | CONTEXTS},
	{MANIFEST_SPEC, "containers", MANIFEST_CONTAINER | MANIFEST_CONTEXT},
	{MANIFEST_SPEC, "initContainers", MANIFEST_CONTAINER | MANIFEST_CONTEXT},
	{MANIFEST_SPEC, "securityContext", CONTEXTS},
	{MANIFEST_CONTAINER, "securityContext", CONTEXTS},
};

static bool is_own(const char *const *own, const char *name)
{
	for (; own && *own; own++)
		if (!strcmp(*own, name))
			return true;
	return false;
}

/* Looks for a member that belongs below the empty one named `parent`: of the levels `below`, or, when that is
 * 0, a part of the object of a securityContext. */
static int check_empty(struct manifest_reader *r, const struct yaml_node *map, unsigned int level,
	const char *parent, unsigned int below, const struct yaml_node *only)
{
	const struct yaml_node *empty = yaml_get(map, parent);
	char joined[128];

	if (!empty || empty->type != YAML_NULL)
		return 0;
	for (const struct yaml_node *child = only ? only : map->child; child;
		child = only ? NULL : child->next) {
		const char *name = child->key->text;

		if (manifest_is_known(level, name))
			continue;
		if (below ? !manifest_is_known(below, name)
			  : (snprintf(joined, sizeof(joined), "%s.%s", parent, name) >= (int)sizeof(joined) ||
				    !manifest_field(joined, MANIFEST_CONTEXT)))
			continue;
		return manifest_fail(r, empty->key,
			"%s is empty and %s stands %s: has the indentation been lost?", parent, name,
			r->path.len ? "beside it" : "at the top level");
	}
	return 0;
}

int manifest_check_indentation(struct manifest_reader *r, const struct yaml_node *map, unsigned int level,
	const struct yaml_node *only)
{
	size_t n;
	const struct manifest_field *fields = manifest_fields(&n);
	int code = 0;

	for (size_t i = 0; i < ARRAY_SIZE(nesting) && !code; i++)
		if (nesting[i].at == level)
			code = check_empty(r, map, level, nesting[i].parent, nesting[i].below, only);
	for (size_t i = 0; i < n && (level & CONTEXTS) && !code; i++)
		if (fields[i].type == MANIFEST_OBJECT)
			code = check_empty(r, map, level, fields[i].name, 0, only);
	return code;
}

static const char *home_of(const char *name)
{
	static const struct {
		enum manifest_level level;
		const char *home;
	} homes[] = {{MANIFEST_CONTEXT, "securityContext"}, {MANIFEST_POD, "the Pod's securityContext"},
		{MANIFEST_SPEC, "the Pod's spec"}, {MANIFEST_CONTAINER, "containers[]"},
		{MANIFEST_METADATA, "metadata"}};

	for (size_t i = 0; i < ARRAY_SIZE(homes); i++)
		if (manifest_is_known(homes[i].level, name))
			return homes[i].home;
	if (manifest_field("capabilities.add", MANIFEST_CONTEXT) &&
		(!strcmp(name, "add") || !strcmp(name, "drop")))
		return "securityContext.capabilities";
	return NULL;
}

/* The names that could have been meant at a level, or below an object of it. */
static size_t candidates(
	unsigned int level, const char *object, const char *const *own, const char *names[NAMES_MAX])
{
	size_t n = 0, n_fields, len = object ? strlen(object) : 0;
	const struct manifest_field *fields = manifest_fields(&n_fields);

	for (; own && *own && n < NAMES_MAX; own++)
		names[n++] = *own;
	for (size_t i = 0; i < n_fields && n < NAMES_MAX; i++) {
		if (!(fields[i].levels & level))
			continue;
		if (!object && !strchr(fields[i].name, '.'))
			names[n++] = fields[i].name;
		else if (object && !strncmp(fields[i].name, object, len) && fields[i].name[len] == '.')
			names[n++] = fields[i].name + len + 1;
	}
	for (const char *const *known = manifest_known(level); !object && *known && n < NAMES_MAX; known++)
		names[n++] = *known;
	return n;
}

/* A field of a securityContext or of the Pod's spec that stands at another level of the Pod: who is to run it refuses it, and
 * who only looks knows that it has no effect. 1 when it is such a one. */
static int remark_homeless(struct manifest_reader *r, const struct yaml_node *member, unsigned int level)
{
	const char *name = member->key->text, *home = home_of(name);
	size_t mark;
	int code;

	if (!home || !(level & (CONTEXTS | MANIFEST_SPEC | MANIFEST_CONTAINER)) ||
		(!manifest_field(name, MANIFEST_CONTEXT) && !manifest_field(name, MANIFEST_POD) &&
			!manifest_field(name, MANIFEST_SPEC)))
		return 0;
	mark = manifest_down(r, ".%s", name);
	code = manifest_add_remark(r, MANIFEST_INVALID, member->key->line, member->key->column,
		"has no effect here: %s belongs in %s, and a strict API server refuses it", name, home);
	if (!code)
		r->pod->remarks[r->pod->n_remarks - 1].homeless = true;
	manifest_up(r, mark);
	return code ? code : 1;
}

static int refuse_unknown(struct manifest_reader *r, const struct yaml_node *map,
	const struct yaml_node *member, unsigned int level, const char *object, const char *const *own)
{
	const char *names[NAMES_MAX], *nearest, *home;
	int code;

	if (!object && manifest_check_indentation(r, map, level, member))
		return r->err->code;
	code = object ? 0 : remark_homeless(r, member, level);
	if (code)
		return code < 0 ? code : 0;
	manifest_fail(r, member->key, "unknown field \"%s\"%s%s", member->key->text, r->path.len ? " in " : "",
		buf_text(&r->path));
	home = home_of(member->key->text);
	nearest = text_nearest(member->key->text, names, candidates(level, object, own, names));
	if (home)
		err_hint(r->err, "%s belongs in %s", member->key->text, home);
	else if (nearest)
		err_hint(r->err, "did you mean %s?", nearest);
	return r->err->code;
}

int manifest_check_names(
	struct manifest_reader *r, const struct yaml_node *map, unsigned int level, const char *const *own)
{
	size_t mark;
	int code = 0;

	for (const struct yaml_node *member = map->child; member && !code; member = member->next) {
		const char *name = member->key->text;

		if (is_own(own, name))
			continue;
		if (!manifest_is_known(level, name))
			return refuse_unknown(r, map, member, level, NULL, own);
		mark = manifest_down(r, ".%s", name);
		code = manifest_add_remark(
			r, MANIFEST_UNUSED, member->key->line, member->key->column, "not applied here");
		manifest_up(r, mark);
	}
	return code;
}

/* The row of a name at this level, or at the other one of the two securityContexts. */
static const struct manifest_field *find_row(
	const char *name, const char *object, enum manifest_level level, bool *ret_misplaced)
{
	char joined[128];
	const struct manifest_field *field;

	*ret_misplaced = false;
	if (!object && strchr(name, '.'))
		return NULL;
	if (snprintf(joined, sizeof(joined), "%s%s%s", object ? object : "", object ? "." : "", name) >=
		(int)sizeof(joined))
		return NULL;
	field = manifest_field(joined, level);
	if (!field && (level & CONTEXTS)) {
		field = manifest_field(joined, level == MANIFEST_POD ? MANIFEST_CONTEXT : MANIFEST_POD);
		*ret_misplaced = field != NULL;
	}
	return field;
}

const char *manifest_misplaced(enum manifest_level level)
{
	return level == MANIFEST_POD ? "has no effect at Pod level: the field exists at container level only, and a "
				       "strict API server refuses it"
				     : "has no effect at container level: the field exists at Pod level only, and a "
				       "strict API server refuses it";
}

static int read_member(struct manifest_reader *r, const struct yaml_node *member,
	const struct manifest_field *field, bool misplaced, enum manifest_level level, void *base)
{
	struct manifest_value *value = (struct manifest_value *)(void *)((char *)base + field->offset);
	int code = manifest_read_value(r, field, level, member, value);

	if (code || !value->set)
		return code;
	if (field->type == MANIFEST_OBJECT)
		code = manifest_read_level(r, member, level, field->name, NULL, base);
	if (field->type == MANIFEST_ANY && !code)
		code = manifest_add_remark(
			r, MANIFEST_UNUSED, member->key->line, member->key->column, "%s", field->help);
	if (!misplaced || code)
		return code;
	value->set = false;
	value->misplaced = true;
	if (strchr(field->name, '.')) /* said of the whole object */
		return 0;
	return manifest_add_remark(r, MANIFEST_WARNING, member->key->line, member->key->column, "%s",
		manifest_misplaced(level));
}

int manifest_read_level(struct manifest_reader *r, const struct yaml_node *map, enum manifest_level level,
	const char *object, const char *const *own, void *base)
{
	int code = manifest_want(r, map, YAML_MAP);

	for (const struct yaml_node *member = code ? NULL : map->child; member && !code;
		member = member->next) {
		const char *name = member->key->text;
		const struct manifest_field *field;
		bool misplaced;
		size_t mark;

		if (is_own(own, name))
			continue;
		field = find_row(name, object, level, &misplaced);
		if (!field && (object || !manifest_is_known(level, name))) {
			code = refuse_unknown(r, map, member, level, object, own);
			continue;
		}
		mark = manifest_down(r, ".%s", name);
		if (field)
			code = read_member(r, member, field, misplaced, level, base);
		else
			code = manifest_add_remark(r, MANIFEST_UNUSED, member->key->line, member->key->column,
				"not applied here");
		manifest_up(r, mark);
	}
	return code;
}
