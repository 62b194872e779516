/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Times, memory and terminals of a few processes, by libproc2: the only place that knows it. It is opened when it is needed:
 * to start with it would cost every run of nsctl more than most of them take. Never for finding processes: it reads each by
 * itself, and ends the program when /proc is not there.
 */
#ifndef SYS_PROCTIMES_H
#define SYS_PROCTIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct proc_times {
	pid_t tid;            /* the process, or a thread of it */
	uint64_t cpu;         /* user and system time, clock ticks */
	uint64_t rss;         /* bytes */
	unsigned int threads;
	int nice;
	char tty[16];         /* "pts/0"; "" for none */
};

/* Calls `each` for those of the PIDs that are there, in no order; with `threads` for each of their threads. -ENOSYS when the
 * library is missing, or what it has is another version than what nsctl was built with. */
int proc_times_read(const pid_t *pids, size_t n, bool threads, void (*each)(void *data, const struct proc_times *times),
	void *data);

/* The name that it is opened by. */
const char *proc_times_library(void);

#endif
