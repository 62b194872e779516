/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/processor.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/threads.h"

static cpu_set_t cpus_of(pid_t pid)
{
	cpu_set_t set;

	assert_int_equal(sched_getaffinity(pid, sizeof(set), &set), 0);
	return set;
}

static void nothing(void *data, size_t part)
{
	(void)data, (void)part;
}

static void test_stay(void **state)
{
	cpu_set_t before = cpus_of(0), now;
	size_t n = (size_t)CPU_COUNT(&before);
	pid_t child;

	(void)state;
	processor_leave(); /* it did not stay */
	assert_int_equal(processor_count(), n);
	processor_stay();
	now = cpus_of(0);
	assert_int_equal(CPU_COUNT(&now), 1);
	assert_true(processor_stays() == (n > 1));
	assert_int_equal(processor_count(), n);
	processor_stay(); /* again: what it was is not forgotten */

	child = fork();
	if (!child) {
		pause();
		_exit(1);
	}
	processor_leave();
	now = cpus_of(0);
	assert_true(CPU_EQUAL(&now, &before));
	assert_false(processor_stays());
	now = cpus_of(child);
	assert_int_equal(CPU_COUNT(&now), 1);
	processor_let(child);
	now = cpus_of(child);
	assert_true(CPU_EQUAL(&now, &before));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* Work that is worth threads is not done by all of them on one processor. */
static void test_threads(void **state)
{
	cpu_set_t before = cpus_of(0), now;

	(void)state;
	processor_stay();
	assert_int_equal(threads_parts(1, 1000), 1);
	threads_run(1, nothing, NULL);
	assert_true(processor_stays() == (CPU_COUNT(&before) > 1));
	threads_run(threads_parts(1000000, 10), nothing, NULL);
	now = cpus_of(0);
	assert_true(CPU_EQUAL(&now, &before));
	processor_leave();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stay),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
