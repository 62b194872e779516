/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * keeper COMMAND...: whatever COMMAND leaves running becomes a child of ours, as with an init that does not reap: what ends stays a
 * zombie until our stdin does. The status is COMMAND's.
 */
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status = 0;
	char byte;
	pid_t pid;

	if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 || (pid = fork()) < 0)
		return 125;
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (status == 0) {
		puts("ready");
		fflush(stdout);
		while (read(0, &byte, 1) > 0)
			;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
