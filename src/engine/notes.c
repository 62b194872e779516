/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/notes.h"

#include <errno.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/engine.h"

/* who may write states may write thousands of broken ones: all else would drown in them */
#define HERE_MAX 10
#define TOLD_MAX (1u << 17) /* lines that are remembered: they are not to fill the memory */

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* A tree: thousands of notes are not to cost their square. */
static bool is_told(struct notes *notes, const char *engine, const char *path, const char *message)
{
	CLEANUP_BUF struct buf line = {0};
	char *text;

	buf_printf(&line, "%s %s: %s", engine ? engine : "", path ? path : "", message);
	if (line.failed)
		return false;
	if (tfind(line.data, &notes->told, by_text))
		return true;
	text = notes->n_told < TOLD_MAX ? buf_take(&line) : NULL;
	if (text && tsearch(text, &notes->told, by_text))
		notes->n_told++;
	else
		free(text);
	return false;
}

/* A file may have several notes, one behind the other: it counts once. */
static bool is_last(struct notes *notes, const char *path)
{
	if (path && !strcmp(buf_text(&notes->last), path))
		return true;
	buf_free(&notes->last);
	buf_str(&notes->last, path ? path : "");
	return false;
}

void notes_take(void *data, const char *engine, const char *path, int code, const char *message)
{
	struct notes *notes = data;
	bool last;

	if ((code == -EACCES || code == -EPERM) && geteuid() != 0 && engine_by_name(engine)) {
		notes->denied |= 1u << (engine_by_name(engine) - engines);
		return;
	}
	if (!notes->query->note)
		return;
	if (is_told(notes, engine, path, message))
		return;
	last = is_last(notes, path);
	if (notes->here == HERE_MAX && !last) {
		notes->left++;
		notes->code = code;
	} else if (notes->here < HERE_MAX) {
		notes->here++;
		notes->query->note(notes->query->note_data, engine, path, code, message);
	}
}

void notes_begin(const struct engine_query *query)
{
	struct notes *notes = query->note_data;

	notes->here = notes->left = 0;
	buf_free(&notes->last);
}

void notes_end(const struct engine_query *query, const char *engine, const char *root)
{
	struct notes *notes = query->note_data;
	size_t left = notes->left;
	CLEANUP_BUF struct buf text = {0};

	notes_begin(query);
	if (!left)
		return;
	buf_printf(&text, "and %zu more files, found from here", left);
	notes_take(notes, engine, root, notes->code, buf_text(&text));
}

void notes_free(struct notes *notes)
{
	tdestroy(notes->told, free);
	notes->told = NULL;
	buf_free(&notes->last);
}

void notes_tell_denied(const struct notes *notes)
{
	CLEANUP_BUF struct buf names = {0};

	if (notes->query->denied)
		*notes->query->denied = notes->denied;
	if (!notes->denied || !notes->query->note)
		return;
	for (const struct engine *engine = engines; engine->name; engine++)
		if (notes->denied & 1u << (engine - engines))
			buf_printf(&names, "%s%s", names.len ? ", " : "", engine->name);
	buf_str(&names, ": root's containers are not shown");
	notes->query->note(notes->query->note_data, NULL, NULL, -EACCES, buf_text(&names));
}
