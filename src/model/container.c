/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/container.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sys/cgroup.h"
#include "sys/file.h"
#include "sys/ns.h"
#include "sys/proc.h"
#include "sys/reader_queue.h"
#include "sys/threads.h"

#define COMMAND_MAX 65536
#define LOOK_MIN 64 /* containers that are worth a thread: some 40 us each, and a thread costs 200 */

struct container *container_list_add(struct container_list *list)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 16;
		struct container *grown = reallocarray(list->items, cap, sizeof(*grown));

		if (!grown)
			return NULL;
		list->items = grown;
		list->cap = cap;
	}
	list->items[list->n] = (struct container){.status = CONTAINER_STOPPED};
	return &list->items[list->n++];
}

void container_list_remove(struct container_list *list, size_t i)
{
	container_free(&list->items[i]);
	list->n--;
	memmove(&list->items[i], &list->items[i + 1], (list->n - i) * sizeof(*list->items));
}

void container_list_free(struct container_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		container_free(&list->items[i]);
	free(list->items);
	*list = (struct container_list){0};
}

void container_free(struct container *c)
{
	free(c->name);
	free(c->id);
	free(c->pod);
	free(c->namespace);
	free(c->pod_uid);
	free(c->image);
	free(c->default_container);
	free(c->config);
	free(c->state);
	for (size_t i = 0; i < c->n_labels; i++) {
		free(c->labels[i].key);
		free(c->labels[i].value);
	}
	free(c->labels);
	free(c->command); /* one block, as proc_strings() makes it */
	free(c->ref);
	*c = (struct container){.status = CONTAINER_STOPPED};
}

/* -ESRCH when there is no process; -EACCES when there is one that a /proc mounted with hidepid does not show. */
static int read_stat(pid_t pid, struct proc_stat *ret)
{
	char path[32], text[1024];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	n = file_read_once(AT_FDCWD, path, text, sizeof(text));
	if (n == -ENOENT && kill(pid, 0) < 0 && errno == EPERM)
		return -EACCES;
	if (n <= 0)
		return n == 0 || n == -ENOENT ? -ESRCH : (int)n;
	return proc_stat_parse(text, ret);
}

static void set_stopped(struct container *c)
{
	c->status = CONTAINER_STOPPED;
	c->pid = 0;
	c->start = 0;
	c->unseen = false;
}

void container_take_init(struct container *c, pid_t pid, const struct proc_stat *stat)
{
	set_stopped(c);
	if (!stat->start || stat->state == 'X')
		return;
	c->pid = pid;
	c->start = stat->start;
	/* without memory it has ended, or is ending and waits for a process that joined its PID namespace */
	c->status = stat->state == 'Z' || !stat->vsize ? CONTAINER_TERMINATING : CONTAINER_RUNNING;
}

int container_set_init(struct container *c, pid_t pid, uint64_t start)
{
	struct proc_stat stat = {0};
	int r;

	set_stopped(c);
	r = pid > 0 ? read_stat(pid, &stat) : 0;
	if (r < 0 && r != -ESRCH)
		return r;
	/* with another start time the number belongs to another process by now */
	if (r == 0 && (!start || start == stat.start))
		container_take_init(c, pid, &stat);
	c->unseen = pid > 0 && !c->pid;
	return 0;
}

int container_check_seen(const struct container *c, const char *name, struct err *err)
{
	if (!c->unseen || !ns_is_nested())
		return 0;
	err_set(err, -ESRCH, ERR_DENIED, "%s cannot be seen: nsctl runs in a PID namespace itself, and its init is not in there", name);
	return err_hint(err, "run it on the host");
}

static int read_inside(struct container *c)
{
	CLEANUP_STATUS struct proc_status status = {0};
	CLEANUP_FD int dir = proc_open(c->pid);
	int r = dir < 0 ? dir : proc_status_read(dir, &status);

	if (r == 0 && status.n_nspid)
		c->pid_inside = status.nspid[status.n_nspid - 1];
	return r;
}

/* What the init's /proc says; the first errno stays. */
static int look_at(struct container *c, bool inside, struct cgroup_memo *memo)
{
	int r = inside && !c->pid_inside ? read_inside(c) : 0, error;

	if (c->status == CONTAINER_RUNNING) {
		error = cgroup_is_frozen(c->pid, memo);
		r = r < 0 ? r : error;
		if (error > 0)
			c->status = CONTAINER_PAUSED;
	}
	return r < 0 ? r : 0;
}

static int look_next(struct container *c, bool inside, struct cgroup_memo *memo)
{
	int r;

	if (!c->pid)
		return 0;
	if (!c->start_unix)
		c->start_unix = proc_start_unix(c->start);
	r = look_at(c, inside, memo);
	if (r == -ENOENT || r == -ESRCH) {
		container_set_init(c, c->pid, c->start);
		if (c->pid) /* only a file of its is missing, in a kernel without that feature */
			return 0;
		c->pid_inside = 0;
		c->start_unix = 0;
		return -ESRCH;
	}
	return r;
}

int container_look(struct container *c)
{
	CLEANUP_CGROUP_MEMO struct cgroup_memo memo = {0};
	CLEANUP_READER struct reader reader = {0};
	int r = look_next(c, true, &memo), error = 0;

	container_read_commands(&reader, c, 1, &error);
	return r < 0 ? r : error;
}

static int settle(struct container *c, int error)
{
	if (error != -ENOENT && error != -ESRCH)
		return error;
	container_set_init(c, c->pid, c->start);
	return c->pid ? 0 : -ESRCH;
}

static int take_command(void *data, struct reader_want *want, size_t at, int *result)
{
	struct container *items = data;

	items[at].command = want->strings;
	*result = settle(&items[at], want->error);
	return 0;
}

void container_read_commands(struct reader *reader, struct container *items, size_t n, int *errors)
{
	CLEANUP_READER_QUEUE struct reader_queue queue = {0};

	for (size_t i = 0; i < n; i++) {
		char path[32];
		int r;

		errors[i] = 0;
		if (!items[i].pid || items[i].command)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)items[i].pid);
		r = reader_queue_add(&queue, AT_FDCWD, path, i, &errors[i]);
		if (r < 0)
			errors[i] = settle(&items[i], r);
		reader_queue_read(&queue, reader, COMMAND_MAX, false, take_command, items);
	}
	reader_queue_read(&queue, reader, COMMAND_MAX, true, take_command, items);
}

struct look {
	struct container *items;
	size_t n, parts;
	bool inside;
	int *errors;
};

static void look_part(void *data, size_t part)
{
	CLEANUP_CGROUP_MEMO struct cgroup_memo memo = {0};
	const struct look *look = data;
	size_t end = look->n * (part + 1) / look->parts;

	for (size_t i = look->n * part / look->parts; i < end; i++)
		look->errors[i] = look_next(&look->items[i], look->inside, &memo);
}

void container_look_many(struct container *items, size_t n, bool inside, int *errors)
{
	struct look look = {.items = items, .n = n, .parts = threads_parts(n, LOOK_MIN), .inside = inside, .errors = errors};

	threads_run(look.parts, look_part, &look);
}
