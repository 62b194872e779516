/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * idle N [WORD]: N processes that sleep, with WORD on their command line; says "ready" and waits until its standard input
 * ends, or it is ended: they end with it, and in the first case before it. Built static, so that 20 000 of them take little memory.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	pid_t self = getpid(), *pids = calloc(n > 0 ? (size_t)n : 1, sizeof(*pids));
	char byte;

	if (!pids)
		return 1;
	signal(SIGCHLD, SIG_IGN);
	for (long i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0) {
			perror("idle: fork"); /* those that are there end with this one */
			return 1;
		}
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() != self)
				_exit(0);
			close(0);
			close(1);
			for (;;)
				pause();
		}
		pids[i] = pid;
	}
	if (write(1, "ready\n", 6) != 6)
		return 1;
	while (read(0, &byte, 1) > 0)
		;
	for (long i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0) /* until all have ended, as none is kept */
		;
	return 0;
}
