/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/can.h"
#include "cmd/look.h"
#include "view/can.h"

struct can_options {
	struct look_options look;
	struct out_options out;
	bool list, privileged;
	const char *user;
	struct opt_list cap_add, cap_drop;
};

#define FIELD(name) offsetof(struct can_options, name)

static const struct opt opts[] = {
	{'u', "user", "USER[:GROUP]", OPT_TEXT, FIELD(user),
		"not its init: what exec would start as this user"},
	{0, "cap-add", "CAP", OPT_LIST, FIELD(cap_add), "what exec would start with this capability added"},
	{0, "cap-drop", "CAP", OPT_LIST, FIELD(cap_drop),
		"with this capability taken away; ALL takes every one"},
	{0, "privileged", NULL, OPT_FLAG, FIELD(privileged), "what exec --privileged would start"},
	{0, "list", NULL, OPT_FLAG, FIELD(list),
		"every action and capability; without a TARGET: what can be asked"},
	LOOK_OPTS(struct can_options, look),
	OUT_OPTS(struct can_options, out),
	OPT_END,
};

/* Of all answers: what the exit status is made of. */
struct worst {
	bool no, open;
};

struct can_run {
	struct session *s;
	const struct can_options *o;
	const struct opt_words *words; /* the target's */
	struct can_query *queries;     /* owned */
	size_t n_queries;
	char **texts; /* of --list: what the queries borrow; owned */
	const struct enter_request *request;
	struct container_list targets;
	struct can_row *rows; /* owned, as what is in them */
	size_t n;
	struct worst worst;
};

static void note(void *data, const char *message)
{
	session_note(data, NULL, 0, NULL, "%s", message);
}

static int ask_all(struct can_run *run, struct can_subject *subject, struct err *err)
{
	for (size_t i = 0; i < run->n_queries; i++) {
		struct can_row *row = &run->rows[run->n];
		int error;

		row->container = subject->container;
		error = can_subject_ask(subject, &run->queries[i], &row->answer, err);
		if (error < 0)
			return error;
		run->n++;
		run->worst.no |= row->answer.verdict == CAN_NO;
		run->worst.open |= row->answer.verdict == CAN_DEPENDS || row->answer.verdict == CAN_UNKNOWN;
		row->action = strdup(run->queries[i].text);
		if (!row->action)
			return err_no_memory(err);
	}
	return 0;
}

/* Of several, one that cannot be asked is a note. */
static int ask_one(struct can_run *run, const struct container *c, struct err *err)
{
	CLEANUP_CAN_SUBJECT struct can_subject subject = {.container = c,
		.note = note,
		.note_data = run->s,
		.trace = session_trace(run->s),
		.init = PROC_REF_NONE,
		.self = PROC_REF_NONE};
	CLEANUP_ERR struct err one = {0};
	struct err *where = run->targets.n == 1 ? err : &one;
	struct enter_request request;
	int error;

	if (run->request) {
		request = *run->request;
		request.container = c;
		request.trace = subject.trace;
		subject.request = &request;
	}
	error = can_subject_begin(&subject, where);
	if (!error)
		error = ask_all(run, &subject, where);
	if (!error || run->targets.n == 1)
		return error;
	if (error != -ESRCH)
		session_note(run->s, NULL, error, one.hint, "%s", one.message);
	return 0;
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct can_run *run = data;
	int error = look_targets(run->s, &run->o->look, run->words, true, &run->targets, err);

	if (error < 0)
		return error;
	run->worst = (struct worst){false, false};
	run->rows = calloc(run->targets.n * run->n_queries + 1, sizeof(*run->rows));
	if (!run->rows)
		return err_no_memory(err);
	for (size_t i = 0; i < run->targets.n && !error; i++)
		error = ask_one(run, &run->targets.items[i], err);
	*ret = (struct out_rows){.items = run->rows, .n = run->n, .size = sizeof(*run->rows)};
	return error;
}

static void release(void *data)
{
	struct can_run *run = data;

	for (size_t i = 0; i < run->n; i++) {
		free(run->rows[i].action);
		can_answer_free(&run->rows[i].answer);
	}
	free(run->rows);
	run->rows = NULL;
	run->n = 0;
	container_list_free(&run->targets);
}

static void run_free(struct can_run *run)
{
	for (size_t i = 0; run->texts && i < run->n_queries; i++)
		free(run->texts[i]);
	free(run->texts);
	free(run->queries);
}

/* What the words behind the target ask. */
static int read_queries(struct can_run *run, char *const *words, size_t n, struct err *err)
{
	run->queries = calloc(n + 1, sizeof(*run->queries));
	if (!run->queries)
		return err_no_memory(err);
	for (size_t i = 0; i < n; i++) {
		int error = can_parse(words[i], &run->queries[i], err);

		if (error < 0)
			return error;
	}
	run->n_queries = n;
	return 0;
}

static char *text_of(const struct can_action *action)
{
	CLEANUP_BUF struct buf text = {0};

	buf_printf(&text, "%s%s%s", action->name, action->example ? ":" : "",
		action->example ? action->example : "");
	return buf_take(&text);
}

static char *name_of(unsigned int cap)
{
	CLEANUP_BUF struct buf text = {0};

	caps_name(&text, cap);
	return buf_take(&text);
}

/* --list TARGET: each action with its example, then each capability of this kernel. */
static int list_queries(struct can_run *run, struct err *err)
{
	const uint64_t all = caps_all();
	size_t n, filled = 0;
	const struct can_action *actions = can_actions(&n);

	run->texts = calloc(n + 64, sizeof(*run->texts));
	run->queries = calloc(n + 64, sizeof(*run->queries));
	for (size_t i = 0; run->texts && i < n + 64; i++)
		if (i < n || all >> (i - n) & 1)
			run->texts[filled++] = i < n ? text_of(&actions[i]) : name_of((unsigned int)(i - n));
	run->n_queries = filled;
	for (size_t i = 0; run->queries && i < filled; i++) {
		int error = run->texts[i] ? can_parse(run->texts[i], &run->queries[i], err) : -ENOMEM;

		if (error < 0)
			return error == -ENOMEM ? err_no_memory(err) : error;
	}
	return run->queries && filled ? 0 : err_no_memory(err);
}

/* --list alone: what can be asked. */
static int print_actions(struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	size_t n;
	const struct can_action *actions = can_actions(&n);

	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%-14s %s\n", actions[i].form, actions[i].help);
	buf_printf(&text, "%-14s %s\n", "CAPABILITY", can_capability.help);
	return out_write(&text, err);
}

static int split_words(
	struct can_run *run, const struct opt_words *words, struct opt_words *ret_target, struct err *err)
{
	CLEANUP_ERR struct err ignored = {0};
	struct can_query query;
	/* in the REPL the target in use may be left out: then the first word is an action already */
	const bool in_use = run->s->context && (!words->n || !can_parse(words->words[0], &query, &ignored));
	const size_t targets = run->o->look.all || in_use || !words->n ? 0 : 1;

	*ret_target = (struct opt_words){.words = words->words, .n = targets};
	if (run->o->list && words->n > targets)
		return err_set(err, -EINVAL, ERR_USAGE, "--list asks for every action: name none with it");
	if (run->o->list)
		return list_queries(run, err);
	if (words->n > targets)
		return read_queries(run, words->words + targets, words->n - targets, err);
	if (!words->n && !run->o->look.all && !run->s->context)
		err_set(err, -EINVAL, ERR_USAGE, "can needs a target and an action");
	else
		err_set(err, -EINVAL, ERR_USAGE, "can needs an action: may it do what?");
	return err_hint(err, "nsctl can TARGET bind:80; nsctl can --list names the actions");
}

static int make_request(
	const struct can_options *o, struct enter_request *ret, bool *ret_wanted, struct err *err)
{
	static char *const argv[] = {(char *)"true", NULL};

	*ret = (struct enter_request){
		.argv = argv,
		.user = o->user,
		.privileged = o->privileged,
		.no_cgroup = true, /* a paused one has a plan, too */
	};
	*ret_wanted = o->user || o->privileged || o->cap_add.n || o->cap_drop.n;
	for (size_t i = 0; i < o->cap_add.n; i++)
		if (caps_parse_list(o->cap_add.items[i], &ret->cap_add, err) < 0)
			return err->code;
	for (size_t i = 0; i < o->cap_drop.n; i++)
		if (caps_parse_list(o->cap_drop.items[i], &ret->cap_drop, err) < 0)
			return err->code;
	return 0;
}

static int can_run(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct can_options *o = options;
	CLEANUP(run_free) struct can_run run = {.s = s, .o = o};
	const struct out_source source = {gather, release, &run};
	struct enter_request request;
	struct opt_words target;
	struct out out;
	bool wanted;
	int error;

	if (o->list && !words->n && !o->look.all && !s->context)
		return print_actions(err);
	if ((error = split_words(&run, words, &target, err)) < 0 ||
		(error = make_request(o, &request, &wanted, err)) < 0)
		return error;
	run.words = &target;
	run.request = wanted ? &request : NULL;
	error = out_init(&out, &o->out, &view_can, s->color, err);
	if (!error)
		error = session_list(s, &out, &source, status, err);
	if (error < 0 || o->list || *status)
		return error;
	*status = run.worst.no ? 1 : run.worst.open ? err_status(ERR_PARTIAL, 0) : 0;
	return 0;
}

static void can_free(void *options)
{
	struct can_options *o = options;

	opt_list_free(&o->cap_add);
	opt_list_free(&o->cap_drop);
}

static const char *choice(size_t i, const char **ret_help)
{
	size_t n;
	const struct can_action *actions = can_actions(&n);

	if (i >= n)
		return NULL;
	*ret_help = actions[i].help;
	return actions[i].form;
}

const struct verb verb_can = {
	.name = "can",
	.group = "compare",
	.usage = "[OPTIONS] TARGET ACTION... | -A ACTION...",
	.summary = "say whether a container may do something, and which rule decides",
	.about = "The live init is asked about, or what exec would start (-u, --cap-add); nothing is "
		 "attempted.\n"
		 "The status is 0 for yes, 1 for no, 3 where arguments or a security module decide.\n"
		 "ACTION is a capability, or one of",
	.examples = "nsctl can web bind:80              # may its init listen on port 80\n"
		    "nsctl can -u root web mount        # could exec -u root mount\n"
		    "nsctl can web --list               # every action and capability\n",
	.opts = opts,
	.options_size = sizeof(struct can_options),
	.mode = OPT_ANYWHERE,
	.run = can_run,
	.view = &view_can,
	.free_options = can_free,
	.choice = choice,
};
