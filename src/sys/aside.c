/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/aside.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/clock.h"
#include "sys/file.h"

#define PATIENCE_MS 2000
#define PATIENCE_LEAST_MS 20
#define SILENT_MAX 64 /* roots: who makes more of them only makes us wait, and shorter each time */

/* What is known of it already, so that no server is asked. */
#define LOOK (AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC)

/* A root below which something did not answer. */
struct silent {
	struct file_id root;
	char path[64];
	bool told;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* who(1) looks from several threads */
static struct silent silent[SILENT_MAX];
static size_t n_silent;
static int patience = PATIENCE_MS;

/* Those of disks and of memory, and an overlay of them, say that they know of files that are immutable or
 * append-only. FUSE and 9p, behind which a process of the container's may be, have no word for it, nor have
 * most others of the network. */
bool aside_needless(int fd)
{
	const uint64_t known = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
	struct statx st;

	return statx(fd, "", LOOK, STATX_INO, &st) == 0 && (st.stx_attributes_mask & known) == known;
}

int aside_check(int fd)
{
	return aside_needless(fd) ? 0 : -EXDEV;
}

/* ---- the child */

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static bool say(int socket, int answer, int fd)
{
	union control control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
					 .cmsg_level = SOL_SOCKET,
					 .cmsg_type = SCM_RIGHTS}};
	struct iovec iov = {.iov_base = &answer, .iov_len = sizeof(answer)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	}
	return sendmsg(socket, &msg, MSG_NOSIGNAL) == (ssize_t)sizeof(answer);
}

/* What hangs for ever must hold nothing open that somebody waits for, and be of no terminal. */
static void let_go(int *root, int *socket)
{
	int from = fcntl(*root, F_DUPFD, 3), to = fcntl(*socket, F_DUPFD, 3);

	if (from < 0 || to < 0 || dup2(from, 0) < 0 || dup2(to, 1) < 0 || dup2(to, 2) < 0)
		_exit(1);
	file_close_but(2, 2);
	*root = 0;
	*socket = 1;
	setsid();
}

static _Noreturn void child(pid_t parent, int root, int socket, aside_fn *work, void *data, bool hand_over)
{
	int answer;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	let_go(&root, &socket);
	if (getppid() != parent)
		_exit(1);
	answer = work(root, data);
	_exit(say(socket, answer, hand_over ? answer : -1) ? 0 : 1);
}

/* ---- the parent */

static int hear(int socket, bool handed_over)
{
	union control control;
	int answer = -EIO, fd = -1;
	struct iovec iov = {.iov_base = &answer, .iov_len = sizeof(answer)};
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	const struct cmsghdr *c;

	if (recvmsg(socket, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != (ssize_t)sizeof(answer))
		return -EIO;
	c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	if (answer < 0 || !handed_over)
		return answer;
	return fd < 0 ? -EMFILE : fd;
}

static bool is_awaited(int socket, int time_ms)
{
	const int64_t end = clock_ms() + time_ms;
	struct pollfd p = {.fd = socket, .events = POLLIN};
	int n;

	do {
		int64_t left = end - clock_ms();

		n = poll(&p, 1, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

/* One that does not answer is not waited for: it may be that it never ends. */
static int run(int root, int time_ms, aside_fn *work, void *data, bool hand_over)
{
	CLEANUP_FD int ours = -1, theirs = -1;
	const pid_t parent = getpid();
	sigset_t all, before;
	int pair[2], answer;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	ours = pair[0];
	theirs = pair[1];
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (!pid)
		child(parent, root, theirs, work, data, hand_over);
	answer = -errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (pid < 0)
		return answer;
	close_fd(&theirs);
	if (!is_awaited(ours, time_ms)) {
		kill(pid, SIGKILL);
		return -ETIMEDOUT;
	}
	answer = hear(ours, hand_over);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return answer;
}

static int ask(int root, const char *path, aside_fn *work, void *data, bool hand_over)
{
	struct silent key = {.told = false};
	bool known = false;
	int r = file_id_read(root, "", &key.root);

	if (r < 0)
		return r;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_silent && !known; i++)
		known = file_id_same(&silent[i].root, &key.root);
	r = known ? -ETIMEDOUT : run(root, patience, work, data, hand_over);
	if (r == -ETIMEDOUT && !known) {
		snprintf(key.path, sizeof(key.path), "%s", path);
		if (n_silent < SILENT_MAX)
			silent[n_silent++] = key;
		patience = patience / 2 > PATIENCE_LEAST_MS ? patience / 2 : PATIENCE_LEAST_MS;
	}
	pthread_mutex_unlock(&lock);
	return r;
}

int aside_open(int root, const char *path, aside_fn *work, void *data)
{
	return ask(root, path, work, data, true);
}

int aside_ask(int root, const char *path, aside_fn *work, void *data)
{
	return ask(root, path, work, data, false);
}

/* The least of the numbers whose root it is. */
static pid_t whose(const struct silent *root)
{
	CLEANUP_DIR DIR *dir = opendir("/proc");
	const struct dirent *entry;
	struct file_id one;
	pid_t least = 0;

	while (dir && (entry = readdir(dir))) {
		char path[sizeof(entry->d_name) + sizeof("/root")];
		pid_t pid =
			isdigit((unsigned char)*entry->d_name) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0;

		snprintf(path, sizeof(path), "%s/root", entry->d_name);
		if (pid && (!least || pid < least) && file_id_read(dirfd(dir), path, &one) == 0 &&
			file_id_same(&one, &root->root))
			least = pid;
	}
	return least;
}

void aside_each(bool again, void (*each)(void *data, pid_t pid, const char *path), void *data)
{
	for (size_t i = 0; i < n_silent; i++) {
		if (silent[i].told && !again)
			continue;
		silent[i].told = true;
		each(data, whose(&silent[i]), silent[i].path);
	}
}

void aside_forget(void)
{
	n_silent = 0;
	patience = PATIENCE_MS;
}
