/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What process_list_of() is put together from. For src/model/process*.c only.
 */
#ifndef MODEL_PROCESS_PARTS_H
#define MODEL_PROCESS_PARTS_H

#include "model/process.h"
#include "model/process_scope.h"

/* process_names.c: names and ids inside. The tables of a container are read once and kept in the list. -ENOMEM. */
int process_names_set(struct process_list *list, size_t first, const struct process_scope *scope);
void process_names_free(struct process_names *names);

/* process_session.c: of those from `first` on; their ppid is known. -ENOMEM. */
int process_sessions_set(struct process_list *list, size_t first, const struct process_scope *scope);

/* process_more.c: reads what the needs say below dir, the process's or thread's own folder. -ENOMEM, -ESRCH. */
int process_more_read(int dir, unsigned int needs, struct process *p);
void process_more_free(struct process_more *more);

#endif
