/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/session.h"
#include "base/err.h"
#include "out/out.h"

/* A source with the session's notes. */
struct noted {
	struct session *s;
	const struct out_source *source;
};

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	const struct noted *n = data;
	int r = n->source->gather(n->source->data, ret, err);

	ret->notes = n->s->notes;
	ret->n_notes = n->s->n_notes;
	return r;
}

static void release(void *data)
{
	const struct noted *n = data;

	if (n->source->release)
		n->source->release(n->source->data);
}

int session_list(struct session *s, const struct out *out, const struct out_source *source, int *status,
	struct err *err)
{
	struct noted noted = {s, source};
	const struct out_source all = {gather, release, &noted};
	int r = out_run(out, &all, err);

	if (!r && session_partial(s))
		*status = err_status(ERR_PARTIAL, 0);
	return r;
}
