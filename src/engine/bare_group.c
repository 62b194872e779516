/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Groups of bare processes, and which of them stands for each.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/bare.h"
#include "sys/proc.h"

static int open_proc(struct bare_scan *scan, pid_t pid)
{
	char path[16];
	int fd;

	snprintf(path, sizeof(path), "%d", (int)pid);
	fd = openat(scan->proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		bare_note(scan, errno);
	return fd;
}

static struct bare_group *find_group(struct bare_scan *scan, uint64_t key)
{
	const size_t *at = map_get(&scan->by_key, key);

	return at ? &scan->groups[*at] : NULL;
}

static struct bare_group *add_group(struct bare_scan *scan, uint64_t key)
{
	if (scan->n == scan->cap) {
		size_t cap = scan->cap ? scan->cap * 2 : 16;
		struct bare_group *grown = reallocarray(scan->groups, cap, sizeof(*grown));

		if (!grown) {
			scan->failed = true;
			return NULL;
		}
		scan->groups = grown;
		scan->cap = cap;
	}
	bare_put(scan, &scan->by_key, key, scan->n);
	scan->groups[scan->n] = (struct bare_group){.key = key};
	return &scan->groups[scan->n++];
}

/* Is the PID namespace nested in one that is known, or in another group's? Those speak for what is in them. */
static bool is_nested(struct bare_scan *scan, int ns)
{
	CLEANUP_FD int parent = ns_get_parent(ns);
	struct stat st;

	/* its parent is not the caller's: there is someone's in between */
	return parent >= 0 && fstat(parent, &st) == 0 && st.st_ino != scan->own[NS_PID];
}

/* Before 6.11: is it PID 1 of its namespace? */
static bool is_first(struct bare_scan *scan, pid_t pid)
{
	CLEANUP_FD int dir = open_proc(scan, pid);
	CLEANUP_STATUS struct proc_status status = {0};

	return dir >= 0 && proc_status_read(dir, &status) == 0 && status.n_nspid &&
	       status.nspid[status.n_nspid - 1] == 1;
}

/* A process in a PID namespace of its own. */
void bare_take_pid(struct bare_scan *scan, pid_t pid, uint64_t inode)
{
	pid_t init;
	struct bare_group *group = find_group(scan, inode);
	CLEANUP_FD int ns = group ? -1 : bare_open_ns(scan, pid, NS_PID);

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
void bare_take_oldest(struct bare_scan *scan, pid_t pid, uint64_t inode, uint64_t user)
{
	CLEANUP_FD int dir = open_proc(scan, pid);
	uint64_t start = dir < 0 ? 0 : proc_start_time(dir);
	struct bare_group *group = find_group(scan, inode);

	if (!start || (!group && !(group = add_group(scan, inode))))
		return;
	if (!group->init || start < group->start) {
		group->init = pid;
		group->start = start;
	}
	group->user = user;
}

/* unshare --pid --user stands in the new user namespace itself, and its child in the new PID namespace: one group. */
bool bare_is_part_of_other(struct bare_scan *scan, uint64_t user)
{
	for (size_t i = 0; i < scan->n && user != scan->own[NS_USER]; i++) {
		struct bare_group *other = &scan->groups[i];

		if (other->by_pid && !other->user)
			other->user = bare_inode_of(scan, other->init, NS_USER);
		if (other->by_pid && other->user == user)
			return true;
	}
	return false;
}
