/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run of one verb: the globals that stood on the command line, the notes that it gathers.
 */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/opt.h"
#include "engine/engine.h"
#include "engine/target.h"

struct err;

/* Something that could not be read or applied while the rest went on: a line on stderr, an item of `errors` in JSON. */
struct note {
	char *target;  /* "docker", "docker/web": owned */
	int code;      /* negative errno, 0: a remark that does not make the answer partial */
	char *message; /* owned */
	char *hint;    /* or NULL, owned */
};

struct session {
	/* Globals: they may stand before the verb, and among its options. */
	const char *namespace;   /* -n */
	struct opt_list roots;       /* --root ENGINE=DIR, behind those of NSCTL_ROOT */
	struct opt_list data_roots;  /* --data-root ENGINE=DIR */
	const char *color;       /* --color auto|always|never */
	bool verbose;            /* -v */
	bool quiet_notes;        /* set while a format prints notes itself */

	struct note *notes;
	size_t n_notes;
};

extern const struct opt session_opts[]; /* the globals, rows over struct session */

/* Notes print as "nsctl: TARGET: MESSAGE" at the end of the run, before the error. */
void session_note(struct session *s, const char *target, int code, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
bool session_partial(const struct session *s); /* a note with a code was made */

/* A query for engine_list() and target_resolve() that carries the session's roots and notes into the session. */
struct engine_query session_engines(struct session *s);

/* target_resolve() with -n, `container` (-c or NULL) and the session's roots. */
int session_target(struct session *s, const char *text, const char *container, struct container *ret, struct err *err);

int session_init(struct session *s, struct err *err); /* reads NSCTL_ROOT */
void session_free(struct session *s);

#endif
