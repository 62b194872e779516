/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/text.h"
#include "cmd/kill.h"
#include "engine/command.h"
#include "model/pid.h"
#include "sys/ns.h"

struct kill_options {
	const char *signal;
};

static const struct opt opts[] = {
	{'s', "signal", "SIG", OPT_TEXT, offsetof(struct kill_options, signal),
		"which signal: a name with or without SIG, or a number (default: TERM)"},
	OPT_END,
};

int kill_send(const struct proc_ref *ref, int signal)
{
	if (ref->pidfd >= 0)
		return pidfd_signal(ref->pidfd, signal);
	if (!proc_ref_alive(ref))
		return -ESRCH;
	return kill(ref->pid, signal) < 0 ? -errno : 0;
}

static int parse_pids(const struct opt_words *words, pid_t *ret, struct err *err)
{
	for (size_t i = 1; i < words->n; i++) {
		uint64_t pid;

		if (text_u64(words->words[i], INT_MAX, &pid) < 0 || !pid)
			return err_set(err, -EINVAL, ERR_USAGE, "%s is no PID", words->words[i]);
		ret[i - 1] = (pid_t)pid;
	}
	return 0;
}

static int signal_one(const struct container *c, int ns, int init, pid_t pid, int signal, struct err *err)
{
	CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
	int error = pid_open(ns, init, pid, &ref);

	/* who writes the state chooses the PID namespace: it can be the host's */
	if (!error && !container_may_signal(c, ref.dir))
		return err_set(err, -EPERM, ERR_DENIED,
			"%s: its PID %d is no process of user %u, who could write its state", c->name,
			(int)pid, (unsigned int)c->owner);
	if (!error)
		error = kill_send(&ref, signal);
	if (error == -ESRCH)
		return err_set(
			err, error, ERR_NO_TARGET, "%s: no process has the PID %d inside", c->name, (int)pid);
	if (error < 0) {
		err_sys(err, error, "%s: cannot signal its PID %d", c->name, (int)pid);
		return error == -EPERM ? err_why(err, "it is another user's: this needs CAP_KILL") : error;
	}
	return 0;
}

/* All of them are tried; the first that fails is the error. */
static int signal_pids(const struct container *c, const pid_t *pids, size_t n, int signal, struct err *err)
{
	CLEANUP_PROC struct proc_ref init = PROC_REF_NONE;
	CLEANUP_FD int ns = -1;
	bool host = !strcmp(c->engine, "host"); /* and self: PID 1 may be shielded even from root */
	int error = host     ? proc_ref_open(getpid(), 0, &init)
		    : c->pid ? proc_ref_open(c->pid, c->start, &init)
			     : -ESRCH;

	if (!error)
		error = ns = ns_open(init.dir, NS_PID);
	if (container_check_seen(c, c->name, err) < 0)
		return err->code;
	if (error == -ESRCH || error == -ENOENT)
		return err_set(err, -ESRCH, ERR_FAILED, "%s is not running", c->name);
	if (error < 0) {
		err_sys(err, error, "%s: cannot look at its PID namespace", c->name);
		return err_hint(err, "run nsctl as root: sudo nsctl kill ...");
	}
	for (size_t i = 0; i < n; i++) {
		CLEANUP_ERR struct err again = {0};

		signal_one(c, ns, init.dir, pids[i], signal, err->code ? &again : err);
	}
	return err->code;
}

/* Without a PID only nsctl's own are ended: to end another's container behind its engine's back would make a
 * mess of its state. */
static int end_target(struct session *s, const char *text, struct err *err)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP_FREE char *stop = NULL;
	struct container *c;
	const struct engine *engine;
	int error = kill_find(s, text, &list, err);

	if (error < 0 || list.n)
		return error < 0 ? error : kill_sandboxes(&list, err);
	c = container_list_add(&list);
	if (!c)
		return err_no_memory(err);
	c->engine = "";
	error = session_target(s, text, NULL, c, err);
	if (error < 0)
		return error;
	if (!strcmp(c->engine, "nsctl"))
		return kill_sandboxes(&list, err);
	if (!strcmp(c->engine, "host"))
		return err_set(err, -EINVAL, ERR_USAGE, "kill %s needs a PID", c->name);
	err_set(err, -EINVAL, ERR_USAGE, "%s is a container of %s: nsctl ends its own sandboxes only",
		c->name, c->engine);
	engine = engine_by_name(c->engine);
	stop = engine ? engine_command(engine->stop, c) : NULL;
	if (stop)
		return err_hint(err, "%s", stop);
	return err_hint(err, "one of its processes: nsctl kill %s PID", text);
}

/* With a target in use numbers alone are PIDs in it. */
static bool is_in_use(const struct session *s, const struct opt_words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (!words->words[i][0] || words->words[i][strspn(words->words[i], "0123456789")])
			return false;
	return s->context && words->n;
}

static int kill_words(
	struct session *s, const struct kill_options *o, const struct opt_words *words, struct err *err)
{
	CLEANUP_FREE pid_t *pids = calloc(words->n + 1, sizeof(*pids));
	struct container c = {0};
	int signal = SIGTERM, error;

	if (!pids)
		return err_no_memory(err);
	if (!words->n)
		return err_set(err, -EINVAL, ERR_USAGE, "kill needs a target");
	if ((error = parse_pids(words, pids, err)) < 0)
		return error;
	if (o->signal && (error = kill_signal_parse(o->signal, &signal, err)) < 0)
		return error;
	if (words->n == 1 && o->signal)
		return err_set(err, -EINVAL, ERR_USAGE, "-s needs a PID: without one the whole sandbox ends");
	if (words->n == 1)
		return end_target(s, words->words[0], err);
	error = session_target(s, words->words[0], NULL, &c, err);
	if (error < 0)
		return error;
	error = signal_pids(&c, pids, words->n - 1, signal, err);
	container_free(&c);
	return error;
}

static int kill_run(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	struct opt_words with_target = {
		.words = calloc(words->n + 2, sizeof(*words->words)), .n = words->n + 1};
	int error;

	*status = 0;
	if (!with_target.words)
		return err_no_memory(err);
	with_target.words[0] = (char *)s->context;
	for (size_t i = 0; i < words->n; i++)
		with_target.words[i + 1] = words->words[i];
	error = kill_words(s, options, is_in_use(s, words) ? &with_target : words, err);
	opt_words_free(&with_target);
	return error;
}

const struct verb verb_kill = {
	.name = "kill",
	.group = "enter",
	.usage = "[-s SIG] TARGET [PID...]",
	.summary = "signal processes by the PID they have inside, or end a sandbox",
	.about = "With PIDs, as the container counts them, each gets the signal. Without, the target must\n"
		 "be a sandbox of nsctl run, or a pod of such: TERM ends it, and KILL 2 seconds later.\n"
		 "A signal that a container's init does not handle never reaches it, not even from\n"
		 "outside; KILL does.",
	.examples = "nsctl kill web 17               TERM to what is PID 17 in web\n"
		    "nsctl kill -s HUP web 1         HUP to its init\n"
		    "nsctl kill box                  ends the sandbox box",
	.opts = opts,
	.options_size = sizeof(struct kill_options),
	.mode = OPT_ANYWHERE,
	.run = kill_run,
};
