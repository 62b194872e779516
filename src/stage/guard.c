/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guard: waits until the command ends, or nsctl does. In the host's PID namespace and a session of its own, so that
 * nothing inside sees it and no key of the terminal reaches it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "stage/stage.h"

struct watch {
	struct order *order;
	pid_t child;
	int pidfd;
	pid_t *number; /* set while the child is still on its way in: the command is another process, of this number */
	int ending; /* a sandbox, or a signal that ends was passed on: what the command leaves behind ends too */
};

static void drop(int32_t *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The guard keeps nothing that belongs to the command: a pipe must end when the command does. */
static void let_go(struct order *o)
{
	if (o->terminal >= 0) /* one of 0 to 2, which are closed below */
		o->terminal = fcntl(o->terminal, F_DUPFD_CLOEXEC, 3);
	drop(&o->line);
	drop(&o->root);
	drop(&o->pidns);
	drop(&o->userns);
	drop(&o->cgroup_procs);
	for (uint32_t i = 0; i < o->n_v1; i++)
		drop(&o->v1[i]);
	for (uint32_t i = 0; i < o->n_ns; i++)
		close(o->ns[i].fd);
	for (int i = 0; i < 3; i++) {
		if (o->stdio[i] > 2)
			drop(&o->stdio[i]);
		close(i);
	}
	for (uint32_t i = 0; i < o->preserve_fds; i++)
		close(3 + (int)i);
	chdir("/");
}

static void restore_terminal(const struct order *o)
{
	if (o->terminal >= 0)
		tcsetattr(o->terminal, TCSANOW, &o->termios);
}

static ssize_t tell(const struct order *o, enum order_event_kind kind, int value)
{
	struct order_event event = {.kind = kind, .value = value};

	return send(o->control, &event, sizeof(event), MSG_NOSIGNAL);
}

/* There is nothing more to do. Our own end takes a while, so it is put behind that of nsctl, which may have to wait for this processor.
 * `command` is 0, or what nobody will watch (ORDER_DETACH): until nsctl is satisfied with it, it may have to end. */
static void leave(struct order *o, pid_t command)
{
	struct order_event event;
	ssize_t n;

	do {
		n = recv(o->control, &event, sizeof(event), 0);
		if (n == sizeof(event) && event.kind == EVENT_KILL && command)
			reap_kill(o, command);
	} while (n > 0 || (n < 0 && errno == EINTR));
	_exit(0);
}

/* nsctl is gone: SIGKILL, out of memory, a closed terminal. Nothing of what it started may live on. */
static void abandon(struct watch *w)
{
	restore_terminal(w->order);
	reap_kill(w->order, w->child);
	waitpid(w->child, NULL, 0);
	if (w->number && *w->number > 0) {
		reap_kill(w->order, *w->number);
		waitpid(*w->number, NULL, 0);
	}
	reap_remove(w->order);
	_exit(0);
}

/* The command's process is there: nsctl may look at it. */
static void announce(struct watch *w)
{
	if (tell(w->order, EVENT_CHILD, w->child) < 0) /* it would wait for ever */
		abandon(w);
	if (w->order->flags & ORDER_DETACH)
		leave(w->order, w->child);
}

static int is_born(const struct watch *w)
{
	return w->number && *w->number > 0;
}

static pid_t command(const struct watch *w)
{
	return is_born(w) ? *w->number : w->child;
}

/* The child has ended on its way in: the command's process, a child of ours like it, takes its place. nsctl has its number from
 * itself, by the kernel's word, and does not wait for us. */
static void succeed(struct watch *w)
{
	pid_t number = command(w);

	w->number = NULL;
	if (w->order->flags & ORDER_DETACH)
		leave(w->order, number);
	while (waitpid(w->child, NULL, 0) < 0 && errno == EINTR)
		;
	if (w->pidfd >= 0)
		close(w->pidfd);
	w->child = number;
	w->pidfd = w->pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_open, number, 0);
}

/* A signal that is meant to end the command. */
static int ends(int signal)
{
	return signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

/* A command whose terminal or pipes nsctl holds can end because nsctl was killed, and be seen to have ended
 * first. So nsctl is asked before anything is left running. False: it is gone. */
static int nsctl_lives(struct watch *w, const siginfo_t *info)
{
	int dumped = info->si_code == CLD_DUMPED ? 0x80 : 0;
	int status = info->si_code == CLD_EXITED ? info->si_status << 8 : info->si_status | dumped;
	struct order_event event = {0};
	ssize_t n;

	tell(w->order, EVENT_EXIT, status);
	while (event.kind != EVENT_DONE) {
		n = recv(w->order->control, &event, sizeof(event), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n != sizeof(event))
			return 0;
		w->ending |= event.kind == EVENT_KILL || (event.kind == EVENT_SIGNAL && ends(event.value));
	}
	return 1;
}

static void finish(struct watch *w)
{
	siginfo_t info;
	int status = 0, relayed = w->order->flags & ORDER_RELAYED;

	w->number = NULL;

	/* while it is not waited for, its number is nobody else's */
	while (waitid(P_PID, (id_t)w->child, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
		;
	if (relayed && !nsctl_lives(w, &info))
		abandon(w);
	if (w->ending)
		reap_kill(w->order, w->child);
	else
		reap_leave(w->order);
	while (waitpid(w->child, &status, 0) < 0 && errno == EINTR)
		;
	/* last: nsctl may end without waiting for us */
	reap_remove(w->order);
	if (relayed)
		_exit(0);
	tell(w->order, EVENT_EXIT, status);
	leave(w->order, 0);
}

/* The mask in a line of /proc/PID/status. */
static uint64_t status_mask(const char *text, const char *name)
{
	const size_t len = strlen(name);

	while (text && strncmp(text, name, len)) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (!text)
		return 0;
	text += len;
	return stage_number(&text, 16);
}

/* The init of a PID namespace never sees a signal that it neither handles nor blocks, not even one from outside. */
static int would_see(pid_t child, int signal)
{
	char path[32] = "/proc/", digits[STAGE_DIGITS], text[4096];
	ssize_t n;
	int fd;

	strcat(path, stage_digits(digits, (unsigned int)child));
	strcat(path, "/status");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return ((status_mask(text, "SigBlk:") | status_mask(text, "SigCgt:")) >> (signal - 1) & 1) != 0;
}

static void pass_signal(struct watch *w, int signal)
{
	w->ending |= ends(signal);
	/* it is not waited for yet, so its number is still its own */
	kill(command(w), signal);
	if (ends(signal) && w->order->new_namespaces & CLONE_NEWPID && !would_see(w->child, signal))
		reap_kill(w->order, w->child); /* no use in waiting */
}

static void hear(struct watch *w)
{
	struct order_event event;
	ssize_t n = recv(w->order->control, &event, sizeof(event), 0);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n != sizeof(event) && is_born(w) && w->order->flags & ORDER_DETACH) /* it was let go, or ends by itself */
		_exit(0);
	if (n != sizeof(event))
		abandon(w);
	if (event.kind == EVENT_SIGNAL)
		pass_signal(w, event.value);
	if (event.kind == EVENT_KILL) {
		w->ending = 1;
		reap_kill(w->order, command(w));
	}
}

/* Without a pidfd SIGCHLD tells; it is blocked, so a bounded wait asks for it. */
static int child_ended(struct watch *w)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)w->child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == w->child;
}

void guard_run(struct order *o, pid_t child, int pidfd, pid_t *number)
{
	struct watch w = {.order = o, .child = child, .pidfd = pidfd, .number = number, .ending = o->new_namespaces != 0};

	let_go(o);
	if (!number)
		announce(&w);
	for (;;) {
		struct pollfd p[2] = {{.fd = o->control, .events = POLLIN}, {.fd = w.pidfd, .events = POLLIN}};

		if (poll(p, w.pidfd >= 0 ? 2 : 1, w.pidfd >= 0 ? -1 : w.number ? 1 : 20) < 0 && errno != EINTR)
			abandon(&w);
		if (p[0].revents)
			hear(&w);
		if (w.pidfd >= 0 ? !p[1].revents : !child_ended(&w))
			continue;
		if (is_born(&w))
			succeed(&w);
		else
			finish(&w); /* or it has said why it cannot be the command */
	}
}
