/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What process_list_of() is put together from. For src/model/process*.c only.
 */
#ifndef MODEL_PROCESS_PARTS_H
#define MODEL_PROCESS_PARTS_H

#include "model/process.h"
#include "model/process_scope.h"
#include "sys/reader_queue.h"

/* process.c: what the needs say of the process or thread whose folder dir is, but for its command and for what its container
 * makes of it. -ESRCH when it has ended. process_clear() frees what it owns. */
#define PROCESS_NONE {.euid_inside = PROCESS_ID_NONE, .egid_inside = PROCESS_ID_NONE}
int process_read(int dir, unsigned int needs, struct process *ret);
void process_clear(struct process *p);

/* process_command.c: command lines that are wanted, read many at a time (sys/reader.h says why). */
#define PROCESS_COMMAND_MAX 65536
struct process_commands {
	struct reader reader;
	struct reader_queue queue;
	size_t lost; /* that could not be read in time */
	pid_t first_lost;
};
/* The command of item `at`, by its process's folder. It is open from then on: that of this process, whoever has its number later.
 * -ESRCH, or why it cannot be read; result may be NULL. */
int process_commands_want(struct process_commands *commands, int dir, const char *path, size_t at, int *result);
int process_comm_read(struct process *p); /* comm, by its number; a negative errno */
/* Takes what is there, when it is time to; then, with `all`, the rest too. Of items that are `size` bytes each and begin with a
 * struct process. What has ended meanwhile gets state 'X'. -ENOMEM. */
int process_commands_read(struct process_commands *commands, void *items, size_t size, bool all);
void process_commands_free(struct process_commands *commands);

/* process_names.c: names, and ids inside. The tables and maps of a container (NULL: the host) are read once and kept in *all;
 * init_dir is its init's /proc folder, or -1. NULL without memory. */
const struct process_names *process_names_of(struct process_names **all, const struct container *c, int init_dir);
void process_names_set(struct process *p, const struct process_names *inside, const struct process_names *host);
void process_names_join(struct process_names **all, struct process_names *more); /* takes them over */
void process_names_free(struct process_names *names);

/* process_session.c: of those from `first` on; their ppid is known. -ENOMEM. */
int process_sessions_set(struct process_list *list, size_t first, const struct process_scope *scope);

/* process_more.c: reads what the needs say below dir, the process's or thread's own folder. -ENOMEM, -ESRCH. */
int process_more_read(int dir, unsigned int needs, struct process *p);
/* What libproc2 knows of those from `first` on; without it nothing is. -ENOMEM. */
int process_times_set(struct process_list *list, size_t first, bool threads);
void process_more_free(struct process_more *more);

/* process_cgroup.c: the cgroup of a container's init when it is the container's alone: an engine made it, and neither the
 * caller nor what started it stands there or below. Its line of /proc/PID/cgroup without the first number
 * (":name=systemd:/docker/ID", "::/docker/ID"), and the folder. Both owned, NULL when there is none. */
struct process_cgroup {
	char *line;
	char *dir;
	bool v2;
};
void process_cgroup_find(const struct container *c, int init_dir, pid_t parent, struct process_cgroup *ret);
void process_cgroup_free(struct process_cgroup *cgroup);
#define CLEANUP_PROCESS_CGROUP __attribute__((cleanup(process_cgroup_free)))

/* Is the process there, or below? By the text, which zombies have too, and cgroup.procs leaves out. */
bool process_cgroup_holds(const char *line, int dir);

#endif
