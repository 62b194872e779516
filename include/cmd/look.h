/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the verbs that look share: which containers are looked at, and how the answer is printed.
 */
#ifndef CMD_LOOK_H
#define CMD_LOOK_H

#include <stdbool.h>

#include "base/err.h"
#include "base/opt.h"
#include "model/container.h"
#include "out/out.h"

struct session;

/* A member of the verb's options struct, with LOOK_OPTS(struct TYPE, MEMBER) and OUT_OPTS among its rows. */
struct look_options {
	bool all;              /* -A */
	const char *container; /* -c */
	const char *labels;    /* -l, of -A */
	bool strict;           /* for one that is not there the others are not shown either */
};

#define LOOK_OPTS(type, member)                                                                      \
	{'A', "all", NULL, OPT_FLAG, offsetof(type, member.all), "all containers"},                  \
	{'c', "container", "NAME", OPT_TEXT, offsetof(type, member.container), "which container of the pod"}, \
	{'l', "selector", "LABELS", OPT_TEXT, offsetof(type, member.labels),                         \
		"of -A those with such labels: a=b,c!=d,e in (f,g),h,!i"}

/* The containers of the words behind the verb, in that order, each once (the same one under two names too); with -A all
 * that are live, bare groups included, in the default order. Neither, or both: ERR_USAGE, which names both; but
 * neither is the target in use (session.context) where there is one. Live only: a
 * stopped one that was named is an error that says so. Of several, those that are not there, or closed to us, are noted, and the
 * others are it; only none of them is an error. Refs are made for all. `host` and `self` resolve to a container of
 * engine TARGET_HOST ("host", pid 1, and "self", the caller) when `host` is true, else they are refused. -A that finds
 * none: status 0 and a note, or ERR_DENIED where privileges were missing. The caller frees. */
int look_targets(struct session *s, const struct look_options *o, const struct opt_words *words, bool host,
	struct container_list *ret, struct err *err);

/* Of `n` containers: its error is the verb's. Of several, and of all (-A), one that cannot be read is noted, and who ends meanwhile is
 * no news. `o` may be NULL. */
bool look_alone(const struct look_options *o, size_t n);

/* None of them could be read, though they were there: of all that is an error only where a privilege was missing. */
bool look_found_none(const struct session *s, const struct look_options *o, size_t targets, size_t read);

/* How those that are named are passed over. look_miss() takes *own, the error of `word`, and keeps it: 0, or err when it is one
 * of usage or memory, which no other target makes good. look_miss_end() notes the one that is kept when `others` were found;
 * else it is the error. */
struct look_missed {
	bool none; /* none may be missing */
	const char *word; /* borrowed */
	struct err err;
};
int look_miss(struct session *s, struct look_missed *missed, const char *word, struct err *own, struct err *err);
int look_miss_end(struct session *s, struct look_missed *missed, bool others, struct err *err);

/* Every container there is, bare groups too, named, and who of them is in which namespace: what a target's may be shared with.
 * The caller frees both; `ret` borrows from `all`. `scan` and `reader` as an engine_query has them, or NULL. */
struct namespace_index;
struct ns_scan;
struct reader;
int look_sharers(struct session *s, struct container_list *all, struct ns_scan *scan, struct reader *reader,
	struct namespace_index *ret, struct err *err);

/* Leaves those that the label selector fits (NULL: all), by their own labels and their pod's, whose pause container must be in the
 * list; pause containers themselves only if `pause`. What this cannot be known of is left out and said in one note with a code:
 * the answer is partial. look_unknown() is that note, of `n` of `what`. */
int look_select(struct session *s, const char *labels, bool pause, struct container_list *list, struct err *err);
void look_unknown(struct session *s, size_t n, const char *what);

/* Notes that /proc does not show processes of others, where that is so. Said of -A by look_targets(). */
void look_note_hidden(struct session *s);

/* Notes that there may be more processes than were found, and why (NULL: all were). Even root may be kept from some. */
void look_note_incomplete(struct session *s, const char *ref, const char *why);

/* Notes that the command lines of `n` processes could not be read, `first` the first of them: their memory does not answer. */
void look_note_lost(struct session *s, const char *ref, size_t n, pid_t first);

/* True for `host` and `self`. */
bool look_is_host(const struct container *c);

#endif
