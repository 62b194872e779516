/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paths of custom-columns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "out/path.h"
#include "printed.h"

static const char item[] =
	"{\"name\":\"web\",\"pod\":{\"name\":\"api\",\"uid\":null},\"image\":null,\"hostPid\":4711,\"pause\":false,"
	"\"empty\":\"\",\"command\":[\"sh\",\"-c\",\"a\\nb\"],\"none\":[],\"labels\":{\"app\":\"x\",\"a.b/c\":\"y\"},"
	"\"map\":[{\"inside\":0,\"n\":[1,2]},{\"inside\":1,\"n\":[3]}],\"big\":18446744073709551615,\"less\":-1,"
	"\"limits\":{\"pids\":\"unlimited\"}}";

static const char *const maps[] = {"labels", NULL};
static const struct view view = {.kind = "Thing", .plural = "things", .maps = maps};

static int read_path(const char *path, struct cell *ret, struct err *err)
{
	CLEANUP_JSON struct json_object *json = NULL;
	CLEANUP_ERR struct err none = {0};

	assert_int_equal(json_parse("item", item, strlen(item), &json, &none), 0);
	cell_clear(ret);
	return path_read(path, strlen(path), &view, json, ret, err);
}

static void values(void **state)
{
	static const struct {
		const char *path, *shown;
	} rows[] = {
		{".name", "web"}, {"name", "web"}, {"{.name}", "web"}, {".pod.name", "api"}, {".pod.uid", "-"},
		{".image", "-"}, {".image.tag", "-"}, {".image.tag[0].x", "-"}, {".hostPid", "4711"}, {".pause", "false"},
		{".empty", "-"}, {".command", "sh,-c,a\\nb"}, {".command[*]", "sh,-c,a\\nb"}, {".command[0]", "sh"},
		{".command[-1]", "a\\nb"}, {".command[-3]", "sh"}, {".command[-4]", "-"}, {".command[3]", "-"},
		{".command[-0]", "-"}, {".none", "-"}, {".none[0]", "-"}, {".none[*].x", "-"},
		{".labels.app", "x"}, {".labels['a.b/c']", "y"}, {".labels[\"a.b/c\"]", "y"}, {".labels.a\\.b/c", "y"},
		{".labels.nosuch", "-"}, {".labels['nosuch'].x", "-"}, {".pod", "{\"name\":\"api\",\"uid\":null}"},
		{".map[*].inside", "0,1"}, {".map[0].inside", "0"}, {".map[*].n", "1,2,3"}, {".map[*].n[0]", "1,3"},
		{".map[1]", "{\"inside\":1,\"n\":[3]}"}, {".big", "18446744073709551615"}, {".less", "-1"},
		{".limits.pids", "unlimited"}, {".name[0]", "-"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_CELL struct cell cell = {0};
		CLEANUP_ERR struct err err = {0};
		CLEANUP_BUF struct buf text = {0};

		if (read_path(rows[i].path, &cell, &err) < 0)
			fail_msg("%s: %s", rows[i].path, err.message);
		cell_show(&cell, &text);
		if (strcmp(buf_text(&text), rows[i].shown) != 0)
			fail_msg("%s: %s, not %s", rows[i].path, buf_text(&text), rows[i].shown);
		assert_int_equal(path_check(rows[i].path, strlen(rows[i].path), &err), 0);
	}
}

static void wrong_keys(void **state)
{
	static const struct {
		const char *path, *message, *hint;
	} rows[] = {
		{".nmae", "custom-columns: a Thing has no .nmae there", "did you mean .name?"},
		{".pod.namee", "custom-columns: a Thing has no .namee there", "did you mean .name?"},
		{".pod.quite-other", "custom-columns: a Thing has no .quite-other there", "there are: .name, .uid"},
		{".name.x", "custom-columns: a Thing has no .x there", "it is a single value"},
		{".command.x", "custom-columns: a Thing has no .x there", "it is a list: [0] is its first value"},
		{".map[*].nosuch", "custom-columns: a Thing has no .nosuch there", "there are: .inside, .n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_CELL struct cell cell = {0};
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(read_path(rows[i].path, &cell, &err), -EINVAL);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_string_equal(err.message, rows[i].message);
		assert_true(err.hint && strstr(err.hint, rows[i].hint));
	}
}

static void no_paths(void **state)
{
	static const char *const rows[] = {
		"", ".", "{}", "a.", "a..b", "a[", "a[]", "a[x]", "a['x]", "a['x'", "a[0", "a[0]b", "a[--1]", "a[1.5]", "[]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_ERR struct err err = {0};

		if (!path_check(rows[i], strlen(rows[i]), &err))
			fail_msg("%s is a path", rows[i]);
		assert_int_equal(err.kind, ERR_USAGE);
	}
}

static void column_lists(void **state)
{
	static const struct {
		const char *spec, *heads;
		int n;
	} rows[] = {
		{"NAME:.name", "NAME", 1}, {"A:.a,B C:.b[0],D:{.d}", "A|B C|D", 3}, {"A:.l['x,y'],B:.b", "A|B", 2},
		{"NAME", NULL, -EINVAL}, {":.a", NULL, -EINVAL}, {"A:", NULL, -EINVAL}, {"A:.a,", NULL, -EINVAL},
		{"A:.a,,B:.b", NULL, -EINVAL}, {"", NULL, -EINVAL}, {"A:a b,B", NULL, -EINVAL},
		{"A:.a,B:.b,C:.c,D:.d,E:.e", NULL, -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_ERR struct err err = {0};
		CLEANUP_BUF struct buf heads = {0};
		struct path_column columns[4];

		assert_int_equal(path_columns(rows[i].spec, columns, 4, &err), rows[i].n);
		for (int c = 0; c < rows[i].n; c++) {
			buf_str(&heads, c ? "|" : "");
			buf_add(&heads, columns[c].head, columns[c].head_len);
		}
		if (rows[i].heads)
			assert_string_equal(buf_text(&heads), rows[i].heads);
		else
			assert_int_equal(err.kind, ERR_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values), cmocka_unit_test(wrong_keys), cmocka_unit_test(no_paths),
		cmocka_unit_test(column_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
