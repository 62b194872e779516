/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lies in wait for N processes of its PID namespace that are about to appear, stops each by ptrace in its first moment, and prints
 * "CapEff MOUNT-NAMESPACE FILES" of it: its own mount namespace is "mine", FILES are its descriptors above 2 that name a file by a
 * path. Prints "ready" first. With "stop" for N it stops one by SIGSTOP, and leaves it so.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEIZE 0x4206
#define INTERRUPT 0x4207

static void print_caps(int pid)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "CapEff:\t", 8))
			printf("%.16s", line + 8);
	if (f)
		fclose(f);
}

static void print_mount_namespace(int pid)
{
	char path[64], theirs[64] = "", mine[64] = "";

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	if (readlink(path, theirs, sizeof(theirs) - 1) < 0 || readlink("/proc/self/ns/mnt", mine, sizeof(mine) - 1) < 0)
		printf(" %s", strerror(errno));
	else
		printf(" %s", strcmp(theirs, mine) ? theirs : "mine");
}

static void print_files(int pid)
{
	char path[64], to[256];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, to, sizeof(to) - 1);

		if (n <= 0 || atoi(entry->d_name) < 3)
			continue;
		to[n] = '\0';
		if (*to == '/' && strncmp(to, "/dev/", 5))
			printf(" %s", to);
	}
	if (dir)
		closedir(dir);
	printf("\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int stop = argc > 1 && !strcmp(argv[1], "stop"), left = argc > 1 && !stop ? atoi(argv[1]) : 1, next = getpid() + 1;

	printf("ready\n");
	fflush(stdout);
	while (left > 0) {
		/* numbers are given in order, but some are used up by those who are gone at once */
		for (int pid = next; pid < next + 4; pid++) {
			if (stop && kill(pid, SIGSTOP) == 0)
				return 0;
			if (stop || ptrace(SEIZE, pid, 0, 0) < 0)
				continue;
			ptrace(INTERRUPT, pid, 0, 0);
			if (waitpid(pid, NULL, __WALL) == pid) {
				print_caps(pid);
				print_mount_namespace(pid);
				print_files(pid);
				ptrace(PTRACE_DETACH, pid, 0, 0);
				left--;
			}
			next = pid + 1;
			break;
		}
	}
	return 0;
}
