/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Options of a verb as rows: parsing, help, completion and the manual read the same table.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct err;

enum opt_type {
	OPT_FLAG,    /* bool * */
	OPT_COUNT,   /* unsigned int *: how often it was given (-vv) */
	OPT_TEXT,    /* const char **, the last one wins */
	OPT_LIST,    /* struct opt_list *, one item a use */
	OPT_MAYBE,   /* const char **: --name=VALUE, or --name alone, which is ""; long names only */
};

struct opt_list {
	const char **items; /* owned array, the texts belong to argv */
	size_t n;
};

struct opt {
	int letter;        /* 'i', or 0 when there is only the long name */
	const char *name;  /* "interactive": never NULL */
	const char *arg;   /* "USER": NULL for a flag */
	enum opt_type type;
	size_t offset;     /* of the field in the verb's options struct */
	const char *help;  /* one line, without a full stop; NULL hides it from help and completion */
};

/* A table ends with a row whose name is NULL. */
#define OPT_END {0, NULL, NULL, OPT_FLAG, 0, NULL}

/* Where the reading of options stops. */
enum opt_mode {
	OPT_ANYWHERE,       /* options and words may mix; `--` ends options */
	OPT_UNTIL_WORD,     /* stops at the first word */
	OPT_AROUND_TARGET,  /* exec, shell, run: options, TARGET, options; the first word after that begins the command; a
			       `--` right after TARGET and its options is dropped; `-- TARGET ARG...` works too */
	OPT_COMMAND_ONLY,   /* run: options, then the command; a `--` before it is dropped */
};

struct opt_words {
	char **words;  /* owned array (NULL-terminated), the texts belong to argv */
	size_t n;
};

/* Reads argv[1..argc) (argv[0] is the verb) by up to two tables (`common` may be NULL) into their structs. In
 * OPT_AROUND_TARGET and OPT_COMMAND_ONLY words[0] (or none) is TARGET and the rest the command. Long names must be exact; an
 * unknown one names the nearest. -EINVAL with ERR_USAGE. The caller frees with opt_words_free() and opt_list_free().
 * Uses getopt_long, which keeps state of its own: not reentrant, but may be called again and again. */
int opt_parse(int argc, char **argv, const struct opt *table, void *into, const struct opt *common, void *common_into,
	enum opt_mode mode, struct opt_words *ret_words, struct err *err);

#define OPT_WIDTH 80 /* of help */

/* One line an option, or more where it is long: "  -u, --user USER     run as USER". */
void opt_help(struct buf *out, const struct opt *table);

/* The same in at most `lines` lines: the first rows as above while there is room, the names of the others behind "also". Where
 * even the names need more, they get it. */
void opt_help_short(struct buf *out, const struct opt *table, size_t lines);

void opt_words_free(struct opt_words *words);
int opt_list_add(struct opt_list *list, const char *item); /* 0 or -ENOMEM */
void opt_list_free(struct opt_list *list);

#endif
