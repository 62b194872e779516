/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/enter_options.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "app/session.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "engine/command.h"
#include "engine/target.h"
#include "enter/stage.h"
#include "model/caps.h"
#include "sys/ns.h"
#include "sys/processor.h"

static int parse_caps(const struct opt_list *list, uint64_t *ret, struct err *err)
{
	for (size_t i = 0; i < list->n; i++)
		if (caps_parse_list(list->items[i], ret, err) < 0)
			return err->code;
	if (*ret & ~caps_all())
		return err_set(err, -EINVAL, ERR_USAGE, "this kernel knows the capabilities 0 to %u", caps_count(caps_all()) - 1);
	return 0;
}

static int parse_ns(const char *list, unsigned int *ret, struct err *err)
{
	const char *bad, *names[NS_N];
	CLEANUP_FREE char *word = NULL;

	if (!list || ns_parse_list(list, ret, &bad) == 0)
		return list && !*ret ? err_set(err, -EINVAL, ERR_USAGE, "--ns needs a namespace") : 0;
	for (int i = 0; i < NS_N; i++)
		names[i] = ns_kinds[i].name;
	word = strndup(bad, strcspn(bad, ","));
	if (!word)
		return err_no_memory(err);
	if (!*word)
		return err_set(err, -EINVAL, ERR_USAGE, "--ns: the name of a namespace is missing");
	err_set(err, -EINVAL, ERR_USAGE, "--ns: no namespace is called %s", word);
	if (text_nearest(word, names, NS_N))
		return err_hint(err, "did you mean %s?", text_nearest(word, names, NS_N));
	return err_hint(err, "there are cgroup, ipc, mnt, net, pid, time, user and uts");
}

/* Descriptors that the caller has left open for the command. Ours are close-on-exec, so they are told apart. */
static int parse_fds(const char *text, unsigned int *ret, struct err *err)
{
	uint64_t n;

	if (!text)
		return 0;
	if (text_u64(text, 1000, &n) < 0)
		return err_set(err, -EINVAL, ERR_USAGE, "--preserve-fds needs a number up to 1000");
	for (int fd = 3; fd < 3 + (int)n; fd++)
		if (fcntl(fd, F_GETFD) != 0)
			return err_set(err, -EBADF, ERR_USAGE, "--preserve-fds %s: descriptor %d is not open", text, fd);
	*ret = (unsigned int)n;
	return 0;
}

int enter_options_request(const struct enter_options *o, struct enter_request *r, struct err *err)
{
	*r = (struct enter_request){
		.keep_stdin = o->stdin_open, .tty = o->tty, .privileged = o->privileged,
		.no_new_privs = o->no_new_privs, .no_cgroup = o->no_cgroup, .no_seccomp = o->no_seccomp,
		.no_lsm = o->no_lsm, .user = o->user, .workdir = o->workdir, .env = o->env.items, .n_env = o->env.n,
		.env_file = o->env_file, .group_add = o->group_add.items, .n_group_add = o->group_add.n,
		.pid_file = o->pid_file, .tools = o->tools,
	};
	if (o->timeout && (text_duration(o->timeout, &r->timeout_ms) < 0 || !r->timeout_ms))
		return err_set(err, -EINVAL, ERR_USAGE, "--timeout needs a time such as 30, 500ms or 2m");
	if (parse_caps(&o->cap_add, &r->cap_add, err) < 0 || parse_caps(&o->cap_drop, &r->cap_drop, err) < 0 ||
		parse_ns(o->ns, &r->namespaces, err) < 0 || parse_fds(o->preserve_fds, &r->preserve_fds, err) < 0)
		return err->code;
	return 0;
}

static void note(void *data, const char *message)
{
	session_note(data, NULL, 0, NULL, "%s", message);
}

/* From now on the command may write, too: at once. */
static void note_now(void *data, const char *message)
{
	note(data, message);
	session_print_notes(data);
}

static int run_plan(struct session *s, const struct enter_options *o, const struct enter_request *request,
	struct stage *stage, int *status, struct err *err)
{
	CLEANUP_PLAN struct plan plan = {.init = PROC_REF_NONE};
	CLEANUP_BUF struct buf text = {0};
	int error = plan_make(request, note, s, &plan, err);

	session_note_silent(s, false);
	if (error < 0)
		return error;
	if (o->dry_run) {
		plan_describe(&plan, &text);
		plan_say_withheld(&plan);
		fputs(buf_text(&text), stdout);
		*status = 0;
		return 0;
	}
	session_print_notes(s);
	plan_trace(&plan);
	plan.note = note_now;
	plan.woken = stage;
	return stage_run(&plan, status, err);
}

/* The masks of hold_interrupt(). */
struct held {
	sigset_t before;  /* as it was */
	sigset_t waiting; /* the stage's */
};

/* In the REPL Ctrl-C ends what runs, and a handler that does nothing would lose it while the container is looked for: it waits
 * until there is somebody to end. A REPL with a person before it has blocked it already. */
static void hold_interrupt(struct session *s, struct stage *stage, struct held *ret)
{
	sigset_t set;

	if (!s->repl)
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, &ret->before);
	ret->waiting = ret->before;
	sigdelset(&ret->waiting, SIGINT);
	stage->before = &ret->waiting;
}

/* The REPL goes on as it was before the command. */
static void go_on(const sigset_t *const *before)
{
	if (!*before)
		return;
	sigprocmask(SIG_SETMASK, *before, NULL);
	processor_leave();
}

static char *start_command(const struct container *c)
{
	const struct engine *engine = engine_by_name(c->engine);

	return engine ? engine_command(engine->start, c) : NULL;
}

static char *resume_command(const struct container *c)
{
	const struct engine *engine = engine_by_name(c->engine);

	return engine ? engine_command(engine->resume, c) : NULL;
}

int enter_run(struct session *s, const struct enter_options *o, const char *target, struct enter_request *request,
	int *status, struct err *err)
{
	struct held masks;
	const sigset_t *held CLEANUP(go_on) = NULL;
	CLEANUP_STAGE struct stage stage = STAGE_NONE;
	CLEANUP(container_free) struct container c = {0};
	struct enter_request own; /* with what only lives as long as this call */
	int error;

	hold_interrupt(s, &stage, &masks);
	held = stage.before ? &masks.before : NULL;
	stage.leaving = !s->repl; /* the command is all that this process does */
	if (!o->dry_run)
		processor_stay();
	if (!o->dry_run && (error = stage_wake(&stage, err)) < 0)
		return error;
	error = session_target(s, target, o->container, &c, err);
	if (error < 0)
		return error;
	if (!strcmp(c.engine, TARGET_HOST)) {
		err_set(err, -EINVAL, ERR_USAGE, "%s enters containers, and %s is none",
			request->shell ? "shell" : "exec", c.name);
		return err_hint(err, "run the command itself, or name a container");
	}
	own = *request;
	own.container = &c;
	own.trace = session_trace(s);
	own.start = start_command;
	own.resume = resume_command;
	return run_plan(s, o, &own, &stage, status, err);
}

void enter_options_free(struct enter_options *o)
{
	opt_list_free(&o->env);
	opt_list_free(&o->cap_add);
	opt_list_free(&o->cap_drop);
	opt_list_free(&o->group_add);
}
