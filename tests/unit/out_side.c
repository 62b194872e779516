/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values side by side: in a wide place, in one where they go on in the next line, and one under the other in a narrow one.
 * Nothing of them is ever cut.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "printed.h"

struct fact {
	const char *key, *left, *right;
};

static void fill_key(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct fact *)item)->key);
}

static void fill_left(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct fact *)item)->left);
}

static void fill_right(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct fact *)item)->right);
	ret->tone = TONE_BAD;
}

static void fill_end(const void *item, struct cell *ret)
{
	(void)item;
	cell_text(ret, "end");
}

static const struct column columns[] = {
	{"KEY", "", 0, 0, fill_key},
	{"LEFT", "", COLUMN_CUT | COLUMN_SIDE, 0, fill_left},
	{"RIGHT", "", COLUMN_CUT | COLUMN_SIDE, 0, fill_right},
	{"VERDICT", "", 0, 0, fill_end},
	{NULL, NULL, 0, 0, NULL},
};

static const struct view view = {.kind = "Fact", .plural = "facts", .columns = columns, .ref = fill_key};

static const struct fact facts[] = {
	{"a", "1", NULL},
	{"b", "one,two,three,four,five,six", "\xe9\xb3\xa5\x1b word0123456789012345678901234567890123456789"},
};

static char *printed_of(const struct fact *items, size_t n, const char *width, const char *color, bool no_headers)
{
	const struct out_rows rows = {.items = items, .n = n, .size = sizeof(*items)};
	const struct out_options options = {.no_headers = no_headers};
	CLEANUP_ERR struct err err = {0};
	struct out out;

	assert_int_equal(width ? setenv("COLUMNS", width, 1) : unsetenv("COLUMNS"), 0);
	assert_int_equal(out_init(&out, &options, &view, color, &err), 0);
	return printed_list(&out, &rows);
}

static char *printed(const char *width, const char *color, bool no_headers)
{
	return printed_of(facts, ARRAY_SIZE(facts), width, color, no_headers);
}

static void assert_printed(const char *width, bool no_headers, const char *want)
{
	CLEANUP_FREE char *text = printed(width, "never", no_headers);

	assert_string_equal(text, want);
}

/* In a pipe without COLUMNS a row is one line, however long. */
static void wide(void **state)
{
	static const char all[] =
		"KEY LEFT                        RIGHT                                             VERDICT\n"
		"a   1                           -                                                 end\n"
		"b   one,two,three,four,five,six \xe9\xb3\xa5\\e word0123456789012345678901234567890123456789 end\n";

	(void)state;
	assert_printed(NULL, false, all);
	assert_printed("200", false, all);
	assert_printed("89", false, all);
	assert_printed("0", false, all);
	assert_printed("x", false, all);
	assert_printed("200", true, strchr(all, '\n') + 1);
}

static void wrapped(void **state)
{
	(void)state;
	assert_printed("56", false,
		"KEY LEFT                  RIGHT                 VERDICT\n"
		"a   1                     -                     end\n"
		"b   one,two,three,four,   \xe9\xb3\xa5\\e word012345678901 end\n"
		"    five,six              234567890123456789012\n"
		"                          3456789\n");
}

static void stacked(void **state)
{
	static const char narrow[] = "a end\n"
				     "  LEFT:  1\n"
				     "  RIGHT: -\n"
				     "b end\n"
				     "  LEFT:  one,two,three,four,\n"
				     "         five,six\n"
				     "  RIGHT: \xe9\xb3\xa5\\e word012345678901\n"
				     "         234567890123456789012\n"
				     "         3456789\n";

	(void)state;
	assert_printed("30", false, narrow);
	assert_printed("30", true, narrow);
}

/* What tells the rows apart goes on in the next line too. */
static void stacked_key(void **state)
{
	static const struct fact mounts[] = {{"mounts /run/engine/state/of/a/container/rootfs", "-", "ro"}, {"mount", "a", "b"}};
	CLEANUP_FREE char *text = printed_of(mounts, 2, "30", "never", false);

	(void)state;
	assert_string_equal(text, "mounts /run/engine/state/of/a/\n"
				  "    container/rootfs end\n"
				  "  LEFT:  -\n"
				  "  RIGHT: ro\n"
				  "mount end\n"
				  "  LEFT:  a\n"
				  "  RIGHT: b\n");
}

/* Whatever the width: all of the text is there, and no line but one glyph is wider. */
static void every_width(void **state)
{
	(void)state;
	for (int width = 1; width < 120; width++) {
		CLEANUP_BUF struct buf all = {0};
		CLEANUP_FREE char *text = NULL;
		char columns_text[8];

		snprintf(columns_text, sizeof(columns_text), "%d", width);
		text = printed(columns_text, "never", true);
		for (const char *at = text; *at; at++)
			if (*at != ' ' && *at != '\n')
				buf_char(&all, *at);
		assert_non_null(strstr(buf_text(&all), "one,two,"));
		for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
			if (width >= 30)
				assert_true(end - line <= width + 2); /* a glyph of three bytes in two places */
		if (width < 51 || width > 91)
			assert_non_null(strstr(buf_text(&all), "word0123456789012345678901234567890123456789"));
	}
}

static void colored(void **state)
{
	CLEANUP_FREE char *text = NULL;

	(void)state;
	text = printed("30", "always", false);
	assert_non_null(strstr(text, "  RIGHT: \033[31m-\033[0m\n"));
	free(take_ptr(&text));
	text = printed("100", "always", false);
	assert_non_null(strstr(text, " \033[31m-\033[0m"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wide), cmocka_unit_test(wrapped), cmocka_unit_test(stacked), cmocka_unit_test(stacked_key),
		cmocka_unit_test(every_width), cmocka_unit_test(colored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
