/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which descriptors the command gets. The loop that moves bytes is in relay_loop.c.
 */
#include "enter/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "enter/plan.h"
#include "enter/sandbox.h"
#include "sys/idmap.h"
#include "sys/tty.h"

#define PIPEFS_MAGIC 0x50495045

static void give(struct relay *r, int i, int fd, bool own)
{
	r->child[i] = fd;
	r->own_child[i] = own;
}

static int add_pipe(struct relay *r, int slot, int from, int to, bool own_to)
{
	struct relay_pipe *p = &r->pipes[slot];

	*p = (struct relay_pipe){.from = from, .to = to, .own_to = own_to, .data = malloc(RELAY_BUFFER)};
	return p->data ? 0 : -ENOMEM;
}

/* The command's user must be able to open /dev/stdout and its like anew, as in runc. Only what has no name
 * elsewhere. */
static void hand_over(const struct plan *plan, int fd)
{
	CLEANUP_IDMAP struct idmap map = {0};
	uint32_t uid = plan->order.uid;
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0 || fs.f_type != PIPEFS_MAGIC || fstat(fd, &st) < 0)
		return;
	if (plan->sandbox && !sandbox_uid_outside(plan, uid, &uid))
		return;
	if (!plan->sandbox && plan->own_userns &&
		(idmap_read(plan->init.dir, false, &map) < 0 || !idmap_outside(&map, uid, &uid)))
		return;
	if (st.st_uid != uid)
		(void)!fchown(fd, uid, (gid_t)-1);
}

/* Through /proc/self/fd/N/.. a directory leads the command to all of the host's files, whatever its root is;
 * what is opened with O_PATH holds no bytes, and leads there as well (CVE-2024-21626). */
static int refuse_way_out(int fd, struct err *err)
{
	static const char *const names[] = {"standard input", "standard output", "standard error"};
	int flags = fcntl(fd, F_GETFL);
	bool named = flags >= 0 && flags & O_PATH;
	char name[32];
	struct stat st;

	if (fstat(fd, &st) < 0 || (!named && !S_ISDIR(st.st_mode)))
		return 0;
	snprintf(name, sizeof(name), "descriptor %d", fd);
	err_set(err, -EISDIR, ERR_FAILED, "%s is %s", fd < 3 ? names[fd] : name,
		S_ISDIR(st.st_mode) ? "a directory" : "opened with O_PATH");
	return err_why(err, "through it the command could reach the host's files");
}

static int refuse_ways_out(const struct enter_request *r, bool plain, struct err *err)
{
	int error = 0;

	for (int fd = plain ? !r->keep_stdin : 3; fd < 3 + (int)r->preserve_fds && !error; fd++)
		error = refuse_way_out(fd, err);
	return error;
}

static int open_null(struct relay *r, int i)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	give(r, i, fd, true);
	return 0;
}

/* A pipe of ours between the caller's terminal and the command. */
static int open_pipe(struct relay *r, const struct plan *plan, int i)
{
	int ends[2], ours, theirs;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	ours = ends[i == 0];
	theirs = ends[i != 0];
	give(r, i, theirs, true);
	fcntl(ours, F_SETFL, O_NONBLOCK);
	hand_over(plan, theirs);
	return i == 0 ? add_pipe(r, 0, 0, ours, true) : add_pipe(r, i, ours, i, false);
}

static bool same_terminal(int a, int b)
{
	struct stat sa, sb;

	return isatty(a) && isatty(b) && fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_rdev == sb.st_rdev;
}

static int open_plain(struct relay *r, struct plan *plan)
{
	int error = 0;

	if (!plan->request->keep_stdin)
		error = open_null(r, 0);
	else if (isatty(0))
		error = open_pipe(r, plan, 0);
	else
		give(r, 0, 0, false);
	for (int i = 1; i < 3 && !error; i++) {
		if (i == 2 && r->own_child[1] &&
			same_terminal(1, 2)) /* one pipe, so that their order is kept */
			give(r, 2, r->child[1], false);
		else if (isatty(i))
			error = open_pipe(r, plan, i);
		else
			give(r, i, i, false);
	}
	for (int i = 0; i < 3 && !error; i++)
		if (!r->own_child[i])
			hand_over(plan, r->child[i]);
	return error;
}

static int chown_peer(const struct plan *plan, int peer)
{
	CLEANUP_IDMAP struct idmap map = {0};
	uint32_t uid = plan->order.uid;

	if (plan->sandbox)
		sandbox_uid_outside(plan, uid, &uid);
	else if (plan->own_userns && idmap_read(plan->init.dir, false, &map) == 0)
		idmap_outside(&map, uid, &uid);
	return fchown(peer, uid, (gid_t)-1) < 0 ? -errno : 0;
}

/* Without -i the caller's terminal stays as it is and makes a line feed CR LF by itself: once is enough. */
static void pass_output_as_it_is(int peer)
{
	struct termios modes;

	if (tcgetattr(peer, &modes) < 0)
		return;
	modes.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(peer, TCSANOW, &modes);
}

static int open_tty(struct relay *r, struct plan *plan, struct err *err)
{
	/* a sandbox's own devpts is not there yet: it gets one of the host's as /dev/console */
	int peer = -1,
	    error = plan->sandbox ? -ENOENT : tty_open_in_root(plan->init.dir, plan->root, &r->master, &peer);

	if (plan->sandbox) {
		error = tty_open_private(&r->master, &peer);
	} else if (error < 0) {
		plan_say(plan, "%s has no devpts: the terminal is one of the host's", plan->container->name);
		error = tty_open_private(&r->master, &peer);
	}
	if (error < 0)
		return err_sys(err, error, "cannot open a pseudo-terminal");
	give(r, 0, peer, true);
	give(r, 1, peer, false);
	give(r, 2, peer, false);
	(void)chown_peer(plan, peer); /* an unmapped user: it works, but mesg and its like do not */
	plan->order.flags |= ORDER_TTY;
	r->terminal = isatty(0) ? 0 : 1;
	/* before execve, so that the first look at it is right */
	tty_copy_size(r->terminal, r->master);
	error = add_pipe(r, 1, r->master, 1, false);
	if (!error && plan->request->keep_stdin)
		error = add_pipe(r, 0, 0, r->master, false);
	if (error)
		return err_no_memory(err);
	if (!plan->request->keep_stdin) {
		pass_output_as_it_is(peer);
		return 0;
	}
	if (tcgetattr(0, &r->saved) < 0)
		return err_sys(err, -errno, "cannot read the terminal's modes");
	plan->order.terminal = 0;
	plan->order.termios = r->saved;
	return 0;
}

int relay_open(struct relay *relay, struct plan *plan, struct err *err)
{
	const struct enter_request *r = plan->request;
	bool tty = r->tty && !r->detach;
	int error = 0;

	*relay = (struct relay){.child = {-1, -1, -1}, .master = -1, .terminal = -1};
	for (int i = 0; i < 3; i++)
		relay->pipes[i] = (struct relay_pipe){.from = -1, .to = -1};
	if (tty && !isatty(r->keep_stdin ? 0 : 1)) {
		plan_say(plan, "-t: no terminal here, so the command gets none");
		tty = false;
	}
	error = refuse_ways_out(r, !tty && !r->detach, err);
	if (error)
		return error;
	if (tty) {
		error = open_tty(relay, plan, err);
		if (error)
			return error;
	} else if (r->detach) {
		for (int i = 0; i < 3 && !error; i++)
			error = open_null(relay, i);
	} else {
		error = open_plain(relay, plan);
	}
	if (error)
		return err_sys(err, error, "cannot prepare the command's input and output");
	for (int i = 0; i < 3; i++) {
		plan->order.stdio[i] = relay->child[i];
		if (relay->pipes[i].from >= 0)
			plan->order.flags |= ORDER_RELAYED;
	}
	return 0;
}

void relay_start(struct relay *relay)
{
	for (int i = 0; i < 3; i++) {
		if (relay->own_child[i])
			close_fd(&relay->child[i]);
		relay->own_child[i] = false;
	}
	if (relay->terminal == 0 && relay->pipes[0].from == 0)
		relay->raw = tty_raw(0, &relay->saved) == 0;
}

void relay_close(struct relay *relay)
{
	int saved = errno;

	if (relay->raw)
		tcsetattr(0, TCSADRAIN, &relay->saved);
	relay->raw = false;
	for (int i = 0; i < 3; i++) {
		struct relay_pipe *p = &relay->pipes[i];

		if (relay->own_child[i])
			close_fd(&relay->child[i]);
		if (p->own_to)
			close_fd(&p->to);
		if (p->from > 2 && p->from != relay->master)
			close_fd(&p->from);
		free(p->data);
		*p = (struct relay_pipe){.from = -1, .to = -1};
	}
	close_fd(&relay->master);
	errno = saved;
}
