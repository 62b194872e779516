/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One value of a manifest, read by the type of its row.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/caps.h"
#include "model/manifest_reader.h"

#define ID_MAX 2147483647 /* Kubernetes' own limit of uids and gids */

int manifest_want(struct manifest_reader *r, const struct yaml_node *node, enum yaml_type type)
{
	if (node->type == type)
		return 0;
	manifest_fail(r, node, "%s must be %s, not %s", buf_text(&r->path), yaml_type_name(type),
		node->type == YAML_BOOL ? "a boolean" : yaml_type_name(node->type));
	if (type == YAML_TEXT &&
		(node->type == YAML_INT || node->type == YAML_FLOAT || node->type == YAML_BOOL))
		err_hint(r->err, "put it in quotes: \"%s\"", node->text);
	if ((type == YAML_INT || type == YAML_BOOL) && node->type == YAML_TEXT && !node->plain &&
		yaml_plain_type(node->text, NULL, NULL) == type)
		err_hint(r->err, "write it without quotes: %s", node->text);
	return r->err->code;
}

static int read_id(struct manifest_reader *r, const struct yaml_node *node, int64_t *ret)
{
	if (node->type == YAML_FLOAT)
		return manifest_fail(r, node, "%s must be a whole number", buf_text(&r->path));
	if (manifest_want(r, node, YAML_INT))
		return r->err->code;
	if (node->number < 0 || node->number > ID_MAX)
		return manifest_fail(r, node, "%s is out of range: 0 to %d", buf_text(&r->path), ID_MAX);
	*ret = node->number;
	return 0;
}

/* "A|B|C" as an array of words, cut out of *copy. */
static size_t split_words(char *copy, const char *words[8])
{
	size_t n = 0;
	char *word;

	while (n < 8 && (word = strsep(&copy, "|")))
		words[n++] = word;
	return n;
}

static int check_word(
	struct manifest_reader *r, const struct manifest_field *field, const struct yaml_node *node)
{
	CLEANUP_FREE char *copy = strdup(field->words);
	CLEANUP_BUF struct buf list = {0};
	const char *words[8], *nearest;
	size_t n;

	if (!copy)
		return err_sys(r->err, -ENOMEM, "%s", r->file);
	n = split_words(copy, words);
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(words[i], node->text))
			return 0;
		buf_printf(&list, "%s%s", !i ? "" : i + 1 < n ? ", " : " or ", words[i]);
	}
	manifest_fail(r, node, "%s must be %s, not \"%s\"", buf_text(&r->path), buf_text(&list), node->text);
	nearest = text_nearest(node->text, words, n);
	if (nearest)
		err_hint(r->err, "did you mean %s?", nearest);
	return r->err->code;
}

/* As an error that says which of the list it is. Kubernetes has names only, caps_parse() numbers too. */
static int read_capability(
	struct manifest_reader *r, const struct yaml_node *node, struct manifest_value *value)
{
	CLEANUP_ERR struct err why = {0};
	const char *bare = strncasecmp(node->text, "CAP_", 4) ? node->text : node->text + 4;
	CLEANUP_FREE char *upper = strdup(bare);
	unsigned int number = 0;

	if (!upper)
		return err_sys(r->err, -ENOMEM, "%s", r->file);
	for (char *c = upper; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	if (!strcmp(upper, "ALL")) {
		value->all = true;
	} else if (!isalpha((unsigned char)*upper) || caps_parse(bare, &number, &why)) {
		manifest_fail(r, node, "%s: unknown capability \"%s\"", buf_text(&r->path), node->text);
		if (why.hint)
			err_hint(r->err, "%s", why.hint);
		return r->err->code;
	} else {
		value->mask |= UINT64_C(1) << number;
	}
	if (!strcmp(node->text, upper))
		return 0;
	return manifest_add_remark(r, MANIFEST_NOTE, node->line, node->column,
		"read as %s: manifests name capabilities in upper case and without CAP_, and what an engine "
		"makes of another "
		"form differs",
		upper);
}

static struct manifest_item *add_item(struct manifest_value *value, const struct yaml_node *node)
{
	struct manifest_item *item = &value->items[value->n_items++];

	*item = (struct manifest_item){.text = node->text, .line = node->line, .column = node->column};
	return item;
}

/* A list of scalars. */
static int read_items(struct manifest_reader *r, const struct manifest_field *field,
	const struct yaml_node *node, struct manifest_value *value)
{
	size_t mark;
	int code = 0;

	for (const struct yaml_node *item = node->child; item && !code; item = item->next) {
		mark = manifest_down(r, "[%zu]", value->n_items);
		if (field->type == MANIFEST_IDS)
			code = read_id(r, item, &add_item(value, item)->number);
		else
			code = manifest_want(r, item, YAML_TEXT);
		if (!code && field->type != MANIFEST_IDS)
			add_item(value, item);
		if (!code && field->type == MANIFEST_CAPS)
			code = read_capability(r, item, value);
		manifest_up(r, mark);
	}
	return code;
}

/* {name, value} of env and sysctls. env may say where a value comes from instead. */
static int read_pair(struct manifest_reader *r, const struct yaml_node *node, struct manifest_item *item)
{
	static const char *const own[] = {"name", "value", "valueFrom", NULL};
	const struct yaml_node *name, *text, *from;
	size_t mark;

	if (manifest_want(r, node, YAML_MAP) || manifest_check_names(r, node, 0, own))
		return r->err->code;
	name = yaml_get(node, "name");
	text = yaml_get(node, "value");
	from = yaml_get(node, "valueFrom");
	mark = manifest_down(r, ".name");
	if (!name || name->type == YAML_NULL)
		return manifest_fail(r, node, "%s is missing", buf_text(&r->path));
	if (manifest_want(r, name, YAML_TEXT))
		return r->err->code;
	if (!*name->text || strchr(name->text, '='))
		return manifest_fail(r, name, "%s must be a name without =", buf_text(&r->path));
	manifest_up(r, mark);
	item->name = name->text;
	item->text = "";
	item->line = name->line;
	item->column = name->column;
	if (from) {
		mark = manifest_down(r, ".valueFrom");
		manifest_add_remark(r, MANIFEST_UNUSED, from->line, from->column, "not applied here");
		manifest_up(r, mark);
	}
	if (!text || text->type == YAML_NULL)
		return r->err->code;
	mark = manifest_down(r, ".value");
	if (manifest_want(r, text, YAML_TEXT))
		return r->err->code;
	manifest_up(r, mark);
	item->text = text->text;
	item->line = text->line;
	item->column = text->column;
	return r->err->code;
}

static int read_pairs(struct manifest_reader *r, const struct yaml_node *node, struct manifest_value *value)
{
	size_t mark;
	int code = 0;

	for (const struct yaml_node *child = node->child; child && !code; child = child->next) {
		struct manifest_item *item = add_item(value, child);

		if (node->type == YAML_LIST) {
			mark = manifest_down(r, "[%zu]", value->n_items - 1);
			code = read_pair(r, child, item);
		} else {
			mark = manifest_down(r, ".%s", child->key->text);
			code = manifest_want(r, child, YAML_TEXT);
			item->name = child->key->text;
		}
		manifest_up(r, mark);
	}
	return code;
}

static enum yaml_type type_of(const struct manifest_field *field, enum manifest_level level)
{
	switch (field->type) {
	case MANIFEST_BOOL:
		return YAML_BOOL;
	case MANIFEST_ID:
		return YAML_INT;
	case MANIFEST_TEXTS:
	case MANIFEST_IDS:
	case MANIFEST_CAPS:
		return YAML_LIST;
	case MANIFEST_PAIRS:
		return level == MANIFEST_METADATA ? YAML_MAP : YAML_LIST;
	case MANIFEST_OBJECT:
		return YAML_MAP;
	default:
		return YAML_TEXT;
	}
}

int manifest_read_value(struct manifest_reader *r, const struct manifest_field *field,
	enum manifest_level level, const struct yaml_node *node, struct manifest_value *ret)
{
	int code = 0;

	ret->line = node->line;
	ret->column = node->column;
	ret->level = level;
	if (node->type == YAML_NULL)
		return 0;
	if (field->type == MANIFEST_ID)
		code = read_id(r, node, &ret->number);
	else if (field->type != MANIFEST_ANY)
		code = manifest_want(r, node, type_of(field, level));
	if (code)
		return code;
	ret->truth = node->truth;
	if (node->type != YAML_MAP && node->type != YAML_LIST)
		ret->text = node->text;
	if (field->type == MANIFEST_WORD)
		code = check_word(r, field, node);
	if (node->n && field->type != MANIFEST_OBJECT && field->type != MANIFEST_ANY) {
		ret->items = calloc(node->n, sizeof(*ret->items));
		if (!ret->items)
			return err_sys(r->err, -ENOMEM, "%s", r->file);
		code = field->type == MANIFEST_PAIRS ? read_pairs(r, node, ret)
						     : read_items(r, field, node, ret);
	}
	ret->set = true;
	return code;
}

char *manifest_expand(
	const char *text, const char *(*look_up)(void *data, const char *name, size_t len), void *data)
{
	CLEANUP_BUF struct buf out = {0};

	for (; *text; text++) {
		const char *end = text[0] == '$' && text[1] == '(' ? strchr(text, ')') : NULL;
		const char *value = end ? look_up(data, text + 2, (size_t)(end - text - 2)) : NULL;

		if (value) {
			buf_str(&out, value);
			text = end;
			continue;
		}
		buf_char(&out, *text);
		if (text[0] == '$' && text[1] == '$')
			text++;
	}
	return out.failed ? NULL : out.len ? buf_take(&out) : strdup("");
}
