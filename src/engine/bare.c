/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bare: namespaces that no engine knows, as unshare, bwrap and systemd-nspawn make them. A group is a PID namespace of
 * its own (the outermost that is unknown), or a user and a mount namespace of their own; with --deep any namespace of its
 * own. The scan runs when all other engines have told what they know.
 *
 * Which PID namespaces there are only the processes tell, so each costs one readlink. Mount namespaces the kernel lists
 * (6.12): those that no container and no group's init is in are odd, and processes are asked for theirs only until all odd
 * ones are explained. There is always one: that of kdevtmpfs, a kernel thread with a low number. Where the kernel does not
 * list them, or not for the caller, each process is asked for its user namespace too.
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
#include "base/text.h"
#include "base/trace.h"
#include "engine/engines.h"
#include "engine/state.h"
#include "sys/ns.h"
#include "sys/ns_scan.h"
#include "sys/proc.h"

struct group {
	uint64_t key;  /* the inode that tells it: of the PID namespace, else of the one that is its own */
	uint64_t user; /* of its user namespace; 0 not asked yet */
	bool by_pid;   /* key is of a PID namespace */
	pid_t init;
	bool is_first;	/* init is PID 1 of the namespace */
	uint64_t start; /* of init: the oldest */
	bool hidden;	/* it is part of another's */
};

struct scan {
	const struct finder *f;
	int proc; /* /proc */
	uint64_t own[NS_N];
	struct map pid, user, mnt; /* those of known containers */
	struct map inits;	   /* of known containers: whose mount namespace is in mnt */
	bool users_known;
	struct map odd;		   /* mount namespaces that the kernel listed: 1 while no process was found for it */
	struct map alive;	   /* those that it listed again */
	size_t n_odd;		   /* how many of these */
	struct ns_scan seen;	   /* every process */
	struct map by_key;	   /* groups */
	struct group *groups;	   /* owned */
	size_t n, cap;
	bool denied;
	int trouble; /* the first errno that is neither "gone" nor "denied" */
	bool failed; /* no memory */
};

static void note_errno(struct scan *scan, int error)
{
	if (error == EACCES || error == EPERM)
		scan->denied = true;
	else if (error != ENOENT && error != ESRCH && !scan->trouble)
		scan->trouble = error;
}

static int open_proc(struct scan *scan, pid_t pid)
{
	char path[16];
	int fd;

	snprintf(path, sizeof(path), "%d", (int)pid);
	fd = openat(scan->proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		note_errno(scan, errno);
	return fd;
}

static void put(struct scan *scan, struct map *map, uint64_t inode, size_t value)
{
	scan->failed |= !map_put(map, inode, value);
}

/* What the first round has read; 0 when it has not. */
static uint64_t seen_of(const struct scan *scan, pid_t pid, enum ns_type type)
{
	size_t i;

	return scan->seen.mask & 1u << type && ns_scan_find(&scan->seen, pid, &i) ? ns_scan_inode(&scan->seen, i, type) : 0;
}

/* What the containers of the list are in. One that shares the caller's namespace does not make that known. */
static void learn(struct scan *scan, enum ns_type type, struct map *map)
{
	for (size_t i = 0; i < scan->f->list->n; i++) {
		pid_t pid = scan->f->list->items[i].pid;
		uint64_t inode = pid ? seen_of(scan, pid, type) : 0;

		if (pid && !inode && type != NS_PID) /* of PIDs only what the first round saw counts */
			ns_link(scan->proc, pid, type, &inode);
		if (inode && inode != scan->own[type])
			put(scan, map, inode, 0);
		if (inode && type == NS_MNT)
			put(scan, &scan->inits, (uint64_t)pid, 0);
	}
}


/* Listed before the first round, so that the processes in it have been seen, or have ended. */
static int take_listed(void *data, uint64_t inode)
{
	struct scan *scan = data;

	put(scan, &scan->odd, inode, 1);
	return 0;
}

static int take_alive(void *data, uint64_t inode)
{
	struct scan *scan = data;

	put(scan, &scan->alive, inode, 0);
	return 0;
}

static bool is_odd(const struct scan *scan, uint64_t mnt)
{
	const size_t *odd = mnt ? map_get(&scan->odd, mnt) : NULL;

	return odd && *odd;
}

static void explain(struct scan *scan, uint64_t mnt)
{
	if (is_odd(scan, mnt)) {
		*map_get(&scan->odd, mnt) = 0;
		scan->n_odd--;
	}
}

static struct group *find_group(struct scan *scan, uint64_t key)
{
	const size_t *at = map_get(&scan->by_key, key);

	return at ? &scan->groups[*at] : NULL;
}

static struct group *add_group(struct scan *scan, uint64_t key)
{
	if (scan->n == scan->cap) {
		size_t cap = scan->cap ? scan->cap * 2 : 16;
		struct group *grown = reallocarray(scan->groups, cap, sizeof(*grown));

		if (!grown) {
			scan->failed = true;
			return NULL;
		}
		scan->groups = grown;
		scan->cap = cap;
	}
	put(scan, &scan->by_key, key, scan->n);
	scan->groups[scan->n] = (struct group){.key = key};
	return &scan->groups[scan->n++];
}

/* 0 when it cannot be read. */
static uint64_t inode_of(struct scan *scan, pid_t pid, enum ns_type type)
{
	uint64_t inode = seen_of(scan, pid, type);
	int r = inode ? 0 : ns_link(scan->proc, pid, type, &inode);

	if (r < 0)
		note_errno(scan, -r);
	return inode;
}

/* -1 when it is gone or closed to us. */
static int open_ns(struct scan *scan, pid_t pid, enum ns_type type)
{
	int fd = ns_open_of(scan->proc, pid, type);

	if (fd < 0)
		note_errno(scan, -fd);
	return fd;
}

/* Is the PID namespace nested in one that is known, or in another group's? Those speak for what is in them. */
static bool is_nested(struct scan *scan, int ns)
{
	CLEANUP_FD int parent = ns_get_parent(ns);
	struct stat st;

	/* its parent is not the caller's: there is someone's in between */
	return parent >= 0 && fstat(parent, &st) == 0 && st.st_ino != scan->own[NS_PID];
}

/* Before 6.11: is it PID 1 of its namespace? */
static bool is_first(struct scan *scan, pid_t pid)
{
	CLEANUP_FD int dir = open_proc(scan, pid);
	CLEANUP_STATUS struct proc_status status = {0};

	return dir >= 0 && proc_status_read(dir, &status) == 0 && status.n_nspid &&
	       status.nspid[status.n_nspid - 1] == 1;
}

/* A process in a PID namespace of its own. */
static void take_pid(struct scan *scan, pid_t pid, uint64_t inode)
{
	pid_t init;
	struct group *group = find_group(scan, inode);
	CLEANUP_FD int ns = group ? -1 : open_ns(scan, pid, NS_PID);

	if (group && !group->is_first && is_first(scan, pid)) {
		group->is_first = true;
		group->init = pid;
	}
	if (group || !(group = add_group(scan, inode)))
		return;
	group->hidden = ns >= 0 && !scan->f->query->deep && is_nested(scan, ns);
	init = ns < 0 ? -1 : ns_pid_outside(ns, 1);
	group->is_first = init > 0 || is_first(scan, pid);
	group->init = init > 0 ? init : pid;
	group->by_pid = true;
}

/* One of a group without a PID namespace: the oldest process stands for it. */
static void take_oldest(struct scan *scan, pid_t pid, uint64_t inode, uint64_t user)
{
	CLEANUP_FD int dir = open_proc(scan, pid);
	uint64_t start = dir < 0 ? 0 : proc_start_time(dir);
	struct group *group = find_group(scan, inode);

	if (!start || (!group && !(group = add_group(scan, inode))))
		return;
	if (!group->init || start < group->start) {
		group->init = pid;
		group->start = start;
	}
	group->user = user;
}

/* unshare --pid --user stands in the new user namespace itself, and its child in the new PID namespace: one group. */
static bool is_part_of_other(struct scan *scan, uint64_t user)
{
	for (size_t i = 0; i < scan->n && user != scan->own[NS_USER]; i++) {
		struct group *other = &scan->groups[i];

		if (other->by_pid && !other->user)
			other->user = inode_of(scan, other->init, NS_USER);
		if (other->by_pid && other->user == user)
			return true;
	}
	return false;
}

/* A process of the caller's PID namespace in an odd mount namespace: a group when it has a user namespace of its own too.
 * Else that mount namespace is explained, as a service's for instance, unless it was made in a user namespace: then others
 * are in it. */
static void look_at_odd(struct scan *scan, pid_t pid, uint64_t mnt)
{
	uint64_t user = inode_of(scan, pid, NS_USER);
	struct stat st;

	if (!user)
		return;
	if (user == scan->own[NS_USER]) {
		CLEANUP_FD int ns = open_ns(scan, pid, NS_MNT);
		CLEANUP_FD int owner = ns < 0 ? -1 : ns_get_userns(ns);

		if (owner >= 0 && fstat(owner, &st) == 0 && st.st_ino == user)
			explain(scan, mnt);
		return;
	}
	if (!scan->users_known) /* seldom is one odd */
		learn(scan, NS_USER, &scan->user);
	scan->users_known = true;
	if (map_get(&scan->user, user) || is_part_of_other(scan, user)) {
		explain(scan, mnt);
	} else {
		take_oldest(scan, pid, mnt, user);
	}
}

/* One of the caller's PID namespace, with --deep, or where the kernel does not list mount namespaces. */
static void look_at_all(struct scan *scan, pid_t pid)
{
	static const enum ns_type rest[] = {NS_NET, NS_UTS, NS_IPC, NS_CGROUP};
	const bool deep = scan->f->query->deep;
	uint64_t user = inode_of(scan, pid, NS_USER), mnt;

	if (!user || (user == scan->own[NS_USER] && !deep))
		return;
	mnt = inode_of(scan, pid, NS_MNT);
	if (!mnt || map_get(&scan->user, user) || map_get(&scan->mnt, mnt))
		return;
	if (mnt != scan->own[NS_MNT] && (user != scan->own[NS_USER] || deep))
		take_oldest(scan, pid, mnt, user);
	else if (user != scan->own[NS_USER] && deep)
		take_oldest(scan, pid, user, user);
	if (!deep || mnt != scan->own[NS_MNT] || user != scan->own[NS_USER])
		return;
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++) {
		uint64_t inode = inode_of(scan, pid, rest[i]);

		if (inode && inode != scan->own[rest[i]]) {
			take_oldest(scan, pid, inode, user);
			return;
		}
	}
}

/* Of the i-th process that was seen: its PID namespace, 0 when that could not be read. */
static uint64_t pidns_of(const struct scan *scan, size_t i)
{
	return ns_scan_inode(&scan->seen, i, NS_PID);
}

static bool is_grouped(const struct scan *scan, size_t i)
{
	return pidns_of(scan, i) != scan->own[NS_PID];
}

/* The first round: every process and its PID namespace. */
static int find_pids(struct scan *scan)
{
	const struct ns_scan *more = scan->f->query->scan;
	int r = ns_scan_read(scan->proc, 1u << NS_PID | (more ? more->mask : 0), &scan->seen);

	learn(scan, NS_PID, &scan->pid);
	for (size_t i = 0; r == 0 && i < scan->seen.n && !scan->failed; i++) {
		uint64_t inode = pidns_of(scan, i);

		if (!inode)
			note_errno(scan, -scan->seen.errors[i]);
		else if (is_grouped(scan, i) && !map_get(&scan->pid, inode))
			take_pid(scan, scan->seen.pids[i], inode);
	}
	return r;
}

static void look_at_mount(struct scan *scan, size_t i)
{
	pid_t pid = scan->seen.pids[i];
	uint64_t mnt = map_get(&scan->inits, (uint64_t)pid) ? 0 : inode_of(scan, pid, NS_MNT);

	if (!is_odd(scan, mnt))
		return;
	if (is_grouped(scan, i))
		explain(scan, mnt);
	else
		look_at_odd(scan, pid, mnt);
}

/* What has ended meanwhile explains nothing any more, and would have all of /proc read. */
static void drop_dead(struct scan *scan)
{
	if (ns_each_mount(take_alive, scan) < 0)
		return;
	for (size_t i = 0; i < scan->odd.cap; i++)
		if (scan->odd.slots[i].key && !map_get(&scan->alive, scan->odd.slots[i].key))
			explain(scan, scan->odd.slots[i].key);
}

#define FIRST_FEW 256 /* kernel threads: kdevtmpfs is among them */

/* The second round: those whose mount namespace explains an odd one, as long as there is one: what groups and containers hold
 * first. A group has to be seen to its end: its oldest process stands for it. */
static void find_mounts(struct scan *scan)
{
	for (size_t i = 0; i < scan->odd.cap; i++)
		scan->n_odd += scan->odd.slots[i].key && scan->odd.slots[i].value;
	for (size_t i = 0; i < scan->mnt.cap; i++)
		if (scan->mnt.slots[i].key)
			explain(scan, scan->mnt.slots[i].key);
	for (size_t i = 0; i < scan->n && !scan->failed; i++)
		if (scan->groups[i].by_pid)
			explain(scan, inode_of(scan, scan->groups[i].init, NS_MNT));
	for (size_t i = 0; i < scan->seen.n && scan->n_odd && !scan->failed; i++)
		if (i < FIRST_FEW && pidns_of(scan, i))
			look_at_mount(scan, i);
	/* to list them again costs about as much as to ask as many processes */
	if (scan->n_odd && scan->seen.n > 2 * scan->odd.n)
		drop_dead(scan);
	for (size_t i = FIRST_FEW; i < scan->seen.n && scan->n_odd && !scan->failed; i++)
		if (pidns_of(scan, i) && is_grouped(scan, i))
			look_at_mount(scan, i);
	for (size_t i = FIRST_FEW; i < scan->seen.n && scan->n_odd && !scan->failed; i++)
		if (pidns_of(scan, i) && !is_grouped(scan, i))
			look_at_mount(scan, i);
}

static void add_found(struct scan *scan, const struct group *group)
{
	CLEANUP_FREE char *path = state_path("/proc/%d", (int)group->init), *name = NULL;
	struct state_dir state = {.fd = -1, .path = path, .owner = 0, .trusted = false};
	struct proc_stat stat;
	struct container *c;
	struct stat st;

	/* kdevtmpfs, a kernel thread, owns a mount namespace */
	if (!path || fstatat(scan->proc, path + strlen("/proc/"), &st, 0) < 0 ||
		proc_stat_of(scan->proc, group->init, &stat) < 0 || stat.kernel)
		return;
	name = text_escaped(stat.comm);
	state.owner = st.st_uid;
	state.trusted = st.st_uid == 0 || st.st_uid == geteuid();
	c = name ? state_add(scan->f, name, "", &state, NULL) : NULL;
	if (!c) {
		scan->failed = true;
		return;
	}
	container_take_init(c, group->init, &stat);
	c->pid_inside = group->is_first ? 1 : 0;
	if (!c->pid)
		container_list_remove(scan->f->list, scan->f->list->n - 1);
}

static int scan_all(struct scan *scan)
{
	bool listed = !scan->f->query->deep && ns_each_mount(take_listed, scan) == 0;
	int r;

	r = find_pids(scan);
	if (r < 0)
		return r;
	learn(scan, NS_MNT, &scan->mnt);
	if (!listed)
		learn(scan, NS_USER, &scan->user);
	if (listed)
		find_mounts(scan);
	else
		for (size_t i = 0; i < scan->seen.n && !scan->failed; i++)
			if (pidns_of(scan, i) && !is_grouped(scan, i))
				look_at_all(scan, scan->seen.pids[i]);
	for (size_t i = 0; i < scan->n && !scan->failed; i++)
		if (!scan->groups[i].hidden &&
			(scan->groups[i].by_pid || !is_part_of_other(scan, scan->groups[i].user)))
			add_found(scan, &scan->groups[i]);
	return 0;
}

static void scan_free(struct scan *scan)
{
	close_fd(&scan->proc);
	ns_scan_free(&scan->seen);
	free(scan->groups);
	map_free(&scan->by_key);
	map_free(&scan->pid);
	map_free(&scan->user);
	map_free(&scan->mnt);
	map_free(&scan->inits);
	map_free(&scan->alive);
	map_free(&scan->odd);
}

int bare_find(const struct finder *f)
{
	CLEANUP(scan_free) struct scan scan = {
		.f = f, .proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	CLEANUP_FD int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r = self < 0 || scan.proc < 0 ? -errno : 0;

	TRACE(f->query->trace, TRACE_READ, "bare: looking at the namespaces of every process of /proc");
	if (r == 0) {
		ns_inodes(self, NS_ALL, scan.own);
		r = scan_all(&scan);
	}
	if (f->query->scan && scan.seen.n) {
		*f->query->scan = scan.seen;
		scan.seen = (struct ns_scan){0};
	}
	if (scan.failed || r == -ENOMEM)
		return state_no_memory(f);
	if (r < 0)
		state_note(f, "/proc", r, "%s", strerror(-r));
	if (scan.denied && geteuid() != 0) /* some processes are shielded even from root */
		state_note(f, "/proc", -EACCES, "%s", strerror(EACCES));
	if (scan.trouble)
		state_note(f, "/proc", -scan.trouble, "%s", strerror(scan.trouble));
	return 0;
}
