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
#include "base/err.h"
#include "model/process_parts.h"
#include "sys/proc.h"
#include "sys/threads.h"

#define JOB_MIN 1000 /* processes that are worth a thread: 30 us each, and a thread costs 200 */

static int reserve(struct who_list *list, size_t more)
{
	size_t cap = list->cap ? list->cap + list->cap / 2 : 16;
	struct who *grown;

	if (list->n + more <= list->cap)
		return 0;
	cap = cap < list->n + more ? list->n + more : cap;
	grown = reallocarray(list->items, cap, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	list->items = grown;
	list->cap = cap;
	return 0;
}

static int add(struct who_list *list, const struct process *p, enum owner owner)
{
	if (reserve(list, 1) < 0)
		return -ENOMEM;
	list->items[list->n++] = (struct who){*p, owner};
	return 0;
}

/* Of a process of the host little is asked, each of it by the number: to open a file of a process costs as much as a status
 * has lines, and for the number to pass to another process meanwhile it would take as many forks as there are PIDs. Its folder
 * belongs to its effective user and group, dumpable or not (task_dump_owner() in fs/proc/base.c). */
static int read_host(int proc, pid_t pid, struct process *p)
{
	char path[32];
	struct stat st;

	*p = (struct process)PROCESS_NONE;
	snprintf(path, sizeof(path), "%d", (int)pid);
	if (fstatat(proc, path, &st, 0) < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	p->host_pid = p->tid = pid;
	p->euid = st.st_uid;
	p->egid = st.st_gid;
	p->pids = malloc(sizeof(*p->pids));
	if (!p->pids)
		return -ENOMEM;
	*p->pids = pid; /* in the caller's PID namespace: it has no further level */
	p->n_pids = 1;
	return 0;
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

/* What one thread reads. Nothing of it is shared: the index reads on demand, and so do the names. */
struct job {
	const struct container_list *all;
	const pid_t *pids;
	size_t n;
	unsigned int needs;
	int *results;
	struct who_list list;
	struct process_commands commands;
	struct err err;
};

static int read_commands(struct job *job, bool all)
{
	return process_commands_read(&job->commands, job->list.items, sizeof(*job->list.items), all);
}

/* Of the last one. That it may not be seen is no reason to leave the process out. */
static int want_command(struct job *job, int proc, int *result)
{
	struct who_list *list = &job->list;
	struct process *p = &list->items[list->n - 1].process;
	char path[32];
	int r;

	snprintf(path, sizeof(path), "%d/cmdline", (int)p->host_pid);
	r = process_commands_want(&job->commands, proc, path, list->n - 1, result);
	if (r == 0)
		return read_commands(job, false);
	if (r == -EACCES || r == -EPERM)
		return *p->comm ? 0 : process_comm_read(p);
	process_clear(p);
	list->n--;
	return r;
}

static int keep(struct job *job, int proc, struct process *p, enum owner owner, int *result)
{
	int r = job->needs & PROCESS_NAMES ? set_names(&job->list, p) : 0;

	if (r == 0)
		r = add(&job->list, p, owner);
	if (r < 0) {
		process_clear(p);
		return r;
	}
	return job->needs & PROCESS_COMMAND && p->state != 'Z' ? want_command(job, proc, result) : 0;
}

static int read_one(struct job *job, struct owner_index *index, int proc, pid_t pid, int *result)
{
	struct process p = PROCESS_NONE;
	const struct container *c;
	enum owner owner;
	CLEANUP_FD int dir = -1;
	char name[16];
	int r;

	if (owner_is_host(index, proc, pid) && !proc_is_thread(pid)) {
		r = read_host(proc, pid, &p);
		return r < 0 ? r : keep(job, proc, &p, OWNER_HOST, result);
	}
	snprintf(name, sizeof(name), "%d", (int)pid);
	dir = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	r = owner_of(index, dir, pid, &owner, &c);
	if (r == 0)
		r = process_read(dir, 0, &p);
	if (r < 0)
		return r;
	if (p.host_pid != pid) { /* a thread */
		pid = p.host_pid;
		process_clear(&p);
		return read_one(job, index, proc, pid, result);
	}
	/* one of the caller's own PID namespace that is shielded even from root, as PID 1 may be: no container's by its cgroup */
	if (owner == OWNER_DENIED && p.n_pids == 1 && geteuid() == 0)
		owner = OWNER_HOST;
	p.container = c;
	if (c && owner_level(index, c) < p.n_pids)
		p.pid = p.pids[owner_level(index, c)];
	return keep(job, proc, &p, owner, result);
}

/* Away with what has ended since it was looked at. */
static void drop_dead(struct who_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (list->items[i].process.state == 'X')
			process_clear(&list->items[i].process);
		else
			list->items[kept++] = list->items[i];
	}
	list->n = kept;
}

static void read_all(void *data, size_t part)
{
	struct job *job = (struct job *)data + part;
	CLEANUP_FD int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_OWNERS struct owner_index index = {0};
	int r = 0;

	if (proc < 0) {
		err_sys(&job->err, -errno, "cannot read /proc");
		return;
	}
	if (owner_index_make(job->all, &index, &job->err) < 0)
		return;
	if (job->n >= JOB_MIN / 2)
		owner_index_settle_mounts(&index, proc);
	for (size_t i = 0; i < job->n && r != -ENOMEM; i++) {
		job->results[i] = 0;
		r = read_one(job, &index, proc, job->pids[i], &job->results[i]);
		/* with hidepid it seems not to be there; a signal to it is refused all the same */
		if (r == -ESRCH && kill(job->pids[i], 0) < 0 && errno == EPERM)
			r = -EACCES;
		job->results[i] = r < 0 ? r : job->results[i];
	}
	r = r == -ENOMEM ? r : read_commands(job, true);
	if (r == -ENOMEM)
		err_no_memory(&job->err);
	drop_dead(&job->list);
	job->list.lost = job->commands.lost;
	job->list.first_lost = job->commands.first_lost;
	process_commands_free(&job->commands);
}

static int take_job(struct job *job, struct who_list *to)
{
	process_names_join(&to->names, take_ptr(&job->list.names));
	if (job->list.lost && !to->lost)
		to->first_lost = job->list.first_lost;
	to->lost += job->list.lost;
	if (!to->items) { /* the first one's becomes the list, what there is of others is copied behind */
		job->list.names = to->names;
		job->list.lost = to->lost;
		job->list.first_lost = to->first_lost;
		*to = job->list;
		job->list = (struct who_list){0};
		return 0;
	}
	if (!job->list.n)
		return 0;
	if (reserve(to, job->list.n) < 0)
		return -ENOMEM;
	memcpy(to->items + to->n, job->list.items, job->list.n * sizeof(*to->items));
	to->n += job->list.n;
	job->list.n = 0;
	return 0;
}

int who_read(const struct container_list *all, const pid_t *pids, size_t n, unsigned int needs, struct who_list *ret,
	int *results, struct err *err)
{
	struct job jobs[THREADS_MAX] = {0};
	size_t n_jobs = threads_parts(n, JOB_MIN), each = n / n_jobs;
	int r = 0;

	for (size_t j = 0; j < n_jobs; j++) {
		struct job *job = &jobs[j];

		*job = (struct job){.all = all, .pids = pids + j * each, .needs = needs, .results = results + j * each};
		job->n = j + 1 < n_jobs ? each : n - j * each;
	}
	threads_run(n_jobs, read_all, jobs);
	for (size_t j = 0; j < n_jobs; j++) {
		struct job *job = &jobs[j];

		if (!r && job->err.code) {
			*err = job->err;
			job->err = (struct err){0};
			r = err->code;
		}
		if (take_job(job, ret) < 0 && !r)
			r = err_no_memory(err);
		err_clear(&job->err);
		who_list_free(&job->list);
	}
	return r;
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

void who_list_move(struct who_list *list, size_t from, size_t to)
{
	struct who moved = list->items[from];

	if (from == to)
		return;
	list->items[from] = list->items[to];
	list->items[to] = moved;
}

void who_list_cut(struct who_list *list, size_t n)
{
	while (list->n > n)
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
