/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A process whose arguments and environment cannot be read: whoever looks at its /proc/PID/cmdline waits for the lock of its
 * memory, and nobody gives that back. One of its threads holds it in mmap(2) of a file of a FUSE file system: a page of that
 * file is written through another mapping, the kernel has to write it back first, and the file system never answers. (That the
 * arguments are themselves such a file's pages is no way since Linux 4.17.)
 *
 *   stuck SECONDS [FOLDER]   prints "ready" when the lock is held
 *
 * After that time the file system ends, and with it the wait: meanwhile no ps on the machine gets to its end, and the process
 * cannot be killed but by ending its file system (its child). FOLDER (/tmp) is where that is mounted, in a mount namespace that
 * nobody else is in. It needs CAP_SYS_ADMIN and /dev/fuse.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096
#define FILES 2 /* the first is opened as usual, the second past the page cache: both are one file */

static void fail(const char *what)
{
	fprintf(stderr, "stuck: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static void answer(int dev, uint64_t unique, const void *data, size_t len)
{
	char out[PAGE + 512];
	struct fuse_out_header head = {.len = (uint32_t)(sizeof(head) + len), .unique = unique};

	memcpy(out, &head, sizeof(head));
	memcpy(out + sizeof(head), data, len);
	if (write(dev, out, head.len) < 0 && errno != ENOENT)
		fail("answer");
}

/* Answers everything but a write; says so on `written` when there is one. */
static void serve(int dev, int written)
{
	static char request[1 << 18];
	static const char page[PAGE];
	const struct fuse_in_header *head = (const void *)request;
	struct fuse_attr file = {.ino = 2, .size = PAGE, .blocks = PAGE / 512, .mode = S_IFREG | 0644, .nlink = 1};
	struct fuse_attr folder = {.ino = 1, .mode = S_IFDIR | 0755, .nlink = 2};
	int opened = 0;

	for (;;) {
		if (read(dev, request, sizeof(request)) < 0)
			_exit(0);
		if (head->opcode == FUSE_INIT) {
			struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
				.max_write = 65536};

			answer(dev, head->unique, &out, sizeof(out));
		} else if (head->opcode == FUSE_LOOKUP) {
			struct fuse_entry_out out = {.nodeid = 2, .entry_valid = 3600, .attr_valid = 3600, .attr = file};

			answer(dev, head->unique, &out, sizeof(out));
		} else if (head->opcode == FUSE_GETATTR) {
			struct fuse_attr_out out = {.attr_valid = 3600, .attr = head->nodeid == 2 ? file : folder};

			answer(dev, head->unique, &out, sizeof(out));
		} else if (head->opcode == FUSE_OPEN) {
			struct fuse_open_out out = {.fh = 1, .open_flags = opened++ ? FOPEN_DIRECT_IO : FOPEN_KEEP_CACHE};

			answer(dev, head->unique, &out, sizeof(out));
		} else if (head->opcode == FUSE_READ) {
			answer(dev, head->unique, page, PAGE);
		} else if (head->opcode == FUSE_WRITE) {
			if (write(written, "", 1) != 1)
				_exit(1);
		}
	}
}

static void send_fds(int to, const int fds[FILES])
{
	char byte = 0, control[CMSG_SPACE(FILES * sizeof(int))] = {0};
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(FILES * sizeof(int));
	memcpy(CMSG_DATA(c), fds, FILES * sizeof(int));
	if (sendmsg(to, &msg, 0) < 0)
		fail("sendmsg");
}

static int receive_fds(int from, int fds[FILES])
{
	char byte, control[CMSG_SPACE(FILES * sizeof(int))] = {0};
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};

	if (recvmsg(from, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&msg)), FILES * sizeof(int));
	return 0;
}

static void file_system(int to, const char *folder, unsigned int seconds)
{
	int dev = open("/dev/fuse", O_RDWR | O_CLOEXEC), fds[FILES];
	char text[128];

	alarm(seconds);
	if (dev < 0)
		fail("/dev/fuse");
	snprintf(text, sizeof(text), "fd=%d,rootmode=40000,user_id=%u,group_id=%u", dev, getuid(), getgid());
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("stuck", folder, "fuse", MS_NOSUID | MS_NODEV, text) < 0)
		fail("mount");
	if (fork() == 0) {
		close(dev);
		snprintf(text, sizeof(text), "%s/file", folder);
		for (int i = 0; i < FILES; i++)
			if ((fds[i] = open(text, O_RDWR)) < 0)
				fail(text);
		send_fds(to, fds);
		_exit(0);
	}
	signal(SIGCHLD, SIG_IGN);
	serve(dev, to);
}

static void *hold(void *data)
{
	const int *fds = data;
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fds[0], 0);

	if (page == MAP_FAILED)
		fail("mmap");
	*page = 1;
	mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fds[1], 0);
	fail("mmap did not wait");
	return NULL;
}

int main(int argc, char **argv)
{
	const char *folder = argc > 2 ? argv[2] : "/tmp";
	unsigned int seconds = argc > 1 ? (unsigned int)atoi(argv[1]) : 0;
	static int fds[FILES];
	pthread_t thread;
	int pair[2];
	char byte;

	if (!seconds)
		return 2;
	alarm(seconds);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		fail("socketpair");
	if (fork() == 0)
		file_system(pair[1], folder, seconds);
	close(pair[1]);
	if (receive_fds(pair[0], fds) < 0 || pthread_create(&thread, NULL, hold, fds) != 0)
		return 1;
	if (read(pair[0], &byte, 1) != 1) /* the request is out: the lock is held */
		return 1;
	if (write(1, "ready\n", 6) != 6)
		return 1;
	close(1);
	for (;;)
		pause();
}
