/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All containers of a run: one by itself, or several around a holder, each watched by a process of ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/run.h"
#include "cmd/run_holder.h"

/* A process that watches one container. */
struct worker {
	pid_t pid; /* 0: not started, or waited for */
	int status;
};

struct group {
	const struct run_pod *pod;
	bool quiet;
	pid_t holder;
	bool one_id;		/* the holder's user namespace maps one user and one group */
	struct worker *workers; /* one a box; owned */
	sigset_t signals, old;	/* what is waited for; the mask that was */
	bool ending;
};

static void started(void *data)
{
	run_report_started(data);
}

/* In the new process. Should we be killed, so is it, and then its guard ends the container. */
static void work(const struct group *g, const struct run_box *box, pid_t parent, int report)
{
	struct run_one one = {.pod = g->pod,
		.box = box,
		.holder = g->holder,
		.no_groups = g->one_id,
		.quiet = g->quiet,
		.started = started,
		.started_data = &report};
	CLEANUP_ERR struct err err = {0};
	int status = 125;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(125);
	setpgid(0, 0); /* a key of the terminal reaches us alone, who pass it on once */
	sigprocmask(SIG_SETMASK, &g->old, NULL);
	if (run_one(&one, &status, &err) < 0) {
		run_report_error(&report, &err);
		status = 125;
	}
	_exit(status);
}

/* Comes back when its container runs. */
static int start(struct group *g, size_t i, struct err *err)
{
	CLEANUP_FD int from = -1;
	pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, -errno, "cannot make a pipe");
	from = ends[0];
	g->workers[i].pid = fork();
	if (g->workers[i].pid == 0)
		work(g, &g->pod->boxes[i], parent, ends[1]);
	close_fd(&ends[1]);
	if (g->workers[i].pid < 0) {
		g->workers[i].pid = 0;
		return err_sys(err, -EAGAIN, "cannot start a process");
	}
	return run_report_read(from, err);
}

static int exit_status(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static void signal_all(struct group *g, int signal)
{
	for (size_t i = 0; i < g->pod->n; i++)
		if (g->workers[i].pid > 0)
			kill(g->workers[i].pid, signal);
}

/* How many are left. */
static size_t collect(struct group *g)
{
	size_t left = 0;

	for (size_t i = 0; i < g->pod->n; i++) {
		struct worker *w = &g->workers[i];
		int status;

		if (w->pid > 0 && waitpid(w->pid, &status, WNOHANG) == w->pid) {
			w->pid = 0;
			w->status = exit_status(status);
		}
		left += w->pid > 0;
	}
	return left;
}

/* Until all that were started have ended. Signals are passed on, once each. */
static void wait_all(struct group *g)
{
	while (collect(g) > 0) {
		int signal = sigwaitinfo(&g->signals, NULL);

		if (signal < 0 || signal == SIGCHLD)
			continue;
		g->ending |= signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
		signal_all(g, signal);
	}
}

/* Init containers one by one, each to its end; then the others, side by side. */
static int start_first(struct group *g, struct err *err)
{
	for (size_t i = 0; i < g->pod->n; i++) {
		const struct run_box *box = &g->pod->boxes[i];

		if (!box->first)
			continue;
		if (start(g, i, err) < 0)
			return err->code;
		wait_all(g);
		if (g->ending)
			return err_set(
				err, -EINTR, ERR_FAILED, "%s: ended before it had begun", g->pod->name);
		if (g->workers[i].status)
			return err_set(err, -ECHILD, ERR_FAILED,
				"%s: its init container %s ended with status %d", g->pod->name, box->label,
				g->workers[i].status);
	}
	return 0;
}

static int start_rest(struct group *g, struct err *err)
{
	for (size_t i = 0; i < g->pod->n; i++)
		if (!g->pod->boxes[i].first && start(g, i, err) < 0)
			return err->code;
	return 0;
}

static void block_signals(struct group *g)
{
	static const int signals[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
	struct sigaction now;

	sigemptyset(&g->signals);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (sigaction(signals[i], NULL, &now) < 0 || now.sa_handler != SIG_IGN)
			sigaddset(&g->signals, signals[i]);
	sigprocmask(SIG_BLOCK, &g->signals, &g->old);
}

static int first_status(const struct group *g)
{
	for (size_t i = 0; i < g->pod->n; i++)
		if (g->workers[i].status)
			return g->workers[i].status;
	return 0;
}

/* Without subordinate ids there is one number in it, so all have to run as that one. */
static int check_one_id(const struct run_pod *pod, struct err *err)
{
	const struct run_box *first = &pod->boxes[0];

	for (size_t i = 1; i < pod->n; i++) {
		const struct run_box *box = &pod->boxes[i];

		if (box->uid == first->uid && box->gid == first->gid)
			continue;
		err_set(err, -EPERM, ERR_DENIED,
			"%s: %s runs as %u:%u and %s as %u:%u, and you can map one user only", pod->name,
			first->label, (unsigned int)first->uid, (unsigned int)first->gid, box->label,
			(unsigned int)box->uid, (unsigned int)box->gid);
		err_why(err, "more takes subordinate ids: newuidmap, newgidmap, and lines for you in "
			     "/etc/subuid and /etc/subgid");
		return err_hint(err, "or run nsctl as root");
	}
	return 0;
}

static int run_group(
	struct group *g, run_started_fn *all_started, void *data, int *ret_status, struct err *err)
{
	CLEANUP_HOLDER struct run_holder holder = {0};
	CLEANUP_FREE struct worker *workers = calloc(g->pod->n, sizeof(*workers));
	int error;

	g->workers = workers;
	if (!workers)
		return err_no_memory(err);
	if ((error = run_holder_start(g->pod, &holder, err)) < 0)
		return error;
	g->holder = holder.stage.child;
	g->one_id = holder.plan.maps && !holder.plan.map_tools && !holder.plan.root_caller;
	if (g->one_id && (error = check_one_id(g->pod, err)) < 0)
		return error;
	if ((error = start_first(g, err)) < 0 || (error = start_rest(g, err)) < 0 ||
		(g->quiet && (error = run_leave_stdio(err)) < 0))
		signal_all(g, SIGTERM);
	else if (all_started)
		all_started(data);
	wait_all(g);
	*ret_status = first_status(g);
	return error;
}

int run_start(const struct run_pod *pod, bool quiet, run_started_fn *all_started, void *data, int *ret_status,
	struct err *err)
{
	struct group g = {.pod = pod, .quiet = quiet};
	struct run_one one = {.pod = pod,
		.box = &pod->boxes[0],
		.quiet = quiet,
		.started = all_started,
		.started_data = data};
	int error;

	if (pod->n == 1 && !pod->share_pid)
		return run_one(&one, ret_status, err);
	block_signals(&g);
	error = run_group(&g, all_started, data, ret_status, err);
	sigprocmask(SIG_SETMASK, &g.old, NULL);
	return error;
}
