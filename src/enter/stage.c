/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A command from its order to its end.
 */
#include "enter/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "enter/relay.h"

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

	if (!*o->leaf && o->cgroup >= 0 && !plan->request->detach) {
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
	plan_say_withheld(plan); /* here, where the stage is at work: it looks into the container. Before the terminal is raw */
	relay_start(relay);
	error = stage_begin(stage, plan, err);
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
		error = stage_begin(ret, plan, err);
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
