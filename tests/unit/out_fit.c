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
	{"RULE", "", COLUMN_EXTRA | COLUMN_WRAP, 0, fill_box_rule}, {NULL, NULL, 0, 0, NULL},
};
static const struct view box_view = {.kind = "Box", .plural = "boxes", .columns = box_columns, .ref = fill_box_name};

#define BIRDS "\xe9\xb3\xa5\xe9\xb3\xa5\xe9\xb3\xa5\xe9\xb3\xa5\xe9\xb3\xa5"

/* Both printers; `ascii`: as the locale would have it. */
static void assert_boxes(const struct out_options *options, size_t width, bool ascii, const char *pod, const char *want)
{
	const struct box boxes[] = {
		{"a-long-name-for-a-box", pod, "the first word, the second word and: whatever follows them", 123456789,
			"Running", "sleep for a long time", NULL},
		{BIRDS, NULL, NULL, 1, "Paused", "x", NULL},
	};
	const struct out_rows rows = {.items = boxes, .n = ARRAY_SIZE(boxes), .size = sizeof(boxes[0])};

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(narrow), cmocka_unit_test(not_cut), cmocka_unit_test(answers), cmocka_unit_test(wrapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
