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
#include "data/yaml.h"

static void parse(const char *text, struct yaml_docs *docs)
{
	CLEANUP_ERR struct err err = {0};

	if (yaml_docs_parse("t.yaml", text, strlen(text), docs, &err))
		fail_msg("%s: %s", text, err.message);
}

static void refuse_n(const char *text, size_t len, const char *message)
{
	CLEANUP_ERR struct err err = {0};
	struct yaml_docs docs;

	if (!yaml_docs_parse("t.yaml", text, len, &docs, &err))
		fail_msg("accepted: %.60s", text);
	assert_null(docs.name);
	assert_int_equal(err.kind, ERR_USAGE);
	if (message)
		assert_string_equal(err.message, message);
}

static void refuse(const char *text, const char *message)
{
	refuse_n(text, strlen(text), message);
}

static void types_scalars_as_kubernetes(void **state)
{
	static const struct {
		const char *text;
		enum yaml_type type;
		int64_t number;
	} cases[] = {
		{"yes", YAML_BOOL, 1},
		{"No", YAML_BOOL, 0},
		{"y", YAML_BOOL, 1},
		{"OFF", YAML_BOOL, 0},
		{"true", YAML_BOOL, 1},
		{"yEs", YAML_TEXT, 0},
		{"~", YAML_NULL, 0},
		{"", YAML_NULL, 0},
		{"Null", YAML_NULL, 0},
		{"010", YAML_INT, 8},
		{"08", YAML_INT, 8},
		{"0o17", YAML_INT, 15},
		{"0x1F", YAML_INT, 31},
		{"0b101", YAML_INT, 5},
		{"1_000", YAML_INT, 1000},
		{"-5", YAML_INT, -5},
		{"+7", YAML_INT, 7},
		{"1e3", YAML_INT, 1000},
		{"10.0", YAML_INT, 10},
		{"1.5", YAML_FLOAT, 0},
		{".5", YAML_FLOAT, 0},
		{"1e400", YAML_FLOAT, 0},
		{".inf", YAML_FLOAT, 0},
		{"-.INF", YAML_FLOAT, 0},
		{"9223372036854775807", YAML_INT, INT64_MAX},
		{"99999999999999999999999", YAML_INT, INT64_MAX},
		{"-9223372036854775808", YAML_INT, INT64_MIN},
		{"-99999999999999999999", YAML_INT, INT64_MIN},
		{"0xffffffffffffffffff", YAML_INT, INT64_MAX},
		{"2001-01-01", YAML_TEXT, 0},
		{"1:30", YAML_TEXT, 0},
		{"-", YAML_TEXT, 0},
		{".", YAML_TEXT, 0},
		{"0x", YAML_TEXT, 0},
		{"1e", YAML_TEXT, 0},
		{"a1", YAML_TEXT, 0},
		{"_1", YAML_TEXT, 0},
		{"4f5e", YAML_TEXT, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool truth;
		int64_t number;
		enum yaml_type type = yaml_plain_type(cases[i].text, &truth, &number);

		if (type != cases[i].type || (type == YAML_INT && number != cases[i].number) ||
			(type == YAML_BOOL && truth != (cases[i].number != 0)))
			fail_msg("%s: %d %ld", cases[i].text, (int)type, (long)number);
	}
}

static void knows_places(void **state)
{
	CLEANUP_YAML struct yaml_docs docs = {0};
	const struct yaml_node *list;

	(void)state;
	parse("# x\na:\n  b: 'q'\n  \"c\": [1, {d: e}]\n---\n{\"j\": [true, \"\\u20ac\\/\"]}\n---\n", &docs);
	assert_int_equal(docs.n, 3);
	assert_int_equal(docs.items[2].root->type, YAML_NULL);
	list = yaml_get(yaml_get(docs.items[0].root, "a"), "c");
	assert_int_equal(list->key->line, 4);
	assert_int_equal(list->key->column, 3);
	assert_int_equal(list->n, 2);
	assert_int_equal(list->child->column, 9);
	assert_int_equal(list->child->next->type, YAML_MAP);
	assert_false(yaml_get(yaml_get(docs.items[0].root, "a"), "b")->plain);
	list = yaml_get(docs.items[1].root, "j");
	assert_int_equal(list->line, 6);
	assert_true(list->child->truth);
	assert_string_equal(list->child->next->text, "\xe2\x82\xac/");
	assert_null(yaml_get(NULL, "a"));
	assert_null(yaml_get(list, "a"));
}

static void resolves_aliases_and_merges(void **state)
{
	CLEANUP_YAML struct yaml_docs docs = {0};
	const struct yaml_node *map;

	(void)state;
	parse("x: &x {p: 1, q: 2}\ny: &y {q: 3, r: 4}\nz:\n  q: 9\n  <<: [*x, *y]\n  s: *x\nw:\n  <<: *x\n",
		&docs);
	map = yaml_get(docs.items[0].root, "z");
	assert_int_equal(map->n, 4);
	assert_int_equal(yaml_get(map, "q")->number, 9);
	assert_int_equal(yaml_get(map, "p")->number, 1);
	assert_int_equal(yaml_get(map, "r")->number, 4);
	assert_int_equal(yaml_get(yaml_get(map, "s"), "q")->number, 2);
	assert_int_equal(yaml_get(map, "s")->line, 6);
	assert_int_equal(yaml_get(docs.items[0].root, "w")->n, 2);
}

static void refuses_with_a_position(void **state)
{
	(void)state;
	refuse("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", "t.yaml:4:3: c stands twice, first at 3:3");
	refuse("{a: 1, 'a': 2}", "t.yaml:1:8: a stands twice, first at 1:2");
	refuse("true: 1\nyes: 2\n", "t.yaml:2:1: true stands twice, first at 1:1");
	refuse("a: b: c", "t.yaml:1:5: mapping values are not allowed in this context");
	refuse("a:\n\tb: 1\n", "t.yaml:2:1: found character that cannot start any token");
	refuse("a: \"x\\0y\"", "t.yaml:1:4: NUL inside of a text");
	refuse("a: b\nc: \xff\n", "t.yaml:2:4: invalid leading UTF-8 octet");
	refuse("a: *x", "t.yaml:1:4: alias without an anchor before it");
	refuse("a: &a [1, *a]", "t.yaml:1:11: alias inside of what it names");
	refuse("a: &a {b: 1, <<: *a}", "t.yaml:1:18: alias inside of what it names");
	refuse("? [a]\n: b\n", "t.yaml:1:3: a key must be text");
	refuse("~: b\n", "t.yaml:1:1: a key must be text");
	refuse("<<: x\n", "t.yaml:1:5: what << merges must be an object");
	refuse("a: !!binary aGk=\n", NULL);
	refuse("a: !thing b\n", NULL);
	refuse("a: !!int b\n", NULL);
	refuse("a: [", NULL);
	refuse_n("a: b\0c", 6, NULL);
}

/* `n` times `unit`, then `tail`. */
static char *repeated(const char *unit, size_t n, const char *tail)
{
	size_t len = strlen(unit);
	char *text = malloc(n * len + strlen(tail) + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, unit, len);
	strcpy(text + n * len, tail);
	return text;
}

static void refuse_repeated(const char *unit, size_t n, const char *tail, const char *message)
{
	CLEANUP_FREE char *text = repeated(unit, n, tail);

	refuse(text, message);
}

static void refuses_bombs(void **state)
{
	CLEANUP_BUF struct buf aliases = {0};

	(void)state;
	refuse_repeated("[", 100000, "", "t.yaml:1:65: nested too deep");
	refuse_repeated("{a: ", 100000, "", NULL);
	refuse_repeated("- ", 100000, "x", "t.yaml:1:129: nested too deep");
	refuse_repeated("? ", 100000, "x", NULL);
	refuse_repeated("a1234567890123\n", 64u << 16, "", "t.yaml:69906:2: larger than 1048576 bytes");
	refuse_repeated("- a\n", 262000, "", "t.yaml:100000:3: too many values");
	refuse_repeated("---\n", 200000, "", NULL);
	refuse_repeated("- &a x\n", 1001, "", "t.yaml:1001:3: too many anchors");
	buf_str(&aliases, "a: &a [x, x, x, x, x, x, x, x, x]\n");
	for (char c = 'b'; c < 'k'; c++) {
		buf_printf(&aliases, "%c: &%c [", c, c);
		for (int i = 0; i < 9; i++)
			buf_printf(&aliases, "%s*%c", i ? "," : "", c - 1);
		buf_str(&aliases, "]\n");
	}
	refuse(buf_text(&aliases), "t.yaml:6:8: too many values by aliases");
	buf_free(&aliases);
	/* each alias one level deeper than what it names */
	buf_str(&aliases, "a0: &a0 [x]\n");
	for (int i = 1; i < 100; i++)
		buf_printf(&aliases, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	refuse(buf_text(&aliases), "t.yaml:64:12: nested too deep");
}

static void remembers_duplicates_when_asked(void **state)
{
	CLEANUP_YAML struct yaml_docs docs = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(yaml_docs_parse_loose("t.yaml", "a: 1\na: 2\n", 10, &docs, &err), 0);
	assert_int_equal(docs.twice.second->line, 2);
	assert_int_equal(yaml_get(docs.items[0].root, "a")->number, 1);
	assert_int_equal(yaml_docs_unique(&docs, &err), -EINVAL);
}

static struct json_object *to_json(const struct yaml_node *node)
{
	struct json_object *made;

	switch (node->type) {
	case YAML_NULL:
	case YAML_FLOAT:
		return NULL;
	case YAML_BOOL:
		return json_new_bool(node->truth);
	case YAML_INT:
		return json_new_i64(node->number);
	case YAML_TEXT:
		return json_new_text_n(node->text, node->len);
	case YAML_MAP:
		made = json_new_object();
		for (const struct yaml_node *member = node->child; member; member = member->next)
			json_add(made, member->key->text, to_json(member));
		return made;
	case YAML_LIST:
		made = json_new_array();
		for (const struct yaml_node *item = node->child; item; item = item->next)
			json_append(made, to_json(item));
		return made;
	}
	return NULL;
}

static void writes_what_reads_back(void **state)
{
	static const char text[] =
		"{\"s\":[\"\",\"yes\",\"null\",\"010\",\"1.5\",\"4800\",\" x\",\"x \",\"a: b\",\"# c\","
		"\"- d\",\"multi\\nline\\n\",\"tab\\t\",\"'\\\"\",\"[\",\"&a\",\"*a\",\"!t\",\"%\",\"@\","
		"\"`\",\"=\",\"<<\",\"~\",\"2024-01-01T00:00:00Z\",\"123e45\",\"\\u001b[31m\",\"\\u202e\","
		"\"\xe2\x82\xac\"],"
		"\"yes\":true,\"12\":-5,\"o\":{},\"l\":[],\"n\":null,\"nest\":[[1],{\"a\":{\"b\":[{}]}}]}";
	CLEANUP_JSON struct json_object *doc = NULL, *again = NULL;
	CLEANUP_BUF struct buf yaml = {0}, json = {0};
	CLEANUP_YAML struct yaml_docs docs = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(json_parse("t", text, strlen(text), &doc, &err), 0);
	assert_int_equal(yaml_write(&yaml, doc), 0);
	for (size_t i = 0; i < yaml.len; i++)
		assert_true(yaml.data[i] == '\n' || (unsigned char)yaml.data[i] >= 0x20);
	assert_null(strstr(buf_text(&yaml), "\xe2\x80\xae"));
	parse(buf_text(&yaml), &docs);
	again = to_json(docs.items[0].root);
	json_write(&json, again, false);
	buf_free(&yaml);
	json_write(&yaml, doc, false);
	assert_string_equal(buf_text(&json), buf_text(&yaml));
}

static void writes_plain_block_style(void **state)
{
	static const char text[] =
		"{\"kind\":\"Pod\",\"f\":1.50,\"items\":[{\"a\":\"1\",\"b\":[\"x y\"]}],\"e\":[]}";
	CLEANUP_JSON struct json_object *doc = NULL;
	CLEANUP_BUF struct buf yaml = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(json_parse("t", text, strlen(text), &doc, &err), 0);
	assert_int_equal(yaml_write(&yaml, doc), 0);
	assert_string_equal(
		buf_text(&yaml), "kind: Pod\nf: 1.50\nitems:\n- a: \"1\"\n  b:\n  - x y\ne: []\n");
}

static void survives_mutation(void **state)
{
	static const char text[] =
		"a: &x [1, \"q\\u0041\", 'z', {b: c}]\n? k\n: |\n  lit\n  eral\nm:\n  <<: {d: e}\n  f: *x\n"
		"---\n{\"j\": [true, null]}\n...\n%YAML 1.1\n--- !!map\nz: !!str 5\n";
	unsigned int seed = 4711;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		CLEANUP_ERR struct err err = {0};
		CLEANUP_YAML struct yaml_docs docs = {0};
		size_t len = 1 + (size_t)rand_r(&seed) % (sizeof(text) - 1);
		CLEANUP_FREE char *copy = malloc(len);

		memcpy(copy, text, len);
		for (int i = rand_r(&seed) % 5; i > 0; i--)
			copy[(size_t)rand_r(&seed) % len] =
				rand_r(&seed) % 3 ? "\"'{}[]:,-?&*!|>%#\n <x"[rand_r(&seed) % 22]
						  : (char)rand_r(&seed);
		if (yaml_docs_parse("m", copy, len, &docs, &err))
			assert_non_null(err.message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_scalars_as_kubernetes),
		cmocka_unit_test(knows_places),
		cmocka_unit_test(resolves_aliases_and_merges),
		cmocka_unit_test(refuses_with_a_position),
		cmocka_unit_test(refuses_bombs),
		cmocka_unit_test(remembers_duplicates_when_asked),
		cmocka_unit_test(writes_what_reads_back),
		cmocka_unit_test(writes_plain_block_style),
		cmocka_unit_test(survives_mutation),
	};

	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
