/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keys of a config file: one row each, and what their values may be.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/config.h"
#include "app/verb.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "engine/engine.h"
#include "out/columns.h"
#include "out/filter.h"
#include "out/out.h"

#define NAMES_MAX 64

struct reader {
	struct config_level *level;
	struct err *err;
};

/* "FILE:LINE:COLUMN: " before what is wrong there. */
static int at(const struct reader *r, const struct yaml_node *node)
{
	r->err->kind = ERR_FAILED;
	return err_prefix(r->err, "%s:%u:%u", r->level->docs.name, node->line, node->column);
}

static int wrong(const struct reader *r, const struct yaml_node *node, const char *what, const char *wants, const char *hint)
{
	err_set(r->err, -EINVAL, ERR_FAILED, "%s wants %s, not %s", what, wants, yaml_type_name(node->type));
	if (hint)
		err_hint(r->err, "%s", hint);
	return at(r, node);
}

/* One of a few words; the nearest is named. */
static int one_of(const struct reader *r, const struct yaml_node *node, const char *what, const char *text,
	const char *const *names, size_t n)
{
	CLEANUP_BUF struct buf list = {0};
	const char *nearest;

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(text, names[i]))
			return 0;
		buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
	}
	nearest = text_nearest(text, names, n);
	err_set(r->err, -EINVAL, ERR_FAILED, "unknown %s %s", what, *text ? text : "\"\"");
	if (nearest)
		err_hint(r->err, "did you mean %s?", nearest);
	else
		err_hint(r->err, "there are: %s", buf_text(&list));
	return at(r, node);
}

/* ---- output and columns */

/* The views behind a key: a verb's own, and that of the noun of get. Either may be NULL. */
struct views {
	const struct view *of_verb, *of_noun;
};

static struct views views_of(const char *name)
{
	const struct verb *verb = verb_by_name(name), *get = verb_by_name("get");
	struct views views = {
		.of_verb = verb && verb->summary ? verb->view : NULL,
		.of_noun = get->view_of(name),
	};

	/* `caps` is the verb, although get has a noun of that name as well */
	if (views.of_verb && views.of_noun && strcmp(views.of_verb->kind, views.of_noun->kind) != 0)
		views.of_noun = NULL;
	return views;
}

static int unknown_list(const struct reader *r, const struct yaml_node *key)
{
	const char *names[NAMES_MAX], *help, *noun;
	const struct verb *get = verb_by_name("get");
	size_t n = 0;

	for (size_t i = 0; (noun = get->choice(i, &help)) && n < NAMES_MAX; i++)
		names[n++] = noun;
	for (const struct verb *const *v = verbs; *v && n < NAMES_MAX; v++)
		if ((*v)->summary && (*v)->view && !get->view_of((*v)->name))
			names[n++] = (*v)->name;
	return one_of(r, key, "list", key->text, names, n);
}

/* The entry of the list that a key names, made when there is none. */
static struct config_list *list_of(const struct reader *r, const struct yaml_node *key, struct views *ret_views)
{
	struct config_level *level = r->level;
	struct config_list *grown;
	const char *kind;

	*ret_views = views_of(key->text);
	if (!ret_views->of_verb && !ret_views->of_noun) {
		unknown_list(r, key);
		return NULL;
	}
	kind = ret_views->of_verb ? ret_views->of_verb->kind : ret_views->of_noun->kind;
	for (size_t i = 0; i < level->n_lists; i++)
		if (!strcmp(level->lists[i].kind, kind))
			return &level->lists[i];
	grown = reallocarray(level->lists, level->n_lists + 1, sizeof(*grown));
	if (!grown) {
		err_no_memory(r->err);
		return NULL;
	}
	level->lists = grown;
	grown[level->n_lists] = (struct config_list){.kind = kind, .key = key};
	return &grown[level->n_lists++];
}

/* Two names of one list, each with a word on the same. */
static int said_twice(const struct reader *r, const struct config_list *list, const struct yaml_node *key)
{
	err_set(r->err, -EINVAL, ERR_FAILED, "%s and %s are one list", list->key->text, key->text);
	return at(r, key);
}

static int read_format(const struct reader *r, const struct yaml_node *node, bool one_list, const char **ret)
{
	const char *names[NAMES_MAX], *name;
	size_t n = 0;

	if (node->type != YAML_TEXT)
		return wrong(r, node, "output", "a format", "such as wide or json; or one for each list: output: {containers: wide}");
	for (size_t i = 0; (name = out_format_name(i, NULL, NULL)) && n < NAMES_MAX; i++) {
		size_t len = strlen(name);

		if (len && name[len - 1] != '=') {
			names[n++] = name;
			continue;
		}
		if (strncmp(node->text, name, len) != 0 || !node->text[len])
			continue;
		if (one_list) {
			*ret = node->text;
			return 0;
		}
		err_set(r->err, -EINVAL, ERR_FAILED, "custom-columns are one list's");
		err_hint(r->err, "output: {containers: custom-columns=NAME:.name}");
		return at(r, node);
	}
	*ret = node->text;
	return one_of(r, node, "output format", node->text, names, n);
}

static int read_output(const struct reader *r, const struct yaml_node *value)
{
	if (value->type != YAML_MAP)
		return read_format(r, value, false, &r->level->output);
	for (const struct yaml_node *c = value->child; c; c = c->next) {
		struct views views;
		struct config_list *list = list_of(r, c->key, &views);
		int e = !list ? r->err->code : list->output ? said_twice(r, list, c->key) : read_format(r, c, true, &list->output);

		if (e < 0)
			return e;
	}
	return 0;
}

/* A name that either view has; the error is that of the one that a person has named. */
static int check_column(const struct reader *r, const struct views *views, const struct yaml_node *node, const char *name, size_t len)
{
	CLEANUP_ERR struct err other = {0};

	if (views->of_verb && views->of_noun && view_column(views->of_noun, name, len, &other))
		return 0;
	if (view_column(views->of_verb ? views->of_verb : views->of_noun, name, len, r->err))
		return 0;
	return at(r, node);
}

/* "A,B" or "+A,B". */
static int add_columns(const struct reader *r, const struct views *views, const struct yaml_node *node, bool first, struct buf *to)
{
	const char *text = node->text;

	if (node->type != YAML_TEXT)
		return wrong(r, node, "a column", "a name", NULL);
	if (first && *text == '+') {
		buf_char(to, '+');
		text++;
	} else if (!first) {
		buf_char(to, ',');
	}
	for (const char *p = text;; p++) {
		size_t len = strcspn(p, ",");
		int e = check_column(r, views, node, p, len);

		if (e < 0)
			return e;
		p += len;
		if (!*p)
			break;
	}
	buf_str(to, text);
	return 0;
}

static int read_list_columns(const struct reader *r, const struct views *views, const struct yaml_node *value, char **ret)
{
	CLEANUP_BUF struct buf text = {0};
	int e = 0;

	if (value->type == YAML_TEXT)
		e = add_columns(r, views, value, true, &text);
	else if (value->type != YAML_LIST || !value->n)
		return wrong(r, value, "columns", "a list of names", "columns: {containers: [NAME, ENGINE]}");
	for (const struct yaml_node *c = value->type == YAML_LIST ? value->child : NULL; c && !e; c = c->next)
		e = add_columns(r, views, c, c == value->child, &text);
	if (e < 0)
		return e;
	*ret = buf_take(&text);
	return *ret ? 0 : err_no_memory(r->err);
}

static int read_columns(const struct reader *r, const struct yaml_node *value)
{
	if (value->type != YAML_MAP)
		return wrong(r, value, "columns", "an object, for a column is one list's", "columns: {containers: [NAME, ENGINE], ps: [+AGE]}");
	for (const struct yaml_node *c = value->child; c; c = c->next) {
		struct views views;
		struct config_list *list = list_of(r, c->key, &views);
		int e = !list ? r->err->code
			: list->columns ? said_twice(r, list, c->key) : read_list_columns(r, &views, c, &list->columns);

		if (e < 0)
			return e;
	}
	return 0;
}

/* ---- roots and colour */

static int read_root(const struct reader *r, const struct yaml_node *node)
{
	const char *names[NAMES_MAX];
	CLEANUP_FREE char *engine = NULL;
	size_t n = 0;
	int e;

	if (node->type != YAML_TEXT || !strchr(node->text, '=')) {
		err_set(r->err, -EINVAL, ERR_FAILED, "a root is ENGINE=DIR, as of --root");
		err_hint(r->err, "roots: [docker=/srv/docker/exec, crun=]");
		return at(r, node);
	}
	engine = strndup(node->text, strcspn(node->text, "="));
	if (!engine)
		return err_no_memory(r->err);
	for (const struct engine *known = engines; known->name && n < NAMES_MAX; known++)
		names[n++] = known->name;
	e = one_of(r, node, "engine", engine, names, n);
	if (!e && node->text[strlen(engine) + 1] && node->text[strlen(engine) + 1] != '/') {
		err_set(r->err, -EINVAL, ERR_FAILED, "the folder of a root begins with /");
		return at(r, node);
	}
	return e < 0 ? e : opt_list_add(&r->level->roots, node->text) < 0 ? err_no_memory(r->err) : 0;
}

static int read_roots(const struct reader *r, const struct yaml_node *value)
{
	int e = 0;

	if (value->type != YAML_LIST)
		return wrong(r, value, "roots", "a list", "roots: [docker=/srv/docker/exec, crun=]");
	for (const struct yaml_node *c = value->child; c && !e; c = c->next)
		e = read_root(r, c);
	return e;
}

static int read_color(const struct reader *r, const struct yaml_node *value)
{
	static const char *const names[] = {"auto", "always", "never"};

	if (r->level->color) {
		err_set(r->err, -EINVAL, ERR_FAILED, "color and colour are one key");
		return at(r, value->key);
	}
	r->level->color = value->text;
	return value->type != YAML_TEXT ? wrong(r, value, "color", "auto, always or never", NULL)
					: one_of(r, value, "word for color:", value->text, names, ARRAY_SIZE(names));
}

/* ---- the file */

static const struct {
	const char *name;
	int (*read)(const struct reader *r, const struct yaml_node *value);
} keys[] = {
	{"output", read_output},
	{"columns", read_columns},
	{"roots", read_roots},
	{"color", read_color},
	{"colour", read_color},
};

static int read_key(const struct reader *r, const struct yaml_node *value)
{
	const char *names[ARRAY_SIZE(keys)];

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		names[i] = keys[i].name;
		if (!strcmp(value->key->text, names[i]))
			return value->type == YAML_NULL ? 0 : keys[i].read(r, value); /* "roots:" and nothing behind it */
	}
	return one_of(r, value->key, "key", value->key->text, names, ARRAY_SIZE(names) - 1);
}

int config_parse(struct config_level *level, const char *text, size_t len, struct err *err)
{
	const struct reader r = {level, err};
	const struct yaml_node *root;
	int e = yaml_docs_parse(level->path, text, len, &level->docs, err);

	if (e < 0) {
		err->kind = ERR_FAILED;
		return e;
	}
	if (!level->docs.n)
		return 0;
	root = level->docs.items[level->docs.n - 1].root;
	if (level->docs.n > 1) {
		err_set(err, -EINVAL, ERR_FAILED, "a config file is one document");
		return at(&r, root);
	}
	if (root->type != YAML_MAP && root->type != YAML_NULL)
		return wrong(&r, root, "a config file", "an object", "output: wide");
	for (const struct yaml_node *c = root->child; c && !e; c = c->next)
		e = read_key(&r, c);
	return e;
}

void config_level_free(struct config_level *level)
{
	for (size_t i = 0; i < level->n_lists; i++)
		free(level->lists[i].columns);
	free(level->lists);
	opt_list_free(&level->roots);
	yaml_docs_free(&level->docs);
	free(level->path);
	*level = (struct config_level){0};
}
