/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filter.h"

/* A process with `n` filters that waits on `end` of a pipe; it has said that it is ready. */
static pid_t filtered(int n, int *ret_fd)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};
	int ready[2], hold[2];
	char byte;
	pid_t pid;

	assert_int_equal(compile("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"swapon\"]"
				 ",\"action\":"
				 "\"SCMP_ACT_ERRNO\"}]}",
				 &programs, &err),
		0);
	assert_int_equal(pipe2(ready, O_CLOEXEC) | pipe2(hold, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		close_fd(&hold[1]);
		for (int i = 0; i < n; i++)
			load(&programs);
		if (write(ready[1], "x", 1) != 1 || read(hold[0], &byte, 1) < 0)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close_fd(&ready[0]);
	close_fd(&ready[1]);
	close_fd(&hold[0]);
	*ret_fd = hold[1];
	return pid;
}

static void copying(void **state)
{
	(void)state;
	for (int n = 0; n < 3; n++) {
		CLEANUP_SECCOMP struct seccomp_programs programs = {0};
		CLEANUP_ERR struct err err = {0};
		CLEANUP_FD int hold = -1;
		int status, r;
		pid_t pid = filtered(n, &hold);

		r = seccomp_copy(pid, &programs, &err);
		if (r == -EACCES || (r == -EPERM && geteuid() != 0)) {
			close_fd(&hold);
			waitpid(pid, NULL, 0);
			skip(); /* no CAP_SYS_ADMIN */
		}
		assert_int_equal(r, 0);
		assert_int_equal(programs.n, n);
		if (n)
			assert_int_equal(answer(&programs, SYS_swapon, 0, 0), EPERM);
		/* it was let go and lives on */
		close_fd(&hold);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

static void traced_already(void **state)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_FD int hold = -1;
	pid_t pid = filtered(1, &hold);
	char who[32];

	(void)state;
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0) {
		close_fd(&hold);
		waitpid(pid, NULL, 0);
		skip();
	}
	assert_int_equal(seccomp_copy(pid, &programs, &err), -EPERM);
	snprintf(who, sizeof(who), "%d (", (int)getpid());
	assert_non_null(strstr(err.message, who));
	close_fd(&hold);
	waitpid(pid, NULL, __WALL);
}

/* By another that does the same, as where two are started at once. */
static void traced_for_a_moment(void **state)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_FD int hold = -1;
	pid_t pid = filtered(1, &hold), other;
	int ready[2], r;
	char byte = '-';

	(void)state;
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	other = fork();
	if (other == 0) {
		if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0)
			byte = 'x';
		if (write(ready[1], &byte, 1) == 1)
			usleep(200000); /* its end lets go */
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	r = seccomp_copy(pid, &programs, &err);
	close_fd(&ready[0]);
	close_fd(&ready[1]);
	close_fd(&hold);
	waitpid(other, NULL, 0);
	waitpid(pid, NULL, 0);
	if (byte != 'x' || r == -EACCES || (r == -EPERM && geteuid() != 0))
		skip();
	assert_int_equal(r, 0);
	assert_int_equal(programs.n, 1);
}

static void gone(void **state)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	assert_int_equal(seccomp_copy(pid, &programs, &err), -ESRCH);
}

/* A parent in vfork waits in the kernel until its child is done, and no tracer can stop it meanwhile. */
static void one_that_does_not_stop(void **state)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};
	int ready[2], hold[2], status;
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(ready, O_CLOEXEC) | pipe2(hold, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		close_fd(&hold[1]);
		pid = (pid_t)syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
		if (pid == 0) {
			if (write(ready[1], "x", 1) != 1 || read(hold[0], &byte, 1) < 0)
				_exit(1);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
		_exit(0);
	}
	close_fd(&hold[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	status = seccomp_copy(pid, &programs, &err);
	if (geteuid() == 0) {
		assert_int_equal(status, -ETIMEDOUT);
		assert_non_null(strstr(err.message, "does not stop"));
	}
	close_fd(&hold[1]); /* and lets go: it ends by itself */
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close_fd(&ready[0]);
	close_fd(&ready[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copying),
		cmocka_unit_test(traced_already),
		cmocka_unit_test(traced_for_a_moment),
		cmocka_unit_test(gone),
		cmocka_unit_test(one_that_does_not_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
