/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The namespaces of all processes: the second half of model/namespace.h.
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
#include "base/map.h"
#include "model/namespace.h"
#include "sys/ns_scan.h"
#include "sys/procfs.h"

#define PIDNS_DEPTH 33 /* the kernel allows 32 levels */

struct pass {
	int proc; /* /proc */
	const struct ns_scan *scan; /* the caller's, or own */
	struct ns_scan own;
	unsigned int types;
	struct map at; /* inode to its place in the list */
	/* The process that was looked at last: a container's init is the first in most of its namespaces, one after the other. */
	pid_t pid;
	int dir; /* -1: it has ended */
	const struct container *owner;
	bool owner_known;
};

static void pass_free(struct pass *pass)
{
	close_fd(&pass->dir);
	close_fd(&pass->proc);
	ns_scan_free(&pass->own);
	map_free(&pass->at);
}

static int pass_open(struct pass *ret, const struct ns_scan *scan, unsigned int types, struct namespace_gaps *ret_gaps,
	struct err *err)
{
	int r = 0;

	ret->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ret->types = types;
	ret->scan = scan && scan->n && !(types & ~scan->mask) ? scan : &ret->own;
	if (ret->proc < 0)
		r = -errno;
	else if (ret->scan == &ret->own)
		r = ns_scan_read(ret->proc, types, &ret->own);
	if (r < 0)
		return err_sys(err, r, "cannot read /proc");
	*ret_gaps = (struct namespace_gaps){.hidden = procfs_hides()};
	/* PID 1 may be closed even to root, who misses nothing by it */
	for (size_t i = 0; i < ret->scan->n; i++)
		if (ret->scan->errors[i] == -EACCES && (geteuid() || ret->scan->pids[i] != 1))
			ret_gaps->closed++;
	return 0;
}

static const struct container *first_in(const struct namespace_index *index, enum ns_type type, uint64_t inode)
{
	size_t n = 0;
	const struct namespace_member *members =
		inode && inode != index->host[type] ? namespace_members(index, inode, &n) : NULL;

	return n ? &index->all->items[members[0].container] : NULL;
}

/* Whose process it is: the container's whose PID namespace it is in, or below, else whose mount namespace. Others are shared
 * by who is in no container as well: a rootless engine's own processes are in the user namespace of its containers. */
static const struct container *owner_of(const struct namespace_index *index, int dir)
{
	const struct container *found = NULL;
	CLEANUP_FD int ns = dir < 0 ? -1 : ns_open(dir, NS_PID);
	uint64_t mnt[NS_N];
	struct stat st;

	for (int depth = 0; ns >= 0 && !found && depth < PIDNS_DEPTH && fstat(ns, &st) == 0 &&
			    st.st_ino != index->host[NS_PID];
		depth++) {
		int parent = ns_get_parent(ns);

		found = first_in(index, NS_PID, st.st_ino);
		close_fd(&ns);
		ns = parent < 0 ? -1 : parent;
	}
	if (found || dir < 0)
		return found;
	ns_inodes(dir, 1u << NS_MNT, mnt);
	return first_in(index, NS_MNT, mnt[NS_MNT]);
}

/* Makes `pid` the process that is looked at. */
static void look_at(struct pass *pass, pid_t pid)
{
	char path[16];

	if (pass->pid == pid)
		return;
	close_fd(&pass->dir);
	snprintf(path, sizeof(path), "%d", (int)pid);
	pass->dir = openat(pass->proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	pass->pid = pid;
	pass->owner_known = false;
}

static const struct container *its_owner(struct pass *pass, const struct namespace_index *index, pid_t pid)
{
	look_at(pass, pid);
	if (!pass->owner_known)
		pass->owner = owner_of(index, pass->dir);
	pass->owner_known = true;
	return pass->owner;
}

/* Of a PID namespace that is open, the init stands for it. */
static void take_init(struct namespace *ns, int fd)
{
	pid_t init = fd >= 0 ? ns_pid_outside(fd, 1) : 0;

	ns->host_pid = init > 0 ? init : ns->host_pid;
}

/* Everything of one namespace but who is in it. */
static int complete(struct namespace *ns, const struct namespace_index *index, struct pass *pass, unsigned int needs)
{
	const bool nested = ns->type == NS_PID && ns->inode != index->host[NS_PID];
	CLEANUP_FD int fd = -1;
	int r;

	ns->container = first_in(index, ns->type, ns->inode);
	if (!ns->container && ns->inode != index->host[ns->type])
		ns->container = its_owner(pass, index, ns->host_pid);
	r = namespace_relate(ns, index);
	if (r < 0)
		return r;
	if (nested || needs & NAMESPACE_OWNER)
		fd = ns_open_of(pass->proc, ns->host_pid, ns->type);
	if (fd >= 0 && needs & NAMESPACE_OWNER)
		namespace_ask_owner(ns, fd);
	if (nested)
		take_init(ns, fd);
	return 0;
}

static int by_inode(const void *a, const void *b)
{
	const struct namespace *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* Processes come in order of number: the first that is in one has the lowest. */
static int collect(struct pass *pass, struct namespace_list *ret)
{
	for (size_t i = 0; i < pass->scan->n; i++)
		for (unsigned int type = 0; type < NS_N; type++) {
			uint64_t inode = pass->types & 1u << type ? ns_scan_inode(pass->scan, i, (enum ns_type)type) : 0;
			size_t *at = inode ? map_get(&pass->at, inode) : NULL;
			struct namespace *ns;

			if (!inode)
				continue;
			if (at && *at < ret->n) {
				ret->items[*at].processes++;
				continue;
			}
			ns = namespace_list_add(ret);
			if (!ns || !map_put(&pass->at, inode, ret->n - 1))
				return -ENOMEM;
			ns->type = (enum ns_type)type;
			ns->inode = inode;
			ns->host_pid = pass->scan->pids[i];
			ns->processes = 1;
			ns->counted = true;
		}
	return 0;
}

int namespace_list_all(const struct namespace_index *index, const struct ns_scan *scan, struct reader *reader, unsigned int types,
	unsigned int needs, struct namespace_list *ret, struct namespace_gaps *ret_gaps, struct err *err)
{
	CLEANUP(pass_free) struct pass pass = {.proc = -1, .dir = -1};
	int r = pass_open(&pass, scan, types, ret_gaps, err);

	if (r < 0)
		return r;
	r = collect(&pass, ret);
	for (size_t i = 0; i < ret->n && r == 0; i++)
		r = complete(&ret->items[i], index, &pass, needs);
	if (r == 0 && needs & NAMESPACE_COMMAND)
		r = namespace_read_commands(pass.proc, reader, ret, ret_gaps);
	if (r < 0)
		return err_no_memory(err);
	if (ret->n)
		qsort(ret->items, ret->n, sizeof(*ret->items), by_inode);
	return 0;
}

/* What one of all namespaces says of the same one in the list. */
static void take_count(struct pass *pass, const struct namespace *all, unsigned int needs, struct namespace *ret)
{
	CLEANUP_FD int fd = -1;

	ret->counted = true;
	ret->processes = all->processes;
	if (!(needs & NAMESPACE_LOWEST))
		return;
	ret->host_pid = all->host_pid;
	if (ret->type != NS_PID || ret->relation == NAMESPACE_HOST)
		return;
	fd = ns_open_of(pass->proc, ret->host_pid, NS_PID);
	take_init(ret, fd);
}

int namespace_count(struct namespace_list *list, const struct ns_scan *scan, struct reader *reader, unsigned int needs,
	struct namespace_gaps *ret_gaps, struct err *err)
{
	CLEANUP(pass_free) struct pass pass = {.proc = -1, .dir = -1};
	CLEANUP_NAMESPACES struct namespace_list all = {0};
	unsigned int types = 0;
	int r;

	for (size_t i = 0; i < list->n; i++)
		types |= 1u << list->items[i].type;
	r = pass_open(&pass, scan, types, ret_gaps, err);
	if (r < 0)
		return r;
	if (collect(&pass, &all) < 0)
		return err_no_memory(err);
	for (size_t i = 0; i < list->n; i++) {
		const size_t *at = list->items[i].inode ? map_get(&pass.at, list->items[i].inode) : NULL;

		if (at && *at < all.n)
			take_count(&pass, &all.items[*at], needs, &list->items[i]);
	}
	r = needs & NAMESPACE_COMMAND ? namespace_read_commands(pass.proc, reader, list, ret_gaps) : 0;
	return r < 0 ? err_no_memory(err) : 0;
}
