/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/who.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "model/process_parts.h"
#include "sys/file.h"
#include "sys/proc.h"

#define COMMAND_MAX 65536

static int add(struct who_list *list, const struct process *p, enum owner owner)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap + list->cap / 2 : 16;
		struct who *grown = reallocarray(list->items, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		list->items = grown;
		list->cap = cap;
	}
	list->items[list->n++] = (struct who){*p, owner};
	return 0;
}

/* Of a process of the host little is asked, and status would cost more than all of it: its folder belongs to its effective
 * user and group, dumpable or not (task_dump_owner() in fs/proc/base.c). */
static int read_host(int dir, pid_t pid, unsigned int needs, struct process *p)
{
	struct stat st;
	int r = 0;

	*p = (struct process)PROCESS_NONE;
	if (fstat(dir, &st) < 0)
		return -errno;
	p->host_pid = p->tid = pid;
	p->euid = st.st_uid;
	p->egid = st.st_gid;
	p->pids = malloc(sizeof(*p->pids));
	if (!p->pids)
		return -ENOMEM;
	*p->pids = pid; /* in the caller's PID namespace: it has no further level */
	p->n_pids = 1;
	if (needs & PROCESS_COMMAND)
		r = proc_strings(dir, "cmdline", COMMAND_MAX, &p->command);
	if (needs & PROCESS_COMMAND && r != -ENOMEM && (!p->command || !*p->command)) {
		r = (int)file_read_into(dir, "comm", p->comm, sizeof(p->comm));
		p->comm[strcspn(p->comm, "\n")] = '\0';
	}
	if (r >= 0 || r == -EACCES || r == -EPERM)
		return 0;
	process_clear(p);
	return r == -ENOMEM ? r : -ESRCH;
}

static int set_names(struct who_list *list, struct process *p)
{
	const struct process_names *host = process_names_of(&list->names, NULL, -1);
	const struct process_names *inside = p->container ? process_names_of(&list->names, p->container, -1) : host;

	if (!host || !inside)
		return -ENOMEM;
	process_names_set(p, inside, host);
	return 0;
}

static int read_one(struct owner_index *index, int proc, pid_t pid, unsigned int needs, struct who_list *ret)
{
	struct process p;
	const struct container *c;
	enum owner owner;
	CLEANUP_FD int dir = -1;
	char name[16];
	int r;

	snprintf(name, sizeof(name), "%d", (int)pid);
	dir = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	r = owner_of(index, dir, pid, &owner, &c);
	if (r < 0)
		return r;
	if (owner == OWNER_HOST && !proc_is_thread(pid))
		r = read_host(dir, pid, needs, &p);
	else
		r = process_read(dir, needs & PROCESS_COMMAND, &p);
	if (r < 0)
		return r;
	if (p.host_pid != pid) { /* a thread */
		pid = p.host_pid;
		process_clear(&p);
		return read_one(index, proc, pid, needs, ret);
	}
	/* one of the caller's own PID namespace that is shielded even from root, as PID 1 may be: no container's by its cgroup */
	if (owner == OWNER_DENIED && p.n_pids == 1 && geteuid() == 0)
		owner = OWNER_HOST;
	p.container = c;
	if (c && owner_level(index, c) < p.n_pids)
		p.pid = p.pids[owner_level(index, c)];
	if (needs & PROCESS_NAMES)
		r = set_names(ret, &p);
	if (r == 0)
		r = add(ret, &p, owner);
	if (r < 0)
		process_clear(&p);
	return r;
}

int who_read(struct owner_index *index, int proc, pid_t pid, unsigned int needs, struct who_list *ret)
{
	int r = read_one(index, proc, pid, needs, ret);

	/* with hidepid it seems not to be there; a signal to it is refused all the same */
	return r == -ESRCH && kill(pid, 0) < 0 && errno == EPERM ? -EACCES : r;
}

int who_take(struct process_list *from, size_t i, struct who_list *ret)
{
	int r = add(ret, &from->items[i], OWNER_CONTAINER);

	if (r == 0)
		from->items[i] = (struct process)PROCESS_NONE;
	return r;
}

static int by_host_pid(const void *a, const void *b)
{
	pid_t x = ((const struct who *)a)->process.host_pid, y = ((const struct who *)b)->process.host_pid;

	return x < y ? -1 : x > y;
}

void who_list_sort(struct who_list *list)
{
	size_t kept = 0, sorted = 1;

	/* most often they are sorted: they were asked for in that order */
	while (sorted < list->n && by_host_pid(&list->items[sorted - 1], &list->items[sorted]) < 0)
		sorted++;
	if (sorted >= list->n)
		return;
	qsort(list->items, list->n, sizeof(*list->items), by_host_pid);
	for (size_t i = 0; i < list->n; i++) {
		if (kept && by_host_pid(&list->items[kept - 1], &list->items[i]) == 0)
			process_clear(&list->items[i].process);
		else
			list->items[kept++] = list->items[i];
	}
	list->n = kept;
}

void who_list_pop(struct who_list *list)
{
	process_clear(&list->items[--list->n].process);
}

void who_list_free(struct who_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		process_clear(&list->items[i].process);
	free(list->items);
	process_names_free(list->names);
	*list = (struct who_list){0};
}
