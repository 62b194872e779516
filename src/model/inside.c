/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "sys/aside.h"
#include "sys/below.h"
#include "sys/file.h"
#include "sys/proc.h"

#define PASSWD_MAX (1u << 20)
#define NAMES_MAX (INSIDE_MAX * (NAME_MAX + 2))
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NONBLOCK)

int inside_open(const struct container *c)
{
	CLEANUP_PROC struct proc_ref init = PROC_REF_NONE;
	CLEANUP_FD int root = -1;
	int r = c->pid > 0 ? proc_ref_open(c->pid, c->start, &init) : -ESRCH;

	if (r < 0)
		return r;
	root = openat(init.dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -errno;
	return proc_ref_alive(&init) ? take_fd(&root) : -ESRCH;
}

/* Something may be mounted on it, which is not asked either. */
static enum inside_kind kind_of(int dir, const struct dirent *entry)
{
	const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
	struct statx st;

	if (entry->d_type == DT_DIR || entry->d_type == DT_LNK ||
		statx(dir, entry->d_name, flags, STATX_TYPE, &st) < 0)
		return entry->d_type == DT_DIR ? INSIDE_FOLDER : INSIDE_FILE;
	return S_ISDIR(st.stx_mode)			      ? INSIDE_FOLDER
	       : S_ISCHR(st.stx_mode) || S_ISBLK(st.stx_mode) ? INSIDE_DEVICE
							      : INSIDE_FILE;
}

static int list(int opened, inside_each_fn *each, void *data)
{
	CLEANUP_FD int fd = opened;
	CLEANUP_DIR DIR *dir = fdopendir(fd);
	struct dirent *entry;

	if (!dir)
		return -errno;
	(void)take_fd(&fd); /* the DIR's now */
	for (int n = 0; n < INSIDE_MAX && (entry = readdir(dir));) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		each(data, entry->d_name, kind_of(dirfd(dir), entry));
		n++;
	}
	return 0;
}

/* A letter, the name, NUL. */
static void write_name(void *data, const char *name, enum inside_kind kind)
{
	buf_char(data, (char)kind);
	buf_add(data, name, strlen(name) + 1);
}

static int list_aside(int root, void *data)
{
	CLEANUP_BUF struct buf names = {0};
	int fd = file_open_in_root(root, data, FOLDER_FLAGS), r = fd < 0 ? fd : list(fd, write_name, &names);

	if (names.failed)
		return -ENOMEM;
	return r < 0 ? r : file_memfd("names", buf_text(&names), names.len, false);
}

int inside_names(int root_fd, const char *folder, inside_each_fn *each, void *data)
{
	CLEANUP_FREE char *names = NULL;
	CLEANUP_FD int copied = -1;
	int fd = below_open(root_fd, folder, FOLDER_FLAGS), r;
	size_t len;

	if (fd != -EXDEV)
		return fd < 0 ? fd : list(fd, each, data);
	copied = aside_open(root_fd, folder, list_aside, (void *)folder);
	r = copied < 0 ? copied : file_read_fd(copied, NAMES_MAX, &names, &len);
	for (char *at = names; !r && at < names + len; at += strlen(at) + 1)
		each(data, at + 1, (enum inside_kind) * at);
	return r;
}

int inside_users(int root_fd, void (*each)(void *data, const char *name, const char *uid), void *data)
{
	CLEANUP_FREE char *text = NULL;
	char *save = NULL;
	int r = below_read(root_fd, "/etc/passwd", PASSWD_MAX, &text, NULL), n = 0;

	if (r < 0)
		return r;
	for (char *line = strtok_r(text, "\n", &save); line && n < INSIDE_MAX;
		line = strtok_r(NULL, "\n", &save), n++) {
		char *password = strchr(line, ':'), *uid = password ? strchr(password + 1, ':') : NULL;

		if (!uid || password == line)
			continue;
		*password = '\0';
		uid++;
		uid[strcspn(uid, ":")] = '\0';
		each(data, line, uid);
	}
	return 0;
}
