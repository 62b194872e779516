/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "model/difference.h"

static void test_two_sides(void **state)
{
	struct difference_list list = {0};

	(void)state;
	assert_int_equal(difference_add(&list, "env", false, "A", "value", "1"), 0);
	assert_int_equal(difference_add(&list, "env", false, "B", "value", "1"), 0);
	assert_int_equal(
		difference_add(&list, "env", false, "B", "value", "2"), 0); /* again: a row of its own */
	assert_int_equal(difference_add(&list, "env", true, "B", "value", "1"), 0);
	assert_int_equal(difference_add(&list, "env", true, "C", "value", "1"), 0);
	assert_int_equal(difference_add(&list, "env", true, "C", "value", "3"), 0);
	assert_int_equal(difference_add(&list, "mounts", true, "A", "value", "1"), 0);
	assert_int_equal(difference_add(&list, "env", true, "A", "field", "1"), 0);
	assert_int_equal(list.n, 6);
	assert_int_equal(list.items[0].verdict, DIFFERENCE_LEFT);
	assert_int_equal(list.items[1].verdict, DIFFERENCE_SAME);
	assert_int_equal(list.items[2].verdict, DIFFERENCE_LEFT);
	assert_int_equal(list.items[3].verdict, DIFFERENCE_RIGHT);
	assert_string_equal(list.items[3].right, "3"); /* the last one counts */
	assert_string_equal(list.items[4].view, "mounts");
	assert_string_equal(list.items[5].field, "field");
	difference_free(&list);
}

/* Each compared with each, this does not come back. */
static void test_very_many(void **state)
{
	const unsigned int n = 500000;
	struct difference_list list = {0};
	char key[16];

	(void)state;
	for (unsigned int i = 0; i < 2 * n; i++) {
		snprintf(key, sizeof(key), "/%u", i % n);
		assert_int_equal(difference_add(&list, "mounts", i >= n, key, "mount", "tmpfs"), 0);
	}
	assert_int_equal(list.n, n);
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(list.items[i].verdict, DIFFERENCE_SAME);
	difference_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_sides),
		cmocka_unit_test(test_very_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
