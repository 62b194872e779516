/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For helpers that lie in wait for a process inside: what it is stopped by, and what it holds.
 */
#ifndef TESTS_LURK_H
#define TESTS_LURK_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEIZE 0x4206
#define INTERRUPT 0x4207

/* The number given last in this PID namespace (proc_pid_loadavg(5)), 0 if it cannot be read. */
static int last_pid(void)
{
	FILE *f = fopen("/proc/loadavg", "r");
	int last = 0;

	if (f && fscanf(f, "%*s %*s %*s %*s %d", &last) != 1)
		last = 0;
	if (f)
		fclose(f);
	return last;
}

/* Calls take() for the numbers from *next on until it takes one, and gives that. Numbers are given in order, but some are used up by those
 * who are gone at once, and who lies in wait may himself be held up while several pass: *next goes by those that nobody has any more. */
static int wait_for_next(int *next, int (*take)(int pid))
{
	for (;;) {
		int last = last_pid();

		for (int pid = *next; pid < *next + 4 || pid <= last; pid++) {
			if (take(pid)) {
				*next = pid + 1;
				return pid;
			}
			if (errno == ESRCH && pid == *next && pid <= last)
				++*next;
		}
	}
}

/* Tells whether it stopped; one that has ended before it stops is none. */
static int seize(int pid)
{
	int status;

	if (ptrace(SEIZE, pid, 0, 0) < 0)
		return 0;
	ptrace(INTERRUPT, pid, 0, 0);
	if (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status))
		return 1;
	errno = ESRCH;
	return 0;
}

/* Waits for a process of this PID namespace that is about to appear, *next or one behind it, and stops it by
 * ptrace in its first moment. */
static int lurk(int *next)
{
	return wait_for_next(next, seize);
}

static DIR *open_descriptors(int pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	return opendir(path);
}

/* The next one above 2, and what it leads to; NULL behind the last, and of no folder. */
static const char *next_descriptor(DIR *dir, char *to, size_t size)
{
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, to, size - 1);

		if (n <= 0 || atoi(entry->d_name) < 3)
			continue;
		to[n] = '\0';
		return entry->d_name;
	}
	return NULL;
}

#endif
