/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/ids.h"

static void test_first_of_each(void **state)
{
	const uint32_t more[] = {7, 0, 7, UINT32_MAX, 0, 3, 7}, kept[] = {7, 0, UINT32_MAX, 3};
	uint32_t *list = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(ids_append(&list, &n, NULL, 0), 0);
	assert_int_equal(ids_unique(list, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(ids_append(&list, &n, more, 3), 0);
	assert_int_equal(ids_append(&list, &n, more + 3, 4), 0);
	assert_int_equal(n, 7);
	assert_int_equal(ids_unique(list, &n), 0);
	assert_int_equal(n, 4);
	assert_memory_equal(list, kept, sizeof(kept));
	ids_sort(list, n);
	assert_int_equal(list[3], UINT32_MAX);
	for (size_t i = 0; i < 4; i++)
		assert_true(ids_has(list, n, kept[i]));
	assert_false(ids_has(list, n, 1));
	assert_false(ids_has(NULL, 0, 0));
	free(list);
}

/* Each compared with each, this does not come back. */
static void test_very_many(void **state)
{
	const size_t half = 2000000;
	uint32_t *list = calloc(2 * half, sizeof(*list));
	size_t n = 2 * half;

	(void)state;
	assert_non_null(list);
	for (size_t i = 0; i < n; i++)
		list[i] = (uint32_t)(half - i % half);
	assert_int_equal(ids_unique(list, &n), 0);
	assert_int_equal(n, half);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(list[i], half - i);
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_of_each),
		cmocka_unit_test(test_very_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
