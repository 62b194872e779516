/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * peak COMMAND [ARG...]: the peak memory of a command itself, in KB. A small parent, since the figure begins at what the
 * process had before execve.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = fork();
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	/* RUSAGE of the process and of what it waited for: the larger of both */
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0 || status)
		return 1;
	printf("%ld\n", usage.ru_maxrss);
	return 0;
}
