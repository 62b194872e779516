/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

/* Is it `inside` in that PID namespace? By its own list of numbers, where the kernel cannot be asked. */
static bool is_inside(const struct proc_ref *ref, int init, pid_t inside)
{
	CLEANUP_STATUS struct proc_status status = {0}, init_status = {0};
	uint64_t theirs, ours;

	if (proc_status_read(ref->dir, &status) < 0 || proc_status_read(init, &init_status) < 0 ||
		!init_status.n_nspid || status.n_nspid < init_status.n_nspid ||
		status.nspid[init_status.n_nspid - 1] != inside)
		return false;
	/* the same depth may be another namespace's; deeper ones are told apart by their ancestors, which
	 * only the kernel knows */
	return ns_inode(ref->dir, NS_PID, &theirs) == 0 && ns_inode(init, NS_PID, &ours) == 0 &&
	       theirs == ours;
}

/* Before Linux 6.11: every process is asked. */
static int scan_for(int init, pid_t inside, struct proc_ref *ret)
{
	CLEANUP_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
		uint64_t pid;

		if (text_u64(entry->d_name, INT_MAX, &pid) < 0 || proc_ref_open((pid_t)pid, 0, &ref) < 0 ||
			!is_inside(&ref, init, inside))
			continue;
		*ret = ref;
		ref = (struct proc_ref)PROC_REF_NONE;
		return 0;
	}
	return proc ? -ESRCH : -errno;
}

/* Our own PID namespace needs no translation. */
static bool is_ours(int init)
{
	CLEANUP_FD int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	uint64_t theirs, ours;

	return self >= 0 && ns_inode(init, NS_PID, &theirs) == 0 && ns_inode(self, NS_PID, &ours) == 0 &&
	       theirs == ours;
}

/* Pinned, and then asked once more who it is: the number may have passed to another meanwhile. */
static int find_process(int ns, int init, pid_t inside, struct proc_ref *ret)
{
	CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
	pid_t outside = is_ours(init) ? inside : ns_pid_outside(ns, inside);
	int error;

	if (outside == -ENOTTY)
		return scan_for(init, inside, ret);
	if (outside <= 0)
		return outside ? outside : -ESRCH;
	error = proc_ref_open(outside, 0, &ref);
	if (error < 0)
		return error;
	if (!is_ours(init) && ns_pid_inside(ns, outside) != inside)
		return -ESRCH;
	*ret = ref;
	ref = (struct proc_ref)PROC_REF_NONE;
	return 0;
}

static int parse_pids(const struct opt_words *words, pid_t *ret, struct err *err)
{
	for (size_t i = 1; i < words->n; i++) {
		CLEANUP_FREE char *shown = text_escaped(words->words[i]);
		uint64_t pid;

		if (text_u64(words->words[i], INT_MAX, &pid) < 0 || !pid)
			return err_set(err, -EINVAL, ERR_USAGE, "%s is no PID", shown);
		ret[i - 1] = (pid_t)pid;
	}
	return 0;
}

static int signal_one(const struct container *c, int ns, int init, pid_t pid, int signal, struct err *err)
{
	CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
	int error = find_process(ns, init, pid, &ref);

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
	struct container *c;
	const struct engine *engine;
	int error = kill_find(s, text, &list, err);

	if (error < 0 || list.n)
		return error < 0 ? error : kill_sandboxes(&list, err);
	c = container_list_add(&list);
	if (!c)
		return err_set(err, -ENOMEM, ERR_FAILED, "out of memory");
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
	if (engine && engine->stop)
		return err_hint(err, engine->stop, c->pod && !strcmp(c->engine, "cri") ? c->pod : c->name);
	return err_hint(err, "one of its processes: nsctl kill %s PID", text);
}

static int kill_run(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct kill_options *o = options;
	CLEANUP_FREE pid_t *pids = calloc(words->n + 1, sizeof(*pids));
	struct container c = {0};
	int signal = SIGTERM, error;

	*status = 0;
	if (!pids)
		return err_set(err, -ENOMEM, ERR_FAILED, "out of memory");
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
