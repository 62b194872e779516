/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way of a path below a container's root, step by step as the kernel goes it (path_resolution(7)), looked
 * at from outside: each file is opened O_PATH below the last, so nothing is opened for real, and no link
 * leads out.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/can_parts.h"
#include "sys/aside.h"
#include "sys/file.h"
#include "sys/mounts.h"

#define DEPTH_MAX 64
#define LINKS_MAX 40
#define REST_SIZE (2 * PATH_MAX)

/* The directories from the root to where it stands, each held open. */
struct walk {
	struct can_facts *facts;
	int fds[DEPTH_MAX];
	char *names[DEPTH_MAX]; /* owned */
	int depth;		/* of the last; 0 is the root */
	int links;
	int proc;	      /* the /proc/PID whose root it is */
	char *rest;	      /* what is still to go; REST_SIZE */
	bool protected_links; /* fs.protected_symlinks */
};

static void walk_back(struct walk *w, int depth)
{
	for (; w->depth > depth; w->depth--) {
		close_fd(&w->fds[w->depth]);
		free(w->names[w->depth]);
	}
}

static void walk_free(struct walk *w)
{
	walk_back(w, -1);
	free(w->rest);
}

static bool has_acl(int fd)
{
	char path[32];

	/* an O_PATH descriptor takes no fgetxattr(); the link means the file, whatever it is */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return getxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

static int look(const struct walk *w, int fd, struct can_inode *ret)
{
	const struct can_facts *f = w->facts;
	struct statx st;
	struct statfs fs;
	uint32_t inside;

	if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &st) < 0 ||
		fstatfs(fd, &fs) < 0)
		return -errno;
	*ret = (struct can_inode){
		.mode = st.stx_mode,
		.uid = st.stx_uid,
		.gid = st.stx_gid,
		.rdev = makedev(st.stx_rdev_major, st.stx_rdev_minor),
		.acl = !S_ISLNK(st.stx_mode) && has_acl(fd),
		.immutable = st.stx_attributes & STATX_ATTR_IMMUTABLE,
		.append = st.stx_attributes & STATX_ATTR_APPEND,
		.read_only = fs.f_flags & ST_RDONLY,
		.nodev = fs.f_flags & ST_NODEV,
		.magic = (uint32_t)fs.f_type,
		.mapped = idmap_inside(&f->uids, st.stx_uid, &inside) &&
			  idmap_inside(&f->gids, st.stx_gid, &inside),
	};
	return 0;
}

static char *name_below(const struct walk *w, const char *name)
{
	const char *parent = w->names[w->depth];
	char *text;

	return asprintf(&text, "%s/%s", strcmp(parent, "/") ? parent : "", name) < 0 ? NULL : text;
}

static int keep(struct walk *w, const struct can_inode *inode, const char *name)
{
	struct can_path *path = &w->facts->path;
	struct can_inode *grown;

	if (path->n == CAN_INODES_MAX)
		return -ENAMETOOLONG;
	grown = reallocarray(path->inodes, path->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	path->inodes = grown;
	grown[path->n] = *inode;
	grown[path->n].name = strdup(name);
	return grown[path->n++].name ? 0 : -ENOMEM;
}

/* may_follow_link(): in a sticky folder that all may write to, only the owner's links and those of the
 * folder's owner are followed */
static bool refuses_link(const struct walk *w, const struct can_inode *link)
{
	struct stat folder;

	return w->protected_links && link->uid != w->facts->fsuid && fstat(w->fds[w->depth], &folder) == 0 &&
	       (folder.st_mode & (S_ISVTX | S_IWOTH)) == (S_ISVTX | S_IWOTH) && folder.st_uid != link->uid;
}

static int follow(struct walk *w, int fd, const struct can_inode *link)
{
	char target[PATH_MAX];
	ssize_t n;

	if (link->magic == PROC_SUPER_MAGIC) {
		w->facts->path.magic = true;
		return -ELOOP;
	}
	if (refuses_link(w, link))
		w->facts->path.link_refused = true;
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	n = readlinkat(fd, "", target, sizeof(target));
	if (n < 0)
		return -errno;
	if ((size_t)n + strlen(w->rest) + 2 > REST_SIZE)
		return -ENAMETOOLONG;
	memmove(w->rest + n, w->rest, strlen(w->rest) + 1);
	memcpy(w->rest, target, (size_t)n);
	if (*w->rest == '/')
		walk_back(w, 0);
	return 0;
}

/* The next word of the rest into name; how many bytes it had, 0 at the end. */
static size_t next_word(struct walk *w, char name[NAME_MAX + 1])
{
	size_t slashes = strspn(w->rest, "/"), len = strcspn(w->rest + slashes, "/");

	if (len > NAME_MAX)
		return len;
	memcpy(name, w->rest + slashes, len);
	name[len] = '\0';
	memmove(w->rest, w->rest + slashes + len, strlen(w->rest + slashes + len) + 1);
	return len;
}

/* The directory where it stands is searched for a name: that asks its mode. */
static int search(struct walk *w)
{
	struct can_inode here = {0};
	int error = look(w, w->fds[w->depth], &here);

	return error ? error : keep(w, &here, w->names[w->depth]);
}

static bool is_last(const struct walk *w)
{
	return !w->rest[strspn(w->rest, "/")];
}

static int enter(struct walk *w, int *fd, const char *name, const struct can_inode *inode)
{
	char *path = name_below(w, name);
	int error;

	if (!path)
		return -ENOMEM;
	if (S_ISDIR(inode->mode)) {
		if (w->depth + 1 == DEPTH_MAX) {
			free(path);
			return -ENAMETOOLONG;
		}
		w->fds[++w->depth] = take_fd(fd);
		w->names[w->depth] = path;
		return 0;
	}
	/* a file with something behind it is no folder, be it a slash */
	error = *w->rest ? -ENOTDIR : keep(w, inode, path);
	free(path);
	return error ? error : 1;
}

static int look_aside(int root, void *path)
{
	CLEANUP_FD int fd = file_open_in_root(root, path, O_PATH | O_NOFOLLOW);
	struct statfs fs;
	struct stat st;

	/* what it answers is asked again */
	return fd >= 0 && fstat(fd, &st) == 0 && fstatfs(fd, &fs) == 0 && has_acl(fd);
}

/* What is on the kernel's own file systems is not asked of a process. Of others a child asks first: one that
 * answers it, and not us, still makes us wait. */
static int answers(const struct walk *w, int fd, const char *name)
{
	static const char *const own[] = {
		"proc", "sysfs", "tmpfs", "devpts", "devtmpfs", "cgroup2", "cgroup", "mqueue"};
	CLEANUP_FREE char *path = NULL;
	int r;

	if (aside_needless(fd))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (mounts_is(w->proc, fd, own[i]))
			return 0;
	path = name_below(w, name);
	if (!path)
		return -ENOMEM;
	r = aside_ask(w->fds[0], path, look_aside, path);
	return r == -ETIMEDOUT ? r : 0;
}

/* 0: go on; 1: the end was kept; a negative errno. */
static int step(struct walk *w)
{
	CLEANUP_FD int fd = -1;
	char name[NAME_MAX + 1];
	struct can_inode inode = {0};
	size_t len = next_word(w, name);
	int error;

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	if (!len || !strcmp(name, "."))
		return 0;
	error = search(w);
	if (error)
		return error;
	if (!strcmp(name, "..")) {
		walk_back(w, w->depth ? w->depth - 1 : 0);
		return 0;
	}
	fd = openat(w->fds[w->depth], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && (error = answers(w, fd, name)) < 0)
		return error;
	if (fd < 0 && errno == ENOENT && is_last(w)) {
		w->facts->path.missing = true;
		return 1;
	}
	if (fd < 0)
		return -errno;
	error = look(w, fd, &inode);
	if (error)
		return error;
	return S_ISLNK(inode.mode) ? follow(w, fd, &inode) : enter(w, &fd, name, &inode);
}

static bool read_protected(void)
{
	char text[8];

	return file_read_into(AT_FDCWD, "/proc/sys/fs/protected_symlinks", text, sizeof(text)) > 0 &&
	       *text == '1';
}

int can_gather_path(int proc_fd, int root_fd, const char *path, struct can_facts *f, struct err *err)
{
	CLEANUP(walk_free)
	struct walk w = {.facts = f, .depth = 0, .proc = proc_fd, .protected_links = read_protected()};
	int r = 0;

	can_path_free(&f->path);
	w.rest = malloc(REST_SIZE);
	w.names[0] = strdup("/");
	w.fds[0] = fcntl(root_fd, F_DUPFD_CLOEXEC, 3);
	if (!w.rest || !w.names[0] || w.fds[0] < 0)
		return err_sys(err, w.fds[0] < 0 ? -errno : -ENOMEM, "cannot walk a path");
	snprintf(w.rest, REST_SIZE, "%s", path);
	r = answers(&w, w.fds[0], ".");
	while (!r && *w.rest)
		r = step(&w);
	if (!r) /* it ends in a directory */
		r = search(&w);
	if (r == -ENOMEM)
		return err_sys(err, r, "cannot walk a path");
	f->path.error = r < 0 ? r : 0;
	return 0;
}
