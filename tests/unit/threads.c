/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/threads.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static atomic_int done[THREADS_MAX];
static int opened[THREADS_MAX];

static void work(void *data, size_t part)
{
	int shared = *(int *)data;

	atomic_fetch_add(&done[part], 1);
	opened[part] = part && fcntl(shared, F_GETFD) >= 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
}

static void test_run(void **state)
{
	int shared = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	for (size_t parts = 1; parts <= THREADS_MAX; parts++) {
		for (size_t i = 0; i < THREADS_MAX; i++)
			atomic_store(&done[i], 0);
		threads_run(parts, work, &shared);
		for (size_t i = 0; i < THREADS_MAX; i++)
			assert_int_equal(atomic_load(&done[i]), i < parts);
		for (size_t i = 1; i < parts; i++) {
			assert_true(opened[i] >= 0); /* what the caller had open was open there too */
			/* and what the thread opened is not open here */
			assert_int_equal(fcntl(opened[i], F_GETFD), -1);
			assert_int_equal(errno, EBADF);
		}
	}
	close(shared);
}

static void test_parts(void **state)
{
	cpu_set_t all, one;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	assert_int_equal(threads_parts(0, 10), 1);
	assert_int_equal(threads_parts(9, 10), 1);
	assert_in_range(threads_parts(SIZE_MAX, 1000), CPU_COUNT(&all) > 1 ? 2 : 1, THREADS_MAX);
	CPU_ZERO(&one);
	for (size_t cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&one); cpu++)
		if (CPU_ISSET(cpu, &all))
			CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_int_equal(threads_parts(1000000, 10), 1);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
