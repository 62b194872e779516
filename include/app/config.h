/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The config files: what a person wants of lists and roots when the command line says nothing of it. nsctl(1) FILES.
 *
 * Two levels: CONFIG_SYSTEM, then nsctl/config.yaml below XDG_CONFIG_HOME or ~/.config, which wins. What was started with more
 * rights than its caller has (set-user-ID, file capabilities, sudo and its like) reads the system's only: the other one is the
 * caller's word. A file that is not there is no error; one that is broken, no regular file, or that another could have written is.
 */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/opt.h"
#include "data/yaml.h"

struct err;
struct session;
struct verb;

#define CONFIG_SYSTEM "/etc/nsctl/config.yaml"
#define CONFIG_SIZE_MAX 65536u
#define CONFIG_LEVELS 2

/* What is said of the lists of one kind. Texts are borrowed from the file. */
struct config_list {
	const char *kind;    /* of the view, static: "Container" */
	const struct yaml_node *key;
	const char *output;  /* or NULL */
	char *columns;       /* "A,B" or "+A,B", owned; or NULL */
};

struct config_level {
	char *path;          /* owned; NULL: this level is not read */
	bool found;
	struct yaml_docs docs;
	const char *output;  /* of all lists, or NULL */
	const char *color;   /* or NULL */
	struct opt_list roots; /* ENGINE=DIR, as of --root */
	struct config_list *lists; /* owned */
	size_t n_lists;
};

struct config {
	struct config_level levels[CONFIG_LEVELS]; /* the weakest first */
};

/* Reads both. An error names file, line and column, and what to do; nothing is kept then. */
struct trace;
int config_read(struct config *ret, const struct trace *trace, struct err *err);
void config_free(struct config *config);
#define CLEANUP_CONFIG __attribute__((cleanup(config_free)))

/* The paths of the levels and why the user's is not read (static, NULL: it is), without reading any. Frees: config_free(). */
int config_paths(struct config *ret, const char **ret_why, struct err *err);

/* Puts the roots before those that the session has: they are looked at as well, and `ENGINE=` of a stronger level, NSCTL_ROOT or
 * --root drops what a weaker one names of that engine. The texts are the config's. */
int config_add_roots(const struct config *config, struct session *s, struct err *err);

/* Before a verb runs: fills what the command line left open in the options of a list (`options` are the verb's, as its rows
 * say), and the session's colour. `word` is its first one, or NULL. What was asked for always wins, also by --tree, --columns and
 * their like, which want a table. */
void config_apply(const struct config *config, const struct verb *verb, const char *word, void *options, struct session *s);

/* config_keys.c: what the file means. For config.c and its test. */
int config_parse(struct config_level *level, const char *text, size_t len, struct err *err);
void config_level_free(struct config_level *level);

#endif
