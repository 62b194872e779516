/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bare: namespaces that no engine knows, as unshare, bwrap and systemd-nspawn make them. A group is a PID namespace of
 * its own (the outermost that is unknown), or a user and a mount namespace of their own; with --deep any namespace of its
 * own. The scan runs when all other engines have told what they know.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/map.h"
#include "base/text.h"
#include "base/trace.h"
#include "engine/bare.h"
#include "engine/engines.h"
#include "engine/state.h"
#include "sys/ns.h"
#include "sys/ns_scan.h"
#include "sys/proc.h"

void bare_note(struct bare_scan *scan, int error)
{
	if (error == EACCES || error == EPERM)
		scan->denied = true;
	else if (error != ENOENT && error != ESRCH && !scan->trouble)
		scan->trouble = error;
}

void bare_put(struct bare_scan *scan, struct map *map, uint64_t inode, size_t value)
{
	scan->failed |= !map_put(map, inode, value);
}

/* What the first round has read; 0 when it has not. */
static uint64_t seen_of(const struct bare_scan *scan, pid_t pid, enum ns_type type)
{
	size_t i;

	return scan->seen.mask & 1u << type && ns_scan_find(&scan->seen, pid, &i) ? ns_scan_inode(&scan->seen, i, type) : 0;
}

/* What the containers of the list are in. One that shares the caller's namespace does not make that known. */
void bare_learn(struct bare_scan *scan, enum ns_type type, struct map *map)
{
	for (size_t i = 0; i < scan->f->list->n; i++) {
		pid_t pid = scan->f->list->items[i].pid;
		uint64_t inode = pid ? seen_of(scan, pid, type) : 0;

		if (pid && !inode && type != NS_PID) /* of PIDs only what the first round saw counts */
			ns_link(scan->proc, pid, type, &inode);
		if (inode && inode != scan->own[type])
			bare_put(scan, map, inode, 0);
		if (inode && type == NS_MNT)
			bare_put(scan, &scan->inits, (uint64_t)pid, 0);
	}
}

/* 0 when it cannot be read. */
uint64_t bare_inode_of(struct bare_scan *scan, pid_t pid, enum ns_type type)
{
	uint64_t inode = seen_of(scan, pid, type);
	int r = inode ? 0 : ns_link(scan->proc, pid, type, &inode);

	if (r < 0)
		bare_note(scan, -r);
	return inode;
}

/* -1 when it is gone or closed to us. */
int bare_open_ns(struct bare_scan *scan, pid_t pid, enum ns_type type)
{
	int fd = ns_open_of(scan->proc, pid, type);

	if (fd < 0)
		bare_note(scan, -fd);
	return fd;
}

/* One of the caller's PID namespace, with --deep, or where the kernel does not list mount namespaces. */
static void look_at_all(struct bare_scan *scan, pid_t pid)
{
	static const enum ns_type rest[] = {NS_NET, NS_UTS, NS_IPC, NS_CGROUP};
	const bool deep = scan->f->query->deep;
	uint64_t user = bare_inode_of(scan, pid, NS_USER), mnt;

	if (!user || (user == scan->own[NS_USER] && !deep))
		return;
	mnt = bare_inode_of(scan, pid, NS_MNT);
	if (!mnt || map_get(&scan->user, user) || map_get(&scan->mnt, mnt))
		return;
	if (mnt != scan->own[NS_MNT] && (user != scan->own[NS_USER] || deep))
		bare_take_oldest(scan, pid, mnt, user);
	else if (user != scan->own[NS_USER] && deep)
		bare_take_oldest(scan, pid, user, user);
	if (!deep || mnt != scan->own[NS_MNT] || user != scan->own[NS_USER])
		return;
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++) {
		uint64_t inode = bare_inode_of(scan, pid, rest[i]);

		if (inode && inode != scan->own[rest[i]]) {
			bare_take_oldest(scan, pid, inode, user);
			return;
		}
	}
}

/* Of the i-th process that was seen: its PID namespace, 0 when that could not be read. */
uint64_t bare_pidns_of(const struct bare_scan *scan, size_t i)
{
	return ns_scan_inode(&scan->seen, i, NS_PID);
}

bool bare_is_grouped(const struct bare_scan *scan, size_t i)
{
	return bare_pidns_of(scan, i) != scan->own[NS_PID];
}

/* The first round: every process and its PID namespace. */
static int find_pids(struct bare_scan *scan)
{
	const struct ns_scan *more = scan->f->query->scan;
	int r = ns_scan_read(scan->proc, 1u << NS_PID | (more ? more->mask : 0), &scan->seen);

	bare_learn(scan, NS_PID, &scan->pid);
	for (size_t i = 0; r == 0 && i < scan->seen.n && !scan->failed; i++) {
		uint64_t inode = bare_pidns_of(scan, i);

		if (!inode)
			bare_note(scan, -scan->seen.errors[i]);
		else if (bare_is_grouped(scan, i) && !map_get(&scan->pid, inode))
			bare_take_pid(scan, scan->seen.pids[i], inode);
	}
	return r;
}

static void add_found(struct bare_scan *scan, const struct bare_group *group)
{
	CLEANUP_FREE char *path = state_path("/proc/%d", (int)group->init), *name = NULL;
	struct state_dir state = {.fd = -1, .path = path, .owner = 0, .trusted = false};
	struct proc_stat stat;
	CLEANUP_FD int dir = -1;
	struct container *c;
	struct stat st;

	/* kdevtmpfs, a kernel thread, owns a mount namespace */
	if (!path || fstatat(scan->proc, path + strlen("/proc/"), &st, 0) < 0 ||
		proc_stat_of(scan->proc, group->init, &stat) < 0 || stat.kernel)
		return;
	name = text_escaped(stat.comm);
	/* who runs in them now may be anyone */
	dir = proc_open(group->init);
	state.owner = dir < 0 ? st.st_uid : container_maker(dir, st.st_uid);
	state.trusted = state.owner == 0 || state.owner == geteuid();
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

static int scan_all(struct bare_scan *scan)
{
	bool listed = !scan->f->query->deep && bare_list_mounts(scan);
	int r;

	r = find_pids(scan);
	if (r < 0)
		return r;
	bare_learn(scan, NS_MNT, &scan->mnt);
	if (!listed)
		bare_learn(scan, NS_USER, &scan->user);
	if (listed)
		bare_find_mounts(scan);
	else
		for (size_t i = 0; i < scan->seen.n && !scan->failed; i++)
			if (bare_pidns_of(scan, i) && !bare_is_grouped(scan, i))
				look_at_all(scan, scan->seen.pids[i]);
	for (size_t i = 0; i < scan->n && !scan->failed; i++)
		if (!scan->groups[i].hidden &&
			(scan->groups[i].by_pid || !bare_is_part_of_other(scan, scan->groups[i].user)))
			add_found(scan, &scan->groups[i]);
	return 0;
}

static void scan_free(struct bare_scan *scan)
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
	CLEANUP(scan_free) struct bare_scan scan = {
		.f = f, .proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	CLEANUP_FD int self = proc_open_self();
	int r = scan.proc < 0 ? -errno : self < 0 ? self : 0;

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
