/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What src/app/repl*.c share: a line and its words, the host's shell behind it, the editor of lines. Nobody else includes this,
 * but what says of a word that only the REPL has it (dispatch.c, help.c).
 */
#ifndef APP_REPL_H
#define APP_REPL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "app/command.h"
#include "base/opt.h"

struct err;
struct session;

/* repl_line.c. Words as in sh: '...', "..." and backslash quote; blanks divide; # at the beginning of a word ends the line. No
 * variables, no globs. An unquoted | or > hands the output to the host's shell. */
struct repl_line {
	char **words;  /* NULL-terminated; one block with their texts, owned */
	size_t n;
	char *shell;   /* "grep x" of `ps | grep x`, "cat > f" of `ps > f`, "id" of `!id`; NULL: none. Owned */
	bool host;     /* `!id`: the shell's command is all there is */
};

/* With `partial` (up to the cursor, for completion) an open quote is no error, and behind a blank a last, empty word stands.
 * -EINVAL with ERR_USAGE. */
int repl_line_parse(const char *text, bool partial, struct repl_line *ret, struct err *err);
void repl_line_free(struct repl_line *line);
#define CLEANUP_LINE __attribute__((cleanup(repl_line_free)))

/* The word as it has to be written so that repl_line_parse() reads it back; `quote` is the open quote that it stands behind,
 * or 0. NULL when it cannot be written (a line feed, a ' behind '), or without memory. malloc'd. */
char *repl_line_quote(const char *word, char quote);

/* Does the line hold what must not be kept (-e NAME=VALUE, --env)? */
bool repl_line_has_secret(const struct repl_line *line);

/* repl_shell.c. The host's /bin/sh, with the signals of a new program. */
int repl_shell_run(const char *command, int *ret_status, struct err *err);

/* Standard output goes to the shell's command until repl_shell_end(), which waits for it. */
struct repl_shell {
	int saved; /* standard output as it was; -1: not in use */
	pid_t pid;
};
int repl_shell_begin(const char *command, struct repl_shell *ret, struct err *err);
int repl_shell_end(struct repl_shell *shell, int *ret_status, struct err *err);

/* repl_interrupt.c: holds Ctrl-C, which is for the line or for what runs, never for the REPL; and lets it be as it was. */
void repl_interrupt_hold(struct sigaction *ret_action, sigset_t *ret_mask);
void repl_interrupt_let(const struct sigaction *action, const sigset_t *mask);
/* Was there one that nobody has taken? Takes it. */
bool repl_interrupt_take(void);

/* repl_edit.c. The only user of readline, which is opened when a person sits there. One at a time: readline keeps its state
 * for the whole process. */
typedef void repl_offer_fn(void *data, const char *line, void (*each)(void *to, const char *word), void *to);

/* Gives 0, or -ENOENT when readline is not there: lines are then read as they come. */
int repl_edit_open(repl_offer_fn *offer, void *data);
void repl_edit_close(void);

/* A line without its line feed (malloc'd), NULL at the end. Ctrl-C begins anew, but behind Enter: then it is left to the caller, who
 * has SIGINT blocked. */
char *repl_edit_line(const char *prompt);
void repl_edit_remember(const char *line);

/* repl_history.c. One line an entry, the newest last; a file of the user's own, 0600, that nobody else could write. */
#define REPL_HISTORY_MAX 1000
void repl_history_read(void (*each)(const char *line));
void repl_history_add(const char *line);

/* repl_words.c: what `set` knows: options that are put before those of each verb that has them. */
struct repl_setting {
	const char *name;
	const char *help;
};
#define REPL_SETTINGS 4
extern const struct repl_setting repl_settings[REPL_SETTINGS];

struct repl {
	struct session *s;
	char *target;  /* ref of the container in use, or NULL; owned */
	char *values[REPL_SETTINGS]; /* owned, NULL: not set */
	bool interactive, keep_going, quit;
	unsigned int depth; /* of files that source others */
	int status;    /* of the last line; with -k of the last that failed */
};

/* A word of the REPL's own. */
struct repl_word {
	const char *name;
	const char *usage;
	const char *help;
	int (*run)(struct repl *repl, const struct repl_line *line, int *status, struct err *err);
};
const struct repl_word *repl_word_by_name(const char *name);
const struct repl_word *repl_word_at(size_t i); /* NULL behind the last */

/* `help` lists the REPL's own words behind the verbs, `help use` is about one of them: true when that was all. */
bool repl_help(const struct repl_line *line);

/* repl.c: runs the lines of a file, up to the first that fails. */
int repl_run_file(struct repl *repl, const char *path, struct err *err);

/* repl.c: what may stand in place of the last word. */
void repl_offer(void *repl, const char *line, void (*each)(void *to, const char *word), void *to);

#endif
