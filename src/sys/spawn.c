/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/program.h"

char *spawn_find(const char *name)
{
	const char *path = secure_getenv("PATH");
	CLEANUP_FREE char *dirs = strdup(path && *path ? path : PROGRAM_PATH);
	char *rest = dirs, *dir;

	while (dirs && (dir = strsep(&rest, ":"))) {
		CLEANUP_FREE char *file = NULL;
		CLEANUP_FD int fd = -1;

		if (*dir != '/' || asprintf(&file, "%s/%s", dir, name) < 0) {
			file = NULL;
			continue;
		}
		fd = file_open(AT_FDCWD, file);
		if (fd >= 0 && file_trusted(fd, NULL) && access(file, X_OK) == 0)
			return take_ptr(&file);
	}
	return NULL;
}

static pid_t start(const char *path, char *const argv[], int out)
{
	static char *const env[] = {(char *)"PATH=" PROGRAM_PATH, (char *)"HOME=/", (char *)"LC_ALL=C", NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	pid_t pid;
	int error;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	posix_spawn_file_actions_adddup2(&files, out, 2);
	error = posix_spawn(&pid, path, &files, &attributes, argv, env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return error ? -error : pid;
}

long spawn_output(const char *path, char *const argv[], int timeout_ms, char *to, size_t size)
{
	const int64_t end = clock_ms() + timeout_ms;
	CLEANUP_FD int in = -1;
	CLEANUP_FD int out = -1;
	size_t len = 0;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	in = ends[0];
	out = ends[1];
	pid = start(path, argv, out);
	if (pid < 0)
		return pid;
	close_fd(&out);
	while (len < size - 1) {
		struct pollfd p = {.fd = in, .events = POLLIN};
		int64_t left = end - clock_ms();
		int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
		ssize_t n = ready > 0 ? read(in, to + len, size - 1 - len) : ready;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	to[len] = '\0';
	kill(pid, SIGKILL); /* it has said what it had to say, or its time is up */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return (long)len;
}
