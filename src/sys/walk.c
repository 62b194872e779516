/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define WALK_LINKS 40 /* as the kernel's MAXSYMLINKS */
#define WALK_DEPTH 128
#define WALK_SIZE (2 * PATH_MAX)

/* The directories on the way, each held open, so that a rename cannot move us out; ".." takes one off, and
 * stays at the root. */
struct walk {
	int root, depth;
	int (*check)(int fd); /* or NULL */
	int stack[WALK_DEPTH];
};

static int walk_at(const struct walk *walk)
{
	return walk->depth ? walk->stack[walk->depth - 1] : walk->root;
}

static void walk_back(struct walk *walk, int depth)
{
	while (walk->depth > depth)
		close_fd(&walk->stack[--walk->depth]);
}

/* One component of the walk: opens it below dir without following. A symlink's text is put before `rest`
 * (-EAGAIN: go on with that), unless nothing is left and the link itself is wanted. */
static int walk_step(const struct walk *walk, const char *name, char *rest, int flags, int *links)
{
	CLEANUP_FD int fd = openat(walk_at(walk), name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char target[PATH_MAX];
	struct stat st;
	ssize_t n;
	int r = fd < 0 ? -errno : walk->check ? walk->check(fd) : 0;

	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && !*rest && flags & O_NOFOLLOW)
		return flags & O_PATH ? take_fd(&fd) : -ELOOP;
	if (!S_ISLNK(st.st_mode))
		return *rest && !S_ISDIR(st.st_mode) ? -ENOTDIR : take_fd(&fd);
	if (++*links > WALK_LINKS)
		return -ELOOP;
	n = readlinkat(fd, "", target, sizeof(target));
	if (n < 0)
		return -errno;
	if ((size_t)n + strlen(rest) >= WALK_SIZE)
		return -ENAMETOOLONG;
	memmove(rest + n, rest, strlen(rest) + 1);
	memcpy(rest, target, (size_t)n);
	return -EAGAIN;
}

/* Takes the first component off `rest`. 0, or a negative errno. */
static int walk_on(struct walk *walk, char *rest, int flags, int *links)
{
	char name[NAME_MAX + 1];
	size_t slashes = strspn(rest, "/"), len = strcspn(rest + slashes, "/");
	int fd;

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, rest + slashes, len);
	name[len] = '\0';
	memmove(rest, rest + slashes + len, strlen(rest + slashes + len) + 1);
	if (!len || !strcmp(name, "."))
		return 0;
	if (!strcmp(name, "..")) {
		walk_back(walk, walk->depth > 0 ? walk->depth - 1 : 0);
		return 0;
	}
	if (walk->depth == WALK_DEPTH)
		return -ENAMETOOLONG;
	fd = walk_step(walk, name, rest, flags, links);
	if (fd == -EAGAIN) {
		if (*rest == '/') /* an absolute link begins at the root again */
			walk_back(walk, 0);
		return 0;
	}
	if (fd < 0)
		return fd;
	walk->stack[walk->depth++] = fd;
	return 0;
}

/* What was found, opened as asked. */
static int walk_end(const struct walk *walk, int flags)
{
	char self[32];
	struct stat st;
	int fd;

	if (flags & O_PATH) {
		if (flags & O_DIRECTORY && fstat(walk_at(walk), &st) == 0 && !S_ISDIR(st.st_mode))
			return -ENOTDIR;
		fd = fcntl(walk_at(walk), F_DUPFD_CLOEXEC, 3);
	} else {
		snprintf(self, sizeof(self), "/proc/self/fd/%d", walk_at(walk));
		fd = open(self, (flags & ~O_NOFOLLOW) | O_CLOEXEC);
	}
	return fd < 0 ? -errno : fd;
}

int walk_open(int root_fd, const char *path, int flags, int (*check)(int fd))
{
	CLEANUP_FREE char *rest = malloc(WALK_SIZE);
	struct walk walk = {.root = root_fd, .check = check};
	int links = 0, r = check ? check(root_fd) : 0;

	if (!rest)
		return -ENOMEM;
	if (!*path || strlen(path) >= PATH_MAX)
		return *path ? -ENAMETOOLONG : -ENOENT;
	strcpy(rest, path);
	while (*rest && r == 0)
		r = walk_on(&walk, rest, flags, &links);
	if (r == 0)
		r = walk_end(&walk, flags);
	walk_back(&walk, 0);
	return r;
}
