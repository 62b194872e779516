/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/kthread.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "sys/file.h"
#include "sys/proc.h"

#define CHILDREN_MAX (1u << 20) /* bytes */

static int by_pid(const void *a, const void *b)
{
	return *(const pid_t *)a < *(const pid_t *)b ? -1 : *(const pid_t *)a > *(const pid_t *)b;
}

void kthreads_read(int proc_fd, struct kthreads *ret)
{
	CLEANUP_FREE char *text = NULL;
	struct proc_stat stat;
	size_t len;
	char *end;

	*ret = (struct kthreads){0};
	if (proc_stat_of(proc_fd, KTHREADD, &stat) < 0 || !stat.kernel ||
		file_read(proc_fd, "2/task/2/children", CHILDREN_MAX, &text, &len) < 0)
		return;
	ret->pids = calloc(len / 2 + 1, sizeof(*ret->pids)); /* a digit and a space at least for each */
	if (!ret->pids)
		return;
	for (char *at = text;; at = end) {
		pid_t pid = (pid_t)strtol(at, &end, 10);

		if (end == at)
			break;
		ret->pids[ret->n++] = pid;
	}
	if (ret->n)
		qsort(ret->pids, ret->n, sizeof(*ret->pids), by_pid);
}

bool kthreads_have(const struct kthreads *kthreads, pid_t pid)
{
	return kthreads->n && bsearch(&pid, kthreads->pids, kthreads->n, sizeof(pid), by_pid);
}

void kthreads_free(struct kthreads *kthreads)
{
	free(kthreads->pids);
	*kthreads = (struct kthreads){0};
}
