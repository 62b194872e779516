/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A field of a manifest by its path: which level it means, and what it is there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/explain_parts.h"

#define WORDS_MAX 16

/* A path without what does not matter: kinds, templates, indexes. */
struct path {
	unsigned int levels; /* that it can mean */
	const char *name;    /* below them; "" for the level itself */
};

static bool is_containers(const char *word)
{
	return !strcmp(word, "containers") || !strcmp(word, "initContainers") ||
	       !strcmp(word, "ephemeralContainers");
}

/* "spec.containers[0].securityContext" word by word; what is left is the name. */
static unsigned int level_of(char **words, size_t n, size_t *ret_used)
{
	unsigned int levels = ~0u;
	size_t i = 0;

	/* the last "spec" is the Pod's: those before it are a workload's */
	for (size_t k = 0; k < n; k++)
		if (!strcmp(words[k], "spec") || !strcmp(words[k], "metadata")) {
			levels = *words[k] == 's' ? MANIFEST_SPEC : MANIFEST_METADATA;
			i = k + 1;
		}
	if (i == 0 && n > 1 && !strcmp(words[0], "pod"))
		i = 1;
	if (i < n && levels & MANIFEST_SPEC && is_containers(words[i])) {
		levels = MANIFEST_CONTAINER;
		i++;
	}
	if (i < n && levels & (MANIFEST_SPEC | MANIFEST_CONTAINER) && !strcmp(words[i], "securityContext")) {
		levels = levels == MANIFEST_SPEC	? MANIFEST_POD
			 : levels == MANIFEST_CONTAINER ? MANIFEST_CONTEXT
							: MANIFEST_POD | MANIFEST_CONTEXT;
		i++;
	}
	*ret_used = i;
	return levels;
}

static void strip_indexes(char *text)
{
	char *to = text;

	for (char *p = text; *p; p++) {
		if (*p == '[')
			p += strcspn(p, "]");
		else
			*to++ = *p;
		if (!*p)
			break;
	}
	*to = '\0';
}

/* The rest of the words, put together again in place: "capabilities.add". */
static char *read_path(char *text, struct path *ret)
{
	CLEANUP_FREE char *copy = strdup(text);
	char *words[WORDS_MAX], *save = NULL, *name = text;
	size_t n = 0, used;

	if (!copy)
		return NULL;
	strip_indexes(copy);
	for (char *word = strtok_r(copy, ".", &save); word && n < WORDS_MAX;
		word = strtok_r(NULL, ".", &save))
		words[n++] = word;
	ret->levels = level_of(words, n, &used);
	*name = '\0';
	for (size_t i = used; i < n; i++) {
		if (i > used)
			*name++ = '.';
		name = stpcpy(name, words[i]); /* never more than was there */
	}
	ret->name = text;
	return text;
}

static const struct manifest_field *find_field(
	const char *name, unsigned int levels, unsigned int *ret_levels)
{
	for (unsigned int level = 1; level <= MANIFEST_CONTEXT; level <<= 1) {
		const struct manifest_field *field =
			levels & level ? manifest_field(name, (enum manifest_level)level) : NULL;

		if (field) {
			*ret_levels = field->levels & levels;
			return field;
		}
	}
	return NULL;
}

/* It exists, but not there. */
static int misplaced(const char *name, unsigned int levels, struct err *err)
{
	CLEANUP_BUF struct buf path = {0};
	unsigned int elsewhere;
	const struct manifest_field *field = find_field(name, ~levels, &elsewhere);

	if (!field)
		return -ENOENT;
	for (unsigned int level = 1; level <= MANIFEST_CONTEXT; level <<= 1)
		if (elsewhere & level && !path.len)
			explain_path(&path, field, (enum manifest_level)level);
	err_set(err, -ENOENT, ERR_USAGE, "%s does not exist at that level", name);
	return err_hint(err, "did you mean field/pod.%s?", buf_text(&path));
}

static const char *type_of(const struct manifest_field *field)
{
	static const char *const types[] = {
		[MANIFEST_TEXT] = "a text",
		[MANIFEST_WORD] = "one of",
		[MANIFEST_BOOL] = "true or false",
		[MANIFEST_ID] = "a number from 0 to 2147483647",
		[MANIFEST_IDS] = "a list of numbers",
		[MANIFEST_TEXTS] = "a list of texts",
		[MANIFEST_CAPS] = "a list of capabilities, without CAP_, or ALL",
		[MANIFEST_PAIRS] = "names with values",
		[MANIFEST_OBJECT] = "an object",
		[MANIFEST_ANY] = "an object",
	};

	return types[field->type];
}

static void add_where(const struct manifest_field *field, unsigned int levels, struct explanation *e)
{
	CLEANUP_BUF struct buf words = {0};

	for (unsigned int level = 1; level <= MANIFEST_CONTEXT; level <<= 1) {
		CLEANUP_BUF struct buf path = {0};

		if (!(levels & level))
			continue;
		explain_path(&path, field, (enum manifest_level)level);
		explain_add(e, "Kubernetes", "%s", buf_text(&path));
	}
	buf_str(&words, type_of(field));
	for (const char *p = field->words; p && *p; p++) {
		if (p == field->words)
			buf_char(&words, ' ');
		if (*p == '|')
			buf_str(&words, ", ");
		else
			buf_char(&words, *p);
	}
	explain_add(e, "value", "%s", buf_text(&words));
	if (field->unset)
		explain_add(e, "unset", "%s", field->unset);
}

static int explain_row(const struct manifest_field *field, unsigned int levels, struct explanation *e)
{
	const struct explain_field *row = explain_field(field);
	const unsigned int both = MANIFEST_POD | MANIFEST_CONTEXT;

	explain_add(e, NULL, "%s", row ? row->text : field->help);
	if ((field->levels & both) == both)
		explain_add(
			e, NULL, "At Pod level it reaches all containers; a container's own wins over it.");
	else if (field->levels & both)
		explain_add(e, NULL, "It exists at %s level only.",
			field->levels & MANIFEST_POD ? "Pod" : "container");
	add_where(field, levels, e);
	explain_add(e, "docker", "%s", row && row->docker ? row->docker : "none");
	explain_add(e, "podman", "%s", row && row->podman ? row->podman : "none");
	if (row && row->page)
		explain_add(e, "manual", "%s", row->page);
	return asprintf(&e->title, "field/%s: %s", field->name, field->help) < 0 ? -ENOMEM : 0;
}

/* A level by itself: what it has. */
static int explain_level(unsigned int levels, struct explanation *e)
{
	size_t n;
	const struct manifest_field *fields = manifest_fields(&n);
	CLEANUP_BUF struct buf names = {0}, path = {0};

	for (size_t i = 0; i < n; i++) {
		if (!(fields[i].levels & levels) || strchr(fields[i].name, '.'))
			continue;
		if (!path.len)
			explain_path(&path, &fields[i], (enum manifest_level)(levels & -levels));
		buf_printf(&names, "%s%s", names.len ? ", " : "", fields[i].name);
	}
	if (!path.len)
		return -ENOENT;
	path.data[strlen(buf_text(&path)) - strlen(strrchr(buf_text(&path), '.'))] = '\0';
	explain_add(e, NULL, "What nsctl understands there: %s.", buf_text(&names));
	return asprintf(&e->title, "field/pod.%s: a level of a manifest", buf_text(&path)) < 0 ? -ENOMEM : 0;
}

int explain_manifest(const char *path, struct explanation *e, struct err *err)
{
	CLEANUP_FREE char *copy = strdup(path);
	const struct manifest_field *field;
	struct path p;
	unsigned int levels;

	if (!copy || !read_path(copy, &p))
		return -ENOMEM;
	if (!*p.name)
		return p.levels == ~0u ? -ENOENT : explain_level(p.levels, e);
	field = find_field(p.name, p.levels, &levels);
	return field ? explain_row(field, levels, e) : misplaced(p.name, p.levels, err);
}
