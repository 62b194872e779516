/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bare: namespaces that no engine knows, as unshare, bwrap and systemd-nspawn make them. One scan of /proc: a
 * group is a PID namespace of its own (the outermost that is unknown), or a user and a mount namespace of
 * their own; with --deep any namespace of its own. The scan runs when all other engines have told what they
 * know.
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
#include "base/text.h"
#include "engine/engines.h"
#include "engine/state.h"
#include "sys/file.h"
#include "sys/ns.h"
#include "sys/proc.h"

struct namespaces {
	uint64_t inode[NS_N]; /* 0: not read */
};

/* A set of inodes, sorted when it is searched. */
struct inodes {
	uint64_t *items; /* owned */
	size_t n, cap;
};

struct group {
	uint64_t key;  /* the inode that tells it: of the PID namespace, else of the one that is its own */
	uint64_t user; /* of its user namespace */
	bool by_pid;   /* key is of a PID namespace */
	pid_t init;
	uint64_t start; /* of init: the oldest */
	bool hidden;	/* it is part of another's */
};

struct scan {
	const struct finder *f;
	struct namespaces own;
	struct inodes pid, user, mnt; /* those of known containers */
	struct group *groups;	      /* owned */
	size_t n, cap;
	bool denied;
	int trouble; /* the first errno that is neither "gone" nor "denied" */
	bool failed; /* no memory */
};

static bool insert(struct inodes *set, uint64_t inode)
{
	if (set->n == set->cap) {
		size_t cap = set->cap ? set->cap * 2 : 64;
		uint64_t *grown = reallocarray(set->items, cap, sizeof(*grown));

		if (!grown)
			return false;
		set->items = grown;
		set->cap = cap;
	}
	set->items[set->n++] = inode;
	return true;
}

static int by_inode(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool contains(const struct inodes *set, uint64_t inode)
{
	return set->n && bsearch(&inode, set->items, set->n, sizeof(inode), by_inode);
}

static void note_errno(struct scan *scan, int error)
{
	if (error == EACCES || error == EPERM)
		scan->denied = true;
	else if (error != ENOENT && error != ESRCH && !scan->trouble)
		scan->trouble = error;
}

static int open_proc(struct scan *scan, pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		note_errno(scan, errno);
	return fd;
}

static void read_namespaces(int dir, struct namespaces *ret)
{
	for (enum ns_type type = 0; type < NS_N; type++)
		if (ns_inode(dir, type, &ret->inode[type]) < 0)
			ret->inode[type] = 0;
}

/* What the containers of the list are in. One that shares the caller's namespace does not make that known. */
static bool learn_known(struct scan *scan)
{
	struct {
		enum ns_type type;
		struct inodes *set;
	} kinds[] = {{NS_PID, &scan->pid}, {NS_USER, &scan->user}, {NS_MNT, &scan->mnt}};

	for (size_t i = 0; i < scan->f->list->n; i++) {
		pid_t pid = scan->f->list->items[i].pid;
		CLEANUP_FD int dir = pid ? open_proc(scan, pid) : -1;
		uint64_t inode;

		for (size_t k = 0; k < ARRAY_SIZE(kinds) && dir >= 0; k++)
			if (ns_inode(dir, kinds[k].type, &inode) == 0 &&
				inode != scan->own.inode[kinds[k].type] && !insert(kinds[k].set, inode))
				return false;
	}
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		if (kinds[k].set->n)
			qsort(kinds[k].set->items, kinds[k].set->n, sizeof(uint64_t), by_inode);
	return true;
}

static struct group *find_group(struct scan *scan, uint64_t key)
{
	for (size_t i = 0; i < scan->n; i++)
		if (scan->groups[i].key == key)
			return &scan->groups[i];
	return NULL;
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
	scan->groups[scan->n] = (struct group){.key = key};
	return &scan->groups[scan->n++];
}

/* The inode of proc/PID/ns/TYPE; 0 when it cannot be read. readlink is the cheapest call that tells it. */
static uint64_t inode_of(struct scan *scan, int proc, const char *pid, enum ns_type type)
{
	char path[48], text[64];
	unsigned long long inode;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/ns/%s", pid, ns_kinds[type].file);
	n = readlinkat(proc, path, text, sizeof(text) - 1);
	if (n < 0) {
		note_errno(scan, errno);
		return 0;
	}
	text[n] = '\0';
	return sscanf(text, "%*[^[][%llu]", &inode) == 1 ? inode : 0;
}

/* Is the PID namespace nested in one that is known, or in another group's? Those speak for what is in them.
 */
static bool is_nested(struct scan *scan, pid_t pid)
{
	CLEANUP_FD int dir = open_proc(scan, pid);
	CLEANUP_FD int ns = dir < 0 ? -1 : ns_open(dir, NS_PID);
	struct stat st;
	int parent = ns < 0 ? -1 : ns_get_parent(ns);

	/* its parent is not the caller's: there is someone's in between */
	close_fd(&ns);
	ns = parent < 0 ? -1 : parent;
	return ns >= 0 && fstat(ns, &st) == 0 && st.st_ino != scan->own.inode[NS_PID];
}

static pid_t init_of(struct scan *scan, pid_t pid)
{
	CLEANUP_FD int dir = open_proc(scan, pid);
	CLEANUP_FD int ns = dir < 0 ? -1 : ns_open(dir, NS_PID);

	return ns < 0 ? -1 : ns_pid_outside(ns, 1);
}

/* A process in a PID namespace of its own. */
static void take_pid(struct scan *scan, pid_t pid, uint64_t inode, uint64_t user)
{
	struct group *group = find_group(scan, inode);
	pid_t init;

	if (!group) {
		group = add_group(scan, inode);
		if (!group)
			return;
		group->hidden = !scan->f->query->deep && is_nested(scan, pid);
		init = init_of(scan, pid);
		group->init = init > 0 ? init : pid;
		group->by_pid = true;
		group->user = user;
	} else if (group->init > pid && init_of(scan, pid) <= 0) {
		group->init = pid; /* before 6.11: the lowest, which is init but for a wrap of the numbers */
	}
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

static void look_at(struct scan *scan, int proc, const char *name)
{
	static const enum ns_type rest[] = {NS_NET, NS_UTS, NS_IPC, NS_CGROUP};
	pid_t pid = (pid_t)atoi(name);
	uint64_t inode = inode_of(scan, proc, name, NS_PID), user, mnt;

	if (!inode || contains(&scan->pid, inode))
		return;
	if (inode != scan->own.inode[NS_PID]) {
		take_pid(scan, pid, inode, find_group(scan, inode) ? 0 : inode_of(scan, proc, name, NS_USER));
		return;
	}
	user = inode_of(scan, proc, name, NS_USER);
	if (!user || (user == scan->own.inode[NS_USER] && !scan->f->query->deep))
		return;
	mnt = inode_of(scan, proc, name, NS_MNT);
	if (!mnt || contains(&scan->user, user) || contains(&scan->mnt, mnt))
		return;
	if (mnt != scan->own.inode[NS_MNT] && (user != scan->own.inode[NS_USER] || scan->f->query->deep))
		take_oldest(scan, pid, mnt, user);
	else if (user != scan->own.inode[NS_USER] && scan->f->query->deep)
		take_oldest(scan, pid, user, user);
	for (size_t i = 0; i < ARRAY_SIZE(rest) && scan->f->query->deep && mnt == scan->own.inode[NS_MNT] &&
			   user == scan->own.inode[NS_USER];
		i++) {
		inode = inode_of(scan, proc, name, rest[i]);
		if (inode && inode != scan->own.inode[rest[i]]) {
			take_oldest(scan, pid, inode, user);
			return;
		}
	}
}

static void add_found(struct scan *scan, const struct group *group)
{
	CLEANUP_FREE char *path = state_path("/proc/%d", (int)group->init), *name = NULL;
	CLEANUP_FD int dir = open_proc(scan, group->init);
	struct state_dir state = {.fd = -1, .path = path, .owner = 0, .trusted = false};
	struct container *c;
	char comm[64] = "";
	struct stat st;

	if (dir < 0 || fstat(dir, &st) < 0 || !path)
		return;
	file_read_into(dir, "comm", comm, sizeof(comm));
	comm[strcspn(comm, "\n")] = '\0';
	name = text_escaped(comm);
	state.owner = st.st_uid;
	state.trusted = st.st_uid == 0 || st.st_uid == geteuid();
	c = name ? state_add(scan->f, name, "", &state, NULL) : NULL;
	if (!c) {
		scan->failed = true;
		return;
	}
	container_set_init(c, group->init, 0);
	/* without memory and no zombie: a kernel thread (kdevtmpfs owns a mount namespace) */
	if (!c->pid || (c->status == CONTAINER_TERMINATING && !group->start && !*comm))
		container_list_remove(scan->f->list, scan->f->list->n - 1);
}

static bool is_kernel_thread(struct scan *scan, pid_t pid)
{
	CLEANUP_FD int dir = open_proc(scan, pid);
	CLEANUP_STATUS struct proc_status status = {0};

	return dir >= 0 && proc_status_read(dir, &status) == 0 && (status.ppid == 2 || pid == 2) &&
	       !status.has_vm;
}

/* unshare --pid --user stands in the new user namespace itself, and its child in the new PID namespace: one
 * group. */
static bool is_part_of_other(const struct scan *scan, const struct group *group)
{
	for (size_t i = 0; i < scan->n && !group->by_pid && group->user != scan->own.inode[NS_USER]; i++)
		if (scan->groups[i].by_pid && scan->groups[i].user == group->user)
			return true;
	return false;
}

int bare_find(const struct finder *f)
{
	struct scan scan = {.f = f};
	CLEANUP_FD int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (self < 0 || !proc) {
		state_note(f, "/proc", -errno, "%s", strerror(errno));
		return 0;
	}
	read_namespaces(self, &scan.own);
	scan.failed = !learn_known(&scan);
	while (!scan.failed && (entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			look_at(&scan, dirfd(proc), entry->d_name);
	for (size_t i = 0; i < scan.n && !scan.failed; i++)
		if (!scan.groups[i].hidden && !is_part_of_other(&scan, &scan.groups[i]) &&
			!is_kernel_thread(&scan, scan.groups[i].init))
			add_found(&scan, &scan.groups[i]);
	if (scan.denied && geteuid() != 0) /* some processes are shielded even from root */
		state_note(f, "/proc", -EACCES, "%s", strerror(EACCES));
	if (scan.trouble)
		state_note(f, "/proc", -scan.trouble, "%s", strerror(scan.trouble));
	free(scan.groups);
	free(scan.pid.items);
	free(scan.user.items);
	free(scan.mnt.items);
	return scan.failed ? state_no_memory(f) : 0;
}
