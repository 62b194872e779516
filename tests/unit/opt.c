/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/opt.h"

struct exec_options {
	bool interactive, tty;
	const char *user, *tools;
	struct opt_list env;
};

static const struct opt exec_opts[] = {
	{'i', "interactive", NULL, OPT_FLAG, offsetof(struct exec_options, interactive), "keep stdin"},
	{'t', "tty", NULL, OPT_FLAG, offsetof(struct exec_options, tty), "a terminal"},
	{'u', "user", "USER", OPT_TEXT, offsetof(struct exec_options, user), "run as USER"},
	{'e', "env", "NAME=VALUE", OPT_LIST, offsetof(struct exec_options, env), "set a variable"},
	{0, "tools", "FILE", OPT_MAYBE, offsetof(struct exec_options, tools), "tools of the host"},
	{0, "secret", "X", OPT_TEXT, offsetof(struct exec_options, user), NULL},
	OPT_END,
};

struct globals {
	const char *namespace;
	bool interactive;
	unsigned int verbose;
};

static const struct opt global_opts[] = {
	{'v', "verbose", NULL, OPT_COUNT, offsetof(struct globals, verbose), "again and again"},
	{'n', "namespace", "NAMESPACE", OPT_TEXT, offsetof(struct globals, namespace), "a namespace"},
	{'i', "interactive", NULL, OPT_FLAG, offsetof(struct globals, interactive), "hidden behind the verb's own"},
	OPT_END,
};

/* One command line: words are split at blanks. */
struct line {
	char text[256];
	char *argv[32];
	int argc;
	struct exec_options options;
	struct globals globals;
	struct opt_words words;
	struct err err;
	int r;
};

static void parse(struct line *line, enum opt_mode mode, const char *text)
{
	char *save = NULL;

	*line = (struct line){0};
	strncpy(line->text, text, sizeof(line->text) - 1);
	for (char *w = strtok_r(line->text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		line->argv[line->argc++] = w;
	line->r = opt_parse(line->argc, line->argv, exec_opts, &line->options, global_opts, &line->globals, mode,
		&line->words, &line->err);
}

static void line_free(struct line *line)
{
	opt_words_free(&line->words);
	opt_list_free(&line->options.env);
	err_clear(&line->err);
}

static void assert_words(const struct line *line, const char *want)
{
	CLEANUP_BUF struct buf text = {0};

	assert_int_equal(line->r, 0);
	for (size_t i = 0; i < line->words.n; i++)
		buf_printf(&text, "%s%s", i ? "|" : "", line->words.words[i]);
	assert_string_equal(buf_text(&text), want);
	assert_null(line->words.words[line->words.n]);
}

/* Wherever it stands, but not in the command. */
static void counted(void **state)
{
	static const struct {
		const char *line;
		unsigned int n;
	} rows[] = {{"exec C id", 0}, {"exec -v C id", 1}, {"exec -vv C id", 2}, {"exec -v C -v id -v", 2}, {"exec --verbose -iv C id", 2}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct line line;

		parse(&line, OPT_AROUND_TARGET, rows[i].line);
		assert_int_equal(line.r, 0);
		assert_int_equal(line.globals.verbose, rows[i].n);
		line_free(&line);
	}
}

static void exec_grammar(void **state)
{
	static const struct {
		const char *line, *words;
		bool it;
		const char *user;
	} rows[] = {
		{"exec -it C ls -l", "C|ls|-l", true, NULL},
		{"exec C -it -- ls -l", "C|ls|-l", true, NULL},
		{"exec -i C -t ls -l", "C|ls|-l", true, NULL},
		{"exec C -- ls -l", "C|ls|-l", false, NULL},
		{"exec C ls -la", "C|ls|-la", false, NULL},
		{"exec C ls -it", "C|ls|-it", false, NULL},
		{"exec -- C ls", "C|ls", false, NULL},
		{"exec -- C -- ls", "C|ls", false, NULL},
		{"exec -- C -it ls", "C|-it|ls", false, NULL},
		{"exec -- C", "C", false, NULL},
		{"exec C --", "C", false, NULL},
		{"exec C -it --", "C", true, NULL},
		{"exec C ls -- x", "C|ls|--|x", false, NULL},
		{"exec C -- ls -- x", "C|ls|--|x", false, NULL},
		{"exec C -- -- x", "C|--|x", false, NULL},
		{"exec C -- -it", "C|-it", false, NULL},
		{"exec C", "C", false, NULL},
		{"exec", "", false, NULL},
		{"exec --", "", false, NULL},
		{"exec -it", "", true, NULL},
		{"exec -u app C id", "C|id", false, "app"},
		{"exec -uapp C id", "C|id", false, "app"},
		{"exec -ituapp C id", "C|id", true, "app"},
		{"exec C --user app id", "C|id", false, "app"},
		{"exec C --user=app id -u", "C|id|-u", false, "app"},
		{"exec -u -- C id", "C|id", false, "--"},
		{"exec C -u -- id", "C|id", false, "--"},
		{"exec C -u -- -- id", "C|id", false, "--"},
		{"exec -u a C -u b id", "C|id", false, "b"},
		{"exec C - x", "C|-|x", false, NULL},
		{"exec - x", "-|x", false, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(line_free) struct line line;

		parse(&line, OPT_AROUND_TARGET, rows[i].line);
		assert_words(&line, rows[i].words);
		assert_int_equal(line.options.interactive && line.options.tty, rows[i].it);
		assert_false(line.globals.interactive);
		if (rows[i].user)
			assert_string_equal(line.options.user, rows[i].user);
		else
			assert_null(line.options.user);
	}
}

static void other_modes(void **state)
{
	static const struct {
		enum opt_mode mode;
		const char *line, *words;
		bool it;
	} rows[] = {
		{OPT_ANYWHERE, "get -it a b", "a|b", true},
		{OPT_ANYWHERE, "get a -i b -t", "a|b", true},
		{OPT_ANYWHERE, "get a -i -- b -t", "a|b|-t", false},
		{OPT_ANYWHERE, "get", "", false},
		{OPT_UNTIL_WORD, "nsctl -it get -x", "get|-x", true},
		{OPT_UNTIL_WORD, "nsctl -it -- get -x", "get|-x", true},
		{OPT_UNTIL_WORD, "nsctl get -it", "get|-it", false},
		{OPT_COMMAND_ONLY, "run -it sh -c x", "sh|-c|x", true},
		{OPT_COMMAND_ONLY, "run -it -- sh -c x", "sh|-c|x", true},
		{OPT_COMMAND_ONLY, "run sh -it", "sh|-it", false},
		{OPT_COMMAND_ONLY, "run -it", "", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(line_free) struct line line;

		parse(&line, rows[i].mode, rows[i].line);
		assert_words(&line, rows[i].words);
		assert_int_equal(line.options.interactive && line.options.tty, rows[i].it);
	}
}

static void lists_and_globals(void **state)
{
	CLEANUP(line_free) struct line line;

	(void)state;
	parse(&line, OPT_AROUND_TARGET, "exec -e A=1 C --env B= -n shop --env=C=3 -e= env");
	assert_words(&line, "C|env");
	assert_int_equal(line.options.env.n, 4);
	assert_string_equal(line.options.env.items[0], "A=1");
	assert_string_equal(line.options.env.items[1], "B=");
	assert_string_equal(line.options.env.items[2], "C=3");
	assert_string_equal(line.options.env.items[3], "=");
	assert_null(line.options.env.items[4]);
	assert_string_equal(line.globals.namespace, "shop");
}

/* A value only behind =, so that what follows stays a word. */
static void maybe_a_value(void **state)
{
	static const struct {
		const char *line, *words, *tools;
	} rows[] = {
		{"exec C ls", "C|ls", NULL},
		{"exec --tools C ls", "C|ls", ""},
		{"exec C --tools ls", "C|ls", ""},
		{"exec --tools=/a=b C ls", "C|ls", "/a=b"},
		{"exec --tools=/a --tools C ls", "C|ls", ""},
		{"exec C ls --tools", "C|ls|--tools", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(line_free) struct line line;

		parse(&line, OPT_AROUND_TARGET, rows[i].line);
		assert_words(&line, rows[i].words);
		if (rows[i].tools)
			assert_string_equal(line.options.tools, rows[i].tools);
		else
			assert_null(line.options.tools);
	}
}

static void errors(void **state)
{
	static const struct {
		const char *line, *message, *hint;
	} rows[] = {
		{"exec --intreactive C", "unknown option --intreactive", "did you mean --interactive?"},
		{"exec --inter C", "unknown option --inter", "did you mean --interactive?"},
		{"exec --nosuch=1 C", "unknown option --nosuch", NULL},
		{"exec --usr=1 C", "unknown option --usr", "did you mean --user?"},
		{"exec -itX C", "unknown option -X", NULL},
		{"exec C -X ls", "unknown option -X", NULL},
		{"exec --tty=yes C", "option --tty takes no value", NULL},
		{"exec --user", "option --user needs a value: USER", NULL},
		{"exec C -u", "option --user needs a value: USER", NULL},
		{"exec --us=1 C", "unknown option --us", "did you mean --user?"},
		{"exec --us", "unknown option --us", "did you mean --user?"},
		{"exec --t=1 C", "unknown option --t", "did you mean --tty?"},
		{"exec --secre x", "unknown option --secre", NULL},
		{"exec -\x1b C", "unknown option -\x1b", NULL},
		{"exec --a\x1b[31m C", "unknown option --a\x1b[31m", NULL},
		{"exec -: C", "unknown option -:", NULL},
		{"exec -? C", "unknown option -?", NULL},
		{"exec -+ C", "unknown option -+", NULL},
		{"exec --tools= C", "option --tools= needs a value, or no =", NULL},
		{"exec --tool C", "unknown option --tool", "did you mean --tools?"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(line_free) struct line line;

		parse(&line, OPT_AROUND_TARGET, rows[i].line);
		assert_int_not_equal(line.r, 0);
		assert_int_equal(line.err.kind, ERR_USAGE);
		assert_string_equal(line.err.message, rows[i].message);
		if (rows[i].hint)
			assert_string_equal(line.err.hint, rows[i].hint);
		else
			assert_null(line.err.hint);
	}
}

static void help(void **state)
{
	CLEANUP_BUF struct buf text = {0};

	(void)state;
	opt_help(&text, exec_opts);
	assert_string_equal(buf_text(&text), "  -i, --interactive           keep stdin\n"
					     "  -t, --tty                   a terminal\n"
					     "  -u, --user USER             run as USER\n"
					     "  -e, --env NAME=VALUE        set a variable\n"
					     "      --tools[=FILE]          tools of the host\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted),
		cmocka_unit_test(exec_grammar), cmocka_unit_test(other_modes), cmocka_unit_test(lists_and_globals),
		cmocka_unit_test(maybe_a_value), cmocka_unit_test(errors), cmocka_unit_test(help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
