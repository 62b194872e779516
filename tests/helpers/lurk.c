/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lies in wait for N processes of its PID namespace that are about to appear, stops each by ptrace in its first moment, and prints
 * "CapEff MOUNT-NAMESPACE FILES" of it: its own mount namespace is "mine", FILES are its descriptors above 2 that name a file by a
 * path. Prints "ready" first. With "stop" for N it stops one by SIGSTOP, and leaves it so.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>

#include "lurk.h"

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
	DIR *dir = open_descriptors(pid);
	char to[256];

	while (next_descriptor(dir, to, sizeof(to)))
		if (*to == '/' && strncmp(to, "/dev/", 5))
			printf(" %s", to);
	if (dir)
		closedir(dir);
	printf("\n");
	fflush(stdout);
}

/* Who has ended takes a signal too, until he is waited for. */
static int is_stopped(int pid)
{
	char path[64], state = 'R';

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	while (state != 'T') {
		FILE *f = fopen(path, "r");
		int read = f ? fscanf(f, "%*d %*s %c", &state) : 0;

		if (f)
			fclose(f);
		if (read != 1 || state == 'Z' || state == 'X')
			return 0;
	}
	return 1;
}

static int stop(int pid)
{
	if (kill(pid, SIGSTOP) < 0)
		return 0;
	if (is_stopped(pid))
		return 1;
	errno = ESRCH;
	return 0;
}

int main(int argc, char **argv)
{
	int next = getpid() + 1;

	printf("ready\n");
	fflush(stdout);
	if (argc > 1 && !strcmp(argv[1], "stop"))
		return !wait_for_next(&next, stop);
	for (int left = argc > 1 ? atoi(argv[1]) : 1; left > 0; left--) {
		int pid = lurk(&next);

		print_caps(pid);
		print_mount_namespace(pid);
		print_files(pid);
		ptrace(PTRACE_DETACH, pid, 0, 0);
	}
	return 0;
}
