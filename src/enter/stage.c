/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gives the stage its order, reads its child back, lets it go, and waits.
 */
#include "enter/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/trace.h"
#include "enter/relay.h"
#include "enter/sandbox.h"
#include "sys/file.h"

#define LEAF_ROUNDS 500 /* of 10 ms: 5 s */

static const int passed_on[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT};

int stage_signal(const struct stage *stage, int signal)
{
	struct order_event event = {.kind = EVENT_SIGNAL, .value = signal};

	return send(stage->control, &event, sizeof(event), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* The guard has waited with what the command left, and is waited for. */
static void stage_done(struct stage *stage)
{
	struct order_event event = {.kind = EVENT_DONE};

	(void)send(stage->control, &event, sizeof(event), MSG_NOSIGNAL);
	stage->leaving = false;
}

int stage_kill_all(const struct stage *stage)
{
	struct order_event event = {.kind = EVENT_KILL};

	return send(stage->control, &event, sizeof(event), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* Keeps the signals for the loop. One that the caller ignored (nohup, a background job) stays ignored. */
static void block_signals(sigset_t *ret_old)
{
	struct sigaction now;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(passed_on); i++)
		if (sigaction(passed_on[i], NULL, &now) < 0 || now.sa_handler != SIG_IGN)
			sigaddset(&set, passed_on[i]);
	sigprocmask(SIG_BLOCK, &set, ret_old);
}

/* The guard makes the cgroup of the command's own, and removes it. A container that may write its cgroup could take every name that it
 * can foresee, and so keep us out. */
static void want_leaf(struct plan *plan)
{
	struct order *o = &plan->order;
	uint32_t random = 0;

	if (!*o->leaf) {
		(void)!getrandom(&random, sizeof(random), GRND_NONBLOCK); /* right behind the machine's start: no more than the PID */
		snprintf(o->leaf, sizeof(o->leaf), "nsctl.%d.%08x", (int)getpid(), (unsigned int)random);
	}
	if (!plan->root_caller || plan->sandbox)
		o->soft |= 1u << STEP_LEAF;
}

/* For when somebody has killed the guard: what is still in its leaf ends, and the leaf goes. */
static void end_leaf(const struct plan *plan)
{
	const struct order *o = &plan->order;
	CLEANUP_FD int leaf = o->cgroup < 0 || !*o->leaf ? -1 : openat(o->cgroup, o->leaf, O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int kill_file = leaf < 0 ? -1 : openat(leaf, "cgroup.kill", O_WRONLY | O_CLOEXEC);

	if (kill_file >= 0)
		(void)!write(kill_file, "1", 1);
	for (int i = 0; leaf >= 0 && i < LEAF_ROUNDS; i++) {
		if (unlinkat(o->cgroup, o->leaf, AT_REMOVEDIR) == 0 || errno != EBUSY)
			return;
		poll(NULL, 0, 10);
	}
}

/* A container can stop what appears in it for as long as it likes. Until the command runs there is nobody to pass a signal on to:
 * it ends nsctl, and so the guard all the rest. Where it does not, in the REPL, -EINTR says so. */
static int wait_for(const struct stage *stage, const struct plan *plan, struct pollfd *p, nfds_t n, struct err *err)
{
	const uint64_t ms = plan->request->timeout_ms;
	struct timespec limit = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
	int ready = ppoll(p, n, ms ? &limit : NULL, stage->before);

	if (ready < 0 && errno == EINTR)
		return err_set(err, -EINTR, ERR_FAILED, "%s: interrupted before the command could begin", plan->container->name);
	if (ready == 0)
		return err_set(err, -ETIMEDOUT, ERR_FAILED, "%s: the time was up before the command could begin",
			plan->container->name);
	return ready < 0 ? err_sys(err, -errno, "%s: cannot wait for the command", plan->container->name) : 0;
}

static ssize_t read_all(int fd, void *to, size_t size)
{
	ssize_t n;

	do
		n = read(fd, to, size);
	while (n < 0 && errno == EINTR);
	return n;
}

/* What can be lived with is said. */
static int failed_step(const struct plan *plan, const struct order_report *report, struct err *err)
{
	if (!report->soft)
		return explain_step(plan, report, err);
	plan_say(plan, "%s: %s: %s", plan->container->name, step_infos[report->step].failed, strerror(report->error));
	return 0;
}

/* The child of a new user namespace waits for its ids. */
static int give_ids(struct stage *stage, const struct plan *plan, struct err *err)
{
	int error = plan->maps ? sandbox_write_maps(plan, stage->child, err) : 0;

	if (!error && plan->maps && write(stage->go, "m", 1) != 1)
		error = err_sys(err, -errno, "%s: the process that was to become the command is gone", plan->container->name);
	return error;
}

static int hear_guard(struct stage *stage, const struct plan *plan, struct err *err)
{
	struct order_event event;

	if (read_all(stage->control, &event, sizeof(event)) != sizeof(event))
		return err_set(err, -EPIPE, ERR_FAILED, "%s: the stage ended before it had begun", plan->container->name);
	if (event.kind == EVENT_ERROR)
		return failed_step(plan, &event.report, err);
	if (event.kind == EVENT_DID)
		step_trace(plan, &event.report, &stage->told);
	if (event.kind != EVENT_CHILD)
		return 0;
	stage->child = event.value;
	return give_ids(stage, plan, err);
}

static int hear_child(struct stage *stage, const struct plan *plan, bool *ret_ready, struct err *err)
{
	struct order_report report;

	if (read_all(stage->error, &report, sizeof(report)) != sizeof(report)) {
		err_set(err, -ECHILD, ERR_FAILED, "%s: the process died before it could become the command", plan->container->name);
		return err_why(err, "its seccomp filter, its memory limit, or the end of the container killed it");
	}
	if (report.step == STEP_READY || report.step == STEP_BORN || report.soft == REPORT_DID)
		step_trace(plan, &report, &stage->told);
	if (report.step == STEP_READY)
		*ret_ready = true;
	else if (report.step == STEP_BORN)
		stage->child = report.arg;
	else if (report.soft != REPORT_DID)
		return failed_step(plan, &report, err);
	return 0;
}

/* Waits until the child stands before execve, and its number is known. The guard comes first: where it says what is wrong, the
 * child's end is no more than the consequence. */
static int hear_both(struct stage *stage, const struct plan *plan, struct err *err)
{
	bool ready = false;

	while (!ready || !stage->child) {
		struct pollfd p[] = {{.fd = stage->control, .events = POLLIN}, {.fd = stage->error, .events = POLLIN}};
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

/* Says go; when the pipe then ends without a word, execve has closed it. */
static int let_go(struct stage *stage, const struct plan *plan, struct err *err)
{
	struct pollfd p = {.fd = stage->error, .events = POLLIN};
	struct order_report report;
	int error;

	if (write(stage->go, "g", 1) != 1)
		return err_sys(err, -errno, "%s: the process that was to become the command is gone", plan->container->name);
	error = wait_for(stage, plan, &p, 1, err);
	if (error)
		return error;
	if (read_all(stage->error, &report, sizeof(report)) != sizeof(report))
		return 0;
	return report.step == STEP_EXEC ? explain_exec(plan, report.error, err) : explain_step(plan, &report, err);
}

static int begin(struct stage *stage, struct plan *plan, struct err *err)
{
	int error;

	if ((error = hear_both(stage, plan, err)) < 0 ||
		(error = readback_check(plan, stage->child, err)) < 0 ||
		(error = write_pid_file(plan, stage->child, err)) < 0)
		return error;
	TRACE(plan->request->trace, TRACE_READ, "read back /proc/%d/status: no more than was planned", (int)stage->child);
	if (plan->ready && (error = plan->ready(plan->hook_data, stage->child, err)) < 0)
		return error;
	error = let_go(stage, plan, err);
	if (!error)
		TRACE(plan->request->trace, TRACE_CALL, "execve: %s runs, as %d out here", plan->argv[0], (int)stage->child);
	if (!error && plan->running)
		plan->running(plan->hook_data);
	return error;
}

static void finish(struct stage *stage, const struct plan *plan)
{
	bool exited = stage->exited;

	stage_end(stage);
	if (!exited)
		end_leaf(plan);
}

static int exit_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static int run(struct stage *stage, struct plan *plan, struct relay *relay, int *ret_status, struct err *err)
{
	bool timed_out = false;
	int error = stage_send(stage, plan, err);

	if (error < 0)
		return error;
	relay_start(relay);
	plan_say_withheld(plan); /* here, where the stage is at work: it looks into the container */
	error = begin(stage, plan, err);
	if (error == -ETIMEDOUT && plan->request->timeout_ms) {
		plan_say(plan, "%s: did not begin before its time was up (--timeout)", plan->argv[0]);
		err_clear(err);
		*ret_status = 124;
		return 0;
	}
	if (error == -EINTR && stage->before) {
		plan_say(plan, "%s: interrupted before it could begin", plan->argv[0]);
		err_clear(err);
		*ret_status = 128 + SIGINT;
		return 0;
	}
	if (error < 0)
		return error;
	if (plan->request->detach) {
		*ret_status = 0;
		return 0;
	}
	error = relay_loop(relay, plan, stage, &timed_out, err);
	if (error < 0)
		return error;
	if (timed_out)
		plan_say(plan, "%s: ended when its time was up (--timeout)", plan->argv[0]);
	*ret_status = timed_out ? 124 : exit_status(stage->wait_status);
	return 0;
}

int stage_hold(struct plan *plan, struct stage *ret, struct err *err)
{
	CLEANUP_RELAY struct relay relay;
	int error;

	*ret = (struct stage)STAGE_NONE;
	error = relay_open(&relay, plan, err);
	if (error < 0)
		return error;
	want_leaf(plan);
	error = stage_send(ret, plan, err);
	if (!error) {
		relay_start(&relay);
		error = begin(ret, plan, err);
	}
	if (error < 0)
		finish(ret, plan);
	return error;
}

void stage_release(struct stage *stage, const struct plan *plan)
{
	finish(stage, plan);
}

int stage_run(struct plan *plan, int *ret_status, struct err *err)
{
	struct stage own = STAGE_NONE, *stage = plan->woken ? plan->woken : &own;
	CLEANUP_RELAY struct relay relay;
	sigset_t old;
	int error = relay_open(&relay, plan, err);

	if (error < 0)
		return error;
	if (plan->request->detach)
		plan->order.flags |= ORDER_DETACH;
	plan->order.preserve_fds = plan->request->preserve_fds;
	block_signals(&old);
	if (!stage->before)
		stage->before = &old;
	want_leaf(plan);
	error = run(stage, plan, &relay, ret_status, err);
	if (stage->exited && plan->order.flags & ORDER_RELAYED) {
		relay_close(&relay); /* first: a guard that is not told so would do it, too late */
		stage_done(stage);
	}
	finish(stage, plan);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return error;
}
