/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/companion.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/file.h"

#define ARGUMENTS_MAX (8u << 20)
#define NAME "nsctl"

/* put into the static program by the linker, and into no other */
extern const char _binary_nsctl_shared_start[] __attribute__((weak)), _binary_nsctl_shared_end[] __attribute__((weak));

/* Those of the whole command line: a verb gets its own words, without the globals. */
static char **arguments(char *text, size_t len)
{
	char **argv = calloc(len + 1, sizeof(*argv));
	size_t n = 0;

	for (size_t at = 0; argv && at < len; at += strlen(text + at) + 1)
		argv[n++] = text + at;
	return argv;
}

/* A loader that finds no fitting C library says so behind the execve, when there is no way back: so one is tried first. */
static bool starts(const char *path)
{
	char *argv[] = {(char *)NAME, (char *)"--version", NULL};
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t child;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
	if (posix_spawn(&child, path, &actions, NULL, argv, environ) == 0)
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
	posix_spawn_file_actions_destroy(&actions);
	return status == 0;
}

void companion_run(void)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char **argv = NULL;
	CLEANUP_FD int fd = -1;
	size_t len = 0, size;
	char path[32];

	if (!_binary_nsctl_shared_start) {
		prctl(PR_SET_NAME, NAME); /* what was executed from a descriptor is called by that */
		return;
	}
	if (getauxval(AT_SECURE) || file_read(AT_FDCWD, "/proc/self/cmdline", ARGUMENTS_MAX, &text, &len) < 0)
		return;
	argv = arguments(text, len);
	/* cppcheck-suppress comparePointers ; the linker's two ends of one object */
	size = (size_t)(_binary_nsctl_shared_end - _binary_nsctl_shared_start);
	fd = file_memfd(NAME, _binary_nsctl_shared_start, size, true);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (argv && argv[0] && fd >= 0 && starts(path))
		execv(path, argv);
}
