/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "app/config.h"
#include "app/session.h"
#include "app/verb.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "out/out.h"

/* What a text means, on one line; or its error. */
static char *shown(const char *text)
{
	struct config_level level = {.path = strdup("c")};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_BUF struct buf out = {0};

	if (config_parse(&level, text, strlen(text), &err) < 0) {
		assert_int_equal(err_status(err.kind, false), 2);
		buf_printf(&out, "%s|%s", err.message, err.hint ? err.hint : "");
	} else {
		buf_printf(&out, "%s %s", level.output ? level.output : "-", level.color ? level.color : "-");
		for (size_t i = 0; i < level.roots.n; i++)
			buf_printf(&out, " %s", level.roots.items[i]);
		for (size_t i = 0; i < level.n_lists; i++)
			buf_printf(&out, " %s:%s:%s", level.lists[i].kind, level.lists[i].output ? level.lists[i].output : "",
				level.lists[i].columns ? level.lists[i].columns : "");
	}
	config_level_free(&level);
	return buf_take(&out);
}

static void each_key(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{"", "- -"},
		{"# nothing\n", "- -"},
		{"roots:\n", "- -"},
		{"output: wide\ncolor: never\n", "wide never"},
		{"colour: auto", "- auto"},
		{"output: {containers: json, ps: name}", "- - Container:json: Process:name:"},
		{"output: {pods: 'custom-columns=N:.name'}", "- - Pod:custom-columns=N:.name:"},
		{"columns: {co: [name, ENGINE]}", "- - Container::name,ENGINE"},
		{"columns: {co: 'NAME,ENGINE', users: +GROUPS}", "- - Container::NAME,ENGINE User::+GROUPS"},
		{"columns: {users: [CONTAINER, USER]}", "- - User::CONTAINER,USER"}, /* of `users A B` and `get users` only */
		{"columns: {containers: [NAME]}\noutput: {containers: wide}", "- - Container:wide:NAME"},
		{"roots: [docker=/a, crun=]", "- - docker=/a crun="},
		/* the verb caps, not the list of capabilities that get calls caps, too */
		{"output: {caps: json, capabilities: wide}", "- - Caps:json: Capability:wide:"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *got = shown(rows[i].text);

		if (strcmp(got, rows[i].shown) != 0)
			fail_msg("%s: %s, not %s", rows[i].text, got, rows[i].shown);
	}
}

static void each_error(void **state)
{
	static const struct {
		const char *text, *shown; /* its beginning */
	} rows[] = {
		{"colums: {}", "c:1:1: unknown key colums|did you mean columns?"},
		{"a\nb: 1", "c:2:2: "},
		{"[1]", "c:1:1: a config file wants an object, not a list|output: wide"},
		{"output: 3", "c:1:9: output wants a format, not a number|"},
		{"output: custom-columns=A:.b", "c:1:9: custom-columns are one list's|"},
		{"output: {ps: custom-columns=}", "c:1:14: unknown output format custom-columns="},
		{"\noutput: yml", "c:2:9: unknown output format yml|did you mean yaml?"},
		{"output: {describe: json}", "c:1:10: unknown list describe|"}, /* a page */
		{"output: {ps: json, processes: wide}", "c:1:20: ps and processes are one list|"},
		{"columns: [NAME]", "c:1:10: columns wants an object, for a column is one list's, not a list|"},
		{"columns: {ps: 1}", "c:1:15: columns wants a list of names, not a number|"},
		{"columns: {ps: []}", "c:1:15: columns wants a list of names, not a list|"},
		{"columns: {ps: [1]}", "c:1:16: a column wants a name, not a number|"},
		{"columns: {ps: [PID, PIID]}", "c:1:21: processes have no column PIID|did you mean PID?"},
		{"columns: {ps: 'PID,'}", "c:1:15: processes have no column \"\"|"},
		{"columns: {ps: [PID, +AGE]}", "c:1:21: processes have no column +AGE|"},
		{"roots: {docker: /a}", "c:1:8: roots wants a list, not an object|"},
		{"roots: [/a]", "c:1:9: a root is ENGINE=DIR, as of --root|"},
		{"roots: [dcoker=/a]", "c:1:9: unknown engine dcoker|did you mean docker?"},
		{"roots: [docker=a]", "c:1:9: the folder of a root begins with /|"},
		{"color: al\ncolour: no", "c:1:8: unknown word for color: al|"},
		{"color: auto\ncolour: auto", "c:2:1: color and colour are one key|"},
		{"\"a\\e[31m\": 1", "c:1:1: unknown key a\x1b[31m|"},
		{"output: wide\noutput: json", "c:2:1: output stands twice, first at 1:1|"},
		{"output: wide\n---\noutput: json", "c:3:1: a config file is one document|"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *got = shown(rows[i].text);

		if (strncmp(got, rows[i].shown, strlen(rows[i].shown)) != 0)
			fail_msg("%s: %s, not %s", rows[i].text, got, rows[i].shown);
	}
}

/* Later levels and what was asked for win. */
static void what_wins(void **state)
{
	CLEANUP_CONFIG struct config config = {.levels = {{.path = strdup("etc")}, {.path = strdup("user")}}};
	const char *system = "output: json\ncolumns: {containers: [NAME], pods: [NAME]}\nroots: [docker=/a, docker=/b, crun=/c, lxc=/d]",
		   *user = "output: {containers: wide}\ncolumns: {containers: [ID]}\nroots: [crun=, crun=/e]";
	const struct verb *get = verb_by_name("get");
	CLEANUP_FREE char *memory = calloc(1, get->options_size);
	CLEANUP_ERR struct err err = {0};
	CLEANUP(session_free) struct session s = {.color = "never"};
	const struct opt *row = get->opts;
	struct out_options *out;
	CLEANUP_BUF struct buf roots = {0};

	(void)state;
	assert_int_equal(config_parse(&config.levels[0], system, strlen(system), &err), 0);
	assert_int_equal(config_parse(&config.levels[1], user, strlen(user), &err), 0);
	while (strcmp(row->name, "output") != 0)
		row++;
	out = (struct out_options *)(void *)(memory + row->offset - offsetof(struct out_options, format));

	config_apply(&config, get, "co", memory, &s);
	assert_string_equal(out->format, "wide");
	assert_string_equal(out->usual_columns, "ID");
	assert_string_equal(s.color, "never");

	*out = (struct out_options){0};
	config_apply(&config, get, "pods", memory, &s);
	assert_string_equal(out->format, "json");
	assert_string_equal(out->usual_columns, "NAME");

	*out = (struct out_options){.format = "table"};
	config_apply(&config, get, "pods", memory, &s);
	assert_string_equal(out->format, "table");

	/* what only a table has, and what has no end */
	*out = (struct out_options){.columns = "NAME"};
	config_apply(&config, get, "pods", memory, &s);
	assert_null(out->format);
	*out = (struct out_options){.quiet = true};
	config_apply(&config, get, "pods", memory, &s);
	assert_null(out->format);
	*out = (struct out_options){.watch = true};
	config_apply(&config, get, "pods", memory, &s);
	assert_null(out->format);

	opt_list_add(&s.roots, "lxc=");
	opt_list_add(&s.roots, "lxc=/f");
	assert_int_equal(config_add_roots(&config, &s, &err), 0);
	for (size_t i = 0; i < s.roots.n; i++)
		buf_printf(&roots, "%s ", s.roots.items[i]);
	assert_string_equal(buf_text(&roots), "docker=/a docker=/b crun= crun=/e lxc= lxc=/f ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key),
		cmocka_unit_test(each_error),
		cmocka_unit_test(what_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
