/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/notes.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/engine.h"

#define HERE_MAX 10	     /* who may write states may write thousands of broken ones: all else would drown in them */
#define TOLD_MAX (64u << 10) /* what is compared: thousands of notes are not to cost their square */

static bool is_told(struct notes *notes, const char *engine, const char *path, const char *message)
{
	CLEANUP_BUF struct buf line = {0};

	buf_printf(&line, "\n%s %s: %s\n", engine ? engine : "", path ? path : "", message);
	if (line.failed || notes->told.len > TOLD_MAX)
		return false;
	if (strstr(buf_text(&notes->told), buf_text(&line)))
		return true;
	buf_add(&notes->told, line.data, line.len);
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
	last = is_last(notes, path);
	if (notes->here == HERE_MAX && !last) {
		notes->left++;
		notes->code = code;
	} else if (notes->here < HERE_MAX && !is_told(notes, engine, path, message)) {
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
	buf_printf(&text, "and %zu more files below it", left);
	notes_take(notes, engine, root, notes->code, buf_text(&text));
}

void notes_free(struct notes *notes)
{
	buf_free(&notes->told);
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
