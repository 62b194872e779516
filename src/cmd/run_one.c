/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One container of run: its state, its plan, its time.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/run.h"
#include "engine/sandbox.h"
#include "enter/plan.h"
#include "enter/sandbox.h"
#include "enter/stage.h"
#include "sys/ns.h"
#include "sys/proc.h"

#define STOP_MS 2000
#define OWN_VIEW (1u << NS_MNT | 1u << NS_CGROUP)

struct running {
	const struct run_one *one;
	struct sandbox *sandbox;
};

static void note(void *data, const char *message)
{
	session_note(data, NULL, 0, NULL, "%s", message);
}

/* The child stands before execve: from here on others find it. */
static int write_state(void *data, pid_t child, struct err *err)
{
	const struct running *r = data;
	const struct run_pod *pod = r->one->pod;
	const struct run_box *box = r->one->box;
	CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
	struct sandbox_state state = {
		.name = box->name,
		.pod = pod->name,
		.namespace = pod->namespace,
		.pid = child,
		.command = box->argv,
		.labels = pod->labels,
		.n_labels = pod->n_labels,
	};
	int error = proc_ref_open(child, 0, &ref);

	if (error < 0)
		return err_set(err, error, ERR_FAILED, "%s ended before it had begun", box->name);
	state.start = ref.start;
	return sandbox_state_write(r->sandbox, &state, err);
}

static void running(void *data)
{
	const struct running *r = data;

	if (r->one->started)
		r->one->started(r->one->started_data);
}

/* What stays behind holds nothing of the caller's terminal, nor a pipe that someone reads to its end. */
int run_leave_stdio(struct err *err)
{
	CLEANUP_FD int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd < 3; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			return err_sys(err, -errno, "cannot open /dev/null");
	return 0;
}

static void note_no_groups(const struct run_one *one)
{
	session_note(one->pod->session, one->box->name, 0, NULL,
		"without its supplementary groups: the kernel lets you set none while one group is mapped");
}

/* Where no group can be set, none is written down either: exec would fail on it. */
static int write_config(const struct run_one *one, const struct plan *plan, const struct sandbox *sandbox,
	const char *text, size_t len, struct err *err)
{
	CLEANUP_FREE char *bare = NULL;
	size_t bare_len;

	if (plan->n_groups || !one->box->n_groups || one->no_groups)
		return sandbox_config_write(sandbox, text, len, err);
	note_no_groups(one);
	bare = run_config(one->pod, one->box, false, &bare_len);
	return bare ? sandbox_config_write(sandbox, bare, bare_len, err) : err_no_memory(err);
}

static int run_planned(const struct run_one *one, const struct enter_sandbox *what, struct sandbox *sandbox,
	int *ret_status, struct err *err)
{
	struct container c = {.engine = "nsctl", .name = one->box->name};
	struct enter_request request = {.container = &c,
		.argv = one->box->argv,
		.keep_stdin = one->box->keep_stdin,
		.tty = one->box->tty,
		.trace = session_trace(one->pod->session),
		.stop_ms = STOP_MS};
	struct running hook = {.one = one, .sandbox = sandbox};
	CLEANUP_PLAN struct plan plan = {.init = PROC_REF_NONE};
	int error = sandbox_plan(what, &request, note, one->pod->session, &plan, err);

	if (error < 0 || (error = write_config(one, &plan, sandbox, what->config, what->config_len, err)) < 0)
		return error;
	plan.ready = write_state;
	plan.running = running;
	plan.hook_data = &hook;
	session_print_notes(one->pod->session);
	plan_trace(&plan);
	if (one->quiet && (error = run_leave_stdio(err)) < 0)
		return error;
	return stage_run(&plan, ret_status, err);
}

static int run_once(const struct run_one *one, bool one_id, int *ret_status, struct err *err)
{
	const struct run_pod *pod = one->pod;
	struct engine_query query = session_engines(pod->session);
	CLEANUP_SANDBOX struct sandbox sandbox = SANDBOX_NONE;
	CLEANUP_FREE char *config = NULL;
	size_t len = 0;
	struct enter_sandbox what = {
		.name = one->box->name,
		.rootfs = pod->rootfs,
		.hostname = one->holder ? NULL : pod->hostname,
		.holder = one->holder,
		.namespaces = pod->namespaces,
		.unmasked = one->box->unmasked,
		.read_only = one->box->read_only,
		.one_id = one_id,
	};
	int error = sandbox_create(&query.roots, one->box->name, &sandbox, err);

	if (error < 0)
		return err_hint(err, "--root nsctl=DIR keeps the state of sandboxes elsewhere");
	config = run_config(pod, one->box, !one->no_groups, &len);
	if (one->no_groups && one->box->n_groups)
		note_no_groups(one);
	what.config = config;
	what.config_len = len;
	what.state = sandbox.fd;
	if (one->holder) {
		what.join = pod->namespaces & ~OWN_VIEW & ~(pod->share_pid ? 0 : 1u << NS_PID);
		what.namespaces = pod->namespaces & ~what.join;
	}
	error = config ? run_planned(one, &what, &sandbox, ret_status, err) : err_no_memory(err);
	/* the guard has done it, unless there was none */
	sandbox_remove(&sandbox);
	return error;
}

/* A signal that ends us would leave the folder behind that was just made. It waits until there is someone to end. */
static void hold_signals(sigset_t *ret_old)
{
	static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction now;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
		if (sigaction(ending[i], NULL, &now) < 0 || now.sa_handler != SIG_IGN)
			sigaddset(&set, ending[i]);
	sigprocmask(SIG_BLOCK, &set, ret_old);
}

static int run_held(const struct run_one *one, bool one_id, int *ret_status, struct err *err)
{
	sigset_t old;
	int error;

	hold_signals(&old);
	error = run_once(one, one_id, ret_status, err);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return error;
}

int run_one(const struct run_one *one, int *ret_status, struct err *err)
{
	int error = run_held(one, false, ret_status, err);

	if (error != -EXDEV)
		return error;
	session_note(one->pod->session, one->box->name, 0, NULL, "%s (%s): with one user and group instead",
		err->message, err->why ? err->why : "");
	err_clear(err);
	return run_held(one, true, ret_status, err);
}

/* As far as it can be known without starting anything: a pod's containers are shown as if each stood alone.
 */
int run_describe(const struct run_pod *pod, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};

	for (size_t i = 0; i < pod->n; i++) {
		const struct run_box *box = &pod->boxes[i];
		CLEANUP_PLAN struct plan plan = {.init = PROC_REF_NONE};
		CLEANUP_FREE char *config = NULL;
		struct container c = {.engine = "nsctl", .name = box->name};
		struct enter_request request = {
			.container = &c, .argv = box->argv, .keep_stdin = box->keep_stdin, .tty = box->tty};
		struct enter_sandbox what = {.name = box->name,
			.rootfs = pod->rootfs,
			.hostname = pod->hostname,
			.namespaces = pod->namespaces,
			.unmasked = box->unmasked,
			.read_only = box->read_only,
			.state = -1};

		config = run_config(pod, box, true, &what.config_len);
		what.config = config;
		if (!config)
			return err_no_memory(err);
		if (sandbox_plan(&what, &request, note, pod->session, &plan, err) < 0)
			return err->code;
		buf_str(&text, i ? "\n" : "");
		plan_describe(&plan, &text);
	}
	fputs(buf_text(&text), stdout);
	return 0;
}
