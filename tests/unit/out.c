/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "out/cell.h"
#include "out/out.h"
#include "printed.h"
#include "printers.h"

static void ages(void **state)
{
	static const struct {
		uint64_t seconds;
		const char *shown;
	} rows[] = {
		{0, "0s"}, {5, "5s"}, {119, "119s"}, {120, "2m"}, {192, "3m12s"}, {599, "9m59s"}, {600, "10m"},
		{3600, "60m"}, {10799, "179m"}, {10800, "3h"}, {15600, "4h20m"}, {28800, "8h"}, {172799, "47h"},
		{172800, "2d"}, {176400, "2d1h"}, {691200, "8d"}, {34560000, "400d"}, {63072000, "2y"},
		{94694400, "3y1d"}, {315360000, "10y"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_CELL struct cell cell = {0};
		CLEANUP_BUF struct buf out = {0};

		cell_age(&cell, rows[i].seconds);
		cell_show(&cell, &out);
		assert_string_equal(buf_text(&out), rows[i].shown);
		assert_int_equal(cell.number, rows[i].seconds); /* compares as what it is */
	}
}

static void assert_shown(const struct cell *cell, const char *want)
{
	CLEANUP_BUF struct buf out = {0};

	cell_show(cell, &out);
	assert_string_equal(buf_text(&out), want);
}

static void cells(void **state)
{
	CLEANUP_CELL struct cell cell = {0};
	char *words[] = {(char *)"sleep", (char *)"36\x1b", NULL}, *none[] = {NULL};

	(void)state;
	assert_shown(&cell, "-");
	cell_unknown(&cell);
	assert_shown(&cell, "?");
	cell_text(&cell, "a\nb");
	assert_shown(&cell, "a\\nb");
	cell_text(&cell, NULL);
	assert_shown(&cell, "-");
	cell_words(&cell, words);
	assert_shown(&cell, "sleep 36\\e");
	cell_words(&cell, none);
	assert_shown(&cell, "-");
	cell_words(&cell, NULL);
	assert_shown(&cell, "-");
	cell_number(&cell, UINT64_MAX);
	assert_shown(&cell, "18446744073709551615");
	cell.tone = TONE_BAD;
	cell_clear(&cell);
	assert_shown(&cell, "-");
	assert_int_equal(cell.tone, TONE_PLAIN);
}

/* A noun of the test's own. */
struct pet {
	const char *name;
	uint64_t legs;
};

static void fill_name(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct pet *)item)->name);
}

static void fill_legs(const void *item, struct cell *ret)
{
	cell_number(ret, ((const struct pet *)item)->legs);
	if (!ret->number)
		ret->tone = TONE_WARN;
}

static void fill_food(const void *item, struct cell *ret)
{
	(void)item;
	(void)ret;
}

static void pet_json(const void *item, struct json_object *into)
{
	json_add_text(into, "name", ((const struct pet *)item)->name);
	json_add(into, "legs", json_new_u64(((const struct pet *)item)->legs));
}

static const struct column columns[] = {
	{"NAME", "its name", 0, 0, fill_name},
	{"LEGS", "how many", COLUMN_RIGHT, 1, fill_legs},
	{"FOOD", "what it eats", COLUMN_WIDE, 2, fill_food},
	{NULL, NULL, 0, 0, NULL},
};

static const struct view view = {
	.kind = "Pet", .plural = "pets", .columns = columns, .needs = 4, .json = pet_json, .ref = fill_name};

static const struct pet pets[] = {{"cat", 4}, {"sn\x1b[31mke", 0}, {"\xe9\xb3\xa5", 2}, {"\xff", 1000}};

static char *printed(const struct out_options *options, const char *color, size_t n, const struct note *notes,
	size_t n_notes)
{
	const struct out_rows rows = {
		.items = pets, .n = n, .size = sizeof(*pets), .notes = notes, .n_notes = n_notes};
	CLEANUP_ERR struct err err = {0};
	struct out out;

	assert_int_equal(out_init(&out, options, &view, color, &err), 0);
	return printed_list(&out, &rows);
}

static void assert_printed(const char *format, const char *want)
{
	const struct out_options options = {.format = format};
	CLEANUP_FREE char *text = printed(&options, NULL, ARRAY_SIZE(pets), NULL, 0);

	assert_string_equal(text, want);
}

static void tables(void **state)
{
	static const char table[] = "NAME       LEGS\n"
				    "cat           4\n"
				    "sn\\e[31mke    0\n"
				    "\xe9\xb3\xa5            2\n"
				    "\\xFF       1000\n";
	static const char wide[] = "NAME       LEGS FOOD\n"
				   "cat           4 -\n"
				   "sn\\e[31mke    0 -\n"
				   "\xe9\xb3\xa5            2 -\n"
				   "\\xFF       1000 -\n";

	for (int i = 0; i < 2; i++) {
		without_library = i;
		assert_printed(NULL, table);
		assert_printed("table", table);
		assert_printed("wide", wide);
	}
	without_library = false;
	(void)state;
}

static void table_options(void **state)
{
	const struct out_options bare = {.no_headers = true}, plain = {0}, quiet = {.quiet = true};

	(void)state;
	for (int i = 0; i < 2; i++) {
		CLEANUP_FREE char *text = NULL, *none = NULL;

		without_library = i;
		text = printed(&bare, NULL, 1, NULL, 0);
		assert_string_equal(text, "cat     4\n");
		none = printed(&plain, NULL, 0, NULL, 0);
		assert_string_equal(none, "");
	}
	without_library = false;
	CLEANUP_FREE char *colored = printed(&bare, "always", 2, NULL, 0);
	CLEANUP_FREE char *ids = printed(&quiet, NULL, 2, NULL, 0);
	assert_non_null(strstr(colored, "\x1b[33m"));
	assert_string_equal(ids, "cat\nsn\\e[31mke\n"); /* without an ID: the name */
}

/* An age whose second ticks while its table is printed. */
static void fill_older(const void *item, struct cell *ret)
{
	static uint64_t seconds = 95;

	(void)item;
	cell_age(ret, seconds += 3);
}

static void older_while_printed(void **state)
{
	static const struct column ages_of[] = {{"AGE", "grows", 0, 0, fill_older}, {"NAME", "its name", 0, 0, fill_name}, {0}};
	static const struct view older = {.kind = "Pet", .plural = "pets", .columns = ages_of, .json = pet_json, .ref = fill_name};
	const struct out_rows rows = {.items = pets, .n = 1, .size = sizeof(*pets)};
	const struct out_options plain = {0};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_FREE char *text = NULL;
	struct out out;

	(void)state;
	without_library = true; /* this one reads a row twice: to measure it, and to print it */
	assert_int_equal(out_init(&out, &plain, &older, NULL, &err), 0);
	text = printed_list(&out, &rows);
	without_library = false;
	assert_string_equal(text, "AGE NAME\n101s cat\n");
}

static void documents(void **state)
{
	static char target[] = "docker", message[] = "x.json: not JSON", remark[] = "only said";
	const struct note notes[] = {{target, -EBADMSG, message, NULL, false}, {NULL, 0, remark, NULL, false}};
	const struct out_options json = {.format = "json"}, jsonl = {.format = "jsonl"}, yaml = {.format = "yaml"};
	CLEANUP_FREE char *text = printed(&json, NULL, ARRAY_SIZE(pets), notes, 2);
	CLEANUP_FREE char *lines = printed(&jsonl, NULL, 2, notes, 2);
	CLEANUP_FREE char *block = printed(&yaml, NULL, 1, notes, 0);
	CLEANUP_JSON struct json_object *document = NULL;
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(json_parse("out", text, strlen(text), &document, &err), 0);
	assert_string_equal(json_text(document, "kind"), "PetList");
	assert_false(json_bool(json_at(document, "metadata", NULL), "complete", true));
	assert_int_equal(json_length(json_at(document, "items", NULL)), 4);
	assert_string_equal(json_text(json_item(json_at(document, "items", NULL), 3), "name"), "\xef\xbf\xbd");
	assert_int_equal(json_length(json_at(document, "errors", NULL)), 1);
	assert_string_equal(json_text(json_item(json_at(document, "errors", NULL), 0), "code"), "EBADMSG");
	assert_null(strchr(text, '\x1b'));
	assert_string_equal(lines, "{\"kind\":\"Pet\",\"name\":\"cat\",\"legs\":4}\n"
				   "{\"kind\":\"Pet\",\"name\":\"sn\\u001b[31mke\",\"legs\":0}\n"
				   "{\"kind\":\"Error\",\"target\":\"docker\",\"code\":\"EBADMSG\","
				   "\"message\":\"x.json: not JSON\",\"hint\":null}\n");
	assert_non_null(strstr(block, "\nitems:\n- name: cat\n  legs: 4\nerrors: []\n"));
}

static void needs(void **state)
{
	static const struct {
		struct out_options options;
		unsigned int needs;
	} rows[] = {
		{{.format = "table"}, 1}, {{.format = "wide"}, 3}, {{.format = "json"}, 4}, {{.format = "name"}, 0},
		{{.quiet = true}, 0}, {{.quiet = true, .format = "json"}, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_ERR struct err err = {0};
		struct out out;

		assert_int_equal(out_init(&out, &rows[i].options, &view, NULL, &err), 0);
		assert_int_equal(out.needs, rows[i].needs);
	}
}

static void wrong_words(void **state)
{
	const struct out_options wrong = {.format = "jsn"}, plain = {0};
	CLEANUP_ERR struct err format = {0}, color = {0};
	struct out out;

	(void)state;
	assert_int_equal(out_init(&out, &wrong, &view, NULL, &format), -EINVAL);
	assert_int_equal(format.kind, ERR_USAGE);
	assert_string_equal(format.hint, "did you mean json?");
	assert_int_equal(out_init(&out, &plain, &view, "alwyas", &color), -EINVAL);
	assert_string_equal(color.hint, "did you mean always?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ages), cmocka_unit_test(cells), cmocka_unit_test(tables),
		cmocka_unit_test(table_options), cmocka_unit_test(older_while_printed), cmocka_unit_test(documents), cmocka_unit_test(needs),
		cmocka_unit_test(wrong_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
