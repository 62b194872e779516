/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/namespace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sys/ns_scan.h"
#include "sys/proc.h"

static int by_inode(const void *a, const void *b)
{
	const struct namespace_member *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return x->container < y->container ? -1 : x->container > y->container;
}

static int read_inodes(pid_t pid, const struct ns_scan *scan, uint64_t ret[NS_N])
{
	CLEANUP_FD int dir = -1;
	size_t i;

	if (scan && scan->mask == NS_ALL && ns_scan_find(scan, pid, &i) && !scan->errors[i]) {
		memcpy(ret, &scan->inodes[i * scan->width], NS_N * sizeof(*ret));
		return 0;
	}
	dir = proc_open(pid);
	return dir < 0 ? dir : ns_inodes(dir, NS_ALL, ret);
}

static void index_one(struct namespace_index *index, const struct ns_scan *scan, size_t i)
{
	const struct container *c = &index->all->items[i];
	uint64_t inodes[NS_N] = {0};
	int r = c->pid ? read_inodes(c->pid, scan, inodes) : 0;

	for (unsigned int type = 0; type < NS_N; type++)
		if (inodes[type])
			index->members[index->n++] = (struct namespace_member){inodes[type], i};
	/* ended, or ending: it shares nothing any more */
	if (!c->pid || !r || r == -ENOENT || r == -ESRCH)
		return;
	index->unread++;
	index->trouble = index->trouble ? index->trouble : r;
}

int namespace_index_make(const struct container_list *all, const struct ns_scan *scan, struct namespace_index *ret, struct err *err)
{
	CLEANUP_FD int self = proc_open_self();
	struct namespace_index index = {.all = all};

	if (self < 0)
		return err_sys(err, self, "/proc/self");
	index.members = calloc(all->n * NS_N + 1, sizeof(*index.members));
	if (!index.members)
		return err_no_memory(err);
	ns_inodes(self, NS_ALL, index.host); /* a type that this kernel has not stays 0 */
	for (size_t i = 0; i < all->n; i++)
		index_one(&index, scan, i);
	qsort(index.members, index.n, sizeof(*index.members), by_inode);
	*ret = index;
	return 0;
}

void namespace_index_free(struct namespace_index *index)
{
	free(index->members);
	*index = (struct namespace_index){0};
}

const struct namespace_member *namespace_members(
	const struct namespace_index *index, uint64_t inode, size_t *ret_n)
{
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->members[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_n = 0;
	while (low + *ret_n < index->n && index->members[low + *ret_n].inode == inode)
		++*ret_n;
	return &index->members[low];
}

static uint64_t inode_of_fd(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 ? st.st_ino : 0;
}

void namespace_ask_owner(struct namespace *ns, int fd)
{
	CLEANUP_FD int parent = ns->type == NS_PID || ns->type == NS_USER ? ns_get_parent(fd) : -1;
	CLEANUP_FD int owner = ns_get_userns(fd); /* of a user namespace: its parent */

	ns->parent = inode_of_fd(parent);
	ns->owner = inode_of_fd(owner);
	if (ns->type == NS_USER || owner >= 0)
		ns->has_owner_uid =
			ns_get_owner_uid(ns->type == NS_USER ? fd : owner, &ns->owner_uid) == 0;
}

struct namespace *namespace_list_add(struct namespace_list *list)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 64;
		struct namespace *grown = reallocarray(list->items, cap, sizeof(*grown));

		if (!grown)
			return NULL;
		list->items = grown;
		list->cap = cap;
	}
	list->items[list->n] = (struct namespace){0};
	return &list->items[list->n++];
}

/* Everybody of the index who is in it, but `c` itself. */
int namespace_relate(struct namespace *ns, const struct namespace_index *index)
{
	size_t n;
	const struct namespace_member *members = namespace_members(index, ns->inode, &n);

	ns->relation = !ns->inode                             ? NAMESPACE_UNKNOWN
		       : ns->inode == index->host[ns->type] ? NAMESPACE_HOST
							    : NAMESPACE_OWN;
	if (ns->relation != NAMESPACE_OWN || !n)
		return 0;
	ns->shared_with = calloc(n, sizeof(const struct container *));
	if (!ns->shared_with)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct container *other = &index->all->items[members[i].container];

		if (!ns->container || other->pid != ns->container->pid)
			ns->shared_with[ns->n_shared++] = other;
	}
	if (ns->n_shared)
		ns->relation = NAMESPACE_SHARED;
	return 0;
}

int namespace_list_of(const struct container *c, const struct namespace_index *index, unsigned int types,
	unsigned int needs, struct namespace_list *ret, struct err *err)
{
	CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
	bool host = !strcmp(c->engine, "host"); /* and self */
	int r = host ? proc_ref_open(getpid(), 0, &ref) : proc_ref_open(c->pid, c->start, &ref);
	uint64_t inodes[NS_N];
	size_t read = 0;

	if (r < 0)
		return err_sys(err, r, "%s: cannot look at its init", c->ref);
	r = ns_inodes(ref.dir, types, inodes);
	for (unsigned int type = 0; type < NS_N; type++)
		read += inodes[type] != 0;
	if (r < 0 && !read)
		return err_sys(err, r == -ENOENT ? -ESRCH : r, "%s: cannot read its namespaces", c->ref);
	for (unsigned int type = 0; type < NS_N; type++) {
		struct namespace *ns = types & 1u << type && index->host[type] ? namespace_list_add(ret) : NULL;
		CLEANUP_FD int fd = -1;

		if (!(types & 1u << type) || !index->host[type])
			continue;
		if (!ns)
			return err_no_memory(err);
		ns->container = c;
		ns->type = (enum ns_type)type;
		ns->inode = inodes[type];
		ns->host_pid = c->pid;
		if (namespace_relate(ns, index) < 0)
			return err_no_memory(err);
		if (ns->inode && needs & NAMESPACE_OWNER && (fd = ns_open(ref.dir, ns->type)) >= 0)
			namespace_ask_owner(ns, fd);
	}
	return 0;
}

void namespace_list_free(struct namespace_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].shared_with);
	for (size_t i = 0; i < list->n_commands; i++)
		free(list->commands[i]);
	free(list->commands);
	free(list->items);
	*list = (struct namespace_list){0};
}
