/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "sys/file.h"
#include "sys/mounts.h"
#include "sys/proc.h"

#define KERNFS_ROOT_INO 1 /* of a hierarchy's root; a bind of a cgroup below it has another */

void cgroup_free(struct cgroup_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		free(set->lines[i].controllers);
		free(set->lines[i].path);
		free(set->lines[i].dir);
	}
	set->n = 0;
}

bool cgroup_has_controller(const struct cgroup_line *line, const char *controller)
{
	return !line->v2 && cgroup_has_controllers(line->controllers, controller);
}

const struct cgroup_line *cgroup_v2(const struct cgroup_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->lines[i].v2)
			return &set->lines[i];
	return NULL;
}

char *cgroup_v2_top(const struct cgroup_set *set)
{
	const struct cgroup_line *v2 = cgroup_v2(set);

	return v2 && v2->dir && v2->top ? strndup(v2->dir, v2->top) : NULL;
}

int cgroup_parse(const char *text, struct cgroup_set *ret)
{
	ret->n = 0;
	while (*text && ret->n < CGROUP_MAX) {
		size_t len = strcspn(text, "\n");
		const char *controllers = memchr(text, ':', len), *path;
		struct cgroup_line *line = &ret->lines[ret->n];

		path = controllers ? memchr(controllers + 1, ':', len - (size_t)(controllers + 1 - text))
				   : NULL;
		if (!path) {
			cgroup_free(ret);
			return -EBADMSG;
		}
		controllers++;
		*line = (struct cgroup_line){
			.v2 = text[0] == '0' && path == controllers,
			.controllers = strndup(controllers, (size_t)(path - controllers)),
			.path = strndup(path + 1, len - (size_t)(path + 1 - text)),
		};
		ret->n++;
		if (!line->controllers || !line->path) {
			cgroup_free(ret);
			return -ENOMEM;
		}
		text += len + (text[len] == '\n');
	}
	return 0;
}

char *cgroup_dir(const char *mount, const char *path)
{
	char *dir = NULL;

	if (asprintf(&dir, "%s%s", mount, strcmp(path, "/") ? path : "") < 0)
		return NULL;
	return dir;
}

#define USUAL "/sys/fs/cgroup"

/* Is it the root of a cgroup hierarchy of the right version? */
static bool is_hierarchy(int dir, bool v2)
{
	struct statfs fs;
	struct stat st;

	return dir >= 0 && fstatfs(dir, &fs) == 0 && fs.f_type == (v2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC) &&
	       fstat(dir, &st) == 0 && st.st_ino == KERNFS_ROOT_INO;
}

static bool is_hierarchy_at(int usual, const char *name, bool v2)
{
	CLEANUP_FD int dir = openat(usual, name, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return is_hierarchy(dir, v2);
}

/* A v1 hierarchy is usually mounted by this name. */
static const char *usual_name(const struct cgroup_line *line)
{
	return strncmp(line->controllers, "name=", 5) ? line->controllers : line->controllers + 5;
}

/* mountinfo has a line for each container of the host, so it is read only where the usual places fail. */
static char *usual_mount(int usual, const struct cgroup_line *line)
{
	const char *name = usual_name(line);
	char *mount = NULL;

	if (line->v2) {
		if (is_hierarchy(usual, true))
			return strdup(USUAL);
		name = "unified";
	}
	if (strchr(name, '/') || !is_hierarchy_at(usual, name, line->v2) || asprintf(&mount, USUAL "/%s", name) < 0)
		return NULL;
	return mount;
}

int cgroup_open_usual(void)
{
	return open(USUAL, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

char *cgroup_usual_mount(const struct cgroup_line *line)
{
	CLEANUP_FD int usual = cgroup_open_usual();

	return usual_mount(usual, line);
}

/* Outside of our own cgroup namespace's root nothing is to be found below a mount. */
static bool is_below_root(const struct cgroup_line *line)
{
	return line->path[0] == '/' && strncmp(line->path, "/..", 3) != 0;
}

int cgroup_open_v1(int usual, struct cgroup_line *line, const char *file, int flags)
{
	const char *name = usual_name(line);
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FD int fd = -1;
	struct statfs fs;

	if (line->v2 || !is_below_root(line) || strchr(name, '/'))
		return -EINVAL;
	if (asprintf(&path, USUAL "/%s%s/%s", name, strcmp(line->path, "/") ? line->path : "", file) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = openat(usual, path + strlen(USUAL "/"), flags | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != CGROUP_SUPER_MAGIC)
		return -ENOENT;
	path[strlen(path) - strlen(file) - 1] = '\0';
	free(line->dir);
	line->dir = take_ptr(&path);
	line->top = strlen(USUAL "/") + strlen(name);
	return take_fd(&fd);
}

static void find_usual(int usual, struct cgroup_line *line)
{
	CLEANUP_FREE char *mount = is_below_root(line) ? usual_mount(usual, line) : NULL;

	line->dir = mount ? cgroup_dir(mount, line->path) : NULL;
	line->top = mount ? strlen(mount) : 0;
}

bool cgroup_has_controllers(const char *list, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, ",");
		const char *at = list;
		bool found = false;

		while (*at && !found) {
			size_t n = strcspn(at, ",");

			found = n == len && !memcmp(at, words, len);
			at += n + (at[n] == ',');
		}
		if (!found)
			return false;
		words += len + (words[len] == ',');
	}
	return true;
}

/* Is `line` seen through this mount? */
static void find_through(struct cgroup_line *line, const struct mount_entry *mount)
{
	size_t root = strcmp(mount->root, "/") ? strlen(mount->root) : 0;

	if (strcmp(mount->type, line->v2 ? "cgroup2" : "cgroup"))
		return;
	if (!line->v2 && !cgroup_has_controllers(mount->options, line->controllers))
		return;
	if (strncmp(line->path, mount->root, root) || (line->path[root] != '/' && line->path[root] != '\0'))
		return;
	line->dir = cgroup_dir(mount->point, line->path + root);
	line->top = root ? 0 : strlen(mount->point);
}

static int take_mount(const struct mount_entry *mount, void *data)
{
	struct cgroup_set *set = data;

	for (size_t i = 0; i < set->n; i++)
		if (!set->lines[i].dir)
			find_through(&set->lines[i], mount);
	return 0;
}

void cgroup_find_dirs(struct cgroup_set *set, char *mountinfo)
{
	mounts_parse(mountinfo, take_mount, set);
}

int cgroup_read_paths(int dirfd, struct cgroup_set *ret)
{
	CLEANUP_FREE char *text = NULL;
	int r;

	ret->n = 0;
	r = file_read(dirfd, "cgroup", 1u << 20, &text, NULL);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	return cgroup_parse(text, ret);
}

void cgroup_find(int usual, struct cgroup_set *set)
{
	CLEANUP_FD int self = -1;
	bool missing = false;

	for (size_t i = 0; i < set->n; i++) {
		if (!set->lines[i].dir)
			find_usual(usual, &set->lines[i]);
		missing |= !set->lines[i].dir;
	}
	if (missing && (self = proc_open_self()) >= 0)
		mounts_each(self, take_mount, set);
}

int cgroup_read(int dirfd, struct cgroup_set *ret)
{
	CLEANUP_FD int usual = -1;
	int r = cgroup_read_paths(dirfd, ret);

	if (r < 0)
		return r;
	usual = cgroup_open_usual();
	cgroup_find(usual, ret);
	return 0;
}

bool cgroup_id(const char *path, char ret[CGROUP_ID_LEN + 1])
{
	const char *end = path + strlen(path);

	/* from the end: what is nested deepest is meant. The engines put the ID behind '/', '-' or ':'. */
	while (end > path) {
		const char *begin = end;

		while (begin > path &&
			((begin[-1] >= '0' && begin[-1] <= '9') || (begin[-1] >= 'a' && begin[-1] <= 'f')))
			begin--;
		if (end - begin == CGROUP_ID_LEN && (begin == path || strchr("/-:", begin[-1])) &&
			(*end == '\0' || *end == '/' || *end == '.')) {
			memcpy(ret, begin, CGROUP_ID_LEN);
			ret[CGROUP_ID_LEN] = '\0';
			return true;
		}
		end = begin == end ? end - 1 : begin;
	}
	return false;
}
