/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What becomes of the processes that the command started. A leaf cgroup of v2 holds them all; without one, they are
 * found by session and by descent, and what left both may survive.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stage/stage.h"

#define ROUNDS 500 /* of 10 ms: 5 s */
#define PROCS_MAX 4096

static void pause_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* Calls `each` for every number in the leaf's cgroup.procs; returns how many there were, -1 when it cannot be read. */
static int leaf_each(const struct order *o, void (*each)(const struct order *o, const char *number, pid_t pid))
{
	char text[PROCS_MAX];
	int fd = leaf_open(o, "cgroup.procs", O_RDONLY), n = 0;
	ssize_t len;
	char *at, *end;

	if (fd < 0)
		return -1;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len < 0)
		return -1;
	text[len] = '\0';
	for (at = text; (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		each(o, at, (pid_t)atoi(at));
		n++;
	}
	return n;
}

static void kill_one(const struct order *o, const char *number, pid_t pid)
{
	(void)o;
	(void)number;
	/* 0: a process of a PID namespace that we do not see */
	if (pid > 0)
		kill(pid, SIGKILL);
}

static void move_one(const struct order *o, const char *number, pid_t pid)
{
	(void)pid;
	(void)!write(o->parent_procs, number, strlen(number));
}

struct process {
	pid_t pid, ppid, session;
	unsigned long long start;
};

/* pid (comm) state ppid pgrp session: comm may hold anything, so from the last ")". */
static int read_process(const char *name, struct process *ret)
{
	char path[32] = "/proc/", text[512];
	const char *p;
	int fd;
	ssize_t n;

	if (strlen(name) > 12)
		return -1;
	strcat(path, name);
	strcat(path, "/stat");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	p = strrchr(text, ')');
	if (!p || strlen(p) < 4 || p[2] == 'Z' || p[2] == 'X')
		return -1;
	ret->pid = (pid_t)atoi(name);
	p += 4;
	ret->ppid = (pid_t)stage_number(&p, 10);
	stage_number(&p, 10);
	ret->session = (pid_t)stage_number(&p, 10);
	for (int field = 7; field < 22 && p; field++)
		p = strchr(p + 1, ' ');
	ret->start = p ? stage_number(&p, 10) : 0;
	return 0;
}

/* The number comes first in both; /proc lists them in order. */
static int by_pid(const void *a, const void *b)
{
	return *(const pid_t *)a < *(const pid_t *)b ? -1 : *(const pid_t *)a > *(const pid_t *)b;
}

static int is_ours(const struct process *all, size_t n, const struct process *one, pid_t child)
{
	pid_t pid = one->pid, self = getpid();

	if (one->session == child)
		return 1;
	for (int depth = 0; depth < 64 && pid > 1; depth++) {
		const struct process *parent;

		if (pid == child || (pid == self && one->pid != self))
			return 1;
		parent = bsearch(&pid, all, n, sizeof(*all), by_pid);
		if (!parent)
			return 0;
		pid = parent->ppid;
	}
	return 0;
}

/* Its number may be somebody else's by now: first a handle, then a second look. */
static int kill_process(const struct process *p)
{
	char digits[STAGE_DIGITS];
	struct process now;
	long fd = syscall(SYS_pidfd_open, p->pid, 0), result;

	if (fd < 0 && errno != ENOSYS)
		return -1;
	result = read_process(stage_digits(digits, (unsigned int)p->pid), &now);
	if (result == 0 && now.start != p->start)
		result = -1;
	if (result == 0)
		result = fd < 0 ? kill(p->pid, SIGKILL) : syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
	if (fd >= 0)
		close((int)fd);
	return (int)result;
}

/* One round over /proc. Returns how many it killed. */
static int kill_descendants(pid_t child)
{
	DIR *proc = opendir("/proc");
	struct process *all = NULL;
	struct dirent *entry;
	size_t n = 0, cap = 0;
	int killed = 0;

	while (proc && (entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		if (n == cap) {
			struct process *grown = realloc(all, (cap = cap ? cap * 2 : 512) * sizeof(*all));

			if (!grown)
				break;
			all = grown;
		}
		n += read_process(entry->d_name, &all[n]) == 0;
	}
	for (size_t i = 0; i < n; i++)
		if (is_ours(all, n, &all[i], child) && kill_process(&all[i]) == 0)
			killed++;
	if (proc)
		closedir(proc);
	free(all);
	return killed;
}

static void kill_leaf(const struct order *o)
{
	int file = o->flags & ORDER_CGROUP_KILL ? leaf_open(o, "cgroup.kill", O_WRONLY) : -1;
	int killed = file >= 0 && write(file, "1", 1) == 1;

	if (file >= 0)
		close(file);
	if (killed)
		return;
	for (int i = 0; i < ROUNDS && leaf_each(o, kill_one) > 0; i++)
		pause_ms(10);
}

/* Ends everything, the command included. Sent as long as there is someone: a fork may have raced with us. The leaf alone is not
 * enough: without root the kernel may have kept the command out of it, and who may write to the hierarchy can walk out. */
void reap_kill(struct order *o, pid_t child)
{
	/* the init of a PID namespace takes all in it along */
	int by_descent = !(o->new_namespaces & CLONE_NEWPID);

	if (by_descent)
		kill_descendants(child); /* before its parent links are gone */
	kill(child, SIGKILL);
	if (o->leaf_parent >= 0)
		kill_leaf(o);
	for (int i = 0; by_descent && i < 10 && kill_descendants(child) > 0; i++)
		pause_ms(1);
}

/* The command ended by itself: what it left running stays, in init's cgroup, as with docker exec. */
void reap_leave(struct order *o)
{
	/* mostly nothing: then there is no need to look */
	if (leaf_vanish(o))
		return;
	for (int i = 0; i < 100 && leaf_each(o, move_one) > 0; i++)
		;
}

/* The folder of a sandbox's state, with what is in it. It stays locked until we are gone, so nobody has taken it over; but where
 * we were held up, `nsctl kill` has removed it, and its name may be another's. */
static void remove_state(struct order *o)
{
	DIR *folder = o->state < 0 ? NULL : fdopendir(o->state);
	struct stat ours, named;
	struct dirent *entry;
	int parent;

	if (!folder)
		return;
	while ((entry = readdir(folder)))
		if (entry->d_type != DT_DIR)
			unlinkat(o->state, entry->d_name, 0);
	parent = openat(o->state, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fstat(o->state, &ours) == 0 && fstatat(parent, o->state_name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
		ours.st_dev == named.st_dev && ours.st_ino == named.st_ino)
		unlinkat(parent, o->state_name, AT_REMOVEDIR);
	close(parent);
}

void reap_remove(struct order *o)
{
	leaf_remove(o);
	remove_state(o); /* last: who waits for the end of a sandbox looks at it */
}
