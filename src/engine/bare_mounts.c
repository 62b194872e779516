/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mount namespaces that nobody has explained. The kernel lists them all (6.12): those that no container and no group's init is
 * in are odd, and processes are asked for theirs only until all odd ones are explained. There is always one: that of kdevtmpfs,
 * a kernel thread with a low number.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/bare.h"

/* Listed before the first round, so that the processes in it have been seen, or have ended. */
static int take_listed(void *data, uint64_t inode)
{
	struct bare_scan *scan = data;

	bare_put(scan, &scan->odd, inode, 1);
	return 0;
}

static int take_alive(void *data, uint64_t inode)
{
	struct bare_scan *scan = data;

	bare_put(scan, &scan->alive, inode, 0);
	return 0;
}

static bool is_odd(const struct bare_scan *scan, uint64_t mnt)
{
	const size_t *odd = mnt ? map_get(&scan->odd, mnt) : NULL;

	return odd && *odd;
}

static void explain(struct bare_scan *scan, uint64_t mnt)
{
	if (is_odd(scan, mnt)) {
		*map_get(&scan->odd, mnt) = 0;
		scan->n_odd--;
	}
}

/* A process of the caller's PID namespace in an odd mount namespace: a group when it has a user namespace of its own too.
 * Else that mount namespace is explained, as a service's for instance, unless it was made in a user namespace: then others
 * are in it. */
static void look_at_odd(struct bare_scan *scan, pid_t pid, uint64_t mnt)
{
	uint64_t user = bare_inode_of(scan, pid, NS_USER);
	struct stat st;

	if (!user)
		return;
	if (user == scan->own[NS_USER]) {
		CLEANUP_FD int ns = bare_open_ns(scan, pid, NS_MNT);
		CLEANUP_FD int owner = ns < 0 ? -1 : ns_get_userns(ns);

		if (owner >= 0 && fstat(owner, &st) == 0 && st.st_ino == user)
			explain(scan, mnt);
		return;
	}
	if (!scan->users_known) /* seldom is one odd */
		bare_learn(scan, NS_USER, &scan->user);
	scan->users_known = true;
	if (map_get(&scan->user, user) || bare_is_part_of_other(scan, user)) {
		explain(scan, mnt);
	} else {
		bare_take_oldest(scan, pid, mnt, user);
	}
}

static void look_at_mount(struct bare_scan *scan, size_t i)
{
	pid_t pid = scan->seen.pids[i];
	uint64_t mnt = map_get(&scan->inits, (uint64_t)pid) ? 0 : bare_inode_of(scan, pid, NS_MNT);

	if (!is_odd(scan, mnt))
		return;
	if (bare_is_grouped(scan, i))
		explain(scan, mnt);
	else
		look_at_odd(scan, pid, mnt);
}

/* What has ended meanwhile explains nothing any more, and would have all of /proc read. */
static void drop_dead(struct bare_scan *scan)
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
void bare_find_mounts(struct bare_scan *scan)
{
	for (size_t i = 0; i < scan->odd.cap; i++)
		scan->n_odd += scan->odd.slots[i].key && scan->odd.slots[i].value;
	for (size_t i = 0; i < scan->mnt.cap; i++)
		if (scan->mnt.slots[i].key)
			explain(scan, scan->mnt.slots[i].key);
	for (size_t i = 0; i < scan->n && !scan->failed; i++)
		if (scan->groups[i].by_pid)
			explain(scan, bare_inode_of(scan, scan->groups[i].init, NS_MNT));
	for (size_t i = 0; i < scan->seen.n && scan->n_odd && !scan->failed; i++)
		if (i < FIRST_FEW && bare_pidns_of(scan, i))
			look_at_mount(scan, i);
	/* to list them again costs about as much as to ask as many processes */
	if (scan->n_odd && scan->seen.n > 2 * scan->odd.n)
		drop_dead(scan);
	for (size_t i = FIRST_FEW; i < scan->seen.n && scan->n_odd && !scan->failed; i++)
		if (bare_pidns_of(scan, i) && bare_is_grouped(scan, i))
			look_at_mount(scan, i);
	for (size_t i = FIRST_FEW; i < scan->seen.n && scan->n_odd && !scan->failed; i++)
		if (bare_pidns_of(scan, i) && !bare_is_grouped(scan, i))
			look_at_mount(scan, i);
}

bool bare_list_mounts(struct bare_scan *scan)
{
	return ns_each_mount(take_listed, scan) == 0;
}
