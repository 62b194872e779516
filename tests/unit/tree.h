/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A copy of tests/fixtures/engines below a temporary folder, with live processes in it: @PID0@ to @PID6@,
 * @START0@ to @START6@ are the numbers of children that wait, @DIR@ is the folder.
 */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "sys/file.h"
#include "sys/proc.h"

#define TREE_CHILDREN 7

struct tree {
	char path[64];
	pid_t children[TREE_CHILDREN];
	uint64_t starts[TREE_CHILDREN];
};

static inline pid_t tree_child(uid_t uid)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		if (uid && setresuid(uid, uid, uid) < 0)
			_exit(1);
		/* a change of ids clears the one, and makes a process undumpable: then its /proc is root's */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_DUMPABLE, 1);
		close_range(0, 2, 0); /* a reader of the test's output waits for no child */
		close_fd(&ready[1]);
		for (;;)
			pause();
	}
	/* the child closes its end when it is ready */
	close_fd(&ready[1]);
	while (read(ready[0], &byte, 1) < 0 && errno == EINTR)
		;
	close_fd(&ready[0]);
	return pid;
}

static inline void tree_end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static inline uint64_t tree_start(pid_t pid)
{
	char path[32];
	CLEANUP_FD int dir = -1;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? 0 : proc_start_time(dir);
}

static inline void tree_write(const char *path, const void *data, size_t len)
{
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || file_write_all(fd, data, len) < 0)
		abort();
}

/* Copies `len` bytes with the placeholders replaced. */
static inline void tree_fill(const struct tree *tree, struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		unsigned int n;

		if (text[i] == '@' && len - i >= 5 && !memcmp(text + i, "@DIR@", 5)) {
			buf_str(out, tree->path);
			i += 5;
		} else if (text[i] == '@' && len - i >= 6 && sscanf(text + i, "@PID%u@", &n) == 1 &&
			   n < TREE_CHILDREN) {
			buf_printf(out, "%d", (int)tree->children[n]);
			i += 6;
		} else if (text[i] == '@' && len - i >= 8 && sscanf(text + i, "@START%u@", &n) == 1 &&
			   n < TREE_CHILDREN) {
			buf_printf(out, "%lu", (unsigned long)tree->starts[n]);
			i += 8;
		} else {
			buf_char(out, text[i++]);
		}
	}
}

static inline void tree_copy(const struct tree *tree, const char *from, const char *to)
{
	CLEANUP_DIR DIR *dir = opendir(from);
	struct dirent *entry;

	mkdir(to, 0755);
	while (dir && (entry = readdir(dir))) {
		CLEANUP_FREE char *source = NULL, *target = NULL, *text = NULL;
		CLEANUP_BUF struct buf filled = {0};
		struct stat st;
		size_t len;

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&source, "%s/%s", from, entry->d_name) < 0 ||
			asprintf(&target, "%s/%s", to, entry->d_name) < 0)
			abort();
		if (stat(source, &st) == 0 && S_ISDIR(st.st_mode)) {
			tree_copy(tree, source, target);
			continue;
		}
		if (file_read(AT_FDCWD, source, 1u << 24, &text, &len) < 0)
			abort();
		tree_fill(tree, &filled, text, len);
		tree_write(target, buf_text(&filled), filled.len);
	}
}

/* Where the fixtures are: beside this header, as the compiler saw it, or below the folder with the build. */
static inline bool tree_source(char *ret, size_t size)
{
	const char *slash = strrchr(__FILE__, '/'), *given = getenv("NSCTL_FIXTURES");
	char exe[4096];
	ssize_t n;

	if (given && snprintf(ret, size, "%s/engines", given) < (int)size && access(ret, R_OK) == 0)
		return true;
	snprintf(ret, size, "%.*s/../fixtures/engines", slash ? (int)(slash - __FILE__) : 1,
		slash ? __FILE__ : ".");
	if (access(ret, R_OK) == 0)
		return true;
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	for (int up = 0; n > 0 && up < 6; up++) {
		char *last;

		exe[n] = '\0';
		last = strrchr(exe, '/');
		if (!last)
			break;
		*last = '\0';
		n = (ssize_t)strlen(exe);
		if (snprintf(ret, size, "%s/tests/fixtures/engines", exe) < (int)size &&
			access(ret, R_OK) == 0)
			return true;
	}
	return false;
}

static inline int tree_make(struct tree *tree)
{
	char source[8192];

	memset(tree, 0, sizeof(*tree));
	strcpy(tree->path, "/tmp/nsctl-unit.XXXXXX");
	if (!tree_source(source, sizeof(source)) || !mkdtemp(tree->path))
		return -1;
	for (int i = 0; i < TREE_CHILDREN; i++) {
		tree->children[i] = tree_child(0);
		tree->starts[i] = tree_start(tree->children[i]);
	}
	tree_copy(tree, source, tree->path);
	return 0;
}

/* Removes what is at or below the path, following no link. */
static inline void tree_remove(const char *path)
{
	CLEANUP_DIR DIR *dir = NULL;
	struct dirent *entry;

	if (unlink(path) == 0 || (errno != EISDIR && errno != EPERM))
		return;
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		CLEANUP_FREE char *below = NULL;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (asprintf(&below, "%s/%s", path, entry->d_name) < 0)
			abort();
		tree_remove(below);
	}
	rmdir(path);
}

static inline void tree_free(struct tree *tree)
{
	for (int i = 0; i < TREE_CHILDREN; i++)
		tree_end(tree->children[i]);
	if (!strncmp(tree->path, "/tmp/nsctl-unit.", 16))
		tree_remove(tree->path);
}

#endif
