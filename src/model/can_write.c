/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * write:PATH over what can_path.c saw on the way: path_resolution(7), inode_permission(), may_open(),
 * acl_permission_check().
 */
#include <linux/capability.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "model/can_parts.h"

#define EXECUTE 1
#define WRITE 2

/* File systems whose permissions somebody else decides over. */
static const struct {
	uint32_t magic;
	const char *who;
} asking[] = {
	{0x65735546, "a FUSE server"},
	{0x6969, "an NFS server"},
	{0xff534d42, "an SMB server"},
	{0xfe534d42, "an SMB server"},
	{0x517b, "an SMB server"},
	{0x01021997, "a 9P server"},
	{0x00c36400, "a Ceph cluster"},
};

/* File systems whose folders hold what the kernel puts there: they have no call to make a file. */
static const struct {
	uint32_t magic;
	const char *name;
	bool kernfs; /* a file there without a bit for writing has nothing that would take it: kernfs_fop_open() */
} made_by_kernel[] = {
	{PROC_SUPER_MAGIC, "procfs", false},
	{SYSFS_MAGIC, "sysfs", true},
	{CGROUP_SUPER_MAGIC, "a control group", true},
	{CGROUP2_SUPER_MAGIC, "a control group", true},
	{DEVPTS_SUPER_MAGIC, "devpts", false},
	{DEBUGFS_MAGIC, "debugfs", false},
	{TRACEFS_MAGIC, "tracefs", false},
	{SECURITYFS_MAGIC, "securityfs", false},
};

static const char *who_decides(const struct can_inode *inode)
{
	for (size_t i = 0; i < ARRAY_SIZE(asking); i++)
		if (asking[i].magic == inode->magic)
			return asking[i].who;
	return NULL;
}

static bool in_group(const struct can_facts *f, gid_t gid)
{
	if (f->fsgid == gid)
		return true;
	for (size_t i = 0; i < f->n_groups; i++)
		if (f->groups[i] == gid)
			return true;
	return false;
}

enum access { GRANTED, DENIED, BY_LIST };

/* The mode alone. An access list is looked at when the owner's bits do not count and the group's are not
 * empty. */
static enum access by_mode(const struct can_facts *f, const struct can_inode *inode, unsigned int want)
{
	mode_t bits = inode->mode;

	if (f->fsuid == inode->uid)
		bits >>= 6;
	else if (inode->acl && bits & S_IRWXG)
		return BY_LIST;
	else if (in_group(f, inode->gid))
		bits >>= 3;
	return (bits & want) == want ? GRANTED : DENIED;
}

/* capable_wrt_inode_uidgid(): a capability counts over files whose owner has a number inside */
static bool overrides(const struct can_facts *f, const struct can_inode *inode, unsigned int want)
{
	if (!inode->mapped)
		return false;
	return can_has(f, CAP_DAC_OVERRIDE) || (!(want & WRITE) && can_has(f, CAP_DAC_READ_SEARCH));
}

/* False when it ends here: ret says why. */
static bool check(
	const struct can_facts *f, const struct can_inode *inode, unsigned int want, struct can_answer *ret)
{
	const char *who = who_decides(inode), *what = want & WRITE ? "write to" : "enter";
	enum access access = by_mode(f, inode, want);

	if (who) {
		can_say(ret, CAN_UNKNOWN, "%s decides over %s", who, inode->name);
		return false;
	}
	if (access == GRANTED)
		return true;
	if (overrides(f, inode, want)) {
		if (want & WRITE)
			can_say(ret, CAN_YES, "CAP_DAC_OVERRIDE is effective: the mode of %s does not count",
				inode->name);
		return true;
	}
	if (access == BY_LIST)
		can_say(ret, CAN_UNKNOWN, "the access list of %s decides", inode->name);
	else if (!inode->mapped && can_has(f, CAP_DAC_OVERRIDE))
		can_say(ret, CAN_NO, "it may not %s %s: its owner is not mapped in the user namespace", what,
			inode->name);
	else
		can_say(ret, CAN_NO, "it may not %s %s: mode %04o, owner %u:%u (as the host counts)", what,
			inode->name, inode->mode & 07777, inode->uid, inode->gid);
	return false;
}

/* What forbids writing whoever asks. */
static bool forbidden(const struct can_inode *end, struct can_answer *ret)
{
	const bool device = S_ISCHR(end->mode) || S_ISBLK(end->mode),
		   stored = S_ISREG(end->mode) || S_ISDIR(end->mode);

	if (end->immutable)
		can_say(ret, CAN_NO, "%s is immutable", end->name);
	else if (end->read_only && stored)
		can_say(ret, CAN_NO, "%s is mounted read-only", end->name);
	else if (end->nodev && device)
		can_say(ret, CAN_NO, "%s is a device on a mount with nodev", end->name);
	else if (end->magic == PROC_SUPER_MAGIC && !S_ISDIR(end->mode))
		can_say(ret, CAN_UNKNOWN, "%s is procfs: each file there decides when it is written",
			end->name);
	else
		return false;
	return true;
}

static void by_device(const struct can_facts *f, const struct can_inode *end, struct can_answer *ret)
{
	if (!f->devices.known)
		can_say(ret, CAN_UNKNOWN, "the BPF program of its device cgroup decides over %s", end->name);
	else if (!can_device(f, end->mode, end->rdev, 'w'))
		can_say(ret, CAN_NO, "its device cgroup does not let it write to %s %u:%u",
			S_ISBLK(end->mode) ? "block device" : "character device", major(end->rdev),
			minor(end->rdev));
}

static void by_kernel(const struct can_inode *end, struct can_answer *ret)
{
	const bool folder = S_ISDIR(end->mode);

	for (size_t i = 0; i < ARRAY_SIZE(made_by_kernel); i++) {
		if (made_by_kernel[i].magic != end->magic)
			continue;
		if (folder)
			can_say(ret, CAN_NO, "nobody makes files in %s", made_by_kernel[i].name);
		else if (made_by_kernel[i].kernfs && S_ISREG(end->mode) && !(end->mode & 0222))
			can_say(ret, CAN_NO, "%s takes nothing: nobody may write to it", end->name);
	}
}

static void by_end(const struct can_facts *f, const struct can_inode *end, struct can_answer *ret)
{
	const bool folder = S_ISDIR(end->mode);

	can_say(ret, CAN_YES, "the mode of %s lets it", end->name);
	if (!check(f, end, folder ? WRITE | EXECUTE : WRITE, ret) || forbidden(end, ret))
		return;
	if (S_ISCHR(end->mode) || S_ISBLK(end->mode))
		by_device(f, end, ret);
	else if (end->append && !folder)
		can_say(ret, CAN_DEPENDS, "%s is append-only: opened with O_APPEND", end->name);
	else
		by_kernel(end, ret);
}

void can_decide_write(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	const struct can_path *path = &f->path;

	const bool ended = path->magic || path->link_refused || path->error;

	(void)q;
	for (size_t i = 0; i + !ended < path->n; i++)
		if (!check(f, &path->inodes[i], EXECUTE, ret))
			return;
	if (path->magic)
		can_say(ret, CAN_UNKNOWN,
			"the path goes through a link of procfs, which leads every process elsewhere");
	else if (path->link_refused)
		can_say(ret, CAN_NO,
			"fs.protected_symlinks: a link in a sticky folder belongs to somebody else");
	else if (path->error)
		can_say(ret, CAN_NO, "the path leads nowhere: %s", strerror(-path->error));
	else if (!path->n)
		can_say(ret, CAN_UNKNOWN, "nothing was found there");
	else
		by_end(f, &path->inodes[path->n - 1], ret);
}
