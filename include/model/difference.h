/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Differences: two containers, or a container and the host, by what the kernel holds for them. Each side is read as facts, a key
 * and a field with a value; the facts of both are joined.
 */
#ifndef MODEL_DIFFERENCE_H
#define MODEL_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/container.h"

struct err;
struct trace;

enum difference_verdict { DIFFERENCE_SAME, DIFFERENCE_DIFFERS, DIFFERENCE_LEFT, DIFFERENCE_RIGHT, DIFFERENCE_UNKNOWN };

struct difference {
	const char *view;   /* "caps"; static */
	char *key, *field;  /* "NET_ADMIN", "sets"; owned */
	char *left, *right; /* NULL: not there; owned */
	enum difference_verdict verdict;
};

struct difference_list {
	struct difference *items; /* in the order in which the left side has them, then what only the right side has */
	size_t n, cap;
	void *names; /* tsearch(3)'s, for difference_add(); owned */
	size_t lost; /* command lines of processes whose memory did not answer */
	pid_t first_lost;
	const struct trace *trace; /* told how processes are found; the caller's, may be NULL */
};

/* A fact of one side: joined with the other's of the same view, key and field. -ENOMEM. */
int difference_add(struct difference_list *list, const char *view, bool right, const char *key, const char *field,
	const char *value);
/* That side of the view could not be read, or not all of it: where it has no value, that is not known. */
void difference_unread(struct difference_list *list, const char *view, bool right);
void difference_free(struct difference_list *list);

const char *difference_name(enum difference_verdict verdict); /* "same", "differs", "left-only", "right-only"; NULL: unknown */

/* What can be compared: the views, in the order in which they are shown. */
struct difference_view {
	const char *name; /* as --only has it */
	const char *help;
	const char *files; /* of /proc/PID, that it reads; NULL: processes */
	/* Appends the facts of one side. The host is a container of engine "host". -ESRCH, -EACCES and the like. */
	int (*read)(const struct container *c, int proc_fd, bool right, struct difference_list *list);
};
extern const struct difference_view difference_views[]; /* ends with a NULL name */

/* The processes of a container: each with its PID inside (left) and the host's (right). *ret_hidden is how many processes of the
 * host it does not see. */
int difference_pids(const struct container *c, struct difference_list *list, size_t *ret_hidden, struct err *err);

/* The processes of two: by the PID inside, their command lines. */
int difference_processes(const struct container *c, bool right, struct difference_list *list, struct err *err);

#endif
