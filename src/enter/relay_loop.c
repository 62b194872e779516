/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The time between execve and the end: bytes, signals, sizes, the clock.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "enter/plan.h"
#include "enter/relay.h"
#include "enter/stage.h"
#include "sys/clock.h"
#include "sys/processor.h"
#include "sys/tty.h"

#define KILL_AFTER_MS 5000
#define SHORT_MS 10 /* a command that takes longer, or speaks through us, is no matter of hand-overs any more */
#define CTRL_D '\4'
#define PTY_HOLDS 65536 /* since Linux 3.12 it is 8 KiB on the way and 4 at the reader */

enum { AT_CONTROL, AT_SIGNALS, AT_PIPES };

struct loop {
	struct relay *relay;
	struct plan *plan;
	struct stage *stage;
	int signals;       /* signalfd, -1: none */
	int64_t deadline;  /* ms of CLOCK_MONOTONIC, -1 */
	bool timed_out;
	bool stopping;     /* a sandbox was told to end */
	bool settled;      /* we and the guard may run anywhere */
};

static void end_pipe(struct relay *r, struct relay_pipe *p)
{
	char eof = CTRL_D;

	if (p->to == r->master && p->to >= 0) /* stdin ended: what a person would type to say so */
		(void)!write(p->to, &eof, 1);
	if (p->own_to)
		close_fd(&p->to);
	if (p->from > 2 && p->from != r->master)
		close_fd(&p->from);
	p->from = p->to = -1;
}

/* Writes what is there. False when the reader is gone. */
static bool flush_pipe(struct relay_pipe *p)
{
	while (p->at < p->len) {
		/* small pieces: the terminal blocks, and signals must not wait for 64 KB on a slow one */
		uint32_t n = p->len - p->at < 4096 ? p->len - p->at : 4096;
		ssize_t wrote = write(p->to, p->data + p->at, n);

		if (wrote < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (wrote < 0)
			return false;
		p->at += (uint32_t)wrote;
		if (!p->own_to)
			break;
	}
	if (p->at == p->len)
		p->at = p->len = 0;
	return true;
}

/* Reads once, at most that much. False at the end; EIO is how a pty's master says that every peer is closed. */
static bool fill_pipe(struct relay_pipe *p, size_t most)
{
	ssize_t n = read(p->from, p->data, most < RELAY_BUFFER ? most : RELAY_BUFFER);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return false;
	p->len = (uint32_t)n;
	return true;
}

static void move(struct relay *r, struct relay_pipe *p, short revents)
{
	bool open = true;

	if (p->len)
		open = flush_pipe(p);
	else if (revents)
		open = fill_pipe(p, RELAY_BUFFER) && (!p->len || flush_pipe(p));
	if (!open)
		end_pipe(r, p);
}

static void pass_on(struct loop *l, int signal)
{
	uint64_t stop_ms = l->plan->request->stop_ms;

	stage_signal(l->stage, signal);
	if (!stop_ms || l->stopping || (signal != SIGTERM && signal != SIGINT && signal != SIGHUP))
		return;
	l->stopping = true;
	l->deadline = clock_ms() + (int64_t)stop_ms;
}

static void take_signal(struct loop *l)
{
	struct signalfd_siginfo info;

	if (read(l->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGWINCH && l->relay->master >= 0)
		tty_copy_size(l->relay->terminal, l->relay->master);
	else if (info.ssi_signo == SIGCONT && l->relay->raw) /* a shell may have set its own modes meanwhile */
		tty_raw(0, &l->relay->saved);
	else if (info.ssi_signo != SIGWINCH && info.ssi_signo != SIGCONT)
		pass_on(l, (int)info.ssi_signo);
}

static int take_event(struct loop *l, struct err *err)
{
	struct order_event event;
	ssize_t n = recv(l->stage->control, &event, sizeof(event), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n != sizeof(event))
		return err_set(err, -EPIPE, ERR_FAILED, "%s: the guard of the command has died", l->plan->container->name);
	if (event.kind == EVENT_EXIT) {
		l->stage->exited = true;
		l->stage->wait_status = event.value;
	}
	return 0;
}

static void check_clock(struct loop *l)
{
	if (l->deadline < 0 || clock_ms() < l->deadline)
		return;
	if (!l->timed_out && !l->stopping) {
		l->timed_out = true;
		stage_signal(l->stage, SIGTERM);
		l->deadline = clock_ms() + KILL_AFTER_MS;
		return;
	}
	stage_kill_all(l->stage);
	l->deadline = -1;
}

static int wait_ms(const struct loop *l)
{
	int64_t left = l->deadline < 0 ? -1 : l->deadline - clock_ms();
	int most = l->settled ? 3600000 : SHORT_MS;

	return l->deadline < 0 && l->settled ? -1 : l->deadline < 0 || left > most ? most : left < 0 ? 0 : (int)left;
}

static void settle(struct loop *l)
{
	if (l->settled)
		return;
	l->settled = true;
	processor_leave();
	processor_let(l->stage->guard);
}

static int turn(struct loop *l, struct err *err)
{
	struct relay *r = l->relay;
	struct pollfd p[AT_PIPES + 3] = {
		[AT_CONTROL] = {.fd = l->stage->control, .events = POLLIN},
		[AT_SIGNALS] = {.fd = l->signals, .events = POLLIN},
	};

	for (int i = 0; i < 3; i++) {
		struct relay_pipe *pipe = &r->pipes[i];

		p[AT_PIPES + i].fd = pipe->len ? pipe->to : pipe->from;
		p[AT_PIPES + i].events = pipe->len ? POLLOUT : POLLIN;
	}
	if (poll(p, ARRAY_SIZE(p), wait_ms(l)) < 0)
		return errno == EINTR ? 0 : err_sys(err, -errno, "cannot wait for the command");
	if (!p[AT_CONTROL].revents)
		settle(l);
	check_clock(l);
	if (p[AT_SIGNALS].revents)
		take_signal(l);
	for (int i = 0; i < 3; i++)
		if (p[AT_PIPES + i].revents)
			move(r, &r->pipes[i], p[AT_PIPES + i].revents);
	return p[AT_CONTROL].revents ? take_event(l, err) : 0;
}

/* How much of what is in there now, at most. A pty's master tells of less than the kernel holds of it: that is never this much. */
static size_t held(const struct relay *r, const struct relay_pipe *p)
{
	int n;

	return p->from == r->master || ioctl(p->from, FIONREAD, &n) < 0 ? PTY_HOLDS : (size_t)n;
}

/* The command has ended; all that it wrote is in the pipes by now. What it left running may hold them open and go on writing, so
 * neither their end nor their emptiness is waited for: no more is read than was there. The reads do not block: the
 * descriptions are ours. */
static void drain(struct relay *r)
{
	for (int i = 1; i < 3; i++) {
		struct relay_pipe *p = &r->pipes[i];
		size_t left = p->from < 0 ? 0 : held(r, p);

		while (p->from >= 0 && (p->len || left)) {
			struct pollfd full = {.fd = p->to, .events = POLLOUT};

			if (!p->len) {
				if (!fill_pipe(p, left) || !p->len)
					break;
				left -= p->len;
			}
			if (!flush_pipe(p))
				break;
			if (p->len)
				poll(&full, 1, 1000);
		}
	}
}

int relay_loop(struct relay *relay, struct plan *plan, struct stage *stage, bool *ret_timed_out, struct err *err)
{
	struct loop l = {.relay = relay, .plan = plan, .stage = stage, .deadline = -1};
	CLEANUP_FD int signals = -1;
	sigset_t blocked;
	int error = 0;

	/* stage_run() has blocked what is to be passed on */
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	signals = signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK);
	l.signals = signals;
	if (stage->deadline)
		l.deadline = stage->deadline;
	while (!stage->exited && !error)
		error = turn(&l, err);
	if (!error)
		drain(relay);
	*ret_timed_out = l.timed_out;
	return error;
}
