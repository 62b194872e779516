/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table on a terminal that is too narrow for it: what is cut says so, what is never cut, what goes on in the next line, what
 * is left out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/text.h"
#include "out/print.h"
#include "printed.h"
#include "printers.h"

struct box {
	const char *name, *pod, *rule;
	uint64_t pid;
	const char *status, *command, *caps;
};

static void fill_box_name(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct box *)item)->name);
}

static void fill_box_pod(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct box *)item)->pod);
}

static void fill_box_pid(const void *item, struct cell *ret)
{
	cell_number(ret, ((const struct box *)item)->pid);
}

static void fill_box_status(const void *item, struct cell *ret)
{
	cell_word(ret, ((const struct box *)item)->status);
}

static void fill_box_command(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct box *)item)->command);
}

static void fill_box_caps(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct box *)item)->caps);
}

static void fill_box_rule(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct box *)item)->rule);
}

static const struct column box_columns[] = {
	{"NAME", "", 0, 0, fill_box_name},       {"POD", "", 0, 0, fill_box_pod},
	{"PID", "", COLUMN_RIGHT, 0, fill_box_pid}, {"STATUS", "", 0, 0, fill_box_status},
	{"CAPS", "", COLUMN_EXTRA | COLUMN_NO, 0, fill_box_caps},
	{"COMMAND", "", COLUMN_CUT, 0, fill_box_command},
	{"RULE", "", COLUMN_EXTRA | COLUMN_WRAP, 0, fill_box_rule},
	{"VERDICT", "", COLUMN_EXTRA | COLUMN_KEPT, 0, fill_box_status}, {NULL, NULL, 0, 0, NULL},
};
static const struct view box_view = {.kind = "Box", .plural = "boxes", .columns = box_columns, .ref = fill_box_name};

#define BIRDS "\xe9\xb3\xa5\xe9\xb3\xa5\xe9\xb3\xa5\xe9\xb3\xa5\xe9\xb3\xa5"

/* Both printers; `ascii`: as the locale would have it. */
static void assert_printed(const struct out_options *options, size_t width, bool ascii, const struct box *boxes, size_t n,
	const char *want)
{
	const struct out_rows rows = {.items = boxes, .n = n, .size = sizeof(boxes[0])};

	for (int i = 0; i < 2; i++) {
		CLEANUP_ERR struct err err = {0};
		CLEANUP_FREE char *text = NULL;
		struct out out;

		assert_int_equal(out_init(&out, options, &box_view, NULL, &err), 0);
		out.width = out.side = width;
		out.ascii = ascii;
		without_library = i;
		text = printed_list(&out, &rows);
		without_library = false;
		assert_string_equal(text, want);
	}
}

static void assert_boxes(const struct out_options *options, size_t width, bool ascii, const char *pod, const char *want)
{
	const struct box boxes[] = {
		{"a-long-name-for-a-box", pod, "the first word, the second word and: whatever follows them", 123456789,
			"Running", "sleep for a long time", NULL},
		{BIRDS, NULL, NULL, 1, "Paused", "x", NULL},
	};

	assert_printed(options, width, ascii, boxes, ARRAY_SIZE(boxes), want);
}

static void narrow(void **state)
{
	static const struct out_options usual = {0};

	(void)state;
	/* what may be cut is cut, and says so */
	assert_boxes(&usual, 64, true, NULL,
		"NAME                  POD       PID STATUS  COMMAND\n"
		"a-long-name-for-a-box -   123456789 Running sleep for a long ...\n" BIRDS
		"            -           1 Paused  x\n");
	assert_boxes(&usual, 64, false, NULL,
		"NAME                  POD       PID STATUS  COMMAND\n"
		"a-long-name-for-a-box -   123456789 Running sleep for a long ti\u2026\n" BIRDS
		"            -           1 Paused  x\n");
	/* what says nothing is left out, then the widest are cut, and what is left out says that */
	assert_boxes(&usual, 60, true, NULL,
		"NAME                        PID STATUS  COMMAND\n"
		"a-long-name-for-a-box 123456789 Running sleep for a long ...\n" BIRDS
		"                    1 Paused  x\n");
	assert_boxes(&usual, 40, true, NULL,
		"NAME             PID STATUS  COMMAND\n"
		"a-long-... 123456789 Running sleep fo...\n" BIRDS "         1 Paused  x\n");
	assert_boxes(&usual, 36, true, "p",
		"NAME           POD       PID STATUS\n"
		"a-long-name... p   123456789 Running\n" BIRDS "     -           1 Paused\n"
		"No room for COMMAND: -o wide has all.\n");
	/* never half a number or half of a word out of a few, and never nothing */
	assert_boxes(&usual, 20, true, NULL,
		"NAME             PID\n"
		"a-long-... 123456789\n" BIRDS "         1\n"
		"No room for STATUS, COMMAND: -o wide has all.\n");
	assert_boxes(&usual, 3, true, NULL,
		"NAME\n"
		"a-lon...\n"
		"\xe9\xb3\xa5\xe9\xb3\xa5...\n"
		"No room for PID, STATUS, COMMAND: -o wide has all.\n");
}

/* Who asks for columns gets them, and wide is all: the lines are as long as that. */
static void not_cut(void **state)
{
	static const struct out_options wide = {.format = "wide"}, asked = {.columns = "NAME,POD,PID,RULE"};

	(void)state;
	for (size_t width = 1; width < 60; width++) {
		assert_boxes(&asked, width, true, NULL,
			"NAME                  POD       PID RULE\n"
			"a-long-name-for-a-box -   123456789 the first word, the second word and: whatever follows them\n" BIRDS
			"            -           1 -\n");
		assert_boxes(&wide, width, true, NULL,
			"NAME                  POD       PID STATUS  COMMAND\n"
			"a-long-name-for-a-box -   123456789 Running sleep for a long time\n" BIRDS
			"            -           1 Paused  x\n");
	}
}

/* A "-" that is an answer goes after those that are none, and is said; a heading is not wanted then either. */
static void answers(void **state)
{
	static const struct out_options some = {.usual_columns = "NAME,POD,CAPS,PID"},
					bare = {.usual_columns = "NAME,POD,CAPS,PID", .no_headers = true};

	(void)state;
	assert_boxes(&some, 25, true, NULL,
		"NAME       CAPS       PID\n"
		"a-long-... -    123456789\n" BIRDS " -            1\n");
	assert_boxes(&some, 20, true, NULL,
		"NAME             PID\n"
		"a-long-... 123456789\n" BIRDS "         1\n"
		"No room for CAPS: -o wide has all.\n");
	assert_boxes(&bare, 20, true, NULL, "a-long-... 123456789\n" BIRDS "         1\n");
}

/* What a row is there for goes on in the next line, or stands below its row. */
static void wrapped(void **state)
{
	static const struct out_options some = {.usual_columns = "NAME,STATUS,RULE"};

	(void)state;
	assert_boxes(&some, 90, true, NULL,
		"NAME                  STATUS  RULE\n"
		"a-long-name-for-a-box Running the first word, the second word and: whatever follows them\n" BIRDS
		"            Paused  -\n");
	assert_boxes(&some, 62, true, NULL,
		"NAME                  STATUS  RULE\n"
		"a-long-name-for-a-box Running the first word, the second word\n"
		"                              and: whatever follows them\n" BIRDS "            Paused  -\n");
	assert_boxes(&some, 61, true, NULL,
		"NAME                  STATUS\n"
		"a-long-name-for-a-box Running\n"
		"  RULE: the first word, the second word and: whatever follows\n"
		"        them\n" BIRDS "            Paused\n");
	assert_boxes(&some, 24, true, NULL,
		"NAME             STATUS\n"
		"a-long-name-f... Running\n"
		"  RULE: the first word,\n"
		"        the second word\n"
		"        and: whatever\n"
		"        follows them\n" BIRDS "       Paused\n");
}

#define TEN "ten letter"
#define FIFTY TEN TEN TEN TEN TEN

/* A word out of a few is whole, and there to the last; a text that would be a column of its own stands below. */
static void kept(void **state)
{
	static const struct out_options some = {.usual_columns = "NAME,STATUS,COMMAND,VERDICT"},
					more = {.usual_columns = "NAME,RULE,VERDICT"};
	static const struct box box = {"a-long-name", NULL, FIFTY FIFTY, 1, "Terminating", "sleep for long", NULL},
				two[] = {{"short", NULL, FIFTY, 1, "Paused", NULL, NULL}, {"long", NULL, FIFTY FIFTY, 1, "Paused", NULL, NULL}};

	(void)state;
	assert_printed(&some, 42, true, &box, 1,
		"NAME     STATUS      COMMAND   VERDICT\n"
		"a-lon... Terminating sleep ... Terminating\n");
	assert_printed(&some, 32, true, &box, 1,
		"NAME     STATUS      VERDICT\n"
		"a-lon... Terminating Terminating\n"
		"No room for COMMAND: -o wide has all.\n");
	assert_printed(&some, 20, true, &box, 1,
		"NAME     VERDICT\n"
		"a-lon... Terminating\n"
		"No room for STATUS, COMMAND: -o wide has all.\n");
	assert_printed(&more, 46, true, two, ARRAY_SIZE(two),
		"NAME  RULE                             VERDICT\n"
		"short ten letterten letterten          Paused\n"
		"      letterten letterten letter\n"
		"long                                   Paused\n"
		"  RULE: ten letterten letterten letterten\n"
		"        letterten letterten letterten\n"
		"        letterten letterten letterten letter\n");
}

/* Where a line ends: a blank before a comma, a comma before anything, and the blank is not shown. */
static void pieces(void **state)
{
	static const struct {
		const char *text;
		size_t width, len, shown;
	} rows[] = {
		{"by its own /proc, once", 12, 11, 10}, {"by its own /proc", 10, 11, 10}, {"one/two/three", 10, 8, 8},
		{"one/two/three", 13, 13, 13},          {"0123456789", 4, 4, 4},          {BIRDS, 1, 3, 3},
		{"a b ", 10, 4, 4},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t len = out_piece(rows[i].text, strlen(rows[i].text), rows[i].width);

		assert_int_equal(len, rows[i].len);
		assert_int_equal(out_piece_shown(rows[i].text, len, strlen(rows[i].text)), rows[i].shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(narrow), cmocka_unit_test(not_cut), cmocka_unit_test(answers), cmocka_unit_test(wrapped),
		cmocka_unit_test(kept), cmocka_unit_test(pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
