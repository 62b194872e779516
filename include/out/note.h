/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Something that could not be read or applied while the rest went on: a line on stderr, an item of `errors` in JSON.
 * Its texts are hostile, as those of an error (base/err.h): who shows them escapes them.
 */
#ifndef OUT_NOTE_H
#define OUT_NOTE_H

#include <stdbool.h>
#include <stdlib.h>

struct note {
	char *target;  /* "docker", "docker/web", or NULL: owned */
	int code;      /* negative errno, 0: a remark that does not make the answer partial */
	char *message; /* owned */
	char *hint;    /* or NULL, owned */
	bool printed;  /* on stderr already */
};

static inline void note_free(struct note *note)
{
	free(note->target);
	free(note->message);
	free(note->hint);
}

#endif
