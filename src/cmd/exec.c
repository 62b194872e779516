/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "engine/target.h"
#include "enter/plan.h"
#include "enter/stage.h"
#include "model/caps.h"
#include "sys/ns.h"

struct exec_options {
	bool stdin_open, tty, detach, privileged, no_new_privs, no_cgroup, no_seccomp, no_lsm, dry_run;
	const char *user, *workdir, *container, *env_file, *ns, *timeout, *pid_file, *preserve_fds;
	struct opt_list env, cap_add, cap_drop, group_add;
};

#define FIELD(name) offsetof(struct exec_options, name)

static const struct opt opts[] = {
	{'i', "interactive", NULL, OPT_FLAG, FIELD(stdin_open), "pass stdin on (without it, stdin is /dev/null)"},
	{'t', "tty", NULL, OPT_FLAG, FIELD(tty), "give the command a terminal"},
	{'u', "user", "USER[:GROUP]", OPT_TEXT, FIELD(user), "run as this user of the container, a name or a number"},
	{'w', "workdir", "DIR", OPT_TEXT, FIELD(workdir), "working directory inside"},
	{'e', "env", "NAME[=VALUE]", OPT_LIST, FIELD(env), "set a variable; NAME alone takes yours"},
	{0, "env-file", "FILE", OPT_TEXT, FIELD(env_file), "read variables from a file, a line each"},
	{'c', "container", "NAME", OPT_TEXT, FIELD(container), "which container of the pod"},
	{'d', "detach", NULL, OPT_FLAG, FIELD(detach), "leave the command running, do not wait for it"},
	{0, "privileged", NULL, OPT_FLAG, FIELD(privileged), "all capabilities, no seccomp, no LSM label, no_new_privs off"},
	{0, "cap-add", "CAP", OPT_LIST, FIELD(cap_add), "add a capability (ambient too, for other users than root)"},
	{0, "cap-drop", "CAP", OPT_LIST, FIELD(cap_drop), "take a capability away; ALL takes every one"},
	{0, "group-add", "GROUP", OPT_LIST, FIELD(group_add), "add a supplementary group"},
	{0, "no-new-privs", NULL, OPT_FLAG, FIELD(no_new_privs), "set no_new_privs"},
	{0, "ns", "LIST", OPT_TEXT, FIELD(ns), "join only these namespaces: cgroup,ipc,mnt,net,pid,time,user,uts"},
	{0, "no-cgroup", NULL, OPT_FLAG, FIELD(no_cgroup), "stay outside of the container's cgroup"},
	{0, "no-seccomp", NULL, OPT_FLAG, FIELD(no_seccomp), "load no seccomp filter"},
	{0, "no-lsm", NULL, OPT_FLAG, FIELD(no_lsm), "set no AppArmor or SELinux label"},
	{0, "timeout", "TIME", OPT_TEXT, FIELD(timeout), "end it after this time (30, 500ms, 2m): TERM, 5 s later KILL; status 124"},
	{0, "pid-file", "FILE", OPT_TEXT, FIELD(pid_file), "write the command's host PID to a file"},
	{0, "preserve-fds", "N", OPT_TEXT, FIELD(preserve_fds), "hand in N descriptors from 3 on"},
	{0, "dry-run", NULL, OPT_FLAG, FIELD(dry_run), "print what would be done, do nothing"},
	OPT_END,
};

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
	CLEANUP_FREE char *shown = NULL;

	if (!list || ns_parse_list(list, ret, &bad) == 0)
		return list && !*ret ? err_set(err, -EINVAL, ERR_USAGE, "--ns needs a namespace") : 0;
	for (int i = 0; i < NS_N; i++)
		names[i] = ns_kinds[i].name;
	shown = text_escaped(bad);
	shown[strcspn(shown, ",")] = '\0';
	if (!*shown)
		return err_set(err, -EINVAL, ERR_USAGE, "--ns: the name of a namespace is missing");
	err_set(err, -EINVAL, ERR_USAGE, "--ns: no namespace is called %s", shown);
	if (text_nearest(shown, names, NS_N))
		return err_hint(err, "did you mean %s?", text_nearest(shown, names, NS_N));
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

static int make_request(const struct exec_options *o, const struct opt_words *words, struct enter_request *r,
	struct err *err)
{
	*r = (struct enter_request){
		.argv = words->words + 1,
		.keep_stdin = o->stdin_open, .tty = o->tty, .detach = o->detach, .privileged = o->privileged,
		.no_new_privs = o->no_new_privs, .no_cgroup = o->no_cgroup, .no_seccomp = o->no_seccomp,
		.no_lsm = o->no_lsm, .user = o->user, .workdir = o->workdir, .env = o->env.items, .n_env = o->env.n,
		.env_file = o->env_file, .group_add = o->group_add.items, .n_group_add = o->group_add.n,
		.pid_file = o->pid_file,
	};
	if (o->timeout && (text_duration(o->timeout, &r->timeout_ms) < 0 || !r->timeout_ms))
		return err_set(err, -EINVAL, ERR_USAGE, "--timeout needs a time such as 30, 500ms or 2m");
	if (parse_caps(&o->cap_add, &r->cap_add, err) < 0 || parse_caps(&o->cap_drop, &r->cap_drop, err) < 0 ||
		parse_ns(o->ns, &r->namespaces, err) < 0 || parse_fds(o->preserve_fds, &r->preserve_fds, err) < 0)
		return err->code;
	return 0;
}

static int check_words(const struct opt_words *words, struct err *err)
{
	if (words->n == 0)
		err_set(err, -EINVAL, ERR_USAGE, "exec needs a target and a command");
	else if (words->n > 1 && !*words->words[1])
		err_set(err, -EINVAL, ERR_USAGE, "the command is an empty word");
	else if (words->n == 1)
		err_set(err, -EINVAL, ERR_USAGE, "exec needs a command to run in %s", words->words[0]);
	else
		return 0;
	return err_hint(err, "nsctl exec %s -- COMMAND; nsctl get containers lists the targets",
		words->n ? words->words[0] : "TARGET");
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

static int run_plan(struct session *s, const struct exec_options *o, const struct enter_request *request,
	struct stage *stage, int *status, struct err *err)
{
	CLEANUP_PLAN struct plan plan = {.init = PROC_REF_NONE};
	CLEANUP_BUF struct buf text = {0};
	int error = plan_make(request, note, s, &plan, err);

	if (error < 0)
		return error;
	if (o->dry_run) {
		plan_describe(&plan, &text);
		fputs(buf_text(&text), stdout);
		*status = 0;
		return 0;
	}
	session_print_notes(s);
	plan.note = note_now;
	plan.woken = stage;
	return stage_run(&plan, status, err);
}

static int exec_run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	struct exec_options *o = options;
	CLEANUP_STAGE struct stage stage = STAGE_NONE;
	struct enter_request request;
	struct container c = {0};
	const struct engine *engine;
	int error;

	if ((error = check_words(words, err)) < 0 || (error = make_request(o, words, &request, err)) < 0)
		return error;
	stage.leaving = !s->repl; /* exec is all that this process does */
	if (!o->dry_run && (error = stage_wake(&stage, err)) < 0)
		return error;
	error = session_target(s, words->words[0], o->container, &c, err);
	if (error < 0)
		return error;
	if (!strcmp(c.engine, TARGET_HOST)) {
		err_set(err, -EINVAL, ERR_USAGE, "exec enters containers, and %s is none", c.name);
		container_free(&c);
		return err_hint(err, "run the command itself, or name a container");
	}
	engine = engine_by_name(c.engine);
	request.container = &c;
	request.engine_pause_hint = engine ? engine->pause_hint : NULL;
	error = run_plan(s, o, &request, &stage, status, err);
	container_free(&c);
	return error;
}

static void exec_free(void *options)
{
	struct exec_options *o = options;

	opt_list_free(&o->env);
	opt_list_free(&o->cap_add);
	opt_list_free(&o->cap_drop);
	opt_list_free(&o->group_add);
}

const struct verb verb_exec = {
	.name = "exec",
	.group = "enter",
	.usage = "[OPTIONS] TARGET [OPTIONS] [--] COMMAND [ARG...]",
	.summary = "run a command in a container, confined as the container is",
	.about = "The command gets the container's namespaces, root, cgroup, user, capabilities, seccomp filter,\n"
		 "limits, environment and working directory, and nothing of yours. No daemon is asked.\n"
		 "The exit status is the command's own; 125 nsctl failed, 126 cannot be executed, 127 not found.",
	.examples = "nsctl exec web -- ps aux              # what runs inside\n"
		    "nsctl exec -it shop/api -- sh         # a shell in a pod's container\n"
		    "nsctl exec -u root -w /etc web -- ls  # as root, in /etc",
	.opts = opts,
	.options_size = sizeof(struct exec_options),
	.mode = OPT_AROUND_TARGET,
	.runs_command = true,
	.run = exec_run,
	.free_options = exec_free,
};
