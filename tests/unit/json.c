/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"

static struct json_object *parse(const char *text)
{
	CLEANUP_ERR struct err err = {0};
	struct json_object *doc = NULL;

	if (json_parse("t", text, strlen(text), &doc, &err))
		fail_msg("%s: %s", text, err.message);
	return doc;
}

static void reads_by_type(void **state)
{
	CLEANUP_JSON struct json_object *doc = parse(
		"{\"a\":{\"b\":\"x\",\"n\":-5,\"t\":true,\"z\":null,\"l\":[\"p\",1]},\"nul\":\"a\\u0000b\"}");

	(void)state;
	assert_string_equal(json_text(json_at(doc, "a", NULL), "b"), "x");
	assert_int_equal(json_i64(json_at(doc, "a", NULL), "n", 1), -5);
	assert_int_equal(json_u64(json_at(doc, "a", NULL), "n", 7), 7);
	assert_true(json_bool(json_at(doc, "a", NULL), "t", false));
	assert_true(json_has(json_at(doc, "a", NULL), "z"));
	assert_null(json_text(json_at(doc, "a", NULL), "n"));
	assert_null(json_at(doc, "a", "b", "c", NULL));
	assert_null(json_at(NULL, "a", NULL));
	assert_null(json_text(NULL, "a"));
	assert_int_equal(json_length(json_at(doc, "a", "l", NULL)), 2);
	assert_string_equal(json_item_text(json_at(doc, "a", "l", NULL), 0), "p");
	assert_null(json_item_text(json_at(doc, "a", "l", NULL), 1));
	assert_null(json_item(json_at(doc, "a", "l", NULL), 2));
	assert_null(json_text(doc, "nul"));
}

static void keeps_numbers_exact(void **state)
{
	CLEANUP_JSON struct json_object *doc =
		parse("{\"max\":18446744073709551615,\"i\":9223372036854775807,"
		      "\"o\":9223372036854775808,\"m\":-9223372036854775808}");
	CLEANUP_BUF struct buf out = {0};

	(void)state;
	assert_true(json_u64(doc, "max", 0) == UINT64_MAX);
	assert_true(json_i64(doc, "max", 3) == 3);
	assert_true(json_i64(doc, "i", 3) == INT64_MAX);
	assert_true(json_u64(doc, "i", 3) == INT64_MAX);
	assert_true(json_i64(doc, "o", 3) == 3);
	assert_true(json_i64(doc, "m", 3) == INT64_MIN);
	json_write(&out, doc, false);
	assert_string_equal(buf_text(&out), "{\"max\":18446744073709551615,\"i\":9223372036854775807,"
					    "\"o\":9223372036854775808,\"m\":-9223372036854775808}");
}

static void refuse(const char *text, size_t len, const char *message)
{
	CLEANUP_ERR struct err err = {0};
	CLEANUP_JSON struct json_object *doc = NULL;

	if (!json_parse("t.json", text, len, &doc, &err))
		fail_msg("accepted: %.60s", text);
	assert_null(doc);
	if (message)
		assert_string_equal(err.message, message);
}

static void refuses_with_a_position(void **state)
{
	static const char *const bad[] = {"", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}", "// x\n1",
		"/* x */ 1", "nul", "tru", "01", "1 2", "{}{}", "[1}", "\"abc", "\"a\\x\"", "NaN", "Infinity",
		"-", "[1 2]", "{\"a\" 1}", "\"a\nb\"", "18446744073709551616", "-9223372036854775809", "+1",
		".5", "TRUE", "Null"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		refuse(bad[i], strlen(bad[i]), NULL);
	refuse("{\"a\":\n 1,\n  x}", 14, "t.json:3:3: quoted object property name expected");
	refuse("{}\n\n  {}", 8, "t.json:3:3: data behind the document");
	refuse("{}\0 ", 4, "t.json:1:3: NUL byte");
}

static void refuses_depth_and_size(void **state)
{
	CLEANUP_FREE char *deep = malloc(200000);
	CLEANUP_FREE char *big = NULL;
	CLEANUP_JSON struct json_object *doc = NULL;
	size_t len = (size_t)JSON_SIZE_MAX + 1;

	(void)state;
	memset(deep, '[', 100000);
	memset(deep + 100000, ']', 100000);
	refuse(deep, 200000, NULL);
	deep[60] = '1';
	memset(deep + 61, ']', 60);
	deep[121] = '\0';
	doc = parse(deep);
	big = malloc(len);
	memset(big, ' ', len);
	big[0] = '1';
	refuse(big, len, NULL);
}

static void names_that_cannot_be_written_stay_apart(void **state)
{
	CLEANUP_BUF struct buf out = {0};
	CLEANUP_JSON struct json_object *doc = json_new_object(), *plain = json_new_object();

	(void)state;
	json_add(doc, "k\xff", json_new_i64(1));
	json_add(doc, "k\xfe", json_new_i64(2));
	json_add(doc, "k\xef\xbf\xbd", json_new_i64(3));
	json_add(doc, "k", json_new_i64(4));
	json_write(&out, doc, false);
	assert_string_equal(buf_text(&out), "{\"k\xef\xbf\xbd\":1,\"k\xef\xbf\xbd\xef\xbf\xbd\":2,"
					    "\"k\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\":3,\"k\":4}");
	json_add(plain, "k", json_new_i64(1));
	json_add(plain, "k", json_new_i64(2)); /* any other name means the same member */
	assert_int_equal(json_u64(plain, "k", 0), 2);
}

static void writes_valid_utf8(void **state)
{
	CLEANUP_JSON struct json_object *doc = json_new_object();
	CLEANUP_JSON struct json_object *raw = parse("\"a\xff"
						     "b\"");
	CLEANUP_BUF struct buf out = {0};

	(void)state;
	json_add_text(doc, "k\xff", "a\xc3(\xe2\x82\xac\xed\xa0\x80\"\\/");
	json_add_text(doc, "c", "\x1b[31m\x7f\n\xc2\x9b\xe2\x80\xae\xf0\x9f\x98\x80");
	json_add_text(doc, "null", NULL);
	json_write(&out, doc, false);
	assert_string_equal(buf_text(&out),
		"{\"k\xef\xbf\xbd\":\"a\xef\xbf\xbd(\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\\\"\\\\/"
		"\","
		"\"c\":\"\\u001b[31m\\u007f\\n\\u009b\\u202e\xf0\x9f\x98\x80\",\"null\":null}");
	buf_free(&out);
	json_write(&out, raw, false);
	assert_string_equal(buf_text(&out), "\"a\xef\xbf\xbd"
					    "b\"");
}

static void writes_pretty(void **state)
{
	CLEANUP_JSON struct json_object *doc = parse("{\"a\":[1,{\"b\":[]}],\"c\":{},\"d\":1.50}");
	CLEANUP_BUF struct buf out = {0};

	(void)state;
	json_write(&out, doc, true);
	assert_string_equal(buf_text(&out),
		"{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {},\n"
		"  \"d\": 1.50\n}");
}

static int stop_at_b(void *data, const char *name, struct json_object *value)
{
	(void)value;
	strcat(data, name);
	return *name == 'b' ? 7 : 0;
}

static void visits_in_order(void **state)
{
	CLEANUP_JSON struct json_object *doc = parse("{\"z\":1,\"a\":2,\"b\":3,\"c\":4}");
	char seen[16] = "";

	(void)state;
	assert_int_equal(json_each(doc, stop_at_b, seen), 7);
	assert_string_equal(seen, "zab");
	assert_int_equal(json_each(NULL, stop_at_b, seen), 0);
}

static void slice_is(const char *text, const char *path, const char *want)
{
	CLEANUP_FREE char *copy =
		malloc(strlen(text) + !*text); /* no NUL behind it: the sanitizer sees a read past */
	const char *at = NULL;
	size_t len = 0;
	int r;

	memcpy(copy, text, strlen(text));
	r = json_slice(copy, strlen(text), path, &at, &len);
	if (r || len != strlen(want) || memcmp(at, want, len))
		fail_msg("%s in %s: %d '%.*s'", path, text, r, (int)len, at ? at : "");
}

static void slice_fails(const char *text, const char *path, int code)
{
	CLEANUP_FREE char *copy = malloc(strlen(text) + !*text);
	const char *at = NULL;
	size_t len = 0;
	int r;

	memcpy(copy, text, strlen(text));
	r = json_slice(copy, strlen(text), path, &at, &len);
	if (r != code)
		fail_msg("%s in %s: %d", path, text, r);
	assert_null(at);
}

static void slices(void **state)
{
	(void)state;
	slice_is("{\"a\":1}", "a", "1");
	slice_is(" { \"x\" : [ {\"a\":3}, \"]\\\"\" ] , \"a\" : { \"b\" : \"q\" } }", "a.b", "\"q\"");
	slice_is("{\"a\":{\"b\":[1,{\"c\":2}]},\"z\":0}", "a.b", "[1,{\"c\":2}]");
	slice_is("{\"io.x.y\":\"v\"}", "io.x.y", "\"v\"");
	slice_is("{\"annotations\":{\"io.x\":1,\"io.x.y\":2}}", "annotations.io.x.y", "2");
	slice_is("{\"a\":1,\"a\":2}", "a", "1");
	slice_is("{\"\\u0061\\n\":true}", "a\n", "true");
	slice_is("{\"\\ud83d\\ude00\":null}", "\xf0\x9f\x98\x80", "null");
	slice_is("{\"long long string\\\\\":\"0123456789\xc3\xa9 0123456789\\\"x\",\"b\":-1.5e+3}", "b",
		"-1.5e+3");
	slice_fails("{\"a\":1}", "b", -ENOENT);
	slice_fails("{}", "b", -ENOENT);
	slice_fails("[1]", "b", -ENOENT);
	slice_fails("{\"a\":1}", "a.b", -ENOENT);
	slice_fails("", "a", -EBADMSG);
	slice_fails("{", "a", -EBADMSG);
	slice_fails("{\"a\"", "a", -EBADMSG);
	slice_fails("{\"a\":", "a", -EBADMSG);
	slice_fails("{\"a\":\"b", "a", -EBADMSG);
	slice_fails("{\"a\":\"b\\", "a", -EBADMSG);
	slice_fails("{\"x\":[1},\"a\":1}", "a", -EBADMSG);
	slice_fails("{\"x\":[1]]", "a", -EBADMSG);
	slice_fails("{\"x\":1 \"a\":1}", "a", -EBADMSG);
	slice_fails("{\"x\":\"\n\",\"a\":1}", "a", -EBADMSG);
	slice_fails("{x:1,\"a\":1}", "a", -EBADMSG);
}

static void slice_items(void **state)
{
	static const struct {
		const char *array, *items; /* each followed by ';' */
		int end;
	} rows[] = {
		{"[]", "", -ENOENT}, {" [ ] ", "", -ENOENT}, {"[1]", "1;", -ENOENT}, {"[ {\"a\":[1,2]} , \"],[\",[3] ]", "{\"a\":[1,2]};\"],[\";[3];", -ENOENT},
		{"{\"a\":1}", "", -ENOENT}, {"1", "", -ENOENT}, {"", "", -EBADMSG}, {"[", "", -EBADMSG}, {"[1,", "1;", -EBADMSG}, {"[1,]", "1;", -EBADMSG},
		{"[,]", "", -EBADMSG}, {"[\"a", "", -EBADMSG}, {"[{\"a\":1}", "{\"a\":1};", -EBADMSG}, {"[1 2]", "1;", -EBADMSG},
		{"[1:2]", "1;", -EBADMSG}, {"[1[2]]", "1;", -EBADMSG}, {",1", "", -ENOENT}, {"[1}", "1;", -EBADMSG},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t size = strlen(rows[i].array), len;
		CLEANUP_FREE char *copy = malloc(size + !size);
		CLEANUP_BUF struct buf items = {0};
		const char *at = NULL, *item;
		int r;

		memcpy(copy, rows[i].array, size);
		while (!(r = json_slice_next(copy, size, &at, &item, &len)))
			buf_printf(&items, "%.*s;", (int)len, item);
		assert_int_equal(r, rows[i].end);
		assert_string_equal(buf_text(&items), rows[i].items);
	}
}

static void slice_bounds_depth(void **state)
{
	CLEANUP_FREE char *deep = malloc(100010);

	(void)state;
	memset(deep, '[', 100009);
	memcpy(deep, "{\"x\":", 5);
	deep[100009] = '\0';
	slice_fails(deep, "a", -EBADMSG);
}

/* Whatever stands in the text, nothing is read past its end and a found range lies inside. */
static void survives_mutation(void **state)
{
	static const char text[] =
		"{\"pid\":4711,\"s\":\"a\\\"b\\u0041\\ud83d\\ude00\",\"l\":[1,[2,{\"k\":null}]],"
		"\"config\":{\"labels\":[\"bundle=/x\",\"y\"],\"caps\":{\"e\":[]}},\"u\":1.5e-3}";
	static const char *const paths[] = {"pid", "s", "config.caps.e", "config.labels", "u", "none"};
	unsigned int seed = 4711;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		CLEANUP_ERR struct err err = {0};
		CLEANUP_JSON struct json_object *doc = NULL;
		size_t len = 1 + (size_t)rand_r(&seed) % (sizeof(text) - 1);
		CLEANUP_FREE char *copy = malloc(len);

		memcpy(copy, text, len);
		for (int i = rand_r(&seed) % 4; i > 0; i--)
			copy[(size_t)rand_r(&seed) % len] =
				rand_r(&seed) % 2 ? (char)rand_r(&seed) : "\"\\{}[]:,u"[rand_r(&seed) % 9];
		for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
			const char *at = NULL;
			size_t n = 0;

			if (!json_slice(copy, len, paths[i], &at, &n))
				assert_true(at >= copy && n > 0 && at + n <= copy + len);
		}
		if (json_parse("m", copy, len, &doc, &err))
			assert_non_null(err.message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_by_type),
		cmocka_unit_test(keeps_numbers_exact),
		cmocka_unit_test(refuses_with_a_position),
		cmocka_unit_test(refuses_depth_and_size),
		cmocka_unit_test(writes_valid_utf8),
		cmocka_unit_test(names_that_cannot_be_written_stay_apart),
		cmocka_unit_test(writes_pretty),
		cmocka_unit_test(visits_in_order),
		cmocka_unit_test(slices),
		cmocka_unit_test(slice_items),
		cmocka_unit_test(slice_bounds_depth),
		cmocka_unit_test(survives_mutation),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
