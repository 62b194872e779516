/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of a plan that grow with what a container chooses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "enter/plan.h"

static void note(void *data, const char *message)
{
	(void)data;
	(void)message;
}

static const struct container container = {.engine = "runc", .name = "web"};

static void begin(const struct enter_request *request, struct plan *ret)
{
	plan_begin(request, note, NULL, ret);
	ret->root_caller = true;
}

static void test_last_value_first_place(void **state)
{
	const char *texts[] = {"A=1", "HOME=/a", "=x", "AB=1", "A=2", "no variable", "A==3", "HOME=/b", NULL};
	const char *const given[] = {"AB=2", "C=1", "AB=3"};
	const struct enter_request request = {.container = &container, .env = given, .n_env = 3};
	static const char *const found[] = {"A==3", "HOME=/b", "=x", "AB=3", "C=1"};
	CLEANUP_ERR struct err err = {0};
	struct plan plan;

	(void)state;
	begin(&request, &plan);
	plan.spec.env = (char **)texts;
	assert_int_equal(plan_environment(&plan, &err), 0);
	assert_int_equal(plan.n_env, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(plan.env[i], found[i]);
	assert_null(plan.env[5]);
	plan.spec.env = NULL;
	plan_free(&plan);
}

/* Each compared with each, this does not come back. */
static void test_very_many_variables(void **state)
{
	enum { N = 1000000, SIZE = 20 };
	const struct enter_request request = {.container = &container};
	char **vector = calloc(N + 1, sizeof(*vector)), *text = malloc((size_t)N * SIZE);
	CLEANUP_ERR struct err err = {0};
	struct plan plan;

	(void)state;
	assert_true(vector && text);
	for (size_t i = 0; i < N; i++) {
		vector[i] = text + i * SIZE;
		snprintf(vector[i], SIZE, "%zu=%zu", N - i % (N / 2), i);
	}
	begin(&request, &plan);
	plan.spec.env = vector;
	assert_int_equal(plan_environment(&plan, &err), 0);
	assert_int_equal(plan.n_env, N / 2 + 1); /* HOME */
	assert_string_equal(plan.env[0], "1000000=500000");
	assert_string_equal(plan.env[N / 2 - 1], "500001=999999");
	plan.spec.env = NULL;
	plan_free(&plan);
	free(vector);
	free(text);
}

static void test_very_many_groups(void **state)
{
	enum { N = 1000000 };
	const struct enter_request request = {.container = &container};
	CLEANUP_ERR struct err err = {0};
	struct plan plan;

	(void)state;
	begin(&request, &plan);
	plan.spec.groups = calloc(N, sizeof(*plan.spec.groups));
	plan.spec.n_groups = N;
	assert_non_null(plan.spec.groups);
	for (size_t i = 0; i < N; i++)
		plan.spec.groups[i] = (gid_t)(N - i);
	assert_int_equal(plan_identity(&plan, &err), 0);
	assert_int_equal(plan.n_groups, N);
	assert_int_equal(plan.groups[0], N);
	assert_int_equal(plan.groups[N - 1], 1);
	plan_free(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last_value_first_place),
		cmocka_unit_test(test_very_many_variables),
		cmocka_unit_test(test_very_many_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
