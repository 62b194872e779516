/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_empty(void **state)
{
	struct map map = {0};

	(void)state;
	assert_null(map_get(&map, 1));
	map_free(&map);
}

static void test_many(void **state)
{
	struct map map = {0};

	(void)state;
	/* inodes of namespaces follow one another, PIDs as well */
	for (uint64_t i = 0; i < 5000; i++)
		assert_true(map_put(&map, 0xF0000000 + i, (size_t)i));
	for (uint64_t i = 0; i < 5000; i += 2)
		assert_true(map_put(&map, 0xF0000000 + i, 7));
	assert_int_equal(map.n, 5000);
	for (uint64_t i = 0; i < 5000; i++)
		assert_int_equal(*map_get(&map, 0xF0000000 + i), i % 2 ? i : 7);
	assert_null(map_get(&map, 0xF0000000 + 5000));
	assert_null(map_get(&map, 1));
	map_free(&map);
	assert_null(map_get(&map, 0xF0000000));
}

static void test_change_in_place(void **state)
{
	struct map map = {0};

	(void)state;
	assert_true(map_put(&map, UINT64_MAX, 1));
	++*map_get(&map, UINT64_MAX);
	assert_int_equal(*map_get(&map, UINT64_MAX), 2);
	map_free(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_change_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
