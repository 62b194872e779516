/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ctrl-C of a person before the REPL. It is blocked but where somebody waits with a mask that lets it in (the prompt, a command that
 * has not begun, a watch between two rounds), so a key that comes between two steps is there yet for the next.
 */
#include <signal.h>
#include <time.h>

#include "app/repl.h"

static void nothing(int signal)
{
	(void)signal;
}

static void only_interrupt(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
}

bool repl_interrupt_take(void)
{
	static const struct timespec now = {0};
	sigset_t set;

	only_interrupt(&set);
	return sigtimedwait(&set, NULL, &now) == SIGINT;
}

/* A handler, not ignored: it ends the waiting, and what is ignored stays so in commands. */
void repl_interrupt_hold(struct sigaction *ret_action, sigset_t *ret_mask)
{
	const struct sigaction action = {.sa_handler = nothing};
	sigset_t set;

	only_interrupt(&set);
	sigprocmask(SIG_BLOCK, &set, ret_mask);
	sigaction(SIGINT, &action, ret_action);
}

void repl_interrupt_let(const struct sigaction *action, const sigset_t *mask)
{
	(void)repl_interrupt_take();
	sigaction(SIGINT, action, NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
}
