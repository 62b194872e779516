/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enter/tools.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sys/file.h"
#include "sys/program.h"
#include "sys/spawn.h"

#define PROGRAM_MAX (512u << 20)
#define LIST_MS 5000

/* Where distributions put a static one; a busybox that needs libraries is passed over. */
static const char *const places[] = {
	"/usr/bin/busybox", "/bin/busybox", "/usr/bin/busybox.static", "/bin/busybox.static", "/sbin/busybox",
	"/usr/sbin/busybox", "/usr/local/bin/busybox",
};

/* Why it cannot be one, as an errno; 0: it can. */
static int look(int fd)
{
	char head[PROGRAM_HEAD];
	ssize_t n = pread(fd, head, sizeof(head), 0);

	return n < 0 ? -errno : program_is_static(head, (size_t)n);
}

/* Root's alone, also for an ordinary user: it is found without being asked for. */
static bool is_roots(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_uid == 0 && !(st.st_mode & S_IWOTH) && (!(st.st_mode & S_IWGRP) || st.st_gid == 0);
}

static int open_busybox(const char **ret_path)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		CLEANUP_FD int fd = file_open(AT_FDCWD, places[i]);

		if (fd < 0 || !is_roots(fd) || look(fd) < 0)
			continue;
		*ret_path = places[i];
		return take_fd(&fd);
	}
	return -ENOENT;
}

const char *tools_busybox(void)
{
	const char *path = NULL;
	CLEANUP_FD int fd = open_busybox(&path);

	return path;
}

bool tools_offer(const char *name)
{
	const char *path = tools_busybox();
	char *argv[] = {(char *)"busybox", (char *)"--list", NULL}, list[16384], *save = NULL;

	if (!path || spawn_output(path, argv, LIST_MS, list, sizeof(list)) <= 0)
		return false;
	for (const char *line = strtok_r(list, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (!strcmp(line, name))
			return true;
	return false;
}

static int refuse(const char *shown, int error, struct err *err)
{
	switch (error) {
	case -ELIBACC:
		err_set(err, error, ERR_USAGE, "%s needs libraries, and those are the host's", shown);
		break;
	case -EPROTOTYPE:
		err_set(err, error, ERR_USAGE, "%s is a program of another kind of machine", shown);
		break;
	case -ENOEXEC:
		err_set(err, error, ERR_USAGE, "%s is no program", shown);
		break;
	case -EINVAL:
		err_set(err, error, ERR_USAGE, "%s is no regular file", shown);
		break;
	default:
		return err_sys(err, error, "cannot read %s", shown);
	}
	return err_hint(err, "a static one is wanted: of busybox-static, or made with gcc -static");
}

static int copy(int from, int to)
{
	off_t done = 0;
	ssize_t n;

	while ((n = sendfile(to, from, &done, 1 << 20)) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		if (done > PROGRAM_MAX)
			return -EFBIG;
	}
	return 0;
}

int tools_open(const char *file, const char **ret_name, struct err *err)
{
	const char *path = *file ? file : NULL, *slash;
	CLEANUP_FD int fd = path ? file_open(AT_FDCWD, path) : open_busybox(&path);
	CLEANUP_FD int memory = -1;
	int error;

	if (fd < 0 && !*file) {
		err_set(err, fd, ERR_FAILED, "there is no static busybox here whose tools could be used");
		return err_hint(err, "apt-get install busybox-static, or --tools=FILE for another static program");
	}
	if (fd < 0)
		return refuse(path, fd, err);
	slash = strrchr(path, '/');
	*ret_name = slash ? slash + 1 : path;
	memory = file_memfd_new(*file ? "tool" : "busybox", true);
	if (memory < 0)
		return err_sys(err, memory, "cannot make a file in memory");
	error = copy(fd, memory);
	/* what was copied is looked at, and no longer what could have changed meanwhile */
	if (!error)
		error = look(memory);
	if (error < 0)
		return refuse(path, error, err);
	/* the command, who may be its owner, cannot change what it runs */
	error = file_seal(memory);
	return error < 0 ? err_sys(err, error, "cannot seal the copy of %s", path) : take_fd(&memory);
}
