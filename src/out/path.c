/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

#define KEYS_NAMED 64 /* in a message */

enum step_kind {
	STEP_END,
	STEP_KEY,
	STEP_INDEX,
	STEP_ALL,
	STEP_BAD,
};

struct step {
	enum step_kind kind;
	char *key; /* owned */
	uint64_t index;
	bool from_end;
};

static void step_free(struct step *step)
{
	free(step->key);
}

/* A path that is being read: text[at..end). */
struct path {
	const char *at, *end;
};

/* Braces around it say nothing: kubectl takes a path with and without them. */
static struct path path_begin(const char *text, size_t len)
{
	if (len > 1 && text[0] == '{' && text[len - 1] == '}')
		return (struct path){text + 1, text + len - 1};
	return (struct path){text, text + len};
}

static enum step_kind read_name(struct path *path, struct step *ret)
{
	CLEANUP_BUF struct buf name = {0};

	for (; path->at < path->end && *path->at != '.' && *path->at != '['; path->at++) {
		path->at += *path->at == '\\' && path->at + 1 < path->end;
		buf_char(&name, *path->at);
	}
	if (!name.len)
		return STEP_BAD;
	ret->key = buf_take(&name);
	return STEP_KEY;
}

/* What is in brackets; the first one is behind us. */
static enum step_kind read_brackets(struct path *path, struct step *ret)
{
	const char *begin = path->at, *close;
	CLEANUP_FREE char *digits = NULL;
	char quote = begin < path->end ? *begin : '\0';

	if (quote == '\'' || quote == '"') {
		close = memchr(begin + 1, quote, (size_t)(path->end - begin) - 1);
		if (!close || close + 1 >= path->end || close[1] != ']')
			return STEP_BAD;
		ret->key = strndup(begin + 1, (size_t)(close - begin) - 1);
		path->at = close + 2;
		return STEP_KEY;
	}
	close = begin < path->end ? memchr(begin, ']', (size_t)(path->end - begin)) : NULL;
	if (!close)
		return STEP_BAD;
	path->at = close + 1;
	if (close - begin == 1 && *begin == '*')
		return STEP_ALL;
	ret->from_end = *begin == '-';
	begin += ret->from_end;
	digits = strndup(begin, (size_t)(close - begin));
	return digits && !text_u64(digits, UINT32_MAX, &ret->index) ? STEP_INDEX : STEP_BAD;
}

static enum step_kind next_step(struct path *path, bool first, struct step *ret)
{
	*ret = (struct step){.kind = STEP_BAD};
	if (path->at == path->end)
		ret->kind = first ? STEP_BAD : STEP_END;
	else if (*path->at == '.' && path->at++)
		ret->kind = read_name(path, ret);
	else if (*path->at == '[' && path->at++)
		ret->kind = read_brackets(path, ret);
	else if (first)
		ret->kind = read_name(path, ret);
	return ret->kind;
}

static int bad_path(const char *path, size_t len, struct err *err)
{
	err_set(err, -EINVAL, ERR_USAGE, "custom-columns: \"%.*s\" is no path", (int)len, path);
	return err_hint(err, "as in .pod.name, .command[0], .labels['app.kubernetes.io/name']");
}

int path_check(const char *text, size_t len, struct err *err)
{
	struct path path = path_begin(text, len);

	for (bool first = true;; first = false) {
		CLEANUP(step_free) struct step step;

		switch (next_step(&path, first, &step)) {
		case STEP_END:
			return 0;
		case STEP_BAD:
			return bad_path(text, len, err);
		default:
			break;
		}
	}
}

/* The keys of an object, for a message. */
struct keys {
	const char *names[KEYS_NAMED];
	size_t n;
	struct buf list;
};

static int add_key(void *data, const char *name, struct json_object *value)
{
	struct keys *keys = data;

	(void)value;
	if (keys->n == KEYS_NAMED)
		return 1;
	keys->names[keys->n] = name;
	buf_str(&keys->list, keys->n++ ? ", ." : ".");
	buf_str(&keys->list, name);
	return 0;
}

static int no_key(const struct view *view, struct json_object *from, const char *key, struct err *err)
{
	struct keys keys = {.n = 0};
	const char *nearest;

	json_each(from, add_key, &keys);
	nearest = text_nearest(key, keys.names, keys.n);
	err_set(err, -EINVAL, ERR_USAGE, "custom-columns: a %s has no .%s there", view->kind, key);
	if (nearest)
		err_hint(err, "did you mean .%s?", nearest);
	else if (json_kind(from) == JSON_LIST)
		err_hint(err, "it is a list: [0] is its first value, [*] are all");
	else if (keys.n)
		err_hint(err, "there are: %s", buf_text(&keys.list));
	else
		err_hint(err, "it is a single value");
	buf_free(&keys.list);
	return err->code;
}

static bool is_map(const struct view *view, const char *key)
{
	for (const char *const *map = view->maps; key && map && *map; map++)
		if (!strcmp(*map, key))
			return true;
	return false;
}

/* A walk down from an item. */
struct walk {
	const struct view *view;
	struct cell *cell;
	struct err *err;
	bool joined; /* several values are joined in the cell */
};

static int walk(struct walk *w, struct path path, bool first, const char *map, struct json_object *from);

static void add_value(struct walk *w, struct json_object *value)
{
	CLEANUP_BUF struct buf text = {0};
	uint64_t number;
	size_t len = 0;
	const char *string = json_string(value, &len);

	if (!string) {
		json_write(&text, value, false);
		w->cell->text.failed |= text.failed;
		if (!w->joined && json_kind(value) == JSON_NUMBER &&
			!text_u64(buf_text(&text), UINT64_MAX, &number)) {
			cell_number(w->cell, number);
			return;
		}
		string = buf_text(&text);
		len = text.len;
	}
	buf_add(&w->cell->text, string, len);
	w->cell->kind = w->cell->text.len ? CELL_TEXT : CELL_NONE;
}

static int walk_all(struct walk *w, struct path path, struct json_object *from)
{
	int r = 0;

	w->joined = true;
	for (size_t i = 0; !r && i < json_length(from); i++) {
		if (i)
			buf_char(&w->cell->text, ',');
		r = walk(w, path, false, NULL, json_item(from, i));
	}
	return r;
}

static int walk_key(
	struct walk *w, struct path path, const char *key, const char *map, struct json_object *from)
{
	if (!key)
		return err_no_memory(w->err);
	if (json_kind(from) == JSON_NULL)
		return 0;
	if (json_has(from, key))
		return walk(w, path, false, key, json_at(from, key, NULL));
	return is_map(w->view, map) ? 0 : no_key(w->view, from, key, w->err);
}

static int walk(struct walk *w, struct path path, bool first, const char *map, struct json_object *from)
{
	CLEANUP(step_free) struct step step = {0};
	size_t n = json_length(from);

	switch (next_step(&path, first, &step)) {
	case STEP_END:
		if (json_kind(from) == JSON_LIST)
			return walk_all(w, path, from);
		if (json_kind(from) != JSON_NULL)
			add_value(w, from);
		return 0;
	case STEP_KEY:
		return walk_key(w, path, step.key, map, from);
	case STEP_INDEX:
		if (step.from_end ? !step.index || step.index > n : step.index >= n)
			return 0;
		return walk(w, path, false, NULL,
			json_item(from, step.from_end ? n - (size_t)step.index : (size_t)step.index));
	case STEP_ALL:
		return walk_all(w, path, from);
	case STEP_BAD:
		break;
	}
	return err_set(w->err, -EINVAL, ERR_USAGE, "custom-columns: a path that is none");
}

int path_read(const char *text, size_t len, const struct view *view, struct json_object *item,
	struct cell *ret, struct err *err)
{
	struct walk w = {view, ret, err, false};
	int r = walk(&w, path_begin(text, len), true, NULL, item);

	if (ret->kind == CELL_TEXT && !ret->text.len)
		ret->kind = CELL_NONE;
	return r;
}

/* The length of HEAD:.path up to the comma behind it, or the end; commas in brackets are the path's. */
static size_t column_len(const char *text)
{
	size_t len = 0;
	bool inside = false;

	for (; text[len] && (inside || text[len] != ','); len++) {
		inside |= text[len] == '[';
		inside &= text[len] != ']';
	}
	return len;
}

int path_columns(const char *text, struct path_column *ret, size_t max, struct err *err)
{
	size_t n = 0;

	for (;; n++) {
		size_t len = column_len(text);
		const char *colon = memchr(text, ':', len);
		int r;

		if (!colon || colon == text) {
			err_set(err, -EINVAL, ERR_USAGE, "custom-columns wants HEAD:.path, not \"%.*s\"", (int)len, text);
			return err_hint(err, "as in -o custom-columns=NAME:.name,POD:.pod.name");
		}
		if (n == max)
			return err_set(err, -EINVAL, ERR_USAGE, "custom-columns: more than %zu columns", max);
		ret[n] = (struct path_column){
			text, colon + 1, (size_t)(colon - text), len - (size_t)(colon + 1 - text)};
		r = path_check(ret[n].path, ret[n].path_len, err);
		if (r < 0)
			return r;
		text += len;
		if (!*text++)
			break;
	}
	return (int)n + 1;
}
