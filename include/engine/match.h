/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a target's text can mean, and which containers fit it. For src/engine/target*.c only.
 */
#ifndef ENGINE_MATCH_H
#define ENGINE_MATCH_H

#include "engine/target.h"

enum target_kind {
	TARGET_WORD,  /* name, pod or ID prefix */
	TARGET_POD,   /* pod/POD */
	TARGET_PATH,  /* two or three parts */
	TARGET_ID,    /* SCHEME://ID */
	TARGET_PID,   /* pid/N */
	TARGET_HOST_, /* host */
	TARGET_SELF,  /* self */
};

#define TARGET_PARTS 3

struct target_form {
	enum target_kind kind;
	const char *engines[2];	   /* only these engines; NULL: any */
	char *parts[TARGET_PARTS]; /* owned; of SCHEME://ID the ID as written */
	size_t n_parts;
	char *id; /* of a word or SCHEME://ID: lower case, cut out of a pasted cgroup name; owned */
	pid_t pid;
};

/* How well a container fits; of a list, those of the best fit that occurs do. */
enum target_fit { FIT_NONE, FIT_BARE, FIT_STOPPED_ID, FIT_ID, FIT_STOPPED, FIT_NAME };

#define TARGET_ID_SHORT 12 /* digits that every engine prints */

/* Reads the text. -EINVAL with ERR_USAGE (empty, too many parts, a PID that is none). */
int target_form_read(const char *text, struct target_form *ret, struct err *err);
void target_form_free(struct target_form *form);
#define CLEANUP_FORM __attribute__((cleanup(target_form_free)))

/* What every container that fits has in its state; NULL when nothing can be said. */
const char *target_form_needle(const struct target_form *form);

/* Marks those of the list that fit; returns how many, and how well. `fits` has list->n items. */
size_t target_form_match(const struct target_form *form, const struct target_query *query,
	const struct container_list *list, bool *fits, enum target_fit *ret_best);

/* The error for none, and for several. Refs are made. */
int target_no_fit(const struct target_form *form, const struct target_query *query,
	const struct container_list *list, struct err *err);
int target_many_fit(const struct target_form *form, const struct target_query *query,
	const struct container_list *list, const bool *fits, size_t n, struct err *err);

#endif
