/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Engines: each finds its containers in its own state files and names them. No daemon is asked.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/container.h"

struct err;
struct trace;
struct finder;
struct ns_scan;
struct reader;

/* --root and --data-root as given: ENGINE=DIR, in order. "ENGINE=" drops the defaults. Data roots
 * stand in for the usual data folders; all of one engine's are searched. */
struct engine_roots {
	const char *const *roots;
	size_t n_roots;
	const char *const *data_roots;
	size_t n_data_roots;
};

/* Told of what could not be read: a broken, foreign or closed state file never hides the others. `code` is a
 * negative errno. */
typedef void engine_note_fn(void *data, const char *engine, const char *path, int code, const char *message);

struct engine_query {
	struct engine_roots roots;
	const char *only;   /* an engine's name, or NULL: all */
	bool chosen; /* with `only`: what is wanted has an ID that someone chose, or none: who cannot own that is not asked */
	const char *needle; /* NULL, or bytes that the wanted container's state must hold somewhere (its name,
			       ID prefix, pod): an engine may skip, before parsing, what cannot match. A hint;
			       more may come back. */
	bool stopped;	    /* stopped containers too */
	bool bare;	    /* bare groups too: costs a scan of /proc */
	bool deep;	    /* what shares everything but a PID or a user namespace, too */
	struct ns_scan *scan; /* NULL; else, with bare: what it read of all processes is left here, the caller's to free, and its
				 mask is what else is to be read */
	struct reader *reader; /* NULL, or the caller's, which it uses for command lines of its own too: a child costs something */
	engine_note_fn *note;
	void *note_data;
	unsigned int *denied; /* NULL, or set: a bit for each row of engines[] that may have more, of root's, which is closed to the caller */
	const struct trace *trace; /* told what was read; may be NULL */
};

/* An engine's container may be another's record too. Which ones can be its: by their ID. */
enum engine_owns {
	OWNS_NONE,
	OWNS_CHOSEN, /* those whose ID people choose */
	OWNS_GIVEN,  /* those with an ID of STATE_ID_LEN hex digits, which it gives. What someone puts into its containerd's namespace
			under another ID is listed as its, and ENGINE/NAME may name it as the runtime's all the same */
};

struct engine {
	const char *name;
	const char *title; /* one line for help */
	const char *const
		*roots;	  /* default run-state roots, NULL-terminated; "%u", "%r", "%h" in one: engine/roots.h */
	const char *stop;   /* the engine's own command that stops a container, "docker stop %n", or NULL: engine/command.h */
	const char *resume; /* that unpauses it */
	const char *start;  /* that starts it again; NULL: the engine's are made anew, by whoever made them */
	/* Appends what it finds below `root`. Notes what it cannot read and goes on; an error is for lack of
	 * memory only. */
	int (*find)(const struct finder *finder, const char *root); /* engine/engines.h */
	bool labels; /* has its containers labelled; else it is known that there are none */
	enum engine_owns owns; /* of what crun or runc run for it */
};

/* In the order in which a container that several know is taken: docker cri podman lxc nsctl containerd crun
 * runc bare. Ends with a NULL name. */
extern const struct engine engines[];
const struct engine *engine_by_name(const char *name);

/* All engines' containers that the query wants, each once (the same init once: the first engine of the table
 * that knows it), in the default order: engine, namespace, pod, name. */
int engine_list(const struct engine_query *query, struct container_list *ret, struct err *err);

#endif
