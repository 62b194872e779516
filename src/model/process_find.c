/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second half of model/process_scope.h: the PIDs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/trace.h"
#include "model/process_scope.h"
#include "sys/feature.h"
#include "sys/file.h"
#include "sys/ns.h"

#define SCAN_MAX 2000 /* processes of the host: from here on a new procfs costs less than to ask for each */
#define NS_DEPTH 33
#define WALK_MAX (1u << 22) /* processes of a tree */

/* Is the PID namespace behind fd the container's, or below it? Takes fd. */
static bool is_below(const struct process_scope *scope, int fd)
{
	CLEANUP_FD int ns = fd;
	struct stat st;

	for (int depth = 0; ns >= 0 && depth < NS_DEPTH; depth++) {
		int parent;

		if (fstat(ns, &st) < 0)
			return false;
		if (st.st_ino == scope->pidns_inode)
			return true;
		parent = ns_get_parent(ns);
		close_fd(&ns);
		ns = parent < 0 ? -1 : parent;
	}
	return false;
}

/* Before 6.11: by the inode, each namespace's ancestors looked up once. -EACCES when it may not be known. */
static int is_member_by_link(struct process_scope *scope, int dir)
{
	struct pidns_known *grown;
	uint64_t inode;
	int r = ns_inode(dir, NS_PID, &inode);

	if (r < 0)
		return r;
	if (inode == scope->pidns_inode)
		return 1;
	if (inode == scope->own_pidns)
		return 0;
	for (size_t i = 0; i < scope->n_known; i++)
		if (scope->known[i].inode == inode)
			return scope->known[i].below;
	grown = reallocarray(scope->known, scope->n_known + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	scope->known = grown;
	grown[scope->n_known] = (struct pidns_known){inode, is_below(scope, ns_open(dir, NS_PID))};
	return grown[scope->n_known++].below;
}

/* Does it stand too high in the nesting to be one? Its namespaces may be closed, even to root (PID 1 of some
 * hosts), its status is not. */
static bool is_above(const struct process_scope *scope, int dir)
{
	CLEANUP_STATUS struct proc_status status = {0};

	return proc_status_read(dir, &status) == 0 && status.n_nspid <= scope->level;
}

int process_scope_inside(struct process_scope *scope, int dir, pid_t host_pid)
{
	int r;

	if (scope->host || scope->pidns_inode == scope->own_pidns)
		return host_pid;
	if (scope->limited)
		return 0;
	if (scope->by_ioctl) {
		r = ns_pid_inside(scope->pidns, host_pid);
		return r > 0 ? r : -ESRCH;
	}
	r = is_member_by_link(scope, dir);
	if ((r == -EACCES || r == -EPERM) && !is_above(scope, dir))
		scope->why = "some processes may not be looked at";
	return r > 0 ? 0 : -ESRCH;
}

/* From a procfs of the namespace: numbers inside become the host's. */
static int translate(const struct process_scope *scope, int procfs, struct pid_list *ret)
{
	CLEANUP_PIDS struct pid_list inside = {0};
	int r = procfs_pids(procfs, &inside);

	for (size_t i = 0; r == 0 && i < inside.n; i++) {
		int outside = ns_pid_outside(scope->pidns, inside.items[i]);

		if (outside > 0) /* else it has ended */
			r = pid_list_add(ret, outside);
	}
	return r;
}

/* Every process of the host is asked. */
static int scan(struct process_scope *scope, struct pid_list *ret)
{
	CLEANUP_PIDS struct pid_list all = {0};
	int r = procfs_pids(scope->proc, &all);

	for (size_t i = 0; r == 0 && i < all.n; i++) {
		CLEANUP_FD int dir = -1;
		char name[16];

		if (!scope->by_ioctl) {
			snprintf(name, sizeof(name), "%d", (int)all.items[i]);
			dir = openat(scope->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
			if (dir < 0)
				continue;
		}
		if (process_scope_inside(scope, dir, all.items[i]) >= 0)
			r = pid_list_add(ret, all.items[i]);
	}
	return r;
}

static int find_in_namespace(struct process_scope *scope, struct pid_list *ret)
{
	CLEANUP_FD int procfs = -1;

	const char *way = "each process of the host, by readlink of ns/pid";

	if (scope->by_ioctl) {
		way = "each process of the host, by NS_GET_PID_IN_PIDNS";
		procfs = procfs_open_own(scope->init.dir, scope->pidns_inode);
		if (procfs >= 0) {
			way = "the procfs that it has at /proc, proven to be its own";
		} else if (procfs_count() >= SCAN_MAX || !feature_allowed(FEATURE_PROC_SCAN)) {
			procfs = procfs_open_new(scope->pidns);
			way = procfs >= 0 ? "a new procfs of its PID namespace" : way;
		}
	}
	TRACE(scope->trace, TRACE_READ, "%s: PID namespace %lu of its own; asked: %s", scope->c->name,
		(unsigned long)scope->pidns_inode, way);
	return procfs >= 0 ? translate(scope, procfs, ret) : scan(scope, ret);
}

/* Appends the children of a process, of all its threads. */
static int add_children(const struct process_scope *scope, pid_t pid, struct pid_list *ret)
{
	CLEANUP_PIDS struct pid_list threads = {0};
	CLEANUP_FD int task = -1;
	char path[64];
	int r;

	snprintf(path, sizeof(path), "%d/task", (int)pid);
	task = openat(scope->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = task < 0 ? 0 : procfs_pids(task, &threads);
	for (size_t i = 0; r == 0 && i < threads.n; i++) {
		CLEANUP_FREE char *text = NULL;
		char *end;

		snprintf(path, sizeof(path), "%d/children", (int)threads.items[i]);
		if (file_read(task, path, 16u << 20, &text, NULL) < 0)
			continue;
		for (char *at = text; r == 0; at = end) {
			long child = strtol(at, &end, 10);

			if (end == at)
				break;
			r = pid_list_add(ret, (pid_t)child);
		}
	}
	return r == -ENOMEM ? r : 0;
}

/* A process that shares every namespace with the caller: it and its descendants. */
static int find_tree(const struct process_scope *scope, struct pid_list *ret)
{
	int r = pid_list_add(ret, scope->c->pid);

	for (size_t i = 0; r == 0 && i < ret->n && i < WALK_MAX; i++)
		r = add_children(scope, ret->items[i], ret);
	return r;
}

static int copy(const struct pid_list *from, struct pid_list *to)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < from->n; i++)
		r = pid_list_add(to, from->items[i]);
	return r;
}

int process_scope_pids(struct process_scope *scope, struct pid_list *ret, struct err *err)
{
	int r;

	if (scope->limited || (!scope->host && scope->pidns_inode == scope->own_pidns))
		TRACE(scope->trace, TRACE_READ, "%s: %s; asked: %s", scope->c->name,
			scope->limited ? "its namespaces may not be looked at"
				       : "in the caller's PID namespace",
			!scope->limited && scope->mnt_inode != scope->own_mnt
				? "each process of the host, by its mount namespace and cgroup"
			: scope->cgroup ? "its cgroup"
					: "its descendants");
	if (scope->host && !strcmp(scope->c->name, "self"))
		r = pid_list_add(ret, getpid());
	else if (scope->host)
		r = procfs_pids(scope->proc, ret);
	else if (scope->limited)
		r = scope->cgroup ? copy(&scope->in_cgroup, ret) : find_tree(scope, ret);
	else if (scope->pidns_inode != scope->own_pidns)
		r = find_in_namespace(scope, ret);
	else if (scope->mnt_inode == scope->own_mnt)
		r = scope->cgroup ? copy(&scope->in_cgroup, ret) : find_tree(scope, ret);
	else
		r = procfs_pids(scope->proc, ret);
	if (r == -ENOMEM)
		return err_no_memory(err);
	if (r < 0)
		return err_sys(err, r, "%s: cannot list its processes", scope->c->name);
	pid_list_sort(ret);
	return 0;
}
