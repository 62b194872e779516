/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The process that holds the namespaces of a pod. Where its PID namespace is shared it is PID 1 there, and
 * everything that loses its parent becomes its child.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stage/stage.h"

void child_hold(struct order *o)
{
	sigset_t chld;
	int signal;

	prctl(PR_SET_NAME, "nsctl-pause");
	/* a user who is not root could open none of its namespaces for the others. Its root is empty, it
	 * holds no right and no file: whoever traces it gains nothing */
	if (o->new_namespaces & CLONE_NEWUSER)
		prctl(PR_SET_DUMPABLE, 1);
	/* standard input and output too: their end is the pod's, not ours. The last ends nsctl's waiting */
	for (int fd = 0; fd < 4096; fd++)
		if (fd != o->line)
			close(fd);
	close(o->line);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		sigwait(&chld, &signal);
	}
}
