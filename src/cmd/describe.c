/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/look.h"
#include "engine/asked.h"
#include "engine/target.h"
#include "view/description.h"

struct describe_options {
	struct look_options look;
	struct out_options out;
};

static const struct opt opts[] = {
	LOOK_OPTS(struct describe_options, look),
	OUT_OPTS(struct describe_options, out),
	OPT_END,
};

struct describe_run {
	struct session *s;
	const struct describe_options *o;
	const struct opt_words *words;
	struct out out;
	struct container_list targets, all; /* all: who may share a namespace */
	struct namespace_index index;
	struct description *items; /* owned */
	size_t n;
	struct description_fact *facts; /* of all, for a page; borrowed texts, owned array */
	size_t n_facts;
};

/* Who ends meanwhile is left out, and what cannot be read is said, if others remain. */
static int describe_one(struct describe_run *run, struct container *c, struct err *err)
{
	CLEANUP_ERR struct err one = {0};
	bool alone = look_alone(&run->o->look, run->targets.n);
	int r;

	if (engine_read_labels(c, 1) < 0)
		return err_no_memory(err);
	if (container_look(c) == -ETIMEDOUT)
		look_note_lost(run->s, c->ref, 1, c->pid);
	run->items[run->n].trace = session_trace(run->s);
	r = description_read(c, &run->index, &run->items[run->n], alone ? err : &one);
	if (!r) {
		const struct process_list *p = &run->items[run->n].processes;

		if (p->lost > 1 || (p->lost && p->first_lost != c->pid))
			look_note_lost(run->s, c->ref, p->lost, p->first_lost);
		run->n_facts += run->items[run->n++].n_facts;
		return 0;
	}
	description_free(&run->items[run->n]);
	if (alone || r == -ENOMEM)
		return alone ? r : err_no_memory(err);
	if (r != -ESRCH)
		session_note(run->s, NULL, r, one.hint, "%s", one.message ? one.message : strerror(-r));
	return 0;
}

static int list_facts(struct describe_run *run, struct err *err)
{
	size_t n = 0;

	run->facts = calloc(run->n_facts + 1, sizeof(*run->facts));
	if (!run->facts)
		return err_no_memory(err);
	for (size_t i = 0; i < run->n; i++)
		for (size_t k = 0; k < run->items[i].n_facts; k++) {
			run->facts[n] = run->items[i].facts[k];
			run->facts[n++].of = &run->items[i];
		}
	return 0;
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct describe_run *run = data;
	int r = look_targets(run->s, &run->o->look, run->words, false, &run->targets, err);

	if (!r)
		r = look_sharers(run->s, &run->all, NULL, NULL, &run->index, err);
	if (r < 0)
		return r;
	run->items = calloc(run->targets.n + 1, sizeof(*run->items));
	if (!run->items)
		return err_no_memory(err);
	for (size_t i = 0; i < run->targets.n && r >= 0; i++)
		r = describe_one(run, &run->targets.items[i], err);
	if (r >= 0)
		r = list_facts(run, err);
	if (r < 0)
		return r;
	if (look_found_none(run->s, &run->o->look, run->targets.n, run->n))
		return err_set(err, -EACCES, ERR_DENIED, "no container could be read");
	if (run->out.view == &view_description)
		*ret = (struct out_rows){.items = run->items, .n = run->n, .size = sizeof(*run->items)};
	else
		*ret = (struct out_rows){.items = run->facts, .n = run->n_facts, .size = sizeof(*run->facts)};
	out_column_show(&run->out, VIEW_DESCRIPTION_CONTAINER, run->targets.n > 1);
	return 0;
}

static void release(void *data)
{
	struct describe_run *run = data;

	for (size_t i = 0; i < run->n; i++)
		description_free(&run->items[i]);
	free(run->items);
	free(run->facts);
	run->items = NULL;
	run->facts = NULL;
	run->n = run->n_facts = 0;
	namespace_index_free(&run->index);
	container_list_free(&run->targets);
	container_list_free(&run->all);
}

/* A page has a row for each fact; documents and names have one item a container. */
static const struct view *view_for(const struct out_options *o)
{
	const char *format = o->format;
	bool page = !o->quiet && (!format || !strcmp(format, "table") || !strcmp(format, "wide"));

	return page ? &view_description_facts : &view_description;
}

static int run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct describe_options *o = options;
	struct describe_run d = {.s = s, .o = o, .words = words};
	const struct out_source source = {gather, release, &d};
	int r = out_init(&d.out, &o->out, view_for(&o->out), s->color, err);

	return r ? r : session_list(s, &d.out, &source, status, err);
}

const struct verb verb_describe = {
	.name = "describe",
	.group = "look",
	.usage = "[OPTIONS] TARGET... | -A",
	.summary = "show one container on a page, each fact with where it came from",
	.about = "Where its config and the kernel disagree, both are shown: what was asked, and what is.\n"
		 "Of the environment the names are shown, never the values.",
	.examples = "nsctl describe web                 # all that is known of it\n"
		    "nsctl describe web --filter 'AREA==confinement'   # one part\n"
		    "nsctl describe shop/api -o yaml    # as a document\n",
	.opts = opts,
	.options_size = sizeof(struct describe_options),
	.mode = OPT_ANYWHERE,
	.run = run,
};
