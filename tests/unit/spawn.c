/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <sys/time.h>

#include "sys/clock.h"
#include "sys/spawn.h"

static char *const says[] = {(char *)"sh", (char *)"-c", (char *)"echo one; sleep 0.2; echo two >&2", NULL};

static void reads_both_to_the_end(void **state)
{
	char text[64];

	(void)state;
	assert_int_equal(spawn_output("/bin/sh", says, 10000, text, sizeof(text)), 8);
	assert_string_equal(text, "one\ntwo\n");
	assert_int_equal(spawn_output("/bin/sh", says, 10000, text, 6), 5); /* what has room */
	assert_string_equal(text, "one\nt");
	assert_true(spawn_output("/nosuch", says, 10000, text, sizeof(text)) < 0);
}

static void ends_in_time(void **state)
{
	static char *const hangs[] = {(char *)"sh", (char *)"-c", (char *)"echo one; exec sleep 60", NULL};
	const int64_t began = clock_ms();
	char text[64];

	(void)state;
	assert_int_equal(spawn_output("/bin/sh", hangs, 5000, text, sizeof(text)), 4);
	assert_string_equal(text, "one\n");
	assert_true(clock_ms() - began < 30000);
}

static void tick(int signal)
{
	(void)signal;
}

/* A window that changes its size while a verb waits for a program. */
static void a_signal_is_no_end(void **state)
{
	const struct itimerval often = {{0, 5000}, {0, 5000}}, never = {{0, 0}, {0, 0}};
	struct sigaction action = {.sa_handler = tick}, old;
	char text[64];
	long n;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, &old), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	n = spawn_output("/bin/sh", says, 10000, text, sizeof(text));
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &old, NULL);
	assert_int_equal(n, 8);
	assert_string_equal(text, "one\ntwo\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_both_to_the_end),
		cmocka_unit_test(ends_in_time),
		cmocka_unit_test(a_signal_is_no_end),
	};

	return cmocka_run_group_tests_name("spawn", tests, NULL, NULL);
}
