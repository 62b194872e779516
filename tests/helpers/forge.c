/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * forge STEP ERROR ARG SOFT [TIMES]: lies in wait for a process of its PID namespace that is about to appear, stops it by ptrace in its first
 * moment, and sends what it calls a report of the stage over each socket of it that it can take (pidfd_getfd). Prints "ready" first, and
 * then "opened FD TARGET" for each descriptor above 2 that is a pipe or a socket and can be opened for writing by /proc, "sent" once
 * it has sent. With TIMES so often, ten in a second, and holds the process as long. One that holds no socket any more is let go, and the next waited for.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEIZE 0x4206
#define INTERRUPT 0x4207
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
	char path[64], link[384], to[256];
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), sent = 0;
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, to, sizeof(to) - 1);
		int fd;

		if (n <= 0 || atoi(entry->d_name) < 3)
			continue;
		to[n] = '\0';
		if (strncmp(to, "socket:", 7) && strncmp(to, "pipe:", 5))
			continue;
		snprintf(link, sizeof(link), "%s/%s", path, entry->d_name);
		fd = open(link, O_WRONLY | O_NONBLOCK);
		if (fd >= 0)
			printf("opened %s %s\n", entry->d_name, to);
		close(fd);
		fd = (int)syscall(SYS_pidfd_getfd, pidfd, atoi(entry->d_name), 0);
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
		/* numbers are given in order, but some are used up by those who are gone at once */
		for (int pid = next; pid < next + 4; pid++) {
			if (ptrace(SEIZE, pid, 0, 0) < 0)
				continue;
			ptrace(INTERRUPT, pid, 0, 0);
			if (waitpid(pid, NULL, __WALL) == pid) {
				sent = forge(pid, &report, argc == 6 ? atoi(argv[5]) : 1);
				if (sent)
					puts("sent");
				ptrace(PTRACE_DETACH, pid, 0, 0);
			}
			next = pid + 1;
			break;
		}
	}
	return 0;
}
