/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/repl.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

/* The words joined by "|", then " -> shell". */
static char *shown(const char *text, bool partial)
{
	CLEANUP_LINE struct repl_line line = {0};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_BUF struct buf out = {0};

	if (repl_line_parse(text, partial, &line, &err) < 0) {
		buf_printf(&out, "error: %s", err.message);
		return buf_take(&out);
	}
	for (size_t i = 0; i < line.n; i++)
		buf_printf(&out, "%s%s", i ? "|" : "", line.words[i]);
	assert_null(line.words[line.n]);
	if (line.shell)
		buf_printf(&out, "%s -> %s", line.host ? "!" : "", line.shell);
	return out.data ? buf_take(&out) : strdup("");
}

struct row {
	const char *text;
	const char *shown;
};

static void check(const struct row *rows, size_t n, bool partial)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP_FREE char *got = shown(rows[i].text, partial);

		if (strcmp(got, rows[i].shown) != 0)
			fail_msg("%s: %s, not %s", rows[i].text, got, rows[i].shown);
	}
}

static void words_as_in_sh(void **state)
{
	static const struct row rows[] = {
		{"", ""},
		{"  \t ", ""},
		{"ps web", "ps|web"},
		{"  ps\t web  ", "ps|web"},
		{"exec web -- sh -c 'echo \"a  b\"'", "exec|web|--|sh|-c|echo \"a  b\""},
		{"a\"b c\"d", "ab cd"},
		{"\"a\\\"b\\\\c\\$d\\x\"", "a\"b\\c$d\\x"},
		{"'a\\b'", "a\\b"},
		{"a\\ b", "a b"},
		{"'' x", "|x"},
		{"$HOME *", "$HOME|*"},
		{"# a remark", ""},
		{"ps # web", "ps"},
		{"ps web#1 '#2'", "ps|web#1|#2"},
		{"\xff\xfe", "\xff\xfe"},
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), false);
}

static void output_to_the_shell(void **state)
{
	static const struct row rows[] = {
		{"ps web | grep 'a b' | wc -l", "ps|web ->  grep 'a b' | wc -l"},
		{"ps web|cat", "ps|web -> cat"},
		{"ps > f", "ps -> cat > f"},
		{"ps >> f", "ps -> cat >> f"},
		{"ps '|' \\> \"|>\"", "ps|||>||>"},
		{"!id -u", "! -> id -u"},
		{"  !ps | cat", "! -> ps | cat"},
		{"ps a2>f", "ps|a2 -> cat >f"},
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), false);
}

static void what_cannot_be_read(void **state)
{
	static const struct row rows[] = {
		{"ps 'web", "error: a ' is not closed"},
		{"ps \"web", "error: a \" is not closed"},
		{"ps \"web\\", "error: a \" is not closed"},
		{"ps web\\", "error: a backslash ends the line: it quotes nothing"},
		{"ps |", "error: no command stands behind |"},
		{"ps >  ", "error: no file stands behind >"},
		{"ps >>", "error: no file stands behind >"},
		{"ps 2> f", "error: only the output can be redirected: quote a number before >"},
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), false);
}

static void up_to_the_cursor(void **state)
{
	static const struct row rows[] = {
		{"", ""},
		{"ps", "ps"},
		{"ps ", "ps|"},
		{"ps 'web a", "ps|web a"},
		{"ps a\\ b", "ps|a b"},
		{"use \"", "use|"},
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), true);
}

static void quoting_comes_back(void **state)
{
	static const char *const words[] = {"web", "a b", "it's", "a\"b", "a\\b", "x|y>z", "#1", "!x", "\x1b[31m", "\xff", "a\tb"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		CLEANUP_FREE char *bare = repl_line_quote(words[i], 0), *quoted = repl_line_quote(words[i], '"');
		CLEANUP_FREE char *a = shown(bare, false), *b = NULL;
		CLEANUP_BUF struct buf text = {0};

		assert_string_equal(a, words[i]);
		buf_printf(&text, "\"%s\"", quoted);
		b = shown(buf_text(&text), false);
		assert_string_equal(b, words[i]);
	}
	assert_null(repl_line_quote("a\nb", 0));
	assert_null(repl_line_quote("it's", '\''));
}

static void secrets(void **state)
{
	static const struct {
		const char *text;
		bool secret;
	} rows[] = {
		{"exec web -- ls -l", false},
		{"exec -e KEY=1 web -- env", true},
		{"exec -ite KEY=1 web -- env", true},
		{"exec -eKEY=1 web", true},
		{"exec --env KEY=1 web", true},
		{"exec --env=KEY=1 web", true},
		{"get co -o wide", false},
		{"exec --timeout 3 web -- id", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_LINE struct repl_line line = {0};
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(repl_line_parse(rows[i].text, false, &line, &err), 0);
		if (repl_line_has_secret(&line) != rows[i].secret)
			fail_msg("%s", rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_as_in_sh),
		cmocka_unit_test(output_to_the_shell),
		cmocka_unit_test(what_cannot_be_read),
		cmocka_unit_test(up_to_the_cursor),
		cmocka_unit_test(quoting_comes_back),
		cmocka_unit_test(secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
