/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One command line from its words to its exit status. The command line of nsctl itself and every line of the REPL are run by
 * it, each with a session of its own: nothing of one reaches the next.
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include <stdbool.h>

#include "base/opt.h"

struct err;

/* What the REPL hands to the commands that it runs; all zero for nsctl's own command line. Borrowed. */
struct command_context {
	const char *target;          /* what `use` has set, or NULL */
	const char *namespace;       /* globals of the REPL's own command line, NULL or empty: not given */
	const char *color;
	const struct opt_list *roots, *data_roots;
	const struct config *config; /* as the REPL has read it; its roots are among these */
	unsigned int verbose;
	bool repl;                   /* the process goes on behind the command */
};

/* argv[0] is ignored. Prints what the verb prints, then its notes, then its error: the only place that prints one. Returns the
 * exit status; never exits. */
int command_run(int argc, char **argv, const struct command_context *context);

/* Prints an error as command_run() does: "nsctl: MESSAGE", why, what to do. */
void command_print_error(const struct err *err);

#endif
