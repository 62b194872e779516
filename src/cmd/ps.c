/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "app/companion.h"
#include "app/session.h"
#include "app/verbs.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/ps.h"
#include "model/process.h"
#include "view/process.h"

struct ps_options {
	struct out_options out;
	struct look_options look;
	bool threads, strays;
};

static const struct opt opts[] = {
	LOOK_OPTS(struct ps_options, look),
	{0, "threads", NULL, OPT_FLAG, offsetof(struct ps_options, threads), "a line for each thread"},
	{0, "strays", NULL, OPT_FLAG, offsetof(struct ps_options, strays),
		"only what did not descend from init, with its age, and zombies"},
	OUT_OPTS(struct ps_options, out),
	OUT_TREE_OPTS(struct ps_options, out),
	OPT_END,
};

/* A run of it. */
struct ps_run {
	const struct ps *ps;
	unsigned int needs;
	struct container_list containers;
	struct process_list processes;
};

/* With one target an error is the error; with several it is noted, and the others are listed. */
static int list_one(struct ps_run *run, const struct container *c, struct err *err)
{
	CLEANUP_ERR struct err own = {0};
	struct session *s = run->ps->s;
	bool alone = look_alone(run->ps->look, run->containers.n);
	int r;

	run->processes.trace = session_trace(s);
	r = process_list_of(c, run->needs, &run->processes, alone ? err : &own);

	if (r < 0 && alone)
		return r;
	if (r == -ENOMEM)
		return err_no_memory(err);
	if (r < 0 && r != -ESRCH) /* its end is no news */
		session_note(s, NULL, r, own.hint, "%s", own.message ? own.message : strerror(-r));
	if (r == 0)
		look_note_lost(s, c->ref, run->processes.lost, run->processes.first_lost);
	if (r == 0)
		look_note_incomplete(s, c->ref, run->processes.why);
	return 0;
}

static bool is_stray(const struct process *p)
{
	return p->session != PROCESS_MAIN || p->state == 'Z';
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct ps_run *run = data;
	const struct ps *ps = run->ps;
	int r = look_targets(ps->s, ps->look, ps->words, true, &run->containers, err);

	for (size_t i = 0; !r && i < run->containers.n; i++)
		r = list_one(run, &run->containers.items[i], err);
	if (r < 0)
		return r;
	if (!run->processes.n && session_denied(ps->s)) {
		err_set(err, -EACCES, ERR_DENIED, "no processes could be read: permission denied");
		return err_hint(err, "run it as root: sudo nsctl ps ...");
	}
	if (ps->strays)
		process_list_keep(&run->processes, is_stray);
	out_column_show(ps->out, "CONTAINER", ps->look->all || ps->words->n > 1);
	*ret = (struct out_rows){.items = run->processes.items,
		.n = run->processes.n,
		.size = sizeof(*run->processes.items)};
	return 0;
}

static void release(void *data)
{
	struct ps_run *run = data;

	process_list_free(&run->processes);
	container_list_free(&run->containers);
}

int ps_print(const struct ps *ps, int *status, struct err *err)
{
	struct ps_run run = {
		.ps = ps,
		.needs = ps->out->needs | (ps->threads ? PROCESS_THREADS : 0) | (ps->strays ? PROCESS_SESSION : 0),
	};
	const struct out_source source = {.gather = gather, .release = release, .data = &run};

	if ((run.needs & PROCESS_TIMES) && !ps->s->repl)
		companion_run();
	return session_list(ps->s, ps->out, &source, status, err);
}

/* Columns that an option adds to the usual ones, in a table whose columns were not chosen: "+A,B". *ret_text is the caller's
 * to free. */
static int more_columns(const struct ps_options *o, struct out_options *out, char **ret_text)
{
	bool table = !out->format || !strcmp(out->format, "table") || !strcmp(out->format, "wide");

	if (!table || (out->columns && *out->columns != '+') || !(o->threads || o->strays))
		return 0;
	/* HOST-PID is there anyhow: what stands behind a comma must be a name */
	if (asprintf(ret_text, "+%s%s%s", o->threads ? "HOST-TID,TID,COMM," : "", o->strays ? "AGE," : "",
		    out->columns ? out->columns + 1 : "HOST-PID") < 0)
		return -ENOMEM;
	out->columns = *ret_text;
	return 0;
}

static int run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct ps_options *o = options;
	struct out out = {0};
	const struct ps ps = {s, &out, &o->look, words, o->threads, o->strays};
	struct out_options how = o->out;
	CLEANUP_FREE char *columns = NULL;
	int r = more_columns(o, &how, &columns) < 0 ? err_no_memory(err) : 0;

	if (!r)
		r = out_init(&out, &how, &view_process, s->color, err);
	return r < 0 ? r : ps_print(&ps, status, err);
}

const struct verb verb_ps = {
	.name = "ps",
	.group = "look",
	.usage = "[OPTIONS] TARGET... | -A",
	.summary = "list the processes of a container, by their numbers inside and outside",
	.about = "All that are in its PID namespace, or below it: also what came in by an exec, or by setns,\n"
		 "and what has left its cgroup. The kernel is asked, not the container: it needs no ps there,\n"
		 "no /proc, and nothing that is mounted there can hide a process. host is all of the host.",
	.examples = "nsctl ps web                     # each process, inside and outside\n"
		    "nsctl ps -A                      # of all containers\n"
		    "nsctl ps web -o json             # with groups, capability sets and all else\n",
	.opts = opts,
	.options_size = sizeof(struct ps_options),
	.mode = OPT_ANYWHERE,
	.run = run,
	.view = &view_process,
};
