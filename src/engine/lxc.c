/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * LXC: its monitor sits in the cgroup lxc.monitor.NAME (with "-1" and so on behind it when another path has
 * the same name), its title is "[lxc monitor] PATH NAME", and its child is the init. PATH/NAME/config is
 * there for stopped ones too.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

#define MONITOR "lxc.monitor."
#define TITLE "[lxc monitor] "
#define USUAL_ROOT "/var/lib/lxc"
#define WALK_DEPTH 8
#define TWINS 10

/* A hierarchy that has every process: v2, or v1's that only groups. */
static int open_hierarchy(char *ret_path, size_t size)
{
	static const char *const places[] = {
		"/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/pids", "/sys/fs/cgroup"};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		int fd = open(places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0) {
			snprintf(ret_path, size, "%s", places[i]);
			return fd;
		}
	}
	return -ENOENT;
}

struct monitor {
	char *title; /* owned */
	const char *path, *name;
	pid_t pid, init;
	uid_t owner;
};

static void monitor_free(struct monitor *monitor)
{
	free(monitor->title);
	*monitor = (struct monitor){.title = NULL};
}

/* The first child. */
static pid_t child_of(int dir, pid_t pid)
{
	char path[48], text[32];

	snprintf(path, sizeof(path), "task/%d/children", (int)pid);
	return file_read_into(dir, path, text, sizeof(text)) > 0 ? (pid_t)atoi(text) : 0;
}

/* The first child is the init. But while the container is being made it is a copy of the monitor, on the host's files and with root's
 * rights; and when it has ended, the first may be a hook of the host's (lxc.hook.stop): 0, there is none. */
static pid_t init_of(int dir, pid_t pid)
{
	const pid_t init = child_of(dir, pid);
	CLEANUP_FD int child = init > 0 ? proc_open(init) : -1;
	struct file_id program, monitors;
	uint64_t ns, outside;

	if (child < 0)
		return 0;
	/* who may not look: as in is_outside() */
	if (ns_inode(child, NS_MNT, &ns) == 0 && ns_inode(dir, NS_MNT, &outside) == 0 && ns == outside)
		return 0;
	if (file_id_read(child, "exe", &program) == 0 && file_id_read(dir, "exe", &monitors) == 0 && file_id_same(&program, &monitors))
		return 0;
	return init;
}

/* What is gone is normal, and other users' cgroups are theirs. */
static void note_errno(const struct finder *f, const char *path, int code)
{
	if (code != -ENOENT && code != -ESRCH && code != -ENODEV && code != -EACCES)
		state_note(f, path, code, "%s", strerror(-code));
}

/* A title can be forged, so who runs the process answers for it: whoever of its four ids is not root, for a
 * set-user-ID program bears the title that its caller gave it; and who owns its cgroup, for such a program
 * may change them all. */
static int owner_of(int dir, uid_t cgroup_owner, uid_t *ret)
{
	CLEANUP_STATUS struct proc_status status = {0};
	int r = proc_status_read(dir, &status);

	*ret = cgroup_owner;
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(status.uid); i++)
		if (status.uid[i])
			*ret = status.uid[i];
	return r;
}

/* LXC's monitors stay where they were started. What runs in a container may have root's ids and a cgroup of its own,
 * and says nothing of what is outside. */
static bool is_outside(int dir)
{
	static const enum ns_type types[] = {NS_PID, NS_USER};
	CLEANUP_FD int self = proc_open_self();
	uint64_t its, ours;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		int r = ns_inode(dir, types[i], &its);

		/* who may not look at it may not enter what it speaks of either: to be named is all that there is to it */
		if (r == -EACCES || r == -EPERM)
			continue;
		if (r < 0 || ns_inode(self, types[i], &ours) < 0 || its != ours)
			return false;
	}
	return true;
}

/* Is the process a monitor? */
static bool monitor_read(const struct finder *f, pid_t pid, uid_t cgroup_owner, struct monitor *ret)
{
	CLEANUP_FREE char **args = NULL;
	CLEANUP_FD int dir = proc_open(pid);
	char path[32], *space, *title;
	uid_t owner;
	size_t len;
	int r;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	r = dir < 0 ? dir : proc_strings_by(f->reader, dir, "cmdline", 2 * PATH_MAX, &args);
	if (r < 0) {
		note_errno(f, path, r);
		return false;
	}
	if (!args || !args[0] || !text_has_prefix(args[0], TITLE) || !is_outside(dir) ||
		owner_of(dir, cgroup_owner, &owner) < 0)
		return false;
	title = strdup(args[0] + strlen(TITLE));
	if (!title)
		return false;
	for (len = strlen(title); len && title[len - 1] == ' '; len--)
		title[len - 1] = '\0';
	space = strrchr(title, ' ');
	if (title[0] != '/' || !space || !space[1]) {
		free(title);
		return false;
	}
	*space = '\0';
	*ret = (struct monitor){
		.title = title,
		.path = title,
		.name = space + 1,
		.pid = pid,
		.init = init_of(dir, pid),
		.owner = owner,
	};
	return true;
}

static bool known(const struct finder *f, pid_t init)
{
	for (size_t i = 0; i < f->list->n; i++)
		if (f->list->items[i].pid == init)
			return true;
	return false;
}

static int add_live(const struct finder *f, const struct monitor *monitor)
{
	CLEANUP_FREE char *path = state_path("%s/%s", monitor->path, monitor->name);
	struct state_dir dir = {.fd = -1, .path = path, .owner = monitor->owner, .trusted = true};
	struct container *c;

	if (!path)
		return state_no_memory(f);
	if (monitor->init <= 0 || known(f, monitor->init) || !state_may_match_text(f, monitor->name))
		return 0;
	dir.trusted = monitor->owner == 0 || monitor->owner == geteuid();
	c = state_add(f, monitor->name, "", &dir, NULL);
	if (c && state_set_init(f, c, monitor->init, 0) == 0)
		state_keep(f);
	return f->err->code;
}

/* The monitor in this cgroup. False when there is none. */
static bool monitor_in(const struct finder *f, int cgroup, const char *path, struct monitor *ret)
{
	char procs[NAME_MAX + 32], text[4096], *save = NULL;
	struct stat st;
	ssize_t n;

	if (snprintf(procs, sizeof(procs), "%s/cgroup.procs", path) >= (int)sizeof(procs))
		return false;
	n = file_read_into(cgroup, procs, text, sizeof(text));
	if (n > 0 && fstatat(cgroup, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		n = -errno;
	if (n <= 0) {
		note_errno(f, path, n < 0 ? (int)n : -ENOENT);
		return false;
	}
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (state_pid(line) && monitor_read(f, state_pid(line), st.st_uid, ret))
			return true;
	return false;
}

/* Where monitors stand: at the root, or (a user's) deep in the user's slice. The rest of the tree is other
 * engines'. */
static bool is_worth(const char *name, int depth)
{
	static const char *const slices[] = {"user.slice", "machine.slice", "lxc.slice", "lxc"};

	for (size_t i = 0; i < ARRAY_SIZE(slices); i++)
		if (!strcmp(name, slices[i]))
			return true;
	return depth < WALK_DEPTH;
}

static int walk(const struct finder *f, int cgroup, const char *root, int depth)
{
	char entries[8192] __attribute__((aligned(8)));
	ssize_t n;

	while ((n = getdents64(cgroup, entries, sizeof(entries))) > 0) {
		for (ssize_t at = 0; at < n && !f->err->code;) {
			__attribute__((cleanup(monitor_free))) struct monitor monitor = {.title = NULL};
			const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
			CLEANUP_FD int below = -1;

			at += entry->d_reclen;
			if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
				continue;
			if (text_has_prefix(entry->d_name, MONITOR)) {
				if (monitor_in(f, cgroup, entry->d_name, &monitor) &&
					(!root || !strcmp(root, monitor.path)))
					add_live(f, &monitor);
			} else if (depth > 0 && is_worth(entry->d_name, depth)) {
				below = openat(cgroup, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
				if (below >= 0)
					walk(f, below, root, depth - 1);
				else
					note_errno(f, entry->d_name, -errno);
			}
		}
	}
	if (n < 0)
		note_errno(f, "/sys/fs/cgroup", -errno);
	return f->err->code;
}

struct named_call {
	int cgroup;
	const char *root;
};

/* PATH/NAME, looked up by its name: the quick way, and the one that knows stopped ones. */
static int find_named(const struct finder *f, const struct state_dir *dir, const char *name, void *data)
{
	CLEANUP_STATE_DIR struct state_dir own = STATE_DIR_NONE;
	const struct named_call *call = data;
	char path[NAME_MAX + 32];

	if (!state_may_match_text(f, name))
		return 0;
	for (int twin = 0; twin < TWINS && call->cgroup >= 0; twin++) {
		__attribute__((cleanup(monitor_free))) struct monitor monitor = {.title = NULL};

		snprintf(path, sizeof(path), twin ? MONITOR "%.*s-%d" : MONITOR "%.*s", NAME_MAX, name, twin);
		if (!monitor_in(f, call->cgroup, path, &monitor)) {
			if (faccessat(call->cgroup, path, F_OK, 0) < 0)
				break;
			continue;
		}
		if (!strcmp(monitor.path, call->root) && !strcmp(monitor.name, name))
			return add_live(f, &monitor);
	}
	if (!f->query->stopped)
		return 0;
	for (size_t i = 0; i < f->list->n; i++) {
		const char *state = f->list->items[i].state;
		size_t root = strlen(call->root);

		/* a root may be a container's folder itself, or begin like its name */
		if (f->list->items[i].engine == f->engine->name && text_has_prefix(state, call->root) &&
			state[root] == '/' && !strcmp(state + root + 1, name))
			return 0;
	}
	snprintf(path, sizeof(path), "%s/config", name);
	if (faccessat(dir->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0 &&
		state_dir_below(f, dir, name, &own) == 0) {
		own.owner = dir->owner; /* with an id map root gives the folder to the container's own root */
		state_add(f, name, "", &own, NULL);
	}
	return f->err->code;
}

/* Is the usual root looked at as well? Then all monitors have been found from there. */
static bool has_usual(const struct finder *f)
{
	for (size_t i = 0; i < f->query->roots.n_roots; i++)
		if (!strcmp(f->query->roots.roots[i], "lxc="))
			return false;
	return true;
}

int lxc_find(const struct finder *f, const char *root)
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;
	char hierarchy[64];
	CLEANUP_FD int cgroup = open_hierarchy(hierarchy, sizeof(hierarchy));
	struct named_call call = {.cgroup = cgroup, .root = root};
	bool usual = !strcmp(root, USUAL_ROOT);

	/* without a name to look for: all of them, those of other paths too (LXD's) */
	if (!f->query->needle && cgroup >= 0 && (usual || !has_usual(f)))
		walk(f, cgroup, usual ? NULL : root, WALK_DEPTH);
	if (!f->err->code && state_dir_open(f, root, &dir) == 0)
		state_dir_each(f, &dir, find_named, &call);
	return f->err->code;
}
