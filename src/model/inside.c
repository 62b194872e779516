/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "sys/file.h"
#include "sys/proc.h"

#define PASSWD_MAX (1u << 20)

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

static bool is_folder(int dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

int inside_names(int root_fd, const char *folder, void (*each)(void *data, const char *name, bool is_folder), void *data)
{
	CLEANUP_FD int fd = file_open_in_root(root_fd, folder, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	CLEANUP_DIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir)
		return fd < 0 ? fd : -errno;
	(void)take_fd(&fd); /* the DIR's now */
	for (int n = 0; n < INSIDE_MAX && (entry = readdir(dir));) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		each(data, entry->d_name, is_folder(dirfd(dir), entry));
		n++;
	}
	return 0;
}

int inside_users(int root_fd, void (*each)(void *data, const char *name, const char *uid), void *data)
{
	CLEANUP_FD int fd = file_open_in_root(root_fd, "/etc/passwd", O_RDONLY | O_NONBLOCK);
	CLEANUP_FREE char *text = NULL;
	char *save = NULL;
	int r = fd < 0 ? fd : file_read_fd(fd, PASSWD_MAX, &text, NULL), n = 0;

	if (r < 0)
		return r;
	for (char *line = strtok_r(text, "\n", &save); line && n < INSIDE_MAX; line = strtok_r(NULL, "\n", &save), n++) {
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
