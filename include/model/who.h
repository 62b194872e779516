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

struct who_list {
	struct who *items; /* owned */
	size_t n, cap;
	struct process_names *names; /* owned */
};

/* Appends the process; of a thread's number the process that it is of (process.host_pid is another number then). `needs` are
 * those of model/process.h: COMMAND and NAMES count, what else is in struct process is filled in part only. -ESRCH when there
 * is none, -EACCES when it may not be looked at; -ENOMEM. */
int who_read(struct owner_index *index, int proc, pid_t pid, unsigned int needs, struct who_list *ret);

/* Takes a process out of a process list, which keeps an empty one, into this one. */
int who_take(struct process_list *from, size_t i, struct who_list *ret);

void who_list_pop(struct who_list *list); /* the last one */
void who_list_sort(struct who_list *list); /* by host_pid, each once */
void who_list_free(struct who_list *list);
#define CLEANUP_WHO __attribute__((cleanup(who_list_free)))

#endif
