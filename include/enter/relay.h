/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * stdin, stdout and stderr of the command. Files, pipes and sockets are handed in as they are, so that no byte is lost; a terminal never is
 * (TIOCSTI): its bytes pass through pipes, or with -t through a pty.
 */
#ifndef ENTER_RELAY_H
#define ENTER_RELAY_H

#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

struct err;
struct plan;
struct stage;

#define RELAY_BUFFER 65536

struct relay_pipe {
	int from, to;    /* -1: not in use, or ended */
	bool own_to;     /* `to` is ours to close when `from` ends */
	char *data;      /* owned */
	uint32_t len, at; /* what is read and not yet written */
};

struct relay {
	int child[3];    /* what the command gets: ours until the stage has them */
	bool own_child[3];
	int master;      /* of the pty, -1 */
	int terminal;    /* the caller's, -1 */
	struct termios saved; /* of terminal */
	bool raw;
	struct relay_pipe pipes[3];
};

/* Decides and opens, before the stage runs; sets stdio, terminal and termios in the plan's order. */
int relay_open(struct relay *relay, struct plan *plan, struct err *err);

/* Once the stage has its ends: closes ours, sets the terminal raw. */
void relay_start(struct relay *relay);

/* Moves bytes, passes signals, resizes, keeps the time, until the command has ended and everything it wrote is out. *ret_timed_out. */
int relay_loop(struct relay *relay, struct plan *plan, struct stage *stage, bool *ret_timed_out, struct err *err);

void relay_close(struct relay *relay); /* restores the terminal */
#define CLEANUP_RELAY __attribute__((cleanup(relay_close)))

#endif
