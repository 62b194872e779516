/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/ns_scan.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sys/kthread.h"
#include "sys/proc.h"

#define CHILDREN 300 /* with eight links each, enough for a second thread */

static size_t find(const struct ns_scan *scan, pid_t pid)
{
	size_t at = scan->n;

	for (size_t i = 0; i < scan->n; i++)
		if (scan->pids[i] == pid) {
			assert_int_equal(at, scan->n); /* each once */
			at = i;
		}
	assert_true(at < scan->n);
	return at;
}

static void check(const pid_t *pids, unsigned int mask)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct ns_scan scan = {0};
	uint64_t own[NS_N];

	assert_true(proc >= 0 && self >= 0);
	assert_int_equal(ns_inodes(self, NS_ALL, own), 0);
	assert_int_equal(ns_scan_read(proc, mask, &scan), 0);
	for (size_t i = 1; i < scan.n; i++)
		assert_true(scan.pids[i - 1] < scan.pids[i]);
	for (size_t c = 0; c < CHILDREN; c++) {
		size_t at = find(&scan, pids[c]);

		assert_int_equal(scan.errors[at], 0);
		for (unsigned int type = 0; type < NS_N; type++)
			if (mask & 1u << type)
				assert_int_equal(ns_scan_inode(&scan, at, (enum ns_type)type), own[type]);
	}
	ns_scan_free(&scan);
	close(proc);
	close(self);
}

static void test_all(void **state)
{
	pid_t pids[CHILDREN];

	(void)state;
	for (size_t i = 0; i < CHILDREN; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
		assert_true(pids[i] > 0);
	}
	check(pids, NS_ALL);
	check(pids, 1u << NS_PID);
	check(pids, 1u << NS_MNT | 1u << NS_USER | 1u << NS_UTS);
	for (size_t i = 0; i < CHILDREN; i++)
		kill(pids[i], SIGKILL);
	for (size_t i = 0; i < CHILDREN; i++)
		waitpid(pids[i], NULL, 0);
}

static void test_drop(void **state)
{
	struct ns_scan scan = {0}, before = {0};
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t at;

	(void)state;
	assert_int_equal(ns_scan_read(proc, 1u << NS_PID | 1u << NS_UTS, &scan), 0);
	assert_int_equal(ns_scan_read(proc, 1u << NS_PID | 1u << NS_UTS, &before), 0);
	assert_true(ns_scan_find(&scan, getpid(), &at));
	ns_scan_drop(&scan, getpid());
	assert_false(ns_scan_find(&scan, getpid(), &at));
	ns_scan_drop(&scan, getpid()); /* is not there */
	for (size_t i = 0; i < scan.n; i++) {
		if (i)
			assert_true(scan.pids[i - 1] < scan.pids[i]);
		if (!scan.errors[i] && ns_scan_find(&before, scan.pids[i], &at) && !before.errors[at])
			for (unsigned int type = 0; type < NS_N; type++)
				if (scan.mask & 1u << type)
					assert_int_equal(ns_scan_inode(&scan, i, (enum ns_type)type),
						ns_scan_inode(&before, at, (enum ns_type)type));
	}
	ns_scan_free(&scan);
	ns_scan_free(&before);
	close(proc);
}

/* The kernel's threads are not read link by link; each has what its links say all the same. */
static void test_kernel(void **state)
{
	CLEANUP_KTHREADS struct kthreads kthreads = {0};
	struct ns_scan scan = {0};
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t seen = 0, at;
	uint64_t inode;

	(void)state;
	kthreads_read(proc, &kthreads);
	assert_int_equal(ns_scan_read(proc, NS_ALL, &scan), 0);
	for (size_t i = 0; i < kthreads.n; i++) {
		struct proc_stat stat;

		if (proc_stat_of(proc, kthreads.pids[i], &stat) < 0 || !ns_scan_find(&scan, kthreads.pids[i], &at) || scan.errors[at])
			continue;
		assert_true(stat.kernel);
		assert_true(kthreads_have(&kthreads, kthreads.pids[i]));
		for (unsigned int type = 0; type < NS_N; type++)
			if (ns_link(proc, kthreads.pids[i], (enum ns_type)type, &inode) == 0)
				assert_int_equal(ns_scan_inode(&scan, at, (enum ns_type)type), inode);
		seen++;
	}
	/* all that is in sight is a container's, or those of others are closed to us */
	assert_true(seen || !kthreads.n || geteuid());
	assert_false(kthreads_have(&kthreads, getpid()));
	ns_scan_free(&scan);
	close(proc);
}

static void test_no_proc(void **state)
{
	struct ns_scan scan = {0};

	(void)state;
	assert_true(ns_scan_read(-1, NS_ALL, &scan) < 0);
	assert_null(scan.pids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_no_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
