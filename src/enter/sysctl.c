/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enter/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/file.h"

#define FILES_MAX 8

/* the static program, put into this one by the linker */
extern const char _binary_nsctl_stage_start[], _binary_nsctl_stage_end[];

static void become_stage(int program, int net_fd, int out, const char *const *files, size_t n)
{
	char number[16];
	const char *argv[FILES_MAX + 4] = {"nsctl-stage", number, NULL};
	char *const env[] = {NULL};
	int net = fcntl(net_fd, F_DUPFD, 3); /* without close-on-exec */

	snprintf(number, sizeof(number), "%d", net);
	/* four words at least: with fewer it waits for an order */
	for (size_t i = 0; i < n; i++)
		argv[2 + i] = files[i];
	if (n == 1)
		argv[3] = "";
	if (net >= 0 && dup2(out, 1) == 1)
		syscall(SYS_execveat, program, "", argv, env, AT_EMPTY_PATH);
	_exit(127);
}

static int read_lines(int fd, size_t n, char ret[][SYSCTL_LINE])
{
	CLEANUP_FILE FILE *file = fdopen(fd, "re");

	if (!file)
		return -errno;
	for (size_t i = 0; i < n; i++) {
		if (!fgets(ret[i], SYSCTL_LINE, file))
			return -EIO;
		ret[i][strcspn(ret[i], "\n")] = '\0';
	}
	return 0;
}

int sysctl_read_in(int net_fd, const char *const *files, size_t n, char ret[][SYSCTL_LINE])
{
	/* cppcheck-suppress comparePointers ; the linker's two ends of one object */
	size_t size = (size_t)(_binary_nsctl_stage_end - _binary_nsctl_stage_start);
	CLEANUP_FD int program = file_memfd("nsctl-stage", _binary_nsctl_stage_start, size, true);
	CLEANUP_FD int theirs = -1;
	int ends[2], status, error;
	pid_t child;

	if (program < 0 || n > FILES_MAX)
		return program < 0 ? program : -E2BIG;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	theirs = ends[1];
	child = fork();
	if (child == 0)
		become_stage(program, net_fd, theirs, files, n);
	error = child < 0 ? -errno : 0;
	close_fd(&theirs);
	if (!error)
		error = read_lines(ends[0], n, ret);
	else
		close_fd(&ends[0]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	/* the one thing that it can fail in is joining */
	return error == -EIO && WIFEXITED(status) && WEXITSTATUS(status) == 1 ? -EPERM : error;
}
