/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/who.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "cmd/look.h"
#include "out/out.h"
#include "sys/cgroup.h"
#include "sys/file.h"
#include "sys/ns.h"
#include "sys/procfs.h"
#include "view/who.h"

#define STDIN_MAX (64u << 20)
#define NOTED_MAX 8 /* missing ones that are named one by one */

struct who_options {
	struct out_options out;
	const char *inside;
	const char *container;
};

static const struct opt opts[] = {
	{0, "inside", "TARGET", OPT_TEXT, offsetof(struct who_options, inside),
		"the other way: the PIDs are those inside TARGET"},
	{'c', "container", "NAME", OPT_TEXT, offsetof(struct who_options, container),
		"which container of the pod, with --inside"},
	OUT_OPTS(struct who_options, out),
	OPT_END,
};

/* The containers that are asked, in this order, each only for what the one before did not settle. */
enum stage {
	STAGE_NONE,   /* none: is it in namespaces of its own, or does its cgroup carry an ID? */
	STAGE_NEEDLE, /* those whose state holds that ID */
	STAGE_FULL,   /* all */
	STAGE_BARE,   /* bare groups too, which costs a scan of all processes */
	STAGE_N,
};

/* A run of who. */
struct who_run {
	struct session *s;
	const struct who_options *o;
	struct out out;
	struct pid_list pids; /* as asked */
	struct container_list lists[STAGE_N];
	struct process_list inside;
	struct who_list list;
	size_t hidden; /* those that may not even be seen */
};

/* pid/N, as targets are written, is a process of the host too. */
static int add_word(struct who_run *run, const char *word, const char *where, struct err *err)
{
	struct pid_list *pids = &run->pids;
	bool prefixed = !run->o->inside && (text_has_prefix(word, "pid/") || text_has_prefix(word, "pid:"));
	uint64_t pid;

	if (text_u64(word + (prefixed ? strlen("pid/") : 0), INT_MAX, &pid) == 0 && pid)
		return pid_list_add(pids, (pid_t)pid) < 0 ? err_no_memory(err) : 0;
	err_set(err, -EINVAL, ERR_USAGE, "%s%s is no PID", where, word);
	return err_hint(err, run->o->inside ? "with --inside it takes the PIDs inside: nsctl ps TARGET lists them"
					    : "who takes process IDs of the host; nsctl ps TARGET lists a container's");
}

static int read_stdin(struct who_run *run, struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	char *save = NULL;
	size_t len;
	int r = file_read_fd(STDIN_FILENO, STDIN_MAX, &text, &len);

	if (r < 0)
		return err_sys(err, r, "cannot read standard input");
	for (char *word = strtok_r(text, " \t\r\n", &save); word && !r; word = strtok_r(NULL, " \t\r\n", &save))
		r = add_word(run, word, "standard input: ", err);
	return r;
}

static int read_pids(struct who_run *run, const struct opt_words *words, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < words->n && !r; i++)
		r = strcmp(words->words[i], "-") ? add_word(run, words->words[i], "", err) : read_stdin(run, err);
	if (!r && !words->n) {
		err_set(err, -EINVAL, ERR_USAGE, "who wants to know which process: a PID %s",
			run->o->inside ? "inside" : "of the host");
		err_hint(err, "- reads them from standard input");
		return -EINVAL;
	}
	pid_list_sort(&run->pids);
	return r;
}

/* The ID in its cgroup's path, for the engines' quick way. */
static bool cgroup_id_of(pid_t pid, char id[CGROUP_ID_LEN + 1])
{
	char path[32], text[4096];

	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	if (file_read_into(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return false;
	text[strcspn(text, "\n")] = '\0'; /* all hierarchies say the same */
	return cgroup_id(text, id);
}

static int find_containers(struct who_run *run, enum stage stage, const char *id, struct err *err)
{
	struct engine_query query = session_engines(run->s);
	int r;

	if (stage == STAGE_NONE)
		return 0;
	if (stage == STAGE_NEEDLE) {
		query.needle = id;
		query.note = NULL;
	}
	query.bare = stage == STAGE_BARE;
	if (stage == STAGE_BARE) /* what the engines cannot read is noted already */
		query.note = NULL;
	r = engine_list(&query, &run->lists[stage], err);
	if (!r)
		target_name_all(&run->lists[stage]);
	return r;
}

/* Is that the answer, or would a later stage know better? */
static bool is_settled(const struct who *who, enum stage stage, bool has_id)
{
	switch (who->owner) {
	case OWNER_CONTAINER:
		return true;
	case OWNER_HOST:
		return stage >= STAGE_FULL || !has_id;
	case OWNER_UNKNOWN:
		return stage == STAGE_BARE;
	case OWNER_DENIED:
		break;
	}
	return stage >= STAGE_FULL;
}

static void note_missing(struct who_run *run, const struct pid_list *missing)
{
	if (missing->n > NOTED_MAX)
		session_note(run->s, NULL, -ESRCH, NULL, "%zu of the PIDs are no processes, or have ended", missing->n);
	for (size_t i = 0; i < missing->n && missing->n <= NOTED_MAX; i++)
		session_note(run->s, NULL, -ESRCH, NULL, "%d: no such process", (int)missing->items[i]);
}

/* Helpers of rootless engines have a user and a mount namespace of their own, and are in none of the groups: the host's. */
static void settle_last(struct who *who)
{
	if (who->owner == OWNER_UNKNOWN && who->process.n_pids == 1)
		who->owner = OWNER_HOST;
}

/* Asks for the pending ones; those that are not settled stay pending. */
static int ask(struct who_run *run, enum stage stage, bool has_id, struct pid_list *pending, struct pid_list *missing,
	struct err *err)
{
	CLEANUP_FREE int *results = calloc(pending->n + 1, sizeof(*results));
	size_t row = run->list.n, kept = row, left = 0;
	int r;

	if (!results)
		return err_no_memory(err);
	r = who_read(&run->lists[stage], pending->items, pending->n, run->out.needs, &run->list, results, err);
	for (size_t i = row; stage == STAGE_BARE && i < run->list.n; i++)
		settle_last(&run->list.items[i]);
	for (size_t i = 0; i < pending->n && !r; i++) {
		if (results[i] == -ESRCH) {
			r = pid_list_add(missing, pending->items[i]) < 0 ? err_no_memory(err) : 0;
		} else if (results[i] < 0) {
			run->hidden++;
		} else if (is_settled(&run->list.items[row], stage, has_id)) {
			who_list_move(&run->list, row++, kept++);
		} else {
			row++;
			pending->items[left++] = pending->items[i];
		}
	}
	if (r < 0)
		return r;
	who_list_cut(&run->list, kept);
	pending->n = left;
	return 0;
}

/* In a container the caller's PID namespace is that container's: "of the host" says less there. */
static void note_inside(struct who_run *run)
{
	bool host = false;

	for (size_t i = 0; i < run->list.n && !host; i++)
		host = run->list.items[i].owner == OWNER_HOST;
	if (host && ns_is_nested())
		session_note(run->s, NULL, -ENODATA, "run it on the host",
			"nsctl runs in a PID namespace itself: it cannot tell what that one belongs to");
}

static void note_denied(struct who_run *run)
{
	size_t n = run->hidden;

	for (size_t i = 0; i < run->list.n; i++)
		n += run->list.items[i].owner == OWNER_DENIED;
	if (n)
		session_note(run->s, NULL, -EACCES, "root can tell: sudo nsctl who ...",
			"%zu of the processes: their namespaces may not be looked at", n);
}

static int find_outside(struct who_run *run, struct err *err)
{
	CLEANUP_PIDS struct pid_list pending = {0}, missing = {0};
	char id[CGROUP_ID_LEN + 1] = "";
	bool one = run->pids.n == 1, has_id = one && cgroup_id_of(run->pids.items[0], id);
	int r = 0;

	for (size_t i = 0; i < run->pids.n && !r; i++)
		r = pid_list_add(&pending, run->pids.items[i]) < 0 ? err_no_memory(err) : 0;
	for (enum stage stage = one ? STAGE_NONE : STAGE_FULL; stage < STAGE_N && !r && pending.n; stage++) {
		if (stage == STAGE_NEEDLE && !has_id)
			continue;
		r = find_containers(run, stage, id, err);
		if (!r)
			r = ask(run, stage, has_id, &pending, &missing, err);
	}
	if (r < 0)
		return r;
	if (!run->list.n && run->hidden) {
		err_set(err, -EACCES, ERR_DENIED, "%s may not be looked at: Permission denied",
			run->pids.n == 1 ? "the process" : "the processes");
		return err_hint(err, "/proc is mounted with hidepid: run nsctl as root");
	}
	if (!run->list.n && missing.n == 1)
		return err_set(err, -ESRCH, ERR_NO_TARGET, "%d: no such process", (int)missing.items[0]);
	if (!run->list.n && missing.n)
		return err_set(err, -ESRCH, ERR_NO_TARGET, "none of the %zu PIDs is a process", missing.n);
	look_note_lost(run->s, NULL, run->list.lost, run->list.first_lost);
	note_missing(run, &missing);
	note_denied(run);
	note_inside(run);
	return 0;
}

static int take_inside(struct who_run *run, struct pid_list *missing)
{
	int r = 0;

	for (size_t k = 0; k < run->pids.n && !r; k++) {
		size_t i = 0;

		while (i < run->inside.n && run->inside.items[i].pid != run->pids.items[k])
			i++;
		r = i < run->inside.n ? who_take(&run->inside, i, &run->list) : pid_list_add(missing, run->pids.items[k]);
	}
	return r;
}

static int find_inside(struct who_run *run, struct err *err)
{
	CLEANUP_PIDS struct pid_list missing = {0};
	struct container *c = container_list_add(&run->lists[STAGE_FULL]);
	int r;

	if (!c)
		return err_no_memory(err);
	r = session_target(run->s, run->o->inside, run->o->container, c, err);
	if (!r && look_is_host(c))
		return err_set(err, -EINVAL, ERR_USAGE, "%s is no container: its processes have one PID only", c->name);
	run->inside.trace = session_trace(run->s);
	if (!r)
		r = process_list_of(c, run->out.needs, &run->inside, err);
	if (r < 0)
		return r;
	if (take_inside(run, &missing) < 0)
		return err_no_memory(err);
	look_note_lost(run->s, c->ref, run->inside.lost, run->inside.first_lost);
	look_note_incomplete(run->s, c->ref, run->inside.why);
	if (!run->list.n && missing.n)
		return err_set(err, -ESRCH, ERR_NO_TARGET, "%s: no process has the PID %d inside", c->name,
			(int)missing.items[0]);
	note_missing(run, &missing);
	return 0;
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct who_run *run = data;
	int r;

	run->hidden = 0;
	r = run->o->inside ? find_inside(run, err) : find_outside(run, err);

	if (r < 0)
		return r;
	who_list_sort(&run->list);
	*ret = (struct out_rows){.items = run->list.items, .n = run->list.n, .size = sizeof(*run->list.items)};
	return 0;
}

static void release(void *data)
{
	struct who_run *run = data;

	who_list_free(&run->list);
	process_list_free(&run->inside);
	for (enum stage stage = 0; stage < STAGE_N; stage++)
		container_list_free(&run->lists[stage]);
}

static int who_run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct who_options *o = options;
	struct who_run run = {.s = s, .o = o};
	const struct out_source source = {gather, release, &run};
	int r = read_pids(&run, words, err);

	if (!r)
		r = out_init(&run.out, &o->out, &view_who, s->color, err);
	if (!r)
		r = session_list(s, &run.out, &source, status, err);
	pid_list_free(&run.pids);
	return r;
}

const struct verb verb_who = {
	.name = "who",
	.group = "look",
	.usage = "[OPTIONS] PID...|-",
	.summary = "say which container and pod a process of the host is in",
	.about = "And which PID it has there; - reads PIDs from standard input. A process in no container\n"
		 "has - for ENGINE. A thread's number stands for its process.",
	.examples = "nsctl who 4711                # which container, pod and PID inside\n"
		    "nsctl who - < pids            # for many: pgrep nginx > pids\n"
		    "nsctl who --inside web 1      # the other way: PID 1 of web out here\n",
	.opts = opts,
	.options_size = sizeof(struct who_options),
	.mode = OPT_ANYWHERE,
	.view = &view_who,
	.run = who_run,
};
