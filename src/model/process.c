/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/trace.h"
#include "model/process_parts.h"
#include "sys/file.h"
#include "sys/ns.h"

void process_clear(struct process *p)
{
	free(p->pids);
	free(p->groups);
	free(p->command);
	process_more_free(p->more);
}

void process_list_free(struct process_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		process_clear(&list->items[i]);
	free(list->items);
	process_names_free(list->names);
	if (list->commands)
		process_commands_free(list->commands);
	free(list->commands);
	*list = (struct process_list){0};
}

void process_list_keep(struct process_list *list, bool (*fits)(const struct process *p))
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (fits(&list->items[i]))
			list->items[kept++] = list->items[i];
		else
			process_clear(&list->items[i]);
	}
	list->n = kept;
}

uint64_t process_start_unix(const struct process *p)
{
	return proc_start_unix(p->start);
}

struct process *process_list_find(const struct process_list *list, size_t first, pid_t host_pid)
{
	size_t from = first, to = list->n;

	while (from < to) { /* the first of that number: its threads follow */
		size_t middle = from + (to - from) / 2;

		if (list->items[middle].host_pid < host_pid)
			from = middle + 1;
		else
			to = middle;
	}
	return from < list->n && list->items[from].host_pid == host_pid ? &list->items[from] : NULL;
}

/* Takes what the process owns. */
static int add(struct process_list *list, const struct process *p)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap + list->cap / 2 : 64;
		struct process *grown = reallocarray(list->items, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		list->items = grown;
		list->cap = cap;
	}
	list->items[list->n++] = *p;
	return 0;
}

/* What status says; groups change owner. */
static int take_status(struct process *p, struct proc_status *s)
{
	p->pids = reallocarray(NULL, s->n_nspid ? s->n_nspid : 1, sizeof(*p->pids));
	if (!p->pids)
		return -ENOMEM;
	p->n_pids = s->n_nspid;
	memcpy(p->pids, s->nspid, s->n_nspid * sizeof(*p->pids));
	p->host_pid = s->tgid;
	p->tid = s->pid;
	p->host_ppid = s->ppid;
	p->state = s->state;
	p->uid = s->uid[0];
	p->euid = s->uid[1];
	p->gid = s->gid[0];
	p->egid = s->gid[1];
	p->groups = take_ptr(&s->groups);
	p->n_groups = s->n_groups;
	p->caps = (struct cap_sets){s->inheritable, s->permitted, s->effective, s->bounding, s->ambient};
	p->no_new_privs = s->no_new_privs;
	p->seccomp = s->seccomp;
	p->seccomp_filters = s->seccomp_filters;
	memcpy(p->comm, s->name, sizeof(p->comm));
	return 0;
}

int process_read(int dir, unsigned int needs, struct process *ret)
{
	CLEANUP_STATUS struct proc_status status = {0};
	struct process p = PROCESS_NONE;
	int r = proc_status_read(dir, &status);

	if (!r)
		r = take_status(&p, &status);
	if (!r)
		r = process_more_read(dir, needs, &p);
	if (r < 0)
		process_clear(&p);
	else
		*ret = p;
	return r == -ENOENT ? -ESRCH : r;
}

static int read_commands(struct process_list *list, bool all)
{
	if (!list->commands)
		return 0;

	return process_commands_read(list->commands, list->items, sizeof(*list->items), all);
}

/* Of the last one. That it may not be seen is no reason to leave the process out. */
static int want_command(struct process_list *list, int dir)
{
	const size_t at = list->n - 1;
	int r;

	if (!list->commands)
		list->commands = calloc(1, sizeof(*list->commands));
	if (!list->commands)
		return -ENOMEM;
	r = process_commands_want(list->commands, dir, "cmdline", at, NULL);
	if (r == -ESRCH)
		process_clear(&list->items[--list->n]);
	if (r == 0)
		r = read_commands(list, false);
	return r == -EACCES || r == -EPERM ? 0 : r;
}

/* One process or thread, from its folder. -ESRCH when it has ended. The list grows by it only when all went well. */
static int read_one(struct process_scope *scope, int dir, pid_t inside, unsigned int needs, struct process_list *list)
{
	struct process p;
	int r = process_read(dir, needs, &p);

	if (r < 0)
		return r;
	p.container = scope->c;
	p.tid_inside = scope->level < p.n_pids ? p.pids[scope->level] : inside;
	if (scope->host && p.n_pids)
		p.tid_inside = p.pids[p.n_pids - 1];
	p.pid = inside > 0 && !scope->host ? inside : p.tid_inside;
	if (add(list, &p) < 0) {
		process_clear(&p);
		return -ENOMEM;
	}
	return needs & PROCESS_COMMAND && p.state != 'Z' ? want_command(list, dir) : 0;
}

static int read_threads(struct process_scope *scope, int dir, pid_t inside, unsigned int needs, struct process_list *list)
{
	CLEANUP_FD int task = openat(dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_PIDS struct pid_list threads = {0};
	int r = task < 0 ? -ESRCH : procfs_pids(task, &threads);

	for (size_t i = 0; i < threads.n && r != -ENOMEM; i++) {
		CLEANUP_FD int thread = -1;
		char name[16];

		snprintf(name, sizeof(name), "%d", (int)threads.items[i]);
		thread = openat(task, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		r = thread < 0 ? -ESRCH : read_one(scope, thread, inside, needs, list);
	}
	return r;
}

/* -ESRCH for what has ended or is not the container's. */
static int read_process(struct process_scope *scope, pid_t pid, unsigned int needs, struct process_list *list)
{
	CLEANUP_FD int dir = -1;
	char name[16];
	int inside;

	snprintf(name, sizeof(name), "%d", (int)pid);
	dir = openat(scope->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	inside = process_scope_inside(scope, dir, pid);
	if (inside < 0 || !process_scope_owns(scope, dir, pid))
		return -ESRCH;
	if (needs & PROCESS_THREADS)
		return read_threads(scope, dir, inside, needs, list);
	return read_one(scope, dir, inside, needs, list);
}

/* The rest of the commands, and away with what has ended since it was looked at. */
static int finish_commands(struct process_list *list, size_t first)
{
	size_t kept = first;
	int r = read_commands(list, true);

	for (size_t i = first; i < list->n; i++) {
		if (list->items[i].state == 'X')
			process_clear(&list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->n = kept;
	list->lost = list->commands ? list->commands->lost : 0;
	list->first_lost = list->commands ? list->commands->first_lost : 0;
	if (list->commands)
		list->commands->lost = 0;
	return r;
}

/* The parents' PIDs inside: of members from the list, of others (a pod's PID 1) from the kernel. */
static void set_parents(struct process_list *list, size_t first, const struct process_scope *scope)
{
	for (size_t i = first; i < list->n; i++) {
		struct process *p = &list->items[i], *parent;

		if (scope->host || (scope->pidns >= 0 && scope->pidns_inode == scope->own_pidns)) {
			p->ppid = p->host_ppid;
			continue;
		}
		parent = process_list_find(list, first, p->host_ppid);
		if (parent)
			p->ppid = parent->pid;
		else if (scope->by_ioctl && scope->shared && p->host_ppid > 0 &&
			 ns_pid_inside(scope->pidns, p->host_ppid) > 0)
			p->ppid = ns_pid_inside(scope->pidns, p->host_ppid);
	}
}

static int set_names(struct process_list *list, size_t first, const struct process_scope *scope)
{
	const struct process_names *host = process_names_of(&list->names, NULL, -1);
	const struct process_names *inside = scope->host ? host : process_names_of(&list->names, scope->c, scope->init.dir);

	if (!host || !inside)
		return -ENOMEM;
	for (size_t i = first; i < list->n; i++)
		process_names_set(&list->items[i], inside, host);
	return 0;
}

int process_list_of(const struct container *c, unsigned int needs, struct process_list *ret, struct err *err)
{
	CLEANUP_SCOPE struct process_scope scope = {.proc = -1, .pidns = -1, .init = PROC_REF_NONE};
	CLEANUP_PIDS struct pid_list pids = {0};
	size_t first = ret->n;
	bool denied = false;
	int r = process_scope_open(c, &scope, err);

	scope.trace = ret->trace;
	if (!r)
		r = process_scope_pids(&scope, &pids, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < pids.n && r != -ENOMEM; i++) {
		r = read_process(&scope, pids.items[i], needs, ret);
		denied = denied || r == -EACCES || r == -EPERM;
	}
	r = r == -ENOMEM ? r : finish_commands(ret, first);
	TRACE(ret->trace, TRACE_READ, "%s: read status%s%s%s of %zu in /proc; %zu are its %s", c->name, needs & PROCESS_COMMAND ? ", cmdline" : "",
		needs & PROCESS_NAMES ? ", names from its and the host's passwd and group" : "",
		needs & PROCESS_TIMES ? ", times by libproc2" : "", pids.n, ret->n - first, needs & PROCESS_THREADS ? "threads" : "processes");
	if (r != -ENOMEM) {
		set_parents(ret, first, &scope);
		r = needs & PROCESS_NAMES ? set_names(ret, first, &scope) : 0;
	}
	if (r != -ENOMEM && needs & PROCESS_TIMES)
		r = process_times_set(ret, first, needs & PROCESS_THREADS);
	if (r != -ENOMEM && needs & PROCESS_SESSION)
		r = process_sessions_set(ret, first, &scope);
	if (r == -ENOMEM)
		return err_no_memory(err);
	ret->why = denied ? "some processes may not be looked at" : scope.why;
	ret->complete = (ret->complete || first == 0) && !ret->why;
	if (ret->n == first)
		return err_set(err, -ESRCH, ERR_NO_TARGET, "%s is not running", c->name);
	return 0;
}
