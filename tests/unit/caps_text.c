/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "model/caps.h"
#include "model/caps_text.h"

#define NEWEST 40 /* CAP_CHECKPOINT_RESTORE */

static void every_capability_has_a_row(void **state)
{
	(void)state;
	for (unsigned int number = 0; number <= NEWEST; number++) {
		const struct cap_text *text = caps_text(number);
		CLEANUP_BUF struct buf name = {0};

		assert_non_null(text);
		caps_name(&name, number);
		assert_string_equal(text->name, buf_text(&name)); /* the library's name of that number */
		assert_true(strlen(text->meaning) > 10 && strlen(text->meaning) < 100);
		assert_true(text->meaning[strlen(text->meaning) - 1] != '.');
		assert_true(islower((unsigned char)*text->meaning));
		assert_int_equal(text->inside[strlen(text->inside) - 1], '.');
		assert_non_null(strchr(text->since, '.'));
		assert_non_null(strchr(text->page, '('));
		assert_non_null(caps_text_reach(text->reach));
	}
	assert_null(caps_text(NEWEST + 1));
}

static void no_two_say_the_same(void **state)
{
	(void)state;
	for (unsigned int a = 0; a <= NEWEST; a++)
		for (unsigned int b = a + 1; b <= NEWEST; b++)
			assert_string_not_equal(caps_text(a)->meaning, caps_text(b)->meaning);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_capability_has_a_row),
		cmocka_unit_test(no_two_say_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
