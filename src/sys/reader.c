/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/file.h"
#include "sys/proc.h"

#define ROOM_MIN (256u << 10)
#define RESERVED 32 /* descriptors that whoever opens a batch may need beside it */
#define PATIENCE_MS 500
#define PATIENCE_LEAST_MS 4

/* The child writes, the parent reads what is behind `done`. */
struct reader_shared {
	_Atomic uint32_t done;
	struct {
		int32_t len; /* or a negative errno */
		uint32_t at;
	} items[READER_BATCH];
	char room[];
};

static ssize_t read_some(int fd, char *to, size_t max)
{
	ssize_t n;

	/* once: to read on until nothing comes would walk the memory of the process once more */
	do
		n = read(fd, to, max);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

size_t reader_batch(void)
{
	const size_t most = 2 * READER_BATCH + RESERVED;
	struct rlimit files;
	size_t n = getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < most ? (size_t)files.rlim_cur : most;

	return n > RESERVED + 2 ? (n - RESERVED) / 2 : 1;
}

/* ---- the child: nothing but system calls, for its parent may have threads */

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(READER_BATCH * sizeof(int))];
};

/* How many files came; 0 at the end. */
static size_t receive(int socket, int fds[READER_BATCH], uint32_t *ret_max)
{
	union control control;
	struct iovec iov = {.iov_base = ret_max, .iov_len = sizeof(*ret_max)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	struct cmsghdr *c;
	size_t n;

	if (recvmsg(socket, &msg, MSG_CMSG_CLOEXEC) != sizeof(*ret_max) || !(c = CMSG_FIRSTHDR(&msg)) ||
		c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return 0;
	n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(c), n * sizeof(int));
	return n;
}

static void serve(int socket, struct reader_shared *shared, size_t room)
{
	int fds[READER_BATCH];
	uint32_t max;
	size_t n;

	while ((n = receive(socket, fds, &max))) {
		size_t used = 0, i;

		for (i = 0; i < n && room - used >= max; i++) {
			ssize_t len = read_some(fds[i], shared->room + used, max);

			shared->items[i].at = (uint32_t)used;
			shared->items[i].len = (int32_t)len;
			used += len > 0 ? (size_t)len : 0;
			atomic_store_explicit(&shared->done, (uint32_t)i + 1, memory_order_release);
		}
		for (size_t j = 0; j < n; j++)
			close_fd(&fds[j]);
		if (send(socket, "", 1, MSG_NOSIGNAL) != 1)
			return;
	}
}

static _Noreturn void child(int socket, const struct reader *r, pid_t parent)
{
	/* before anything is read: what hangs for ever must not hold a pipe of ours open */
	file_close_but(0, socket);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent)
		serve(socket, r->shared, r->size - sizeof(*r->shared));
	_exit(0);
}

/* ---- the parent */

static int begin(struct reader *r, size_t max)
{
	CLEANUP_FD int own = -1, other = -1;
	sigset_t all, before;
	pid_t self = getpid();
	int ends[2];

	r->size = sizeof(*r->shared) + (max > ROOM_MIN ? max : ROOM_MIN);
	r->shared = mmap(NULL, r->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->shared == MAP_FAILED) {
		r->shared = NULL;
		return -errno;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	own = ends[0];
	other = ends[1];
	/* those that have ended meanwhile: nobody waits for them, and none of them is another's child (see clone(2)) */
	while (waitpid(-1, NULL, WNOHANG | __WCLONE) > 0)
		;
	/* Ctrl-C is for the parent: the child ends with it */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r->child = (pid_t)syscall(SYS_clone, 0UL, NULL, NULL, NULL, 0UL); /* a fork without SIGCHLD */
	if (r->child == 0)
		child(other, r, self);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r->child < 0) {
		r->child = 0;
		return -errno;
	}
	r->socket = take_fd(&own);
	return 0;
}

static void stop(struct reader *r, bool hangs)
{
	if (r->child > 0) {
		close_fd(&r->socket); /* which ends it; begin(), or our own end, sees to the rest */
		if (hangs)
			kill(r->child, SIGKILL);
	}
	if (r->shared)
		munmap(r->shared, r->size);
	*r = (struct reader){.patience = r->patience};
}

void reader_end(struct reader *reader)
{
	stop(reader, false);
	reader->patience = 0;
}

/* On a busy machine it may be that it had no turn. */
static bool is_running(pid_t pid)
{
	char path[32], text[1024];
	struct proc_stat stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	return file_read_once(AT_FDCWD, path, text, sizeof(text)) > 0 && proc_stat_parse(text, &stat) == 0 &&
	       stat.state == 'R';
}

enum outcome { OUTCOME_DONE, OUTCOME_HANGS, OUTCOME_LOST };

static enum outcome wait_for(struct reader *r)
{
	struct pollfd p = {.fd = r->socket, .events = POLLIN};
	uint32_t last = 0, done;
	char byte;

	for (;;) {
		int n = poll(&p, 1, r->patience);

		if (n > 0)
			return read(r->socket, &byte, 1) == 1 ? OUTCOME_DONE : OUTCOME_LOST;
		done = atomic_load_explicit(&r->shared->done, memory_order_acquire);
		if (n == 0 && done == last && !is_running(r->child))
			return OUTCOME_HANGS;
		last = done;
	}
}

static int send_files(const struct reader *r, const struct reader_want *wants, size_t n, uint32_t max)
{
	union control control = {.head = {.cmsg_len = CMSG_LEN(n * sizeof(int))}};
	struct iovec iov = {.iov_base = &max, .iov_len = sizeof(max)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control};

	msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	for (size_t i = 0; i < n; i++)
		memcpy(CMSG_DATA(&control.head) + i * sizeof(int), &wants[i].fd, sizeof(int));
	return sendmsg(r->socket, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void take(struct reader_want *want, const char *data, ssize_t len)
{
	want->strings = len < 0 ? NULL : proc_strings_of(data, (size_t)len);
	want->error = len < 0 ? (int)len : want->strings ? 0 : -ENOMEM;
	close_fd(&want->fd);
}

/* As many as the child gets through; returns how many. */
static size_t read_by_child(struct reader *r, struct reader_want *wants, size_t n)
{
	enum outcome outcome = wait_for(r);
	size_t done;

	r->sent = false;
	done = atomic_load_explicit(&r->shared->done, memory_order_acquire);
	for (size_t i = 0; i < done; i++)
		take(&wants[i], r->shared->room + r->shared->items[i].at, r->shared->items[i].len);
	if (outcome == OUTCOME_DONE)
		return done;
	if (done < n)
		take(&wants[done++], NULL, outcome == OUTCOME_HANGS ? -ETIMEDOUT : -EIO);
	if (outcome == OUTCOME_HANGS && (r->patience /= 2) < PATIENCE_LEAST_MS)
		r->patience = PATIENCE_LEAST_MS;
	stop(r, outcome == OUTCOME_HANGS);
	return done;
}

static size_t read_directly(struct reader_want *want, size_t max)
{
	CLEANUP_FREE char *data = malloc(max);

	take(want, data, data ? read_some(want->fd, data, max) : -ENOMEM);
	return 1;
}

void reader_send(struct reader *r, const struct reader_want *wants, size_t n, size_t max)
{
	r->patience = r->patience ? r->patience : PATIENCE_MS;
	if (r->child && r->size - sizeof(*r->shared) < max)
		stop(r, false);
	if (!n || (!r->child && begin(r, max) < 0)) {
		stop(r, false);
		return;
	}
	atomic_store(&r->shared->done, 0);
	r->sent = send_files(r, wants, n < READER_BATCH ? n : READER_BATCH, (uint32_t)max) == 0;
	if (!r->sent)
		stop(r, false);
}

void reader_strings(struct reader *r, struct reader_want *wants, size_t n, size_t max)
{
	for (size_t at = 0; at < n;) {
		if (!r->sent)
			reader_send(r, &wants[at], n - at, max);
		at += r->sent ? read_by_child(r, &wants[at], n - at < READER_BATCH ? n - at : READER_BATCH)
			      : read_directly(&wants[at], max);
	}
}
