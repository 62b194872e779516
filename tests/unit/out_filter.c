/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --filter, --sort-by and --columns, on rows of the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "out/filter.h"
#include "printed.h"

enum {
	NONE = 1 << 30, /* of a number: there is none, it is unknown, it is shown as "all" */
	UNKNOWN,
	ALL,
};

struct dog {
	const char *name;
	uint64_t age, weight;
};

static void fill_name(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct dog *)item)->name);
}

static void fill_number(struct cell *ret, uint64_t number)
{
	if (number == UNKNOWN)
		cell_unknown(ret);
	else if (number != NONE)
		cell_number(ret, number);
	if (number == ALL)
		buf_str(&ret->text, "all");
}

static void fill_age(const void *item, struct cell *ret)
{
	fill_number(ret, ((const struct dog *)item)->age);
	if (ret->kind == CELL_NUMBER)
		cell_age(ret, ret->number);
}

static void fill_weight(const void *item, struct cell *ret)
{
	fill_number(ret, ((const struct dog *)item)->weight);
}

static const struct column columns[] = {
	{"NAME", "its name", 0, 1, fill_name},
	{"AGE", "how old it is", COLUMN_AGE, 2, fill_age},
	{"WEIGHT", "in grams", COLUMN_WIDE | COLUMN_RIGHT, 4, fill_weight},
	{"CALLED", "what is called", COLUMN_EXTRA, 8, fill_name},
	{NULL, NULL, 0, 0, NULL},
};

static void dog_json(const void *item, struct json_object *into)
{
	json_add_text(into, "name", ((const struct dog *)item)->name);
}

static const struct view view = {
	.kind = "Dog", .plural = "dogs", .columns = columns, .needs = 16, .json = dog_json, .ref = fill_name};

static const struct dog dogs[] = {
	{"rex", 90, 30000}, {"ada", 3600, 4000}, {"Bo, the old", 86400 * 400, NONE}, {"x\n", NONE, ALL},
	{NULL, UNKNOWN, 9000}, {"ada", 60, UNKNOWN},
};

/* Prints NAME of the rows, with '|' in place of line feeds. */
static void assert_names(const struct out_options *from, const char *want)
{
	const struct out_rows rows = {.items = dogs, .n = ARRAY_SIZE(dogs), .size = sizeof(*dogs)};
	struct out_options options = *from;
	CLEANUP_ERR struct err err = {0};
	CLEANUP_FREE char *text = NULL;
	struct out out;

	options.format = "name";
	if (out_init(&out, &options, &view, NULL, &err) < 0)
		fail_msg("%s: %s", options.filter ? options.filter : options.sort_by, err.message);
	text = printed_list(&out, &rows);
	for (char *at = text; *at; at++)
		*at = *at == '\n' ? '|' : *at;
	assert_string_equal(text, want);
}

static void filters(void **state)
{
	static const struct {
		const char *expr, *want;
	} rows[] = {
		{"NAME==ada", "ada|ada|"}, {"name=ada", "ada|ada|"}, {" NAME == ada ", "ada|ada|"},
		{"NAME!=ada", "rex|Bo, the old|x\\n|-|"}, {"NAME<b", "ada|Bo, the old|ada|"},
		{"NAME==-", "-|"}, {"NAME==", "-|"}, {"NAME!=", "rex|ada|Bo, the old|x\\n|ada|"},
		{"NAME==x\\n", "x\\n|"}, /* as it is shown */
		{"NAME==Bo\\, the old", "Bo, the old|"}, {"NAME==\"Bo, the old\"", "Bo, the old|"},
		{"NAME == 'Bo, the old' , AGE > 1", "Bo, the old|"},
		{"NAME~^a", "ada|ada|"}, {"NAME~.", "rex|ada|Bo, the old|x\\n|ada|"}, {"NAME!~a", "rex|Bo, the old|x\\n|-|"},
		{"NAME~\"a{1},?\"", "ada|ada|"}, {"NAME~(re|ad)", "rex|ada|ada|"}, {"NAME~o\\,", "Bo, the old|"},
		{"NAME~\\.", ""}, {"AGE<2m", "rex|ada|"}, {"AGE>1h", "Bo, the old|"}, {"AGE>=1h", "ada|Bo, the old|"},
		{"AGE<=60", "ada|"}, {"AGE==1h", "ada|"}, {"AGE==60m", "ada|"}, {"AGE==3600", "ada|"},
		{"AGE==400d", "Bo, the old|"}, {"AGE>1y34d", "Bo, the old|"}, {"AGE==?", "-|"}, {"AGE==-", "x\\n|"},
		{"AGE!=60", "rex|ada|Bo, the old|x\\n|-|"}, {"AGE~s$", "rex|ada|"},
		{"WEIGHT>8999", "rex|x\\n|-|"}, {"WEIGHT<9000", "ada|"}, {"WEIGHT==all", "x\\n|"},
		{"WEIGHT!=all", "rex|ada|Bo, the old|-|ada|"}, {"WEIGHT~^3", "rex|"}, {"WEIGHT!~^3", "ada|Bo, the old|x\\n|-|"},
		{"WEIGHT==9000", "-|"}, {"CALLED==rex", "rex|"}, {"NAME==ada,AGE<2m", "ada|"}, {"NAME==rex,NAME==ada", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_names(&(struct out_options){.filter = rows[i].expr}, rows[i].want);
}

static void wrong_filters(void **state)
{
	static const struct {
		const char *expr, *message, *hint;
	} rows[] = {
		{"", "--filter wants COLUMN OP VALUE, not \"\"", "OP is one of"},
		{"NAME", "--filter wants COLUMN OP VALUE, not NAME", "OP is one of"},
		{"NAME==a,", "--filter wants COLUMN OP VALUE, not \"\"", "OP is one of"},
		{"NAME!a", "--filter wants", "OP is one of"},
		{"NAEM==a", "dogs have no column NAEM", "did you mean NAME?"},
		{"==a", "dogs have no column \"\"", "there are: NAME, AGE, WEIGHT, CALLED"},
		{"\x1b==a", "dogs have no column \x1b", "there are"},
		{"AGE<old", "--filter: AGE is compared with a number, not with old", "as 90s, 5m, 4h20m, 2d or 1y"},
		{"AGE<5x", "--filter: AGE is compared with a number, not with 5x", "as 90s"},
		{"AGE<", "--filter: AGE is compared with a number, not with \"\"", "as 90s"},
		{"WEIGHT>5m", "--filter: WEIGHT is compared with a number, not with 5m", NULL},
		{"NAME~(", "--filter: ( is no regular expression: ", NULL},
		{"NAME==\"a", "--filter: a value begins with \" and does not end with it", NULL},
		{"NAME=='a'b", "--filter: a comma is wanted behind a quoted value", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FILTER struct filter filter = {0};
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(filter_parse(rows[i].expr, &view, &filter, &err), -EINVAL);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_int_equal(filter.n, 0);
		if (strncmp(err.message, rows[i].message, strlen(rows[i].message)) != 0)
			fail_msg("%s: %s", rows[i].expr, err.message);
		if (rows[i].hint && (!err.hint || !strstr(err.hint, rows[i].hint)))
			fail_msg("%s: %s", rows[i].expr, err.hint ? err.hint : "no hint");
	}
}

static void sorted(void **state)
{
	static const struct {
		const char *by, *want;
	} rows[] = {
		{"NAME", "Bo, the old|ada|ada|rex|x\\n|-|"}, {"-name", "x\\n|rex|ada|ada|Bo, the old|-|"},
		{"AGE", "ada|rex|ada|Bo, the old|x\\n|-|"}, {"-AGE", "Bo, the old|ada|rex|ada|x\\n|-|"},
		{"WEIGHT", "ada|-|rex|x\\n|Bo, the old|ada|"}, {"-WEIGHT", "x\\n|rex|-|ada|Bo, the old|ada|"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_names(&(struct out_options){.sort_by = rows[i].by}, rows[i].want);
	assert_names(&(struct out_options){.sort_by = "-WEIGHT", .filter = "WEIGHT>0"}, "x\\n|rex|-|ada|");
}

static void chosen_columns(void **state)
{
	static const struct {
		const char *columns, *format, *want;
		unsigned int needs;
	} rows[] = {
		{NULL, NULL, "NAME AGE", 3}, {NULL, "wide", "NAME AGE WEIGHT", 7}, {"AGE,NAME", NULL, "AGE NAME", 3},
		{"weight", NULL, "WEIGHT", 4}, {"+WEIGHT", NULL, "NAME AGE WEIGHT", 7},
		{"+CALLED,NAME", "wide", "NAME AGE WEIGHT CALLED", 15}, {"NAME,NAME", NULL, "NAME NAME", 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct out_options options = {.columns = rows[i].columns, .format = rows[i].format};
		CLEANUP_ERR struct err err = {0};
		CLEANUP_BUF struct buf text = {0};
		struct out out;

		assert_int_equal(out_init(&out, &options, &view, NULL, &err), 0);
		for (size_t c = 0; c < out.n_columns; c++)
			buf_printf(&text, "%s%s", c ? " " : "", out.columns[c].column->name);
		assert_string_equal(buf_text(&text), rows[i].want);
		assert_int_equal(out.needs, rows[i].needs);
	}
}

/* What sorts and filters must be gathered too, whatever the format. */
static void needs(void **state)
{
	const struct out_options options = {.format = "json", .sort_by = "WEIGHT", .filter = "AGE>1"};
	CLEANUP_ERR struct err err = {0};
	struct out out;

	(void)state;
	assert_int_equal(out_init(&out, &options, &view, NULL, &err), 0);
	assert_int_equal(out.needs, 16 | 4 | 2);
}

static void wrong_options(void **state)
{
	static const struct {
		struct out_options options;
		const char *message;
	} rows[] = {
		{{.columns = "NAEM"}, "dogs have no column NAEM"}, {{.columns = ""}, "dogs have no column \"\""},
		{{.columns = "NAME,"}, "dogs have no column \"\""}, {{.columns = "NAME,+AGE"}, "dogs have no column +AGE"},
		{{.columns = "NAME", .format = "json"}, "--columns goes with -o table and wide"},
		{{.columns = "NAME", .quiet = true}, "--columns goes with"},
		{{.columns = "NAME", .format = "custom-columns=A:.name"}, "--columns goes with"},
		{{.sort_by = "-"}, "dogs have no column"}, {{.sort_by = "nmae"}, "dogs have no column nmae"},
		{{.format = "custom-columns"}, "custom-columns wants"}, {{.format = "custom-columns="}, "custom-columns wants"},
		{{.format = "json="}, "unknown output format json="}, {{.watch = true, .format = "json"}, "-o json is one document"},
		{{.interval = "2s"}, "--interval goes with"}, {{.watch = true, .interval = "0"}, "--interval wants"},
		{{.watch = true, .interval = "2x"}, "--interval wants"}, {{.watch = true, .interval = "900h"}, "--interval wants"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_ERR struct err err = {0};
		struct out out;

		assert_int_equal(out_init(&out, &rows[i].options, &view, NULL, &err), -EINVAL);
		assert_int_equal(err.kind, ERR_USAGE);
		if (strncmp(err.message, rows[i].message, strlen(rows[i].message)) != 0)
			fail_msg("%s", err.message);
	}
}

/* A verb may hide a column and name it anew, unless it was asked for. */
static void changed_columns(void **state)
{
	static const char *const columns_asked[] = {NULL, "NAME,AGE"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(columns_asked); i++) {
		const struct out_rows rows = {.items = dogs, .n = 1, .size = sizeof(*dogs)};
		const struct out_options options = {.columns = columns_asked[i]};
		CLEANUP_ERR struct err err = {0};
		CLEANUP_FREE char *text = NULL;
		struct out out;

		assert_int_equal(out_init(&out, &options, &view, NULL, &err), 0);
		out_column_show(&out, "AGE", false);
		out_column_show(&out, "NOSUCH", false);
		out_column_head(&out, "NAME", "DOG\x1b");
		text = printed_list(&out, &rows);
		assert_string_equal(text, i ? "DOG\\e AGE\nrex   90s\n" : "DOG\\e\nrex\n");
		out_column_show(&out, "AGE", true);
		out_column_head(&out, "NAME", NULL);
		free(text);
		text = printed_list(&out, &rows);
		assert_string_equal(text, "NAME AGE\nrex  90s\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters), cmocka_unit_test(wrong_filters), cmocka_unit_test(sorted),
		cmocka_unit_test(chosen_columns), cmocka_unit_test(needs), cmocka_unit_test(wrong_options),
		cmocka_unit_test(changed_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
