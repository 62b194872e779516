/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "model/process_parts.h"
#include "sys/cgroup.h"
#include "sys/file.h"
#include "sys/ns.h"
#include "sys/proc.h"
#include "sys/proctimes.h"

#define CGROUP_TEXT_MAX 8192

void process_more_free(struct process_more *more)
{
	if (!more)
		return;
	free(more->cgroup);
	free(more->exe);
	free(more);
}

static int read_cgroup(int dir, struct process_more *more)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	char text[CGROUP_TEXT_MAX];
	const struct cgroup_line *line;

	if (file_read_into(dir, "cgroup", text, sizeof(text)) <= 0 || cgroup_parse(text, &set) < 0)
		return 0;
	line = cgroup_v2(&set);
	for (size_t i = 0; i < set.n && (!line || (line->v2 && !strcmp(line->path, "/"))); i++)
		if (!strcmp(set.lines[i].controllers, "name=systemd"))
			line = &set.lines[i];
	if (!line && set.n)
		line = &set.lines[0];
	more->cgroup = line ? strdup(line->path) : NULL;
	return line && !more->cgroup ? -ENOMEM : 0;
}

static int read_exe(int dir, struct process_more *more)
{
	char path[PATH_MAX];
	ssize_t n = readlinkat(dir, "exe", path, sizeof(path) - 1);

	if (n <= 0) /* a kernel thread, a zombie, or not ours to see */
		return 0;
	more->exe = strndup(path, (size_t)n);
	return more->exe ? 0 : -ENOMEM;
}

int process_more_read(int dir, unsigned int needs, struct process *p)
{
	int r = 0;

	if (needs & PROCESS_START)
		p->start = proc_start_time(dir);
	if (!(needs & (PROCESS_TIMES | PROCESS_NAMESPACES | PROCESS_CGROUP | PROCESS_EXE)))
		return 0;
	p->more = calloc(1, sizeof(*p->more));
	if (!p->more)
		return -ENOMEM;
	if (needs & PROCESS_NAMESPACES && ns_inode(dir, NS_USER, &p->more->user_ns) < 0)
		p->more->user_ns = 0;
	if (needs & PROCESS_CGROUP)
		r = read_cgroup(dir, p->more);
	if (r == 0 && needs & PROCESS_EXE)
		r = read_exe(dir, p->more);
	return r;
}

/* Where a process or thread stands in the list. */
struct place {
	pid_t tid;
	size_t at;
};

struct times {
	struct process_list *list;
	struct place *places; /* by tid; owned */
	size_t n;
};

static int by_tid(const void *a, const void *b)
{
	pid_t x = ((const struct place *)a)->tid, y = ((const struct place *)b)->tid;

	return x < y ? -1 : x > y;
}

static void take_times(void *data, const struct proc_times *t)
{
	const struct times *times = data;
	const struct place wanted = {.tid = t->tid}, *place;
	struct process_more *more;

	place = bsearch(&wanted, times->places, times->n, sizeof(*place), by_tid);
	more = place ? times->list->items[place->at].more : NULL;
	if (!more)
		return;
	more->has_times = true;
	more->cpu = t->cpu;
	more->rss = t->rss;
	more->threads = t->threads;
	more->nice = t->nice;
	memcpy(more->tty, t->tty, sizeof(more->tty));
}

int process_times_set(struct process_list *list, size_t first, bool threads)
{
	CLEANUP_FREE struct place *places = calloc(list->n - first + 1, sizeof(*places));
	CLEANUP_PIDS struct pid_list pids = {0};
	struct times times = {list, places, list->n - first};
	int r = places ? 0 : -ENOMEM;

	for (size_t i = first; i < list->n && r == 0; i++) {
		places[i - first] = (struct place){list->items[i].tid, i};
		r = pid_list_add(&pids, list->items[i].host_pid);
	}
	if (r < 0 || !pids.n)
		return r;
	qsort(places, times.n, sizeof(*places), by_tid);
	pid_list_sort(&pids);
	proc_times_read(pids.items, pids.n, threads, take_times, &times); /* without it they stay unknown */
	return 0;
}
