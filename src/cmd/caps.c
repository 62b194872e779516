/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/caps.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "cmd/look.h"
#include "engine/asked.h"
#include "engine/target.h"
#include "model/caps.h"
#include "model/caps_baseline.h"
#include "sys/proc.h"

struct caps_options {
	struct look_options look;
	struct out_options out;
	bool every, threads, matrix;
	const char *baseline, *against;
};

static const struct opt opts[] = {
	{'A', "all-containers", NULL, OPT_FLAG, offsetof(struct caps_options, look.all), "all containers"},
	{'l', "selector", "LABELS", OPT_TEXT, offsetof(struct caps_options, look.labels),
		"of -A those with such labels: a=b,c!=d,e in (f,g),h,!i"},
	{'c', "container", "NAME", OPT_TEXT, offsetof(struct caps_options, look.container),
		"which container of the pod"},
	{0, "all", NULL, OPT_FLAG, offsetof(struct caps_options, every),
		"every capability of this kernel, also those in no set"},
	{0, "threads", NULL, OPT_FLAG, offsetof(struct caps_options, threads),
		"the init's other threads too, where they hold something else"},
	{0, "baseline", "BASELINE", OPT_TEXT, offsetof(struct caps_options, baseline),
		"compare with docker, containerd, podman, crio, lxc, pss-baseline or pss-restricted"},
	{0, "against", "TARGET", OPT_TEXT, offsetof(struct caps_options, against),
		"compare with another container, or self"},
	{0, "matrix", NULL, OPT_FLAG, offsetof(struct caps_options, matrix),
		"one table of capabilities by containers"},
	{0, "ascii", NULL, OPT_FLAG, offsetof(struct caps_options, out.ascii), "draw --matrix in ASCII"},
	OUT_OPTS(struct caps_options, out),
	OPT_END,
};

struct caps_run {
	struct session *s;
	const struct caps_options *o;
	const struct opt_words *words;
	struct out out;
	bool table; /* rows of capabilities; else one item a process */
	struct container_list targets;
	struct caps_process_list list;
	struct caps_against against;
	char *against_name; /* owned */
	struct caps_item *items;
	struct caps_row *rows;
	struct caps_matrix matrix;
	struct caps_matrix_row *marks;
	struct caps_lines lines;
};

/* PID 1's, whatever set they are in. Where even its status is closed, what the kernel knows is what a host can have. */
static void against_host(struct caps_run *run)
{
	CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
	CLEANUP_STATUS struct proc_status status = {0};
	int r = proc_ref_open(1, 0, &ref);

	if (!r)
		r = proc_status_read(ref.dir, &status);
	if (r < 0) {
		session_note(run->s, NULL, r, NULL, "cannot read /proc/1/status, compared with all that the kernel knows: %s",
			strerror(-r));
		run->against = (struct caps_against){"kernel", caps_all()};
		return;
	}
	run->against = (struct caps_against){"host",
		status.inheritable | status.permitted | status.effective | status.bounding | status.ambient};
}

static int against_target(struct caps_run *run, struct err *err)
{
	CLEANUP_CAPS_PROCESSES struct caps_process_list list = {0};
	CLEANUP_CONTAINERS struct container_list targets = {0};
	struct opt_words words = {(char **)&run->o->against, 1};
	int r = look_targets(run->s, &(struct look_options){0}, &words, true, &targets, err);

	if (!r)
		r = caps_process_list_of(&targets.items[0], NULL, false, &list, err);
	if (r < 0)
		return r;
	run->against_name = strdup(targets.items[0].ref);
	if (!run->against_name)
		return err_no_memory(err);
	run->against = (struct caps_against){run->against_name, list.n ? caps_any(&list.items[0].held) : 0};
	return 0;
}

static int find_against(struct caps_run *run, struct err *err)
{
	const struct caps_baseline *baseline = NULL;
	int r;

	if (run->o->against)
		return against_target(run, err);
	if (!run->o->baseline) {
		against_host(run);
		return 0;
	}
	r = caps_baseline_by_name(run->o->baseline, &baseline, err);
	if (!r)
		run->against = (struct caps_against){baseline->name, caps_baseline_set(baseline)};
	return r;
}

/* Who ends meanwhile, or cannot be read, is left out, if others remain. */
static int list_one(struct caps_run *run, const struct container *c, struct err *err)
{
	CLEANUP_ERR struct err one = {0};
	bool alone = look_alone(&run->o->look, run->targets.n);
	struct asked asked;
	int r;

	engine_asked(c, &asked);
	r = caps_process_list_of(c, &asked.grant, run->o->threads, &run->list, alone ? err : &one);
	TRACE(session_trace(run->s), TRACE_READ, "%s: read status and uid_map of /proc/%d, and %s", c->name, (int)c->pid,
		c->config && c->trusted ? c->config : "no config");

	if (r == -ENOMEM && !alone)
		return err_no_memory(err);
	if (r == -ESRCH && !alone && run->o->look.all)
		return 0;
	if (r < 0 && !alone) {
		session_note(run->s, NULL, r, one.hint, "%s", one.message);
		return 0;
	}
	if (!r && c->vm)
		session_note(run->s, c->ref, 0, NULL,
			"runs in a virtual machine: these are its monitor's capabilities, its own are not seen from here");
	return r;
}

static bool same_sets(const struct cap_sets *a, const struct cap_sets *b)
{
	return a->inheritable == b->inheritable && a->permitted == b->permitted && a->effective == b->effective &&
	       a->bounding == b->bounding && a->ambient == b->ambient;
}

/* A thread that holds what the init does. */
static bool is_hidden(const struct caps_item *init, const struct caps_item *item)
{
	return item != init && item->process->uid == init->process->uid &&
	       same_sets(&item->process->held, &init->process->held);
}

static uint64_t shown(const struct caps_run *run, const struct caps_process *p)
{
	uint64_t mask = caps_any(&p->held) | p->granted | (p->asked ? caps_any(&p->requested) : 0);

	if (run->o->baseline || run->o->against)
		mask |= run->against.mask;
	return run->o->every ? mask | caps_all() : mask;
}

/* The rows and sentences of one container: items[first..end). */
static void add_container(struct caps_run *run, size_t first, size_t end, size_t *n)
{
	const struct caps_item *init = &run->items[first];
	size_t hidden = 0;

	for (size_t i = first; i < end; i++) {
		if (is_hidden(init, &run->items[i])) {
			hidden++;
			continue;
		}
		for (unsigned int number = 0; number < CAP_BITS; number++)
			if (shown(run, run->items[i].process) >> number & 1)
				run->rows[(*n)++] = (struct caps_row){&run->items[i], number};
	}
	caps_say(&run->lines, init, end - first, run->o->threads ? hidden : (size_t)-1, run->targets.n > 1,
		run->o->baseline || run->o->against);
}

static int make_rows(struct caps_run *run, size_t *ret_n, struct err *err)
{
	run->rows = calloc(run->list.n + 1, 64 * sizeof(*run->rows));
	if (!run->rows)
		return err_no_memory(err);
	for (size_t i = 0, end; i < run->list.n; i = end) {
		for (end = i + 1; end < run->list.n && run->items[end].process->container == run->items[i].process->container;)
			end++;
		add_container(run, i, end, ret_n);
	}
	return run->lines.failed ? err_no_memory(err) : 0;
}

static int make_matrix(struct caps_run *run, size_t *ret_n, struct err *err)
{
	CLEANUP_BUF struct buf legend = {0};
	uint64_t mask = 0;

	run->marks = calloc(64, sizeof(*run->marks));
	if (!run->marks || view_caps_matrix_make(run->items, run->list.n, run->o->out.ascii, run->out.width,
				   &run->matrix) < 0)
		return err_no_memory(err);
	for (size_t i = 0; i < run->list.n; i++)
		mask |= shown(run, run->items[i].process);
	for (unsigned int number = 0; number < CAP_BITS; number++)
		if (mask >> number & 1)
			run->marks[(*ret_n)++] = (struct caps_matrix_row){&run->matrix, number};
	buf_printf(&legend, "%s\n", view_caps_matrix_legend(run->o->out.ascii));
	view_caps_matrix_list(&run->matrix, &legend);
	caps_lines_add(&run->lines, &legend);
	/* the heading stands for as many columns as there are containers, so it is known only now */
	out_column_head(&run->out, VIEW_CAPS_MARKS, buf_text(&run->matrix.heading));
	return run->lines.failed ? err_no_memory(err) : 0;
}

/* What would say the same in each row, or nothing. */
static void fit_columns(struct caps_run *run)
{
	bool asked = false;

	for (size_t i = 0; i < run->list.n; i++)
		asked |= run->list.items[i].asked;
	out_column_show(&run->out, VIEW_CAPS_CONTAINER, run->targets.n > 1);
	out_column_show(&run->out, VIEW_CAPS_HOST_TID, run->o->threads);
	out_column_show(&run->out, VIEW_CAPS_TID, run->o->threads);
	out_column_show(&run->out, VIEW_CAPS_CONFIG, asked);
	if (run->o->baseline || run->o->against)
		out_column_head(&run->out, VIEW_CAPS_AGAINST, run->against.name);
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct caps_run *run = data;
	int r = find_against(run, err);

	if (!r)
		r = look_targets(run->s, &run->o->look, run->words, true, &run->targets, err);
	for (size_t i = 0; i < run->targets.n && !r; i++)
		r = list_one(run, &run->targets.items[i], err);
	if (r < 0)
		return r;
	if (look_found_none(run->s, &run->o->look, run->targets.n, run->list.n))
		return err_set(err, -EACCES, session_denied(run->s) ? ERR_DENIED : ERR_NO_TARGET,
			"no capabilities could be read");
	run->items = calloc(run->list.n + 1, sizeof(*run->items));
	if (!run->items)
		return err_no_memory(err);
	for (size_t i = 0; i < run->list.n; i++)
		run->items[i] = (struct caps_item){&run->list.items[i], &run->against};
	*ret = (struct out_rows){.items = run->items, .n = run->list.n, .size = sizeof(*run->items)};
	if (!run->table)
		return 0;
	ret->n = 0;
	r = run->o->matrix ? make_matrix(run, &ret->n, err) : make_rows(run, &ret->n, err);
	ret->items = run->o->matrix ? (const void *)run->marks : run->rows;
	ret->size = run->o->matrix ? sizeof(*run->marks) : sizeof(*run->rows);
	ret->lines = (const char *const *)run->lines.items;
	ret->n_lines = run->lines.n;
	if (!run->o->matrix)
		fit_columns(run);
	return r;
}

static void release(void *data)
{
	struct caps_run *run = data;

	view_caps_matrix_free(&run->matrix);
	caps_lines_free(&run->lines);
	free(take_ptr(&run->marks));
	free(take_ptr(&run->rows));
	free(take_ptr(&run->items));
	free(take_ptr(&run->against_name));
	caps_process_list_free(&run->list);
	container_list_free(&run->targets);
}

/* In a document an item is a process, in a table a row is a capability of it. */
static bool is_table(const struct out_options *o)
{
	return !o->quiet && (!o->format || !strcmp(o->format, "table") || !strcmp(o->format, "wide"));
}

static int caps_run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct caps_options *o = options;
	struct caps_run run = {.s = s, .o = o, .words = words, .table = is_table(&o->out)};
	const struct out_source source = {gather, release, &run};
	const struct view *view = !run.table ? &view_caps : o->matrix ? &view_caps_matrix : &view_caps_rows;
	int r;

	if (o->baseline && o->against)
		return err_set(err, -EINVAL, ERR_USAGE, "--baseline and --against: compare with one of them");
	if (o->matrix && (o->baseline || o->against)) {
		err_set(err, -EINVAL, ERR_USAGE, "--matrix compares the containers that are named, with nothing else");
		return err_hint(err, "nsctl caps A B --matrix");
	}
	if (o->threads && o->matrix)
		return err_set(err, -EINVAL, ERR_USAGE, "--matrix has a column for a container, none for a thread");
	r = out_init(&run.out, &o->out, view, s->color, err);
	return r < 0 ? r : session_list(s, &run.out, &source, status, err);
}

const struct verb verb_caps = {
	.name = "caps",
	.group = "look",
	.usage = "[OPTIONS] TARGET... | -A",
	.summary = "show the capabilities that a container holds, and why one that was added does nothing",
	.about = "The five sets of its init, by name, beside those of the host's PID 1 and what the OCI\n"
		 "config asks for. What was granted and cannot be used is said, with the rule of execve\n"
		 "that took it and the ways out.",
	.examples = "nsctl caps web                          # what it holds, and what does nothing\n"
		    "nsctl caps web --baseline pss-baseline  # what it has beyond that\n"
		    "nsctl caps -A --matrix                  # all containers in one table\n",
	.opts = opts,
	.options_size = sizeof(struct caps_options),
	.mode = OPT_ANYWHERE,
	.run = caps_run,
	.view = &view_caps_rows,
};
