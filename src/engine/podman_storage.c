/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where podman's storage is. A run root does not say it, but the monitor of each container (conmon) stands in it: it keeps
 * STORAGE/DRIVER-containers/ID/userdata/ctl open, and is given that folder as its -b.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "engine/podman.h"
#include "sys/passwd.h"
#include "sys/proc.h"

#define FILES_MAX 64 /* a conmon has some twenty files open */

/* STORAGE of STORAGE/DRIVER-containers/ID/...; NULL when it is another path. */
static char *storage_of(const char *path)
{
	const char *end = NULL, *next = path;

	while (path[0] == '/' && (next = strstr(next, PODMAN_CONTAINERS "/"))) /* the last: STORAGE may have such a name itself */
		end = next++;
	while (end && end > path && *end != '/')
		end--;
	return end ? strndup(path, (size_t)(end - path)) : NULL;
}

/* By what it has open: needs no answer of its memory, but the right to look at its files. */
static char *storage_by_files(int proc)
{
	CLEANUP_FD int fd = openat(proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *files = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!files)
		return NULL;
	take_fd(&fd); /* the stream owns it */
	for (int i = 0; i < FILES_MAX && (entry = readdir(files)); i++) {
		char link[PATH_MAX];
		ssize_t len = readlinkat(dirfd(files), entry->d_name, link, sizeof(link) - 1);

		if (len <= 0)
			continue;
		link[len] = '\0';
		if (text_has_suffix(link, "/userdata/ctl"))
			return storage_of(link);
	}
	return NULL;
}

/* By its command line. */
static char *storage_by_command(const struct finder *f, int proc, const char *path)
{
	CLEANUP_FREE char **args = NULL;
	int r = proc_strings_by(f->reader, proc, "cmdline", 65536, &args);

	if (r < 0 && r != -ENOENT && r != -ESRCH)
		state_note(f, path, r, "%s", strerror(-r));
	for (size_t i = 0; args && args[i] && args[i + 1]; i++)
		if (!strcmp(args[i], "-b"))
			return storage_of(args[i + 1]);
	return NULL;
}

static char *storage_of_conmon(const struct finder *f, pid_t pid)
{
	CLEANUP_FD int proc = proc_open(pid);
	char path[32], *ret;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	if (proc < 0) {
		if (proc != -ENOENT && proc != -ESRCH) /* it has ended */
			state_note(f, path, proc, "%s", strerror(-proc));
		return NULL;
	}
	ret = storage_by_files(proc);
	return ret ? ret : storage_by_command(f, proc, path);
}

static int learn_one(const struct finder *f, const struct state_dir *dir, const char *id, void *data)
{
	CLEANUP_STATE_FILE struct state_file file = {0};
	char path[NAME_MAX + 64], **ret = data;

	snprintf(path, sizeof(path), "%s/userdata/conmon.pid", id);
	if (state_file_read(f, dir, path, &file) < 0)
		return f->err->code;
	*ret = storage_of_conmon(f, state_pid(file.text));
	return *ret != NULL;
}

static int learn_driver(const struct finder *f, const struct state_dir *run_root, const char *name, void *data)
{
	CLEANUP_STATE_DIR struct state_dir dir = STATE_DIR_NONE;

	if (!text_has_suffix(name, PODMAN_CONTAINERS) || state_dir_below(f, run_root, name, &dir) < 0)
		return f->err->code;
	return state_dir_each(f, &dir, learn_one, data);
}

char *podman_storage_learn(const struct finder *f, const struct state_dir *dir)
{
	char *ret = NULL;

	state_dir_each(f, dir, learn_driver, &ret);
	return ret;
}

char *podman_storage_usual(const char *root, const struct state_dir *dir)
{
	__attribute__((cleanup(passwd_entry_free))) struct passwd_entry user = {.name = NULL};
	CLEANUP_FD int host = -1;
	const char *home = NULL;

	if (!strcmp(root, "/run/containers/storage"))
		return strdup("/var/lib/containers/storage");
	if (dir->fd < 0 || !dir->owner)
		return NULL;
	if (dir->owner == geteuid())
		home = getenv("HOME");
	if (!home) {
		host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (passwd_find(host, NULL, dir->owner, &user) == 0)
			home = user.home;
	}
	return home && home[0] == '/' ? state_path("%s/.local/share/containers/storage", home) : NULL;
}
