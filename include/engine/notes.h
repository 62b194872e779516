/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the engines and the caller of engine_list(): what an ordinary user may not read becomes one note at the end, what is met
 * twice (a data folder that two roots share) is told once, and of one root only the first few are told.
 * For src/engine/engine.c only.
 */
#ifndef ENGINE_NOTES_H
#define ENGINE_NOTES_H

#include <stddef.h>

#include "base/buf.h"

struct engine_query;

struct notes {
	const struct engine_query *query; /* the caller's */
	unsigned int denied; /* a bit for each row of engines[] */
	size_t here, left;   /* of the root that is being looked in: how many notes it has had, and how many files are left out */
	int code;	     /* of the last of these */
	struct buf last;     /* the last note's path */
	void *told;	     /* a tree of lines, one for each note, also of what was left out */
	size_t n_told;
};

/* An engine_note_fn, whose data is a struct notes. */
void notes_take(void *data, const char *engine, const char *path, int code, const char *message);

/* Around what looks in one root; the query is the one with notes_take(). The second tells how many were left out. */
void notes_begin(const struct engine_query *query);
void notes_end(const struct engine_query *query, const char *engine, const char *root);

void notes_tell_denied(const struct notes *notes);
void notes_free(struct notes *notes);
#define CLEANUP_NOTES __attribute__((cleanup(notes_free)))

#endif
