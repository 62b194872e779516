/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * diff TARGET, against the host, and diff A B.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "cmd/diff.h"
#include "cmd/look.h"
#include "model/difference.h"
#include "sys/proc.h"
#include "view/difference.h"

#define VIEWS_MAX 16

struct targets_run {
	struct session *s;
	const struct diff_options *o;
	const struct opt_words *words; /* two: the second one may be the host */
	struct out out;
	bool wanted[VIEWS_MAX];
	struct container_list targets;
	struct difference_list list;
	struct difference_row *rows; /* owned */
	char *line;		     /* below the table; owned */
	bool differs;
};

static int read_only(struct targets_run *run, struct err *err)
{
	CLEANUP_FREE char *copy = run->o->only ? strdup(run->o->only) : NULL;
	const char *names[VIEWS_MAX];
	char *rest = copy, *word;
	size_t n = 0;

	for (; difference_views[n].name; n++) {
		names[n] = difference_views[n].name;
		run->wanted[n] = !run->o->only;
	}
	while (rest && (word = strsep(&rest, ","))) {
		CLEANUP_BUF struct buf all = {0};
		const char *nearest = text_nearest(word, names, n);
		size_t i = 0;

		while (i < n && strcmp(names[i], word) != 0)
			i++;
		if (i < n) {
			run->wanted[i] = true;
			continue;
		}
		for (size_t k = 0; k < n; k++)
			buf_printf(&all, "%s%s", k ? ", " : "", names[k]);
		err_set(err, -EINVAL, ERR_USAGE, "diff does not compare %s", word);
		return nearest ? err_hint(err, "did you mean %s?", nearest)
			       : err_hint(err, "there are: %s", buf_text(&all));
	}
	return 0;
}

static void say_read(struct targets_run *run, const struct difference_view *view, bool own_ns)
{
	const struct container *a = &run->targets.items[0], *b = &run->targets.items[1];

	TRACE(run->list.trace, TRACE_READ, "%s: read %s of /proc/%d (%s) and /proc/%d (%s)", view->name, view->files, (int)a->pid, a->ref,
		own_ns ? (int)getpid() : (int)b->pid, b->ref);
}

/* What a side that cannot be read costs: its values are unknown, the other's are shown. False: it costs the diff. */
static bool note_unread(struct targets_run *run, const struct difference_view *view, const struct container *side, int r)
{
	if (!r || r == -ENOMEM || r == -ESRCH)
		return false;
	if (r == -ETIMEDOUT)
		session_note(run->s, side->ref, r, NULL, "cannot read its %s: the memory of process %d does not answer", view->help,
			(int)side->pid);
	else
		session_note(run->s, side->ref, r, geteuid() ? "root can read more: sudo nsctl ..." : NULL, "cannot read its %s: %s",
			view->help, strerror(-r));
	return true;
}

/* One view of both sides. `own_ns`: `right` is our own, in place of the host's PID 1. */
static int compare(struct targets_run *run, const struct difference_view *view, int left, int right, bool own_ns, struct err *err)
{
	const struct container *a = &run->targets.items[0], *b = &run->targets.items[1];
	const struct container *sides[] = {a, b};
	const int dirs[] = {left, right};
	bool unread[] = {false, false};
	size_t hidden = 0;
	int r = 0;

	if (!view->read && look_is_host(b)) {
		r = difference_pids(a, &run->list, &hidden, err);
		if (!r && asprintf(&run->line, "%zu other processes of the host are not seen from inside.",
				  hidden) < 0)
			run->line = NULL;
		return r;
	}
	if (view->read)
		say_read(run, view, own_ns);
	for (int i = 0; i < 2 && !r; i++) {
		r = view->read ? view->read(sides[i], dirs[i], i == 1, &run->list)
			       : difference_processes(sides[i], i == 1, &run->list, err);
		unread[i] = !err->code && note_unread(run, view, sides[i], r);
		r = unread[i] ? 0 : r;
	}
	for (int i = 0; i < 2; i++) /* when both were looked at: they are joined until then */
		if (unread[i])
			difference_unread(&run->list, view->name, i == 1);
	return r < 0 && !err->code ? err_sys(err, r, "%s", r == -ESRCH ? "its init has ended" : "diff") : r;
}

static int make_rows(struct targets_run *run, struct out_rows *ret, struct err *err)
{
	run->rows = calloc(run->list.n + 1, sizeof(*run->rows));
	if (!run->rows)
		return err_no_memory(err);
	for (size_t i = 0; i < run->list.n; i++) {
		const struct difference *d = &run->list.items[i];

		run->differs |= d->verdict != DIFFERENCE_SAME;
		if (d->verdict != DIFFERENCE_SAME || run->o->all)
			run->rows[ret->n++] = (struct difference_row){
				d, run->targets.items[0].ref, run->targets.items[1].ref};
	}
	ret->items = run->rows;
	ret->size = sizeof(*run->rows);
	ret->lines = (const char *const *)&run->line;
	ret->n_lines = run->line != NULL;
	out_column_head(&run->out, VIEW_DIFFERENCE_LEFT, run->targets.items[0].ref);
	out_column_head(&run->out, VIEW_DIFFERENCE_RIGHT, run->targets.items[1].ref);
	return 0;
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct targets_run *run = data;
	CLEANUP_PROC struct proc_ref left = PROC_REF_NONE;
	CLEANUP_PROC struct proc_ref right = PROC_REF_NONE;
	CLEANUP_FD int self = proc_open_self();
	int r = look_targets(run->s, &(struct look_options){.container = run->o->container, .strict = true}, run->words, true,
		&run->targets, err);

	if (r < 0)
		return r;
	if (run->targets.n != 2)
		return err_set(err, -EINVAL, ERR_USAGE, "both are the same: %s", run->targets.items[0].ref);
	if (look_is_host(&run->targets.items[0]))
		return err_set(
			err, -EINVAL, ERR_USAGE, "a container comes first, then what it is compared with");
	run->differs = false;
	run->list.trace = session_trace(run->s);
	r = proc_ref_open(run->targets.items[0].pid, run->targets.items[0].start, &left);
	if (!r)
		r = proc_ref_open(run->targets.items[1].pid, run->targets.items[1].start, &right);
	if (r < 0)
		return err_sys(err, r, "diff");
	for (size_t i = 0; difference_views[i].name && !r; i++) {
		/* the host's namespaces are our own: PID 1's may be closed even to root */
		bool ns = look_is_host(&run->targets.items[1]) && !strcmp(difference_views[i].name, "ns");

		if (run->wanted[i])
			r = compare(run, &difference_views[i], left.dir, ns ? self : right.dir, ns, err);
	}
	look_note_lost(run->s, NULL, run->list.lost, run->list.first_lost);
	return r < 0 ? r : make_rows(run, ret, err);
}

static void release(void *data)
{
	struct targets_run *run = data;

	free(take_ptr(&run->rows));
	free(take_ptr(&run->line));
	difference_free(&run->list);
	container_list_free(&run->targets);
}

int diff_targets(struct session *s, const struct diff_options *o, const struct opt_words *words, int *status,
	struct err *err)
{
	static char host[] = "host";
	char *both[3] = {words->words[0], words->n > 1 ? words->words[1] : host, NULL};
	const struct opt_words pair = {both, 2};
	struct targets_run run = {.s = s, .o = o, .words = &pair};
	const struct out_source source = {gather, release, &run};
	int r = read_only(&run, err);

	if (!r && words->n > 2)
		r = err_set(err, -EINVAL, ERR_USAGE, "diff compares two");
	if (!r)
		r = out_init(&run.out, &o->out, &view_difference, s->color, err);
	if (!r)
		r = session_list(s, &run.out, &source, status, err);
	if (!r && !*status && run.differs)
		*status = 1;
	return r;
}
