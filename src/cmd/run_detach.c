/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * run -d: a process of ours stays behind and watches, in the host's namespaces, as the one in the foreground
 * would.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/run.h"
#include "sys/file.h"

static void started(void *data)
{
	run_report_started(data);
}

static void watch(const struct run_pod *pod, int report)
{
	CLEANUP_ERR struct err err = {0};
	int status = 0;
	struct run_pod own = *pod;

	/* a copy of its root: the numbers are cleaned away */
	own.root = -1;
	file_close_but(3, report);
	if (chdir("/") < 0 || run_start(&own, true, started, &report, &status, &err) < 0)
		run_report_error(&report, &err);
	_exit(0);
}

int run_detached(const struct run_pod *pod, struct err *err)
{
	CLEANUP_FD int from = -1;
	int ends[2], status;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, -errno, "cannot make a pipe");
	from = ends[0];
	pid = fork();
	if (pid == 0) {
		/* a second fork: the caller has no child to wait for, and we are no session's leader, who
		 * could get a terminal */
		setsid();
		pid = fork();
		if (pid != 0)
			_exit(pid < 0);
		watch(pod, ends[1]);
	}
	close_fd(&ends[1]);
	if (pid < 0)
		return err_sys(err, -errno, "cannot start a process");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return run_report_read(from, err);
}
