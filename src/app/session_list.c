/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list with the session's notes: those of one round are the list's, and are said once.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "base/err.h"
#include "base/text.h"
#include "out/out.h"

struct noted {
	struct session *s;
	const struct out *out;
	const struct out_source *source;
	struct out_rows *rows; /* of this round */
	size_t kept;	       /* notes that were made before the list began */
	struct note *before;   /* of the last round; owned */
	size_t n_before;
};

static void forget_before(struct noted *n)
{
	for (size_t i = 0; i < n->n_before; i++)
		note_free(&n->before[i]);
	free(n->before);
	n->before = NULL;
	n->n_before = 0;
}

/* A round begins: the notes of the last one are set aside, to tell which ones are new. */
static void set_aside(struct noted *n)
{
	struct session *s = n->s;
	size_t count = s->n_notes - n->kept;

	forget_before(n);
	n->before = calloc(count + 1, sizeof(*n->before));
	for (size_t i = 0; i < count; i++) {
		if (n->before)
			n->before[n->n_before++] = s->notes[n->kept + i];
		else
			note_free(&s->notes[n->kept + i]);
	}
	s->n_notes = n->kept;
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct noted *n = data;
	int r;

	set_aside(n);
	r = n->source->gather(n->source->data, ret, err);
	session_note_silent(n->s, true);
	ret->notes = n->s->notes;
	ret->n_notes = n->s->n_notes;
	n->rows = ret;
	return r;
}

static bool was_said(const struct noted *n, const struct note *note)
{
	for (size_t i = 0; i < n->n_before; i++)
		if (text_same(n->before[i].target, note->target) &&
			text_same(n->before[i].message, note->message))
			return n->before[i].printed;
	return false;
}

static void release(void *data)
{
	struct noted *n = data;
	/* a picture of the same terminal shows them */
	bool drawn = out_watch_draws(n->out) && isatty(STDERR_FILENO);

	if (n->source->release)
		n->source->release(n->source->data);
	if (n->rows->n && !n->rows->shown && n->out->filter)
		session_note(n->s, NULL, 0, NULL, "none of %zu %s fits --filter", n->rows->n,
			n->out->view->plural);
	for (size_t i = n->kept; n->out->watch && i < n->s->n_notes; i++)
		n->s->notes[i].printed |= drawn || was_said(n, &n->s->notes[i]);
	if (n->out->watch)
		session_print_notes(n->s);
}

int session_list(struct session *s, const struct out *out, const struct out_source *source, int *status,
	struct err *err)
{
	struct noted noted = {.s = s, .out = out, .source = source, .kept = s->n_notes};
	const struct out_source all = {gather, release, &noted};
	int r = out_run(out, &all, err);

	forget_before(&noted);
	if (!r && session_partial(s))
		*status = err_status(ERR_PARTIAL, 0);
	return r;
}
