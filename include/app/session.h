/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One run of one verb: the globals that stood on the command line, the notes that it gathers.
 */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/opt.h"
#include "base/trace.h"
#include "engine/engine.h"
#include "engine/target.h"
#include "out/note.h"

struct err;

struct session {
	/* Globals: they may stand before the verb, and among its options. */
	const char *namespace;   /* -n */
	struct opt_list roots;       /* --root ENGINE=DIR, behind those of NSCTL_ROOT */
	struct opt_list data_roots;  /* --data-root ENGINE=DIR */
	const char *color;       /* --color auto|always|never */
	unsigned int verbose;    /* -v is 1, -vv is 2 */
	bool help;               /* -h: on one screen */
	bool full_help;          /* --help: all of it */
	bool version;            /* --version */

	const struct config *config; /* what the config files say, or NULL: not read; borrowed, or own_config */
	struct config *own_config;   /* owned */
	const char *context;     /* the target that the REPL was told to use, or NULL; borrowed */
	bool repl;               /* the process goes on behind this verb */
	bool runs_command;       /* of the verb that ran: the exit status column */
	struct trace trace;      /* session_trace() */
	char *root_words;        /* NSCTL_ROOT, cut into words; owned */
	struct note *notes;
	size_t n_notes;
	bool notes_lost;
};

extern const struct opt session_opts[]; /* the globals, rows over struct session */

/* Notes print as "nsctl: TARGET: MESSAGE" (without TARGET when it is NULL) and an indented hint at the end of the run,
 * before the error; or earlier, by session_print_notes(): before a command starts, say. Code 0 is a remark. */
void session_note(struct session *s, const char *target, int code, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void session_note_silent(struct session *s, bool again); /* what aside_each() tells of containers' files */
void session_print_notes(struct session *s); /* to stderr, each once */
bool session_partial(const struct session *s); /* a note with a code was made */
bool session_denied(const struct session *s);  /* one of them for want of a privilege */

/* Where what -v asks for is told, on stderr at once; NULL without -v. Good as long as the session. */
const struct trace *session_trace(struct session *s);

/* A query for engine_list() and target_resolve() that carries the session's roots and notes into the session. */
struct engine_query session_engines(struct session *s);

/* target_resolve() with -n, `container` (-c or NULL) and the session's roots. What could not be read on the way is noted
 * only when the target is not found: it does not touch a target that was. */
int session_target(struct session *s, const char *text, const char *container, struct container *ret, struct err *err);

/* How a verb that prints a list ends: out_run(), with the notes of the session that were made in gather() as the list's,
 * in each round anew. *status becomes that of a partial answer when one of them, or one made before, has a code. */
struct out;
struct out_source;
int session_list(struct session *s, const struct out *out, const struct out_source *source, int *status, struct err *err);

int session_init(struct session *s, struct err *err); /* reads NSCTL_ROOT: ENGINE=DIR, joined by ':' */
int session_check(const struct session *s, struct err *err); /* do --root and --data-root name engines? */
void session_free(struct session *s);

#endif
