/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables: the two printers print the same, trees, the sentences below.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "printed.h"
#include "printers.h"

struct task {
	uint64_t pid, parent;
	const char *user, *command;
};

static void fill_pid(const void *item, struct cell *ret)
{
	cell_number(ret, ((const struct task *)item)->pid);
	ret->tone = ret->number == 7 ? TONE_BAD : TONE_PLAIN;
}

static void fill_user(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct task *)item)->user);
	if (ret->kind == CELL_NONE)
		cell_unknown(ret);
	ret->tone = ret->kind == CELL_UNKNOWN ? TONE_WARN : TONE_PLAIN;
}

static void fill_command(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct task *)item)->command);
	ret->tone = ret->kind == CELL_NONE ? TONE_PLAIN : TONE_DIM;
}

static uint64_t key(const void *item)
{
	return ((const struct task *)item)->pid;
}

static uint64_t parent(const void *item)
{
	return ((const struct task *)item)->parent;
}

static const struct column columns[] = {
	{"PID", "", COLUMN_RIGHT, 0, fill_pid},
	{"USER", "", 0, 0, fill_user},
	{"COMMAND", "", COLUMN_CUT | COLUMN_TREE, 0, fill_command},
	{NULL, NULL, 0, 0, NULL},
};

static const struct view view = {
	.kind = "Task", .plural = "tasks", .columns = columns, .ref = fill_pid, .key = key, .parent = parent};

static struct out_rows rows_of(const struct task *tasks, size_t n)
{
	return (struct out_rows){.items = tasks, .n = n, .size = sizeof(*tasks)};
}

static void assert_tasks(const struct out_options *options, const struct task *tasks, size_t n, const char *want)
{
	const struct out_rows rows = rows_of(tasks, n);
	CLEANUP_ERR struct err err = {0};
	struct out out;

	assert_int_equal(out_init(&out, options, &view, NULL, &err), 0);
	for (int i = 0; i < 2; i++) {
		CLEANUP_FREE char *text = NULL;

		without_library = i;
		text = printed_list(&out, &rows);
		assert_string_equal(text, want);
	}
	without_library = false;
}

static void alike(void **state)
{
	static const struct task tasks[] = {
		{1, 0, "root", "init"}, {123456, 0, NULL, "a command that is longer than others of this list"},
		{7, 0, "\xe9\xb3\xa5\xe9\xb3\xa5", "\xe9\xb3\xa5 wide \xe9\xb3\xa5 glyphs \xe9\xb3\xa5\xe9\xb3\xa5\xe9\xb3\xa5"},
		{8, 0, "e\xcc\x81", "\x1b[31m\xff"}, {UINT64_MAX, 0, "someone", NULL},
	};
	const struct out_rows rows = rows_of(tasks, ARRAY_SIZE(tasks));
	const struct out_options options = {0};

	(void)state;
	for (size_t width = 0; width < 90; width++)
		for (int color = 0; color < 2; color++) {
			CLEANUP_ERR struct err err = {0};
			CLEANUP_FREE char *with = NULL, *without = NULL;
			struct out out;

			assert_int_equal(out_init(&out, &options, &view, color ? "always" : "never", &err), 0);
			out.width = width;
			with = printed_list(&out, &rows);
			without_library = true;
			without = printed_list(&out, &rows);
			without_library = false;
			assert_string_equal(with, without);
		}
}

/* Longer than what the library is given. */
static void long_list(void **state)
{
	enum { N = 5000 };
	CLEANUP_FREE struct task *tasks = calloc(N, sizeof(*tasks));
	const struct out_rows rows = rows_of(tasks, N);
	const struct out_options options = {.no_headers = true};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_FREE char *text = NULL;
	char *saved = NULL;
	struct out out;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < N; i++)
		tasks[i] = (struct task){i + 1, i, "root", "x"};
	assert_int_equal(out_init(&out, &options, &view, NULL, &err), 0);
	text = printed_list(&out, &rows);
	for (char *line = strtok_r(text, "\n", &saved); line; line = strtok_r(NULL, "\n", &saved)) {
		char want[64];

		snprintf(want, sizeof(want), "%4zu root x", ++n);
		assert_string_equal(line, want);
	}
	assert_int_equal(n, N);
}

static void trees(void **state)
{
	static const struct task tasks[] = {
		{20, 10, "b", "child"}, {10, 1, "a", "top"},  {30, 20, "c", "grandchild"}, {40, 10, "d", "second"},
		{50, 40, "e", "below"}, {60, 60, "f", "own"}, {70, 0, "g", "none"},
	};
	const struct out_options unicode = {.tree = true}, ascii = {.tree = true, .ascii = true};

	(void)state;
	assert_int_equal(setenv("LC_ALL", "C.UTF-8", 1), 0);
	assert_tasks(&unicode, tasks, ARRAY_SIZE(tasks),
		"PID USER COMMAND\n"
		" 10 a    top\n"
		" 20 b    \u251c\u2500child\n"
		" 30 c    \u2502 \u2514\u2500grandchild\n"
		" 40 d    \u2514\u2500second\n"
		" 50 e      \u2514\u2500below\n"
		" 60 f    own\n"
		" 70 g    none\n");
	assert_tasks(&ascii, tasks, 4,
		"PID USER COMMAND\n"
		" 10 a    top\n"
		" 20 b    |-child\n"
		" 30 c    | `-grandchild\n"
		" 40 d    `-second\n");
}

/* 1 under 2 under 3 under 1, one below them, and one beside them. */
static void loops(void **state)
{
	static const struct task tasks[] = {
		{3, 1, "a", "three"}, {1, 2, "a", "one"}, {2, 3, "a", "two"}, {9, 1, "a", "nine"}, {8, 0, "a", "eight"},
	};
	const struct out_options ascii = {.tree = true, .ascii = true};

	(void)state;
	assert_tasks(&ascii, tasks, ARRAY_SIZE(tasks),
		"PID USER COMMAND\n"
		"  8 a    eight\n"
		"  3 a    three\n"
		"  2 a    `-two\n"
		"  1 a      `-one\n"
		"  9 a        `-nine\n");
	assert_tasks(&ascii, tasks, 0, "");
}

/* A chain is as deep as someone who forks likes: what is drawn has an end. */
static void deep(void **state)
{
	enum { N = 3000 };
	CLEANUP_FREE struct task *tasks = calloc(N, sizeof(*tasks));
	const struct out_rows rows = rows_of(tasks, N);
	const struct out_options options = {.tree = true, .ascii = true};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_FREE char *text = NULL;
	struct out out;

	(void)state;
	for (size_t i = 0; i < N; i++)
		tasks[i] = (struct task){i + 1, i, "root", "x"};
	assert_int_equal(out_init(&out, &options, &view, NULL, &err), 0);
	text = printed_list(&out, &rows);
	assert_true(strlen(text) < N * 200);
	assert_non_null(strstr(text, "\n3000 root +2935 "));
}

static void lines_below(void **state)
{
	static const struct task tasks[] = {{1, 0, "root", "init"}};
	static const char *const lines[] = {"root inside is root outside", "\x1b[31m and \xff"};
	struct out_rows rows = rows_of(tasks, 1);

	(void)state;
	rows.lines = lines;
	rows.n_lines = ARRAY_SIZE(lines);
	for (int i = 0; i < 2; i++) {
		const struct out_options options = {.format = i ? "name" : "table"};
		CLEANUP_ERR struct err err = {0};
		CLEANUP_FREE char *text = NULL;
		struct out out;

		assert_int_equal(out_init(&out, &options, &view, NULL, &err), 0);
		text = printed_list(&out, &rows);
		assert_string_equal(text, i ? "1\n"
					    : "PID USER COMMAND\n"
					      "  1 root init\n"
					      "root inside is root outside\n"
					      "\\e[31m and \\xFF\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alike), cmocka_unit_test(long_list), cmocka_unit_test(trees), cmocka_unit_test(loops),
		cmocka_unit_test(deep), cmocka_unit_test(lines_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
