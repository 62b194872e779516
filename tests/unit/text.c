/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"

static void escapes(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *shown;
	} rows[] = {
		{"", 0, ""},
		{"plain text", 10, "plain text"},
		{"a\\x1b", 5, "a\\x1b"},
		{"a\nb\tc\rd", 7, "a\\nb\\tc\\rd"},
		{"\x1b[31m", 5, "\\e[31m"},
		{"\0\x07\x7f", 3, "\\x00\\x07\\x7F"},
		{"\xc2\x9b" "31m", 5, "\\u009B31m"},                    /* C1 */
		{"\x9b" "31m", 4, "\\x9B31m"},                         /* the same, not UTF-8 */
		{"\xe2\x80\xae" "evil", 7, "\\u202Eevil"},             /* bidi override */
		{"\xe2\x81\xa6" "x", 4, "\\u2066x"},                   /* bidi isolate */
		{"\xd8\x9c", 2, "\\u061C"},                           /* Arabic letter mark */
		{"\xe2\x80\xa8\xe2\x80\xa9", 6, "\\u2028\\u2029"},    /* separators */
		{"\xe2\x80\x8b\xef\xbb\xbf", 6, "\\u200B\\uFEFF"},    /* no width */
		{"\xf3\xa0\x80\xa1", 4, "\\U000E0021"},               /* tag */
		{"\xff\xfe", 2, "\\xFF\\xFE"},
		{"\xc0\xaf", 2, "\\xC0\\xAF"},                        /* too long */
		{"\xe0\x80\xaf", 3, "\\xE0\\x80\\xAF"},
		{"\xed\xa0\x80", 3, "\\xED\\xA0\\x80"},               /* surrogate */
		{"\xf4\x90\x80\x80", 4, "\\xF4\\x90\\x80\\x80"},      /* past the end */
		{"\xc3", 1, "\\xC3"},                                 /* cut */
		{"a\xe4\xb8", 3, "a\\xE4\\xB8"},
		{"\xc3\xa9\xe4\xb8\x96\xf0\x9f\x90\xb3", 9, "\xc3\xa9\xe4\xb8\x96\xf0\x9f\x90\xb3"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_BUF struct buf out = {0};

		text_escape(&out, rows[i].text, rows[i].len);
		assert_string_equal(buf_text(&out), rows[i].shown);
	}
}

/* Whatever goes in, what comes out is valid UTF-8 and holds no control. */
static void escapes_anything(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		CLEANUP_BUF struct buf out = {0};
		char text[16];

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = (char)rand_r(&seed);
		text_escape(&out, text, sizeof(text));
		for (size_t at = 0, n; at < out.len; at += n) {
			uint32_t code = 0;

			n = text_utf8(out.data + at, out.len - at, &code);
			assert_int_not_equal(n, 0);
			assert_true(code >= 0x20 && (code < 0x7f || code >= 0xa0));
		}
	}
}

static void escaped(void **state)
{
	CLEANUP_FREE char *none = text_escaped(NULL), *some = text_escaped("a\nb");

	(void)state;
	assert_string_equal(none, "");
	assert_string_equal(some, "a\\nb");
}

static void check_shell(const char *text, const char *want)
{
	CLEANUP_BUF struct buf out = {0};

	text_shell(&out, text, strlen(text));
	assert_string_equal(buf_text(&out), want);
}

/* A line that is shown to be pasted. */
static void for_a_shell(void **state)
{
	(void)state;
	check_shell("web-1_a.b", "web-1_a.b");
	check_shell("/run/runc:x,y+z@0", "/run/runc:x,y+z@0");
	check_shell("", "''");
	check_shell("a b", "'a b'");
	check_shell("x;reboot", "'x;reboot'");
	check_shell("$(reboot)`reboot`", "'$(reboot)`reboot`'");
	check_shell("it's", "'it'\\''s'");
	check_shell("~", "'~'");
	check_shell("a\nb", "'a\\nb'");
	check_shell("\x1b[2J", "'\\e[2J'");
	check_shell("PATH=x", "'PATH=x'"); /* would be no word of its own in front of others */
	assert_true(text_is_shell_plain("PATH=x"));
	assert_false(text_is_shell_plain(""));
	assert_false(text_is_shell_plain("a b"));
}

static void numbers(void **state)
{
	static const char *const bad[] = {"", " 1", "1 ", "+1", "-1", "0x1", "1e3", "1.0", "\n"};
	uint64_t value = 7;

	(void)state;
	assert_int_equal(text_u64("0", 0, &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(text_u64("18446744073709551615", UINT64_MAX, &value), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(text_u64("18446744073709551616", UINT64_MAX, &value), -ERANGE);
	assert_int_equal(text_u64("99999999999999999999999", UINT64_MAX, &value), -ERANGE);
	assert_int_equal(text_u64("4294967295", 4294967294, &value), -ERANGE);
	assert_int_equal(text_u64("007", 7, &value), 0);
	assert_int_equal(value, 7);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(text_u64(bad[i], 100, &value), -EINVAL);
	assert_int_equal(text_u64(NULL, 100, &value), -EINVAL);
	assert_int_equal(value, 7);
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		int r;
		uint64_t ms;
	} rows[] = {
		{"5", 0, 5000}, {"5s", 0, 5000}, {"1.5", 0, 1500}, {"250ms", 0, 250}, {"2m", 0, 120000},
		{"1h", 0, 3600000}, {"0.5h", 0, 1800000}, {".5s", 0, 500}, {"5.s", 0, 5000}, {"0", 0, 0},
		{"0.1ms", 0, 1}, {"0.0000000001ms", 0, 1}, {"1.0000000001", 0, 1000},
		{"", -EINVAL, 0}, {"s", -EINVAL, 0}, {".", -EINVAL, 0},
		{"-1", -EINVAL, 0}, {"1 s", -EINVAL, 0}, {"1d", -EINVAL, 0}, {"1e3", -EINVAL, 0},
		{"99999999999999999999", -ERANGE, 0}, {"18446744073709551615h", -ERANGE, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t ms = 0;

		assert_int_equal(text_duration(rows[i].text, &ms), rows[i].r);
		assert_int_equal(ms, rows[i].ms);
	}
}

static void nearest(void **state)
{
	static const char *const names[] = {"exec", "get", "completion", "help", "NET_ADMIN", "ps"};
	static const struct {
		const char *word, *nearest;
	} rows[] = {
		{"exce", "exec"}, {"EXEC", "exec"}, {"gte", "get"}, {"completoin", "completion"}, {"hlep", "help"},
		{"net_admni", "NET_ADMIN"}, {"gt", "get"}, {"sp", "ps"}, {"x", NULL}, {"", NULL}, {"inspect", NULL},
		{"describe", NULL}, {"pss", "ps"},
	};
	char word[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *found = text_nearest(rows[i].word, names, ARRAY_SIZE(names));

		if (rows[i].nearest)
			assert_string_equal(found, rows[i].nearest);
		else
			assert_null(found);
	}
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_null(text_nearest(word, names, ARRAY_SIZE(names)));
	assert_int_equal(text_distance(word, word), 0);
	assert_int_equal(text_distance("kitten", "sitting"), 3);
	assert_int_equal(text_distance("ab", "ba"), 1);
	assert_int_equal(text_distance("", "abc"), 3);
}

static void small_ones(void **state)
{
	(void)state;
	assert_true(text_has_prefix("docker", "dock"));
	assert_true(text_has_prefix("docker", ""));
	assert_false(text_has_prefix("doc", "dock"));
	assert_true(text_is_hex("0123456789abcdef"));
	assert_false(text_is_hex(""));
	assert_false(text_is_hex("0A"));
	assert_false(text_is_hex("0x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes), cmocka_unit_test(escapes_anything), cmocka_unit_test(escaped),
		cmocka_unit_test(for_a_shell),
		cmocka_unit_test(numbers), cmocka_unit_test(durations), cmocka_unit_test(nearest),
		cmocka_unit_test(small_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
