/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Until the command runs: hears the stage and its child, reads the child back, and lets it go.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/trace.h"
#include "enter/sandbox.h"
#include "enter/stage.h"
#include "sys/clock.h"
#include "sys/file.h"

/* A container can stop what appears in it for as long as it likes. Until the command runs there is nobody to pass a signal on to:
 * it ends nsctl, and so the guard all the rest. Where it does not, in the REPL, -EINTR says so. */
static int wait_for(const struct stage *stage, const struct plan *plan, struct pollfd *p, nfds_t n, struct err *err)
{
	const int64_t left = stage->deadline ? stage->deadline - clock_ms() : 1;
	const struct timespec limit = {.tv_sec = (time_t)(left / 1000), .tv_nsec = (long)(left % 1000) * 1000000};
	int ready = left <= 0 ? 0 : ppoll(p, n, stage->deadline ? &limit : NULL, stage->before);

	if (ready < 0 && errno == EINTR)
		return err_set(err, -EINTR, ERR_FAILED, "%s: interrupted before the command could begin", plan->container->name);
	if (ready == 0)
		return err_set(err, -ETIMEDOUT, ERR_FAILED, "%s: the time was up before the command could begin",
			plan->container->name);
	return ready < 0 ? err_sys(err, -errno, "%s: cannot wait for the command", plan->container->name) : 0;
}

/* One report, and who sent it. 0: every end of it is closed; -EBADMSG: that was none. */
static ssize_t hear(int line, struct order_report *ret, pid_t *ret_sender)
{
	char space[CMSG_SPACE(sizeof(struct ucred))] __attribute__((aligned(8))); /* no descriptor has room beside it */
	struct iovec data = {ret, sizeof(*ret)};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
	const struct cmsghdr *c;
	struct ucred sender;
	ssize_t n;

	do
		n = recvmsg(line, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET)); /* it ended without reading: what it wrote is still there */
	c = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
	if (n == 0 && !c)
		return 0;
	if (n != sizeof(*ret) || message.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || !c || c->cmsg_type != SCM_CREDENTIALS)
		return -EBADMSG;
	memcpy(&sender, CMSG_DATA(c), sizeof(sender));
	*ret_sender = sender.pid;
	return n;
}

static int tampered(const struct plan *plan, struct err *err)
{
	err_set(err, -EBADMSG, ERR_FAILED, "%s: what was to become the command was tampered with from inside",
		plan->container->name);
	return err_why(err, "it reports what it cannot have done: a process of the container (CAP_SYS_PTRACE) spoke for it; it was ended");
}

/* What can be lived with is said. */
static int failed_step(struct plan *plan, const struct order_report *report, struct err *err)
{
	if (!report->soft)
		return explain_step(plan, report, err);
	if ((report->step == STEP_CGROUP || report->step == STEP_TASKS) &&
		(report->error == EACCES || report->error == EPERM))
		plan_say_no_cgroup(plan);
	else
		plan_say(plan, "%s: %s: %s", plan->container->name, step_infos[report->step].failed, strerror(report->error));
	return 0;
}

/* The child of a new user namespace waits for its ids. */
static int give_ids(struct stage *stage, const struct plan *plan, struct err *err)
{
	int error = plan->maps ? sandbox_write_maps(plan, stage->child, err) : 0;

	if (!error && plan->maps && send(stage->line, "m", 1, MSG_NOSIGNAL) != 1)
		error = err_sys(err, -errno, "%s: the process that was to become the command is gone", plan->container->name);
	return error;
}

static int hear_guard(struct stage *stage, struct plan *plan, struct err *err)
{
	struct order_event event;
	ssize_t n;

	do
		n = recv(stage->control, &event, sizeof(event), 0);
	while (n < 0 && errno == EINTR);
	if (n != sizeof(event))
		return stage_vanished(plan, err);
	if ((event.kind == EVENT_ERROR || event.kind == EVENT_DID) && !report_is_possible(plan, &event.report, &stage->heard))
		return tampered(plan, err);
	if (event.kind == EVENT_ERROR)
		return failed_step(plan, &event.report, err);
	if (event.kind == EVENT_DID)
		step_trace(plan, &event.report, &stage->told);
	if (event.kind != EVENT_CHILD)
		return 0;
	if (stage->child && stage->child != event.value)
		return tampered(plan, err);
	stage->child = event.value;
	return give_ids(stage, plan, err);
}

static int hear_child(struct stage *stage, struct plan *plan, bool *ret_ready, struct err *err)
{
	struct order_report report;
	pid_t sender = 0;
	ssize_t n = hear(stage->line, &report, &sender);

	if (n == 0) {
		err_set(err, -ECHILD, ERR_FAILED, "%s: the process died before it could become the command", plan->container->name);
		return err_why(err, "its seccomp filter, its memory limit, or the end of the container killed it");
	}
	if (n < 0 || !report_is_possible(plan, &report, &stage->heard))
		return tampered(plan, err);
	if (report.step == STEP_READY) {
		if (sender <= 0 || (stage->child && stage->child != sender))
			return tampered(plan, err);
		stage->child = report.arg = sender;
		*ret_ready = true;
	} else if (report.soft != REPORT_DID) {
		return failed_step(plan, &report, err);
	}
	step_trace(plan, &report, &stage->told);
	return 0;
}

/* Waits until the child stands before execve, and its number is known. The guard comes first: where it says what is wrong, the
 * child's end is no more than the consequence. */
static int hear_both(struct stage *stage, struct plan *plan, struct err *err)
{
	bool ready = false;

	while (!ready || !stage->child) {
		struct pollfd p[] = {{.fd = stage->control, .events = POLLIN}, {.fd = stage->line, .events = POLLIN}};
		int error = wait_for(stage, plan, p, ARRAY_SIZE(p), err);

		if (!error && p[0].revents)
			error = hear_guard(stage, plan, err);
		else if (!error)
			error = hear_child(stage, plan, &ready, err);
		if (error)
			return error;
	}
	return 0;
}

static int write_pid_file(const struct plan *plan, pid_t pid, struct err *err)
{
	CLEANUP_FD int fd = -1;
	char text[16];
	int n = snprintf(text, sizeof(text), "%d\n", (int)pid), error;

	if (!plan->request->pid_file)
		return 0;
	fd = open(plan->request->pid_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0644);
	error = fd < 0 ? -errno : file_write_all(fd, text, (size_t)n);
	return error < 0 ? err_sys(err, error, "cannot write %s", plan->request->pid_file) : 0;
}

/* Says go; when the line then ends without a word, execve has closed it. */
static int let_go(struct stage *stage, const struct plan *plan, struct err *err)
{
	struct pollfd p = {.fd = stage->line, .events = POLLIN};
	struct order_report report;
	pid_t sender;
	ssize_t n;
	int error;

	stage->heard.let_go = true;
	if (send(stage->line, "g", 1, MSG_NOSIGNAL) != 1)
		return err_sys(err, -errno, "%s: the process that was to become the command is gone", plan->container->name);
	error = wait_for(stage, plan, &p, 1, err);
	if (error)
		return error;
	n = hear(stage->line, &report, &sender);
	if (n == 0)
		return 0;
	if (n < 0 || !report_is_possible(plan, &report, &stage->heard))
		return tampered(plan, err);
	return report.step == STEP_EXEC ? explain_exec(plan, report.error, err) : explain_step(plan, &report, err);
}

static int begin(struct stage *stage, struct plan *plan, struct err *err)
{
	int error;

	if ((error = hear_both(stage, plan, err)) || (error = readback_check(plan, stage->child, err)) ||
		(error = write_pid_file(plan, stage->child, err)))
		return error;
	TRACE(plan->request->trace, TRACE_READ, "read back /proc/%d/status: no more than was planned", (int)stage->child);
	if (plan->ready && (error = plan->ready(plan->hook_data, stage->child, err)))
		return error;
	error = let_go(stage, plan, err);
	if (error)
		return error;
	TRACE(plan->request->trace, TRACE_CALL, "execve: %s runs, as %d out here", plan->argv[0], (int)stage->child);
	if (plan->running)
		plan->running(plan->hook_data);
	return 0;
}

int stage_begin(struct stage *stage, struct plan *plan, struct err *err)
{
	int error;

	if (plan->request->timeout_ms)
		stage->deadline = clock_ms() + (int64_t)plan->request->timeout_ms;
	error = begin(stage, plan, err);
	/* by itself it would end when it hears no word; one that is traced need not. Without ORDER_DETACH our own end is enough */
	if (error && plan->request->detach)
		stage_kill_all(stage);
	return error;
}
