/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json_slice agrees with json_parse. Input: PATH, CUT, the document.
 */
#include "fuzz.h"

#include <errno.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "data/json.h"

struct names {
	size_t members;
	bool dots;
};

static int count(void *data, const char *name, struct json_object *value);

static void count_in(struct names *names, struct json_object *value)
{
	json_each(value, count, names);
	for (size_t i = 0; i < json_length(value); i++)
		count_in(names, json_item(value, i));
}

static int count(void *data, const char *name, struct json_object *value)
{
	struct names *names = data;

	names->members++;
	names->dots |= strchr(name, '.') != NULL || !*name;
	count_in(names, value);
	return 0;
}

/* Members that the text has, duplicates too. */
static size_t colons(const char *text, size_t len)
{
	size_t n = 0;
	bool string = false;

	for (size_t i = 0; i < len; i++) {
		if (string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			string = !string;
		else if (!string && text[i] == ':')
			n++;
	}
	return n;
}

/* The member's holder, or NULL, and its last name. */
static struct json_object *walk(struct json_object *doc, char *path, const char **ret_last)
{
	struct json_object *holder = doc;
	char *save = path, *name = strsep(&save, ".");

	while (save) {
		holder = json_at(holder, name, NULL);
		name = strsep(&save, ".");
	}
	*ret_last = name;
	return json_has(holder, name) ? holder : NULL;
}

static void check_same(const char *at, size_t len, struct json_object *value)
{
	CLEANUP_ERR struct err err = {0};
	CLEANUP_JSON struct json_object *doc = NULL;
	CLEANUP_BUF struct buf mine = {0}, theirs = {0};

	FUZZ_CHECK(json_parse("slice", at, len, &doc, &err) == 0);
	json_write(&mine, doc, false);
	json_write(&theirs, value, false);
	FUZZ_CHECK(!strcmp(buf_text(&mine), buf_text(&theirs)));
}

/* The elements of a slice; of one that json_parse() takes (`value`), those that it has. */
static void check_elements(const char *text, size_t len, struct json_object *value)
{
	const char *at = NULL, *item;
	size_t n = 0, item_len;
	int r;

	while (!(r = json_slice_next(text, len, &at, &item, &item_len))) {
		FUZZ_CHECK(item > text && item_len > 0 && (size_t)(item - text) + item_len <= len);
		if (n < json_length(value))
			check_same(item, item_len, json_item(value, n));
		n++;
	}
	FUZZ_CHECK(r == -ENOENT || r == -EBADMSG);
	if (value)
		FUZZ_CHECK(r == -ENOENT && n == json_length(value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	CLEANUP_FREE char *path = fuzz_part(&in, NULL), *text = NULL;
	CLEANUP_JSON struct json_object *doc = NULL;
	CLEANUP_ERR struct err err = {0};
	struct json_object *holder;
	struct names names = {0};
	const char *at = NULL, *last;
	size_t len = 0;
	int r;

	text = malloc(in.left ? in.left : 1); /* no NUL behind it */
	if (!text)
		abort();
	memcpy(text, in.at, in.left);
	r = json_slice(text, in.left, path, &at, &len);
	FUZZ_CHECK(r == 0 || r == -ENOENT || r == -EBADMSG);
	if (r == 0)
		FUZZ_CHECK(at >= text && len > 0 && (size_t)(at - text) + len <= in.left);
	if (r == 0)
		check_elements(at, len, NULL);
	if (json_parse("f", text, in.left, &doc, &err) < 0)
		return 0;
	/* the whole text is JSON: it can only be there or not */
	FUZZ_CHECK(r != -EBADMSG);
	count_in(&names, doc);
	if (names.dots || names.members != colons(text, in.left) || !*path || strstr(path, ".."))
		return 0;
	if (memmem(text, in.left, "\\u0000", 6)) /* a name would end there for json-c */
		return 0;
	if (path[0] == '.' || path[strlen(path) - 1] == '.')
		return 0;
	holder = walk(doc, path, &last);
	FUZZ_CHECK((holder != NULL) == (r == 0));
	if (holder) {
		check_same(at, len, json_at(holder, last, NULL));
		check_elements(at, len, json_at(holder, last, NULL));
	}
	return 0;
}
