/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
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
#include "sys/feature.h"
#include "sys/file.h"
#include "sys/proc.h"

#define ROOM_MIN (256u << 10)
#define STACK ((size_t)32 << 10)
#define RESERVED 32 /* descriptors that whoever opens a batch may need beside it */
#define CLOSE_EACH 4 /* descriptors: fewer are closed one by one */
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

/* ---- the child: it shares the memory of nsctl, errno too, so it makes system calls and nothing else */

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define SHARES CLONE_VM /* a copy of the memory costs more than all that is read */
static long call(long number, long a, long b, long c, long d)
{
	register long fourth __asm__("r10") = d, fifth __asm__("r8") = 0;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
			 : "rcx", "r11", "memory");
	return ret;
}
#else
#define SHARES 0
static long call(long number, long a, long b, long c, long d)
{
	long ret = syscall(number, a, b, c, d, 0L);

	return ret < 0 ? -errno : ret;
}
#endif

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(READER_BATCH * sizeof(int))];
};

/* How many files came; 0 at the end. */
static size_t receive(int socket, int fds[READER_BATCH], uint32_t *ret_max)
{
	union control control = {.head = {.cmsg_level = 0}};
	struct iovec iov = {.iov_base = ret_max, .iov_len = sizeof(*ret_max)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	struct cmsghdr *c;
	size_t n;

	if (call(SYS_recvmsg, socket, (long)&msg, MSG_CMSG_CLOEXEC, 0) != sizeof(*ret_max) ||
		!(c = CMSG_FIRSTHDR(&msg)) || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return 0;
	n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(c), n * sizeof(int));
	return n;
}

struct birth {
	struct reader_shared *shared;
	size_t room;
	pid_t parent;
	int socket;
	bool close_range;
};

/* All but the socket, in two calls. */
static bool close_others(const struct birth *b)
{
	return b->close_range && call(SYS_close_range, b->socket + 1, ~0U, 0, 0) == 0 &&
	       (b->socket == 0 || call(SYS_close_range, 0, b->socket - 1, 0, 0) == 0);
}

/* What hangs for ever must not hold a pipe of ours open. */
static void let_go(const struct birth *b)
{
	if (close_others(b))
		return;
	for (int fd = 0; fd < 4096; fd++)
		if (fd != b->socket)
			call(SYS_close, fd, 0, 0, 0);
}

static void serve(const struct birth *b)
{
	int fds[READER_BATCH] = {0};
	uint32_t max = 0;
	size_t n;

	while ((n = receive(b->socket, fds, &max))) {
		size_t used = 0, i;

		for (i = 0; i < n && b->room - used >= max; i++) {
			long len = call(SYS_read, fds[i], (long)(b->shared->room + used), max, 0);

			b->shared->items[i].at = (uint32_t)used;
			b->shared->items[i].len = (int32_t)len;
			used += len > 0 ? (size_t)len : 0;
			atomic_store_explicit(&b->shared->done, (uint32_t)i + 1, memory_order_release);
		}
		if (n < CLOSE_EACH || !close_others(b))
			for (size_t j = 0; j < n; j++)
				call(SYS_close, fds[j], 0, 0, 0);
		if (call(SYS_sendto, b->socket, (long)"", 1, MSG_NOSIGNAL) != 1)
			return;
	}
}

static int child(void *data)
{
	const struct birth b = *(const struct birth *)data;

	let_go(&b); /* before anything is read */
	call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
	if (call(SYS_getppid, 0, 0, 0, 0) == b.parent)
		serve(&b);
	call(SYS_exit_group, 0, 0, 0, 0);
	return 0;
}

/* ---- the parent */

static int begin(struct reader *r, size_t max)
{
	CLEANUP_FD int own = -1, other = -1;
	sigset_t all, before;
	struct birth *birth;
	int ends[2], error;

	r->size = STACK + sizeof(*r->shared) + (max > ROOM_MIN ? max : ROOM_MIN);
	r->stack = mmap(NULL, r->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->stack == MAP_FAILED) {
		r->stack = NULL;
		return -errno;
	}
	r->shared = (struct reader_shared *)(r->stack + STACK);
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
	birth = (struct birth *)r->stack;
	*birth = (struct birth){.shared = r->shared,
		.room = r->size - STACK - sizeof(*r->shared),
		.parent = getpid(),
		.socket = other,
		.close_range = feature_allowed(FEATURE_CLOSE_RANGE)};
	r->child = clone(child, r->stack + STACK, SHARES, birth); /* without SIGCHLD */
	error = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r->child < 0) {
		r->child = 0;
		return -error;
	}
	r->socket = take_fd(&own);
	return 0;
}

/* What still reads is left to itself: it cannot be waited for, and its stack stays. The rest goes once it has ended: one that runs
 * on without a stack would be a crash, and one of all who share the memory. */
static void stop(struct reader *r, bool hangs)
{
	bool ended = true;

	if (r->child > 0) {
		close_fd(&r->socket); /* which ends it */
		ended = !hangs && !r->sent;
		if (!ended)
			kill(r->child, SIGKILL);
		while (ended && waitpid(r->child, NULL, __WCLONE) < 0 && errno == EINTR)
			;
	}
	if (r->stack && ended)
		munmap(r->stack, r->size);
	*r = (struct reader){.patience = r->patience};
}

void reader_rest(struct reader *reader)
{
	reader->patience = 0;
	if (reader->child > 0 && !reader->sent)
		close_fd(&reader->socket);
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
}

static void close_files(struct reader_want *wants, size_t n)
{
	int fds[READER_BATCH];

	for (size_t i = 0; i < n; i++) {
		fds[i] = wants[i].fd;
		wants[i].fd = -1;
	}
	file_close_all(fds, n); /* those of a list were opened one after the other */
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
	if (outcome != OUTCOME_DONE && done < n)
		take(&wants[done++], NULL, outcome == OUTCOME_HANGS ? -ETIMEDOUT : -EIO);
	close_files(wants, done);
	if (outcome == OUTCOME_DONE)
		return done;
	if (outcome == OUTCOME_HANGS && (r->patience /= 2) < PATIENCE_LEAST_MS)
		r->patience = PATIENCE_LEAST_MS;
	stop(r, outcome == OUTCOME_HANGS);
	return done;
}

static size_t read_directly(struct reader_want *want, size_t max)
{
	CLEANUP_FREE char *data = malloc(max);

	take(want, data, data ? read_some(want->fd, data, max) : -ENOMEM);
	close_files(want, 1);
	return 1;
}

void reader_send(struct reader *r, const struct reader_want *wants, size_t n, size_t max)
{
	r->patience = r->patience ? r->patience : PATIENCE_MS;
	if (r->child && (r->socket < 0 || r->size - STACK - sizeof(*r->shared) < max))
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
