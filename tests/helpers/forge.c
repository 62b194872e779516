/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * forge STEP ERROR ARG SOFT [TIMES]: lies in wait for a process of its PID namespace that is about to appear, stops it by ptrace in its first
 * moment, and sends what it calls a report of the stage over each socket of it that it can take (pidfd_getfd). Prints "ready" first, and
 * then "opened FD TARGET" for each descriptor above 2 that is a pipe or a socket and can be opened for writing by /proc, "sent" once
 * it has sent. With TIMES so often, ten in a second, and holds the process as long. One that holds no socket any more is let go, and the next waited for.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "lurk.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

/* include/stage/order.h's struct order_report */
struct report {
	uint32_t step;
	int32_t error, arg;
	uint32_t soft;
};

static int forge(int pid, const struct report *report, int times)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), sent = 0;
	DIR *dir = open_descriptors(pid);
	const char *number;
	char to[256];

	while ((number = next_descriptor(dir, to, sizeof(to)))) {
		int fd;

		if (strncmp(to, "socket:", 7) && strncmp(to, "pipe:", 5))
			continue;
		fd = openat(dirfd(dir), number, O_WRONLY | O_NONBLOCK);
		if (fd >= 0)
			printf("opened %s %s\n", number, to);
		close(fd);
		fd = (int)syscall(SYS_pidfd_getfd, pidfd, atoi(number), 0);
		for (int i = 0; i < times && send(fd, report, sizeof(*report), MSG_NOSIGNAL) == (ssize_t)sizeof(*report); i++) {
			if (i)
				usleep(100000);
			sent = 1;
		}
		close(fd);
	}
	if (dir)
		closedir(dir);
	close(pidfd);
	return sent;
}

int main(int argc, char **argv)
{
	struct report report;
	int next = getpid() + 1, sent = 0;

	if (argc < 5)
		return 2;
	report = (struct report){(uint32_t)strtoul(argv[1], NULL, 0), (int32_t)strtol(argv[2], NULL, 0), (int32_t)strtol(argv[3], NULL, 0),
		(uint32_t)strtoul(argv[4], NULL, 0)};
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("ready");
	while (!sent) {
		int pid = lurk(&next);

		sent = forge(pid, &report, argc == 6 ? atoi(argv[5]) : 1);
		if (sent)
			puts("sent");
		ptrace(PTRACE_DETACH, pid, 0, 0);
	}
	return 0;
}
