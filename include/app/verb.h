/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Verbs: one file each in src/cmd, one row each in src/app/verbs.c. Help, completion and dispatch read the rows.
 */
#ifndef APP_VERB_H
#define APP_VERB_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;
struct opt;
struct opt_words;
struct session;
struct view;

struct verb {
	const char *name;
	const char *group;    /* "enter", "look", "compare", "use" */
	const char *usage;    /* behind the name: "[OPTIONS] TARGET [--] COMMAND [ARG...]" */
	const char *summary;  /* one line; NULL hides it from help and completion */
	const char *about;    /* a few lines for `nsctl help VERB`, or NULL */
	const char *examples; /* three lines, each a command with a remark behind it ("nsctl get co   # what runs") */
	const struct opt *opts; /* rows over the verb's own struct; may be NULL */
	size_t options_size;  /* of that struct; the dispatcher allocates and zeroes it for each run */
	int mode;             /* enum opt_mode */
	bool runs_command;    /* exit status column of exec, shell and run */
	bool libraries;       /* opens shared libraries whatever it prints on (app/companion.h) */
	bool no_config;       /* works however broken a config file is: it looks at nothing (help), or tells (doctor) */
	/* Returns 0 and the status in *status, or a negative errno with err. */
	int (*run)(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err);
	void (*free_options)(void *options); /* frees the lists in it; may be NULL */
	/* What its first word may be, when that is one of a few (get's nouns): the i-th and its help, NULL behind the
	 * last. Help and completion read it; may be NULL. */
	const char *(*choice)(size_t i, const char **ret_help);
	/* What stands behind that first word, in capitals as in `usage` ("POD" of get pods), NULL: nothing; may be NULL: as the usage
	 * says. */
	const char *(*takes)(const char *first_word);
	/* What it lists, for a verb with OUT_OPTS: `--columns help` and completion read the columns there. view_of, when
	 * there is one, says it by the first word (get's nouns), NULL for a word that it does not know. */
	const struct view *view;
	const struct view *(*view_of)(const char *word);
};

/* How `usage` is read by completion: words in capitals name what stands there (TARGET, NOUN, VERB, SHELL), as the
 * `arg` of an option does. */

extern const struct verb *const verbs[]; /* NULL-terminated */
const struct verb *verb_by_name(const char *name);
const struct opt *verb_opt(const struct verb *verb, const char *name); /* its row of that long name, or NULL; "columns": it prints lists */
const struct view *verb_view(const struct verb *verb, const char *first_word); /* the word may be NULL; NULL: it lists nothing */

/* argv[0] is ignored; the globals, the verb and the rest follow. Returns the exit status; prints nothing but what the verb
 * prints; the error, when there is one, stays in *err for command_run() to print. */
int dispatch(int argc, char **argv, struct session *s, struct err *err);

/* help.c: all of nsctl; all of one verb; one verb on a screen of 24 lines, the names of all its options included. */
void help_all(struct buf *out);
void help_verb(struct buf *out, const struct verb *verb);
void help_screen(struct buf *out, const struct verb *verb);
void help_short(struct buf *out); /* for a command line without a verb */
bool help_repl_word(struct buf *out, const char *word); /* of a word that only the REPL has; false: it is none */

/* complete.c: gives each that may stand in place of the last of `words`, with a line of help ("" for none). words[0] is what
 * follows nsctl. Names come as containers have them: hostile text. */
typedef void complete_fn(void *data, const char *word, const char *help);
void complete(struct session *s, char *const *words, size_t n, complete_fn *each, void *data);

#endif
