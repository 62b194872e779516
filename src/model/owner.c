/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/process_parts.h"
#include "sys/file.h"
#include "sys/kthread.h"
#include "sys/ns.h"
#include "sys/proc.h"

#define NONE SIZE_MAX

/* Who stands in a container's cgroup. */
struct owner_place {
	pid_t pid;
	size_t container;
};

struct owner_init {
	bool known;
	bool first;         /* it is PID 1 inside */
	unsigned int level; /* where in NSpid its PID namespace stands */
};

int owner_index_make(const struct container_list *all, struct owner_index *ret, struct err *err)
{
	CLEANUP_OWNERS struct owner_index index = {0};
	int r = namespace_index_make(all, NULL, &index.ns, err);

	if (r < 0)
		return r;
	index.inits = calloc(all->n + 1, sizeof(*index.inits));
	if (!index.inits)
		return err_no_memory(err);
	*ret = index;
	index = (struct owner_index){0};
	return 0;
}

void owner_index_free(struct owner_index *index)
{
	free(index->places);
	free(index->inits);
	namespace_index_free(&index->ns);
	*index = (struct owner_index){0};
}

static int add_places(struct owner_index *index, const struct pid_list *pids, size_t container)
{
	struct owner_place *grown = reallocarray(index->places, index->n_places + pids->n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	index->places = grown;
	for (size_t i = 0; i < pids->n; i++)
		grown[index->n_places++] = (struct owner_place){pids->items[i], container};
	return 0;
}

static int by_pid(const void *a, const void *b)
{
	const struct owner_place *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->container < y->container ? -1 : x->container > y->container;
}

/* All at once: to ask each process for its cgroup would cost as much as all else of it. */
static int read_places(struct owner_index *index)
{
	const struct container_list *all = index->ns.all;
	int r = 0;

	index->has_places = true;
	for (size_t i = 0; i < all->n && r == 0; i++) {
		CLEANUP_PROCESS_CGROUP struct process_cgroup cgroup = {0};
		CLEANUP_STATUS struct proc_status status = {0};
		CLEANUP_PIDS struct pid_list pids = {0};
		CLEANUP_FD int dir = all->items[i].pid ? proc_open(all->items[i].pid) : -1;

		if (dir < 0 || proc_status_read(dir, &status) < 0)
			continue;
		process_cgroup_find(&all->items[i], dir, status.ppid, &cgroup);
		if (!cgroup.line)
			continue;
		procfs_cgroup_pids(cgroup.dir, &pids);
		r = add_places(index, &pids, i);
	}
	if (index->n_places)
		qsort(index->places, index->n_places, sizeof(*index->places), by_pid);
	return r;
}

/* Which container's cgroup it stands in, or below; NONE. */
static int by_cgroup(struct owner_index *index, pid_t pid, size_t *ret)
{
	struct owner_place wanted = {.pid = pid};
	size_t from = 0, to;
	int r = index->has_places ? 0 : read_places(index);

	for (to = index->n_places; from < to;) {
		size_t middle = from + (to - from) / 2;

		if (by_pid(&index->places[middle], &wanted) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	*ret = from < index->n_places && index->places[from].pid == pid ? index->places[from].container : NONE;
	return r;
}

static const struct owner_init *init_of(struct owner_index *index, size_t container)
{
	struct owner_init *init = &index->inits[container];

	if (!init->known) {
		CLEANUP_FD int dir = proc_open(index->ns.all->items[container].pid);
		CLEANUP_STATUS struct proc_status status = {0};

		init->known = true;
		if (dir >= 0 && proc_status_read(dir, &status) == 0 && status.n_nspid) {
			init->level = status.n_nspid - 1;
			init->first = status.nspid[init->level] == 1;
		}
	}
	return init;
}

unsigned int owner_level(struct owner_index *index, const struct container *c)
{
	return init_of(index, (size_t)(c - index->ns.all->items))->level;
}

static bool is_member(const struct namespace_member *members, size_t n, size_t container)
{
	for (size_t i = 0; i < n; i++)
		if (members[i].container == container)
			return true;
	return false;
}

/* Of those that are in the PID namespace: by mount namespace, else cgroup, else who is PID 1. *ret NONE for none. */
static int choose(struct owner_index *index, const struct namespace_member *pid, size_t n_pid, uint64_t mnt,
	pid_t process, bool host, size_t *ret)
{
	size_t n_mnt, i;
	const struct namespace_member *in_mnt = namespace_members(&index->ns, mnt, &n_mnt);
	int r;

	*ret = NONE;
	for (i = 0; mnt && mnt != index->ns.host[NS_MNT] && i < n_mnt; i++)
		if (is_member(pid, n_pid, in_mnt[i].container)) {
			*ret = in_mnt[i].container;
			return 0;
		}
	if (!host && n_pid == 1 && init_of(index, pid[0].container)->first) {
		*ret = pid[0].container;
		return 0;
	}
	r = by_cgroup(index, process, ret);
	if (r < 0 || host || is_member(pid, n_pid, *ret))
		return r;
	*ret = NONE;
	for (i = 0; i < n_pid && *ret == NONE; i++)
		if (init_of(index, pid[i].container)->first)
			*ret = pid[i].container;
	return 0;
}

static int in_host_pidns(struct owner_index *index, int dir, pid_t pid, uint64_t mnt, enum owner *ret, size_t *found)
{
	size_t n;
	const struct namespace_member *members = namespace_members(&index->ns, index->ns.host[NS_PID], &n);
	uint64_t inodes[NS_N] = {0};
	int r = choose(index, members, n, mnt, pid, true, found);

	if (r < 0 || *found != NONE || mnt == index->ns.host[NS_MNT])
		return r;
	/* a bare group: a user and a mount namespace of its own */
	if (ns_inodes(dir, 1u << NS_USER, inodes) == 0 && inodes[NS_USER] != index->ns.host[NS_USER])
		*ret = OWNER_UNKNOWN;
	return 0;
}

/* Turns to the PID namespace that this one is nested in; *inode 0: out of sight. */
static void go_up(int dir, int *fd, uint64_t *inode)
{
	int up = *fd >= 0 ? *fd : ns_open(dir, NS_PID);
	struct stat st;

	*fd = up < 0 ? -1 : ns_get_parent(up);
	close_fd(&up);
	*inode = *fd >= 0 && fstat(*fd, &st) == 0 ? st.st_ino : 0;
}

/* The innermost that a container is in counts. */
static int in_other_pidns(struct owner_index *index, int dir, pid_t pid, uint64_t pidns, uint64_t mnt, size_t *found)
{
	CLEANUP_FD int fd = -1;
	int r = 0;

	while (r == 0 && *found == NONE && pidns && pidns != index->ns.host[NS_PID]) {
		size_t n;
		const struct namespace_member *members = namespace_members(&index->ns, pidns, &n);

		if (n)
			r = choose(index, members, n, mnt, pid, false, found);
		if (*found == NONE)
			go_up(dir, &fd, &pidns);
	}
	return r;
}

int owner_of(struct owner_index *index, int dir, pid_t pid, enum owner *ret, const struct container **ret_container)
{
	uint64_t inodes[NS_N] = {0};
	size_t found = NONE;
	int r = ns_inodes(dir, 1u << NS_PID | 1u << NS_MNT, inodes);

	*ret = OWNER_HOST;
	*ret_container = NULL;
	if (r == -ESRCH || (r == -ENOENT && !inodes[NS_PID]))
		return -ESRCH;
	if (!inodes[NS_PID]) {
		*ret = OWNER_DENIED;
		r = by_cgroup(index, pid, &found);
	} else if (inodes[NS_PID] == index->ns.host[NS_PID]) {
		r = in_host_pidns(index, dir, pid, inodes[NS_MNT], ret, &found);
	} else {
		*ret = OWNER_UNKNOWN;
		r = in_other_pidns(index, dir, pid, inodes[NS_PID], inodes[NS_MNT], &found);
	}
	if (r == 0 && found != NONE) {
		*ret = OWNER_CONTAINER;
		*ret_container = &index->ns.all->items[found];
	}
	return r;
}

/* The mount namespace that the kernel's own device file system was made in: a child of kthreadd has it; 0 when there is none. */
static uint64_t kernel_mounts(int proc)
{
	CLEANUP_KTHREADS struct kthreads kthreads = {0};
	uint64_t inode = 0;

	kthreads_read(proc, &kthreads);
	for (size_t i = 0; i < kthreads.n && !inode; i++) {
		char path[32], comm[32];

		snprintf(path, sizeof(path), "%d/comm", (int)kthreads.pids[i]);
		if (file_read_into(proc, path, comm, sizeof(comm)) > 0 && !strcmp(comm, "kdevtmpfs\n"))
			ns_link(proc, kthreads.pids[i], NS_MNT, &inode);
	}
	return inode;
}

struct mounts {
	const struct owner_index *index;
	uint64_t kernel;
};

static int find_unknown(void *data, uint64_t inode)
{
	const struct mounts *mounts = data;
	size_t n;

	namespace_members(&mounts->index->ns, inode, &n);
	return !n && inode != mounts->kernel && inode != mounts->index->ns.host[NS_MNT];
}

void owner_index_settle_mounts(struct owner_index *index, int proc)
{
	struct mounts mounts = {.index = index};
	size_t n;

	namespace_members(&index->ns, index->ns.host[NS_PID], &n);
	if (n || !ns_is_initial(NS_PID, index->ns.host[NS_PID]))
		return;
	mounts.kernel = kernel_mounts(proc);
	index->only_pid = ns_each_mount(find_unknown, &mounts) == 0;
}

bool owner_is_host(struct owner_index *index, int proc, pid_t pid)
{
	uint64_t inode;
	size_t found;

	return ns_link(proc, pid, NS_PID, &inode) == 0 && inode == index->ns.host[NS_PID] &&
	       (index->only_pid || (ns_link(proc, pid, NS_MNT, &inode) == 0 && inode == index->ns.host[NS_MNT])) &&
	       by_cgroup(index, pid, &found) == 0 && found == NONE;
}
