/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For helpers that lie in wait for a process inside: what it is stopped by, and what it holds.
 */
#ifndef TESTS_LURK_H
#define TESTS_LURK_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEIZE 0x4206
#define INTERRUPT 0x4207

/* Waits for a process of this PID namespace that is about to appear, *next or one behind it, and stops it by
 * ptrace in its first moment. One that has ended before it stops is none. */
static int lurk(int *next)
{
	int status;

	for (;;)
		/* numbers are given in order, but some are used up by those who are gone at once */
		for (int pid = *next; pid < *next + 4; pid++) {
			if (ptrace(SEIZE, pid, 0, 0) < 0)
				continue;
			ptrace(INTERRUPT, pid, 0, 0);
			*next = pid + 1;
			if (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status))
				return pid;
			break;
		}
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
