/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The host's shell: what stands behind `!`, and what an unquoted | or > hands the output to.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/repl.h"
#include "base/cleanup.h"
#include "base/err.h"

extern char **environ;

/* nsctl ignores SIGPIPE, and its REPL catches SIGINT: neither must arrive. `input` is a descriptor, or -1. */
static int spawn_shell(const char *command, int input, pid_t *ret)
{
	char *argv[] = {"sh", "-c", (char *)command, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t set;
	int error = posix_spawn_file_actions_init(&files);

	if (error)
		return -error;
	error = posix_spawnattr_init(&attributes);
	if (error) {
		posix_spawn_file_actions_destroy(&files);
		return -error;
	}
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&attributes, &set);
	sigaddset(&set, SIGPIPE);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	posix_spawnattr_setsigdefault(&attributes, &set);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (input >= 0)
		error = posix_spawn_file_actions_adddup2(&files, input, 0);
	if (!error)
		error = posix_spawn(ret, "/bin/sh", &files, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return -error;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int repl_shell_run(const char *command, int *ret_status, struct err *err)
{
	pid_t pid = 0;
	int error = spawn_shell(command, -1, &pid);

	if (error < 0)
		return err_sys(err, error, "cannot start /bin/sh");
	*ret_status = wait_for(pid);
	return 0;
}

int repl_shell_begin(const char *command, struct repl_shell *ret, struct err *err)
{
	CLEANUP_FD int saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), from = -1, to = -1;
	int ends[2], error;

	if (saved < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, -errno, "cannot make a pipe");
	from = ends[0];
	to = ends[1];
	error = spawn_shell(command, from, &ret->pid);
	if (error < 0)
		return err_sys(err, error, "cannot start /bin/sh");
	fflush(stdout);
	if (dup2(to, STDOUT_FILENO) < 0) {
		error = -errno;
		close_fd(&to);
		wait_for(ret->pid);
		return err_sys(err, error, "cannot redirect the output");
	}
	ret->saved = take_fd(&saved);
	return 0;
}

int repl_shell_end(struct repl_shell *shell, int *ret_status, struct err *err)
{
	int error = 0;

	if (shell->saved < 0)
		return 0;
	if (dup2(shell->saved, STDOUT_FILENO) < 0)
		error = err_sys(err, -errno, "cannot get the output back");
	close_fd(&shell->saved);
	*ret_status = wait_for(shell->pid);
	return error;
}
