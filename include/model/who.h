/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Processes by their PIDs outside, each with the container that it is in.
 */
#ifndef MODEL_WHO_H
#define MODEL_WHO_H

#include "model/owner.h"
#include "model/process.h"

struct who {
	struct process process; /* container NULL: in none, or not known; pid is 0 then */
	enum owner owner;
};

struct err;

struct who_list {
	struct who *items; /* owned */
	size_t n, cap;
	struct process_names *names; /* owned */
	size_t lost;      /* commands whose process's memory did not answer */
	pid_t first_lost;
};

/* Reads the processes of the PIDs, of a thread's number the process that it is of (process.host_pid is another number then), and
 * appends a row for each that is there, in their order. `needs` are those of model/process.h: COMMAND and NAMES count, what else
 * is in struct process is filled in part only. results[i] is 0 when there is a row for pids[i], -ESRCH when there is no such
 * process, -EACCES and the like when it may not be looked at. Many are read by several threads. Returns -ENOMEM, or what keeps
 * everything from being read, with err. */
int who_read(const struct container_list *all, const pid_t *pids, size_t n, unsigned int needs, struct who_list *ret,
	int *results, struct err *err);

/* Takes a process out of a process list, which keeps an empty one, into this one. */
int who_take(struct process_list *from, size_t i, struct who_list *ret);

void who_list_move(struct who_list *list, size_t from, size_t to); /* row `from` changes places with row `to` */
void who_list_cut(struct who_list *list, size_t n); /* keeps the first n */
void who_list_sort(struct who_list *list); /* by host_pid, each once */
void who_list_free(struct who_list *list);

#endif
