/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The history's file: $NSCTL_HISTFILE, else nsctl/history below XDG_STATE_HOME. Written line by line as lines are entered, so that two
 * sessions keep both theirs; cut to its bound when it is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/repl.h"
#include "base/buf.h"
#include "base/cleanup.h"

#define FILE_MAX (4u << 20)

/* Who holds it for long does not make us wait. */
static bool lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

/* malloc'd, or NULL: no history is kept. */
static char *history_path(bool make_folder)
{
	const char *file = secure_getenv("NSCTL_HISTFILE"), *state = secure_getenv("XDG_STATE_HOME");
	const char *home = secure_getenv("HOME");
	CLEANUP_BUF struct buf path = {0};

	if (file)
		return *file ? strdup(file) : NULL;
	if (state && *state == '/')
		buf_str(&path, state);
	else if (home && *home == '/')
		buf_printf(&path, "%s/.local/state", home);
	else
		return NULL;
	buf_str(&path, "/nsctl");
	/* each part that is missing, for the user alone */
	for (size_t i = 1; make_folder && i <= path.len; i++) {
		char kept = path.data[i];

		if (kept && kept != '/')
			continue;
		path.data[i] = '\0';
		(void)mkdir(path.data, 0700);
		path.data[i] = kept;
	}
	buf_str(&path, "/history");
	return buf_take(&path);
}

/* A link, a FIFO or another's file is no history: what was typed would be somebody else's. */
static int open_history(int flags)
{
	CLEANUP_FREE char *path = history_path(flags & O_CREAT);
	CLEANUP_FD int fd = path ? open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600) : -1;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1)
		return -1;
	if (st.st_mode & 077 && fchmod(fd, 0600) < 0)
		return -1;
	return take_fd(&fd);
}

/* The last REPL_HISTORY_MAX lines of the text begin here. */
static char *last_lines(char *text, size_t len)
{
	size_t lines = 0;

	for (char *at = text + len; at > text; at--)
		if (at[-1] == '\n' && lines++ == REPL_HISTORY_MAX)
			return at;
	return text;
}

static void cut(int fd, const char *from, size_t len)
{
	if (pwrite(fd, from, len, 0) == (ssize_t)len)
		(void)!ftruncate(fd, (off_t)len);
}

void repl_history_read(void (*each)(const char *line))
{
	CLEANUP_FD int fd = open_history(O_RDWR);
	CLEANUP_FREE char *text = NULL;
	struct stat st;
	char *from, *save = NULL;
	ssize_t n;
	size_t size;

	if (fd < 0 || !lock(fd) || fstat(fd, &st) < 0)
		return;
	size = st.st_size > FILE_MAX ? FILE_MAX : (size_t)st.st_size;
	text = malloc(size + 1);
	n = text ? pread(fd, text, size, st.st_size - (off_t)size) : -1;
	if (n <= 0)
		return;
	text[n] = '\0';
	from = last_lines(text, (size_t)n);
	if (from != text || size < (size_t)st.st_size)
		cut(fd, from, (size_t)(text + n - from));
	for (char *line = strtok_r(from, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		each(line);
}

void repl_history_add(const char *line)
{
	CLEANUP_FD int fd = open_history(O_WRONLY | O_APPEND | O_CREAT);
	CLEANUP_BUF struct buf text = {0};

	buf_printf(&text, "%s\n", line);
	if (fd < 0 || text.failed)
		return;
	(void)lock(fd); /* against a cut */
	(void)!write(fd, text.data, text.len);
}
