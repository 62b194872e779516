/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which reports of the stage are believed: those that it makes, and none that only a container that traces it can have sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <limits.h>

#include "base/cleanup.h"
#include "enter/plan.h"
#include "enter/stage.h"
#include "stage/create.h"

/* One filter, two namespaces, no v1 cgroup; the steps are told, and two of them may fail. */
static const struct plan plan = {
	.n_mounts = 4,
	.order = {.flags = ORDER_TRACE, .soft = 1u << STEP_LEAF | 1u << STEP_RLIMIT, .seccomp_n = 1, .n_ns = 2, .oom_score_adj = -500,
		.preserve_fds = 2},
};

static void told(void **state)
{
	static const struct order_report rows[] = {
		{STEP_OOM, 0, -500, REPORT_DID}, {STEP_OOM, EACCES, -500, 0}, {STEP_LEAF, EACCES, 0, 1}, {STEP_LEAF, 0, 0, REPORT_DID},
		{STEP_CLONE, 0, 1, REPORT_DID}, {STEP_CLONE, 0, CLONE_BORN, REPORT_DID}, {STEP_CLONE, ENOMEM, 0, 0}, {STEP_RLIMIT, EPERM, ORDER_RLIMITS - 1, 1},
		{STEP_RLIMIT, EPERM, 0, 0}, {STEP_SCHED, EPERM, 1, 0}, {STEP_NS, EPERM, 1, 0}, {STEP_STDIO, EMFILE, 2, 0},
		{STEP_CREATE, EPERM, CREATE_AT_CHROOT, 0}, {STEP_CREATE, EPERM, CREATE_AT_MAP, 0}, {STEP_CREATE, ENOENT, 3, 0},
		{STEP_SECCOMP, 0, 0, REPORT_DID}, {STEP_BOUNDING, 0, 40, REPORT_DID}, {STEP_AMBIENT, EPERM, 63, 0},
		{STEP_FDS, EBADF, 4, 0}, {STEP_READY, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct stage_heard heard = {0};

		if (!report_is_possible(&plan, &rows[i], &heard))
			fail_msg("%zu: step %u was not believed", i, rows[i].step);
	}
}

static void forged(void **state)
{
	static const struct order_report rows[] = {
		/* no step */
		{0x40000000, 5, 0, 1}, {STEP_N, 5, 0, 0}, {UINT_MAX, 5, 0, REPORT_DID}, {STEP_NONE, 5, 0, 0},
		/* an argument that it does not have */
		{STEP_SECCOMP, 0, 0x7ffffff, REPORT_DID}, {STEP_SECCOMP, EPERM, 1, 0}, {STEP_SECCOMP, EPERM, -1, 0},
		{STEP_NS, EPERM, 2, 0}, {STEP_TASKS, EPERM, 0, 0}, {STEP_RLIMIT, EPERM, ORDER_RLIMITS, 0}, {STEP_RLIMIT, EPERM, INT_MIN, 1},
		{STEP_BOUNDING, 0, 64, REPORT_DID}, {STEP_AMBIENT, 0, -1, REPORT_DID}, {STEP_OOM, EACCES, 0, 0}, {STEP_CLONE, 0, 3, REPORT_DID},
		{STEP_CREATE, EPERM, CREATE_AT_CHROOT - 1, 0}, {STEP_CREATE, EPERM, 4, 0}, {STEP_FDS, EBADF, 5, 0}, {STEP_FDS, EBADF, -1, 0},
		{STEP_READY, 0, 1, 0},
		/* there is no label */
		{STEP_LSM, 0, 0, REPORT_DID}, {STEP_LSM, EPERM, 0, 0},
		/* no error, or one that is none */
		{STEP_CAPS, 0, 0, 0}, {STEP_CAPS, -5, 0, 0}, {STEP_CAPS, 4096, 0, 0}, {STEP_CAPS, INT_MIN, 0, 0}, {STEP_LEAF, 0, 0, 1},
		{STEP_CAPS, EPERM, 0, REPORT_DID}, {STEP_READY, EPERM, 0, 0},
		/* gone on where it must end, or in no way at all */
		{STEP_CAPS, EPERM, 0, 1}, {STEP_SECCOMP, EPERM, 0, 1}, {STEP_READY, 0, 0, 1}, {STEP_READY, 0, 0, REPORT_DID},
		{STEP_CAPS, EPERM, 0, 3}, {STEP_LEAF, EPERM, 0, UINT_MAX},
		/* execve, before it may be */
		{STEP_EXEC, ENOENT, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct stage_heard heard = {0};

		if (report_is_possible(&plan, &rows[i], &heard))
			fail_msg("%zu: step %u, error %d, arg %d, soft %u was believed", i, rows[i].step, rows[i].error, rows[i].arg,
				rows[i].soft);
	}
}

static void untold(void **state)
{
	const struct order_report did = {STEP_CAPS, 0, 0, REPORT_DID};
	struct stage_heard heard = {0};
	struct plan silent = plan;

	(void)state;
	assert_true(report_is_possible(&plan, &did, &heard));
	silent.order.flags = 0;
	heard = (struct stage_heard){0};
	assert_false(report_is_possible(&silent, &did, &heard));
}

/* How often it is believed, of 100 times. */
static int times(struct order_report report)
{
	struct stage_heard heard = {0};
	int n = 0;

	for (int i = 0; i < 100; i++)
		n += report_is_possible(&plan, &report, &heard);
	return n;
}

static void repeated(void **state)
{
	(void)state;
	assert_int_equal(times((struct order_report){STEP_READY, 0, 0, 0}), 1);
	assert_int_equal(times((struct order_report){STEP_LEAF, EACCES, 0, 1}), 1);
	assert_int_equal(times((struct order_report){STEP_RLIMIT, EPERM, 7, 1}), ORDER_RLIMITS);
	assert_int_equal(times((struct order_report){STEP_NS, 0, 0, REPORT_DID}), 2);
	assert_int_equal(times((struct order_report){STEP_BOUNDING, 0, 1, REPORT_DID}), 64);
}

static void let_go(void **state)
{
	static const struct order_report late[] = {{STEP_READY, 0, 0, 0}, {STEP_CAPS, EPERM, 0, 0}, {STEP_CAPS, 0, 0, REPORT_DID},
		{STEP_EXEC, 0, 0, 0}, {STEP_EXEC, -2, 0, 0}, {STEP_EXEC, ENOENT, 0, 1}, {STEP_EXEC, 0, 0, REPORT_DID}, {STEP_EXEC, ENOENT, 1, 0}};
	struct stage_heard heard = {.let_go = true};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(late); i++)
		if (report_is_possible(&plan, &late[i], &heard))
			fail_msg("%zu was believed", i);
	assert_true(report_is_possible(&plan, &(struct order_report){STEP_EXEC, ENOENT, 0, 0}, &heard));
}

/* It is set among the first, or right before execve, and then is no step that is told. */
static void affinity(void **state)
{
	const struct order_report failed = {STEP_AFFINITY, EINVAL, 0, 0}, did = {STEP_AFFINITY, 0, 0, REPORT_DID};
	struct plan late = plan;

	(void)state;
	late.order.flags |= ORDER_AFFINITY_LATE;
	assert_true(report_is_possible(&plan, &failed, &(struct stage_heard){0}));
	assert_false(report_is_possible(&plan, &failed, &(struct stage_heard){.let_go = true}));
	assert_false(report_is_possible(&late, &failed, &(struct stage_heard){0}));
	assert_true(report_is_possible(&late, &failed, &(struct stage_heard){.let_go = true}));
	assert_false(report_is_possible(&plan, &did, &(struct stage_heard){0}));
	assert_false(report_is_possible(&late, &did, &(struct stage_heard){.let_go = true}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told),
		cmocka_unit_test(forged),
		cmocka_unit_test(untold),
		cmocka_unit_test(repeated),
		cmocka_unit_test(let_go),
		cmocka_unit_test(affinity),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
