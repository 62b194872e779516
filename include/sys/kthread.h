/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kernel's own threads.
 */
#ifndef SYS_KTHREAD_H
#define SYS_KTHREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define KTHREADD 2 /* in the initial PID namespace: the parent of all others (kernel/kthread.c) */

struct kthreads {
	pid_t *pids; /* in order of number; owned */
	size_t n;
};

/* The children of kthreadd, as proc_fd (/proc) names them. None where that /proc has no kthreadd (inside a container), or the
 * kernel does not list children (no CONFIG_PROC_CHILDREN), or does not let us. */
void kthreads_read(int proc_fd, struct kthreads *ret);
bool kthreads_have(const struct kthreads *kthreads, pid_t pid);

void kthreads_free(struct kthreads *kthreads);
#define CLEANUP_KTHREADS __attribute__((cleanup(kthreads_free)))

#endif
