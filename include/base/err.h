/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors: set once, where they happen; untouched on success; printed once, by command_run().
 * Functions that can fail return 0 or a negative errno and take `struct err *` last.
 *
 * The texts are as they came, names and paths of containers included: hostile. Who shows one escapes it, as a whole: command_print_error()
 * for a person, out/cell.h and out/html.h where it is a value, the writers of JSON and YAML. So nobody else does.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* What went wrong, as far as the exit status cares. The two columns of the exit status table in nsctl(1)
 * (exec, shell and run; all other verbs) are made from this in err_status(). */
enum err_kind {
	ERR_FAILED = 0,    /* nsctl itself failed: 125, else 2 */
	ERR_USAGE,         /* 125, else 2 */
	ERR_NO_TARGET,     /* no such container: 125, else 1 */
	ERR_DENIED,        /* a privilege is missing: 125, else 4 */
	ERR_PARTIAL,       /* some could not be read: 125, else 3 */
	ERR_TIMED_OUT,     /* 124 */
	ERR_NOT_EXECUTABLE, /* 126 */
	ERR_NO_COMMAND,    /* 127 */
	ERR_PIPE,          /* the reader of our output went away: quiet, 141 */
};

struct err {
	int code;           /* negative errno, 0: no error */
	enum err_kind kind;
	char *message;      /* "web: cannot enter mount namespace: Operation not permitted"; owned */
	char *why;          /* one line, or NULL; owned */
	char *hint;         /* what to do, one line, or NULL; owned */
};

/* Sets the error and returns `code` (a negative errno; 0 is taken as -EINVAL). A message that is set already is
 * kept as it is: the first one is the cause. `fmt` does not include strerror; err_sys() adds ": strerror". */
int err_set(struct err *err, int code, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The same, with ": strerror(-code)" behind the text; EPERM and EACCES become ERR_DENIED. */
int err_sys(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* "out of memory", -ENOMEM: an allocation failed, whose does not matter. */
int err_no_memory(struct err *err);

/* Adds the line that says why, or the one that says what to do, when there is none yet. Returns err->code. */
int err_why(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int err_hint(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "prefix: " before the message. Returns err->code. */
int err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Frees what it owns; *err is as new. */
void err_clear(struct err *err);
#define CLEANUP_ERR __attribute__((cleanup(err_clear)))

/* The exit status for a kind; `runs_command` is true for exec, shell and run. */
int err_status(enum err_kind kind, int runs_command);

#endif
