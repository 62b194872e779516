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
#include "sys/ns.h"
#include "sys/proc.h"

#define NONE SIZE_MAX

struct owner_cgroup {
	size_t container;
	uint64_t id; /* 0: not in the v2 hierarchy */
	char *line;  /* as process_cgroup_find() has it; owned */
};

struct owner_init {
	bool known;
	bool first;         /* it is PID 1 inside */
	unsigned int level; /* where in NSpid its PID namespace stands */
};

struct owner_seen {
	uint64_t id;
	size_t container; /* or NONE */
};

int owner_index_make(const struct container_list *all, struct owner_index *ret, struct err *err)
{
	CLEANUP_OWNERS struct owner_index index = {0};
	int r = namespace_index_make(all, &index.ns, err);

	if (r < 0)
		return r;
	index.inits = calloc(all->n + 1, sizeof(*index.inits));
	if (!index.inits)
		return err_set(err, -ENOMEM, ERR_FAILED, "out of memory");
	*ret = index;
	index = (struct owner_index){0};
	return 0;
}

void owner_index_free(struct owner_index *index)
{
	for (size_t i = 0; i < index->n_cgroups; i++)
		free(index->cgroups[i].line);
	free(index->cgroups);
	free(index->seen);
	free(index->inits);
	namespace_index_free(&index->ns);
	*index = (struct owner_index){0};
}

static int open_proc(pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int read_cgroups(struct owner_index *index)
{
	const struct container_list *all = index->ns.all;

	index->has_cgroups = index->v2 = true;
	index->cgroups = calloc(all->n + 1, sizeof(*index->cgroups));
	if (!index->cgroups)
		return -ENOMEM;
	for (size_t i = 0; i < all->n; i++) {
		CLEANUP_PROCESS_CGROUP struct process_cgroup cgroup = {0};
		CLEANUP_STATUS struct proc_status status = {0};
		CLEANUP_FD int dir = all->items[i].pid ? open_proc(all->items[i].pid) : -1;
		struct owner_cgroup *one = &index->cgroups[index->n_cgroups];
		struct stat st;

		if (dir < 0 || proc_status_read(dir, &status) < 0)
			continue;
		process_cgroup_find(dir, status.ppid, &cgroup);
		if (!cgroup.line)
			continue;
		*one = (struct owner_cgroup){.container = i, .line = take_ptr(&cgroup.line)};
		if (cgroup.v2 && stat(cgroup.dir, &st) == 0)
			one->id = st.st_ino;
		index->v2 = index->v2 && one->id;
		index->n_cgroups++;
	}
	return 0;
}

static size_t cgroup_by_text(const struct owner_index *index, int dir)
{
	for (size_t i = 0; i < index->n_cgroups; i++)
		if (process_cgroup_holds(index->cgroups[i].line, dir))
			return index->cgroups[i].container;
	return NONE;
}

/* Which container's cgroup it stands in, or below. By the id where that tells: the text costs more than all else. */
static int by_cgroup(struct owner_index *index, int dir, uint64_t id, size_t *ret)
{
	struct owner_seen *grown;
	int r = index->has_cgroups ? 0 : read_cgroups(index);

	*ret = NONE;
	if (r < 0 || !index->n_cgroups)
		return r;
	if (!id || !index->v2) {
		*ret = cgroup_by_text(index, dir);
		return 0;
	}
	for (size_t i = 0; i < index->n_cgroups; i++)
		if (index->cgroups[i].id == id) {
			*ret = index->cgroups[i].container;
			return 0;
		}
	for (size_t i = 0; i < index->n_seen; i++)
		if (index->seen[i].id == id) {
			*ret = index->seen[i].container;
			return 0;
		}
	grown = reallocarray(index->seen, index->n_seen + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	index->seen = grown;
	*ret = cgroup_by_text(index, dir);
	grown[index->n_seen++] = (struct owner_seen){id, *ret};
	return 0;
}

static const struct owner_init *init_of(struct owner_index *index, size_t container)
{
	struct owner_init *init = &index->inits[container];

	if (!init->known) {
		CLEANUP_FD int dir = open_proc(index->ns.all->items[container].pid);
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
static int choose(struct owner_index *index, const struct namespace_member *pid, size_t n_pid, int dir, uint64_t mnt,
	uint64_t cgroup, bool host, size_t *ret)
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
	r = by_cgroup(index, dir, cgroup, ret);
	if (r < 0 || host || is_member(pid, n_pid, *ret))
		return r;
	*ret = NONE;
	for (i = 0; i < n_pid && *ret == NONE; i++)
		if (init_of(index, pid[i].container)->first)
			*ret = pid[i].container;
	return 0;
}

static int in_host_pidns(struct owner_index *index, int dir, uint64_t mnt, uint64_t cgroup, enum owner *ret, size_t *found)
{
	size_t n;
	const struct namespace_member *members = namespace_members(&index->ns, index->ns.host[NS_PID], &n);
	uint64_t inodes[NS_N] = {0};
	int r = choose(index, members, n, dir, mnt, cgroup, true, found);

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
static int in_other_pidns(struct owner_index *index, int dir, uint64_t pidns, uint64_t mnt, uint64_t cgroup, size_t *found)
{
	CLEANUP_FD int fd = -1;
	int r = 0;

	while (r == 0 && *found == NONE && pidns && pidns != index->ns.host[NS_PID]) {
		size_t n;
		const struct namespace_member *members = namespace_members(&index->ns, pidns, &n);

		if (n)
			r = choose(index, members, n, dir, mnt, cgroup, false, found);
		if (*found == NONE)
			go_up(dir, &fd, &pidns);
	}
	return r;
}

int owner_of(struct owner_index *index, int dir, uint64_t cgroup, enum owner *ret,
	const struct container **ret_container)
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
		r = by_cgroup(index, dir, cgroup, &found);
	} else if (inodes[NS_PID] == index->ns.host[NS_PID]) {
		r = in_host_pidns(index, dir, inodes[NS_MNT], cgroup, ret, &found);
	} else {
		*ret = OWNER_UNKNOWN;
		r = in_other_pidns(index, dir, inodes[NS_PID], inodes[NS_MNT], cgroup, &found);
	}
	if (r == 0 && found != NONE) {
		*ret = OWNER_CONTAINER;
		*ret_container = &index->ns.all->items[found];
	}
	return r;
}
