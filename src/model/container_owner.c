/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose a container's init is: for state that a user other than root could write.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/container.h"
#include "sys/idmap.h"
#include "sys/ns.h"
#include "sys/proc.h"

#define USERNS_DEPTH 33 /* 32 levels below the first: kernel/user_namespace.c */

/* Engines give a container with an id map its folder, so its root could write there. No map leads to a user
 * but by that user or by root; one of root's may pass on the ids of several. */
static bool has_inside(int dir, uid_t owner)
{
	CLEANUP_IDMAP struct idmap map = {0};
	uint32_t inside;

	return idmap_read(dir, false, &map) == 0 && idmap_inside(&map, owner, &inside);
}

uid_t container_maker(int dir, uid_t otherwise)
{
	CLEANUP_FD int self = proc_open_self(), ns = -1;
	uint64_t inode, ours;
	struct stat st;
	uid_t uid;

	if (ns_inode(dir, NS_USER, &inode) < 0 || ns_inode(self, NS_USER, &ours) < 0)
		return otherwise;
	if (inode == ours)
		return 0;
	ns = ns_open(dir, NS_USER);
	for (int depth = 0; ns >= 0 && depth < USERNS_DEPTH; depth++) {
		int parent = ns_get_parent(ns);

		if (ns_get_owner_uid(ns, &uid) < 0)
			uid = otherwise;
		if (parent >= 0 && fstat(parent, &st) == 0 && st.st_ino == ours) {
			close_fd(&parent);
			return uid;
		}
		close_fd(&ns);
		ns = parent < 0 ? -1 : parent;
	}
	return otherwise;
}

bool container_is_within(int dir, uid_t owner)
{
	CLEANUP_FD int self = proc_open_self();
	uint64_t inode, ours;

	return ns_inode(dir, NS_USER, &inode) == 0 && ns_inode(self, NS_USER, &ours) == 0 && inode != ours &&
	       !ns_is_initial(NS_USER, inode) && (has_inside(dir, owner) || container_maker(dir, 0) == owner);
}

/* All four: a set-user-ID program, or a daemon that has put on the user's id for a moment, is root's. */
static bool runs_as(int dir, uid_t owner)
{
	CLEANUP_STATUS struct proc_status s = {0};

	return proc_status_read(dir, &s) == 0 && s.uid[0] == owner && s.uid[1] == owner &&
	       s.uid[2] == owner && s.uid[3] == owner;
}

bool container_is_guest(const struct container *c)
{
	return c->owner && c->owner != geteuid();
}

bool container_may_name(const struct container *c, pid_t pid)
{
	CLEANUP_FD int dir = container_is_guest(c) ? proc_open(pid) : -1;

	return !container_is_guest(c) ||
	       (dir >= 0 && (runs_as(dir, c->owner) || container_is_within(dir, c->owner)));
}

bool container_is_astray(const struct container *c)
{
	static const enum ns_type types[] = {NS_USER, NS_PID, NS_MNT};
	CLEANUP_FD int dir = container_is_guest(c) && c->pid ? proc_open(c->pid) : -1, self = -1;
	uint64_t its, ours;

	if (dir < 0 || container_maker(dir, c->owner) == c->owner)
		return false;
	self = proc_open_self();
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (ns_inode(dir, types[i], &its) == 0 && ns_inode(self, types[i], &ours) == 0 && its != ours)
			return true;
	return false;
}

bool container_may_signal(const struct container *c, int dir)
{
	return !container_is_guest(c) || runs_as(dir, c->owner) || container_maker(dir, 0) == c->owner;
}

int container_check_owner(const struct container *c, int dir, struct err *err)
{
	if (!container_is_guest(c) || container_maker(dir, 0) == c->owner)
		return 0;
	err_set(err, -EPERM, ERR_DENIED,
		"%s: user %u could write its state, and its init (%d) is in no user namespace of that user's",
		c->name, (unsigned int)c->owner, (int)c->pid);
	return err_why(err, "what root does there would not be bounded by that user's rights");
}
