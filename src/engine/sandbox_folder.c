/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The folders of nsctl's own sandboxes: made, locked, taken over, removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "data/json.h"
#include "engine/sandbox.h"
#include "sys/file.h"
#include "sys/proc.h"

#define NAME_AT_MOST 63
#define STATE_MAX (1u << 20)
#define TRIES 8

int sandbox_check_name(const char *name, struct err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t len = strlen(name);

	if (len && len <= NAME_AT_MOST && strchr(letters, name[0])) {
		size_t good = 0;

		while (name[good] && (strchr(letters, name[good]) || strchr("_.-", name[good])))
			good++;
		if (good == len)
			return 0;
	}
	err_set(err, -EINVAL, ERR_USAGE, "%s: not a name for a sandbox", name);
	return err_hint(err, "letters, digits, '_', '.' and '-', the first a letter or digit, at most %d",
		NAME_AT_MOST);
}

int sandbox_root(const struct engine_roots *roots, char **ret, struct err *err)
{
	const char *given = NULL, *run = getenv("XDG_RUNTIME_DIR");
	char *path = NULL;
	int n;

	for (size_t i = 0; i < roots->n_roots; i++)
		if (text_has_prefix(roots->roots[i], "nsctl=") && roots->roots[i][strlen("nsctl=")])
			given = roots->roots[i] + strlen("nsctl=");
	if (given)
		n = asprintf(&path, "%s", given);
	else if (geteuid() == 0)
		n = asprintf(&path, "/run/nsctl/sandboxes");
	else if (run && *run == '/')
		n = asprintf(&path, "%s/nsctl/sandboxes", run);
	else
		n = asprintf(&path, "/tmp/nsctl-%u/sandboxes", (unsigned int)geteuid());
	if (n < 0)
		return err_sys(err, -ENOMEM, "cannot make a sandbox");
	*ret = path;
	return 0;
}

/* One folder, made if need be: it must be ours, for /tmp is everyone's. */
static int make_folder(const char *path, bool ours, struct err *err)
{
	CLEANUP_FD int fd = -1;

	if (mkdir(path, geteuid() == 0 ? 0755 : 0700) < 0 && errno != EEXIST)
		return err_sys(err, -errno, "%s", path);
	/* a way through is enough: of /home and its like a user may not read the names */
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC | (ours ? O_NOFOLLOW : 0));
	if (fd < 0)
		return err_sys(err, -errno, "%s", path);
	if (ours && !file_trusted(fd, NULL)) {
		err_set(err, -EPERM, ERR_FAILED, "%s: someone else can write it", path);
		return err_hint(err, "remove it, or keep sandboxes elsewhere with --root nsctl=DIR");
	}
	return take_fd(&fd);
}

/* Makes the folders of a path one by one; returns the last. */
static int make_root(const char *path, struct err *err)
{
	CLEANUP_FREE char *copy = strdup(path);

	if (!copy)
		return err_sys(err, -ENOMEM, "%s", path);
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		CLEANUP_FD int fd = -1;

		*slash = '\0';
		fd = make_folder(copy, !strcmp(slash + 1, "sandboxes"), err);
		*slash = '/';
		if (fd < 0)
			return fd;
	}
	return make_folder(copy, true, err);
}

/* The init that the state in the folder names; 0: none. */
static pid_t read_init(int folder, uint64_t *ret_start)
{
	CLEANUP_JSON struct json_object *state = NULL;
	CLEANUP_FREE char *text = NULL;
	CLEANUP_ERR struct err err = {0};
	size_t len = 0;
	uint64_t pid;

	if (file_read(folder, SANDBOX_STATE, STATE_MAX, &text, &len) < 0 ||
		json_parse(SANDBOX_STATE, text, len, &state, &err) < 0)
		return 0;
	pid = json_u64(state, "pid", 0);
	*ret_start = json_u64(state, "start", 0);
	return pid > 1 && pid < 1u << 30 ? (pid_t)pid : 0;
}

static bool is_live(int folder)
{
	CLEANUP_PROC struct proc_ref init = PROC_REF_NONE;
	uint64_t start = 0;
	pid_t pid = read_init(folder, &start);

	return pid && proc_ref_open(pid, start, &init) == 0;
}

/* Has the folder that is open still its name? It may have been removed, and made anew by another. */
static bool has_name(int folder, int root, const char *name)
{
	struct stat mine, named;

	return fstat(folder, &mine) == 0 && fstatat(root, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

/* Locks the folder; 0, -EEXIST when it is another's, -EAGAIN when it was removed meanwhile. */
static int lock(int root, const char *name, int *ret)
{
	CLEANUP_FD int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EEXIST : -errno;
	if (!has_name(fd, root, name))
		return -EAGAIN;
	if (is_live(fd))
		return -EEXIST;
	*ret = take_fd(&fd);
	return 0;
}

int sandbox_create(const struct engine_roots *roots, const char *name, struct sandbox *ret, struct err *err)
{
	CLEANUP_FREE char *root_path = NULL;
	CLEANUP_FD int root = -1, fd = -1;
	int r = sandbox_check_name(name, err);

	if (r == 0)
		r = sandbox_root(roots, &root_path, err);
	if (r < 0 || !root_path)
		return r;
	root = make_root(root_path, err);
	if (root < 0)
		return root;
	r = -EAGAIN;
	for (int tries = 0; r == -EAGAIN && tries < TRIES; tries++) {
		/* others reach the state in root's, but cannot open the folder: who can may lock it */
		if (mkdirat(root, name, geteuid() == 0 ? 0711 : 0700) < 0 && errno != EEXIST)
			return err_sys(err, -errno, "%s/%s", root_path, name);
		r = lock(root, name, &fd);
	}
	if (r == -EEXIST) {
		err_set(err, r, ERR_FAILED, "%s: a sandbox of that name is there already", name);
		return err_hint(err, "choose another --name, or end it: nsctl kill nsctl/%s", name);
	}
	if (r < 0)
		return err_sys(err, r, "%s/%s", root_path, name);
	/* of a sandbox that is gone */
	unlinkat(fd, SANDBOX_STATE, 0);
	unlinkat(fd, SANDBOX_CONFIG, 0);
	if (asprintf(&ret->path, "%s/%s", root_path, name) < 0)
		return err_sys(err, -ENOMEM, "%s", name);
	ret->fd = take_fd(&fd);
	return 0;
}

void sandbox_close(struct sandbox *sandbox)
{
	close_fd(&sandbox->fd);
	free(sandbox->path);
	sandbox->path = NULL;
}

/* By descriptors: its path may lead elsewhere by now where others may write a folder on it. */
int sandbox_remove(const struct sandbox *sandbox)
{
	static const char *const files[] = {
		SANDBOX_STATE, SANDBOX_CONFIG, "." SANDBOX_STATE, "." SANDBOX_CONFIG};
	const char *name = strrchr(sandbox->path, '/') + 1;
	CLEANUP_FD int parent = openat(sandbox->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (parent < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!has_name(sandbox->fd, parent, name))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		unlinkat(sandbox->fd, files[i], 0);
	return unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
}

/* The folder that was found, and its owner's: a user's path may lead to another by now, even to one of the
 * same number. */
static bool is_found(const struct container *c, const struct stat *st)
{
	return st->st_dev == c->state_dev && st->st_ino == c->state_ino && st->st_uid == c->owner;
}

/* Where it is called so; the caller frees. NULL: no memory. */
static char *folder_of(const struct container *c)
{
	char *path = strdup(c->state), *slash = path ? strrchr(path, '/') : NULL;

	if (slash)
		*slash = '\0';
	return path;
}

bool sandbox_has_folder(const struct container *c)
{
	CLEANUP_FREE char *path = folder_of(c);
	struct stat st;

	return path && lstat(path, &st) == 0 && is_found(c, &st);
}

/* Under the lock nobody takes the folder over. Where another has it, that is the guard of the container's
 * own, which hangs, or somebody else, whose state names another init or none yet. */
static bool is_left_by(const struct container *c, int folder)
{
	bool locked = flock(folder, LOCK_EX | LOCK_NB) == 0;
	uint64_t start = 0;
	pid_t pid = read_init(folder, &start);

	return (pid && pid == c->pid && start == c->start) || (locked && !is_live(folder));
}

int sandbox_open(const struct container *c, struct sandbox *ret, struct err *err)
{
	CLEANUP_FREE char *path = folder_of(c);
	CLEANUP_FD int fd = -1;
	struct stat st;

	if (!path)
		return err_sys(err, -ENOMEM, "%s", c->name);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_sys(err, -errno, "%s", path);
	if (fstat(fd, &st) < 0 || !is_found(c, &st) || !is_left_by(c, fd))
		return err_set(err, -ESRCH, ERR_FAILED, "%s: another sandbox's by now", path);
	ret->fd = take_fd(&fd);
	ret->path = take_ptr(&path);
	return 0;
}
