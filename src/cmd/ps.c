/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/look.h"
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

/* A run of ps. */
struct ps {
	struct session *s;
	const struct ps_options *options;
	const struct opt_words *words;
	struct out out;
	unsigned int needs;
	struct container_list containers;
	struct process_list processes;
};

/* With one target an error is the error; with several it is noted, and the others are listed. */
static int list_one(struct ps *ps, const struct container *c, struct err *err)
{
	CLEANUP_ERR struct err own = {0};
	bool alone = ps->containers.n == 1 && !ps->options->look.all;
	int r = process_list_of(c, ps->needs, &ps->processes, alone ? err : &own);

	if (r < 0 && alone)
		return r;
	if (r == -ENOMEM)
		return err_set(err, r, ERR_FAILED, "out of memory");
	if (r < 0 && r != -ESRCH) /* its end is no news */
		session_note(ps->s, NULL, r, own.hint, "%s", own.message ? own.message : strerror(-r));
	if (r == 0 && ps->processes.why)
		session_note(ps->s, c->ref, -EACCES, "root can see all: sudo nsctl ...", "may be incomplete: %s",
			ps->processes.why);
	return 0;
}

static bool is_stray(const struct process *p)
{
	return p->session != PROCESS_MAIN || p->state == 'Z';
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct ps *ps = data;
	int r = look_targets(ps->s, &ps->options->look, ps->words, true, &ps->containers, err);

	for (size_t i = 0; !r && i < ps->containers.n; i++)
		r = list_one(ps, &ps->containers.items[i], err);
	if (r < 0)
		return r;
	if (!ps->processes.n && session_denied(ps->s)) {
		err_set(err, -EACCES, ERR_DENIED, "no processes could be read: permission denied");
		return err_hint(err, "run it as root: sudo nsctl ps ...");
	}
	if (ps->options->strays)
		process_list_keep(&ps->processes, is_stray);
	*ret = (struct out_rows){.items = ps->processes.items,
		.n = ps->processes.n,
		.size = sizeof(*ps->processes.items)};
	return 0;
}

static void release(void *data)
{
	struct ps *ps = data;

	process_list_free(&ps->processes);
	container_list_free(&ps->containers);
}

/* Columns beside the usual ones, in a table whose columns were not chosen: "+A,B". *ret_text is the caller's to free. */
static int more_columns(const struct ps_options *o, const struct opt_words *words, struct out_options *out, char **ret_text)
{
	bool several = o->look.all || words->n > 1;
	bool table = !out->format || !strcmp(out->format, "table") || !strcmp(out->format, "wide");

	if (!table || (out->columns && *out->columns != '+') || !(several || o->threads || o->strays))
		return 0;
	/* HOST-PID is there anyhow: what stands behind a comma must be a name */
	if (asprintf(ret_text, "+%s%s%s%s", several ? "CONTAINER," : "", o->threads ? "HOST-TID,TID,COMM," : "",
		    o->strays ? "AGE," : "", out->columns ? out->columns + 1 : "HOST-PID") < 0)
		return -ENOMEM;
	out->columns = *ret_text;
	return 0;
}

static int run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct ps_options *o = options;
	struct ps ps = {.s = s, .options = o, .words = words};
	const struct out_source source = {.gather = gather, .release = release, .data = &ps};
	struct out_options out = o->out;
	CLEANUP_FREE char *columns = NULL;
	int r = more_columns(o, words, &out, &columns) < 0 ? err_set(err, -ENOMEM, ERR_FAILED, "out of memory") : 0;

	if (!r)
		r = out_init(&ps.out, &out, &view_process, s->color, err);
	ps.needs = ps.out.needs | (o->threads ? PROCESS_THREADS : 0) | (o->strays ? PROCESS_SESSION : 0);
	if (!r)
		r = session_list(s, &ps.out, &source, status, err);
	return r;
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
