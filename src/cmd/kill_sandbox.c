/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The end of a sandbox: its init gets TERM and, 2 s later, KILL. Who watches it (nsctl run) then clears away
 * its state; where nobody is left to do that, we do.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "cmd/kill.h"
#include "engine/sandbox.h"
#include "sys/clock.h"
#include "sys/file.h"

#define STOP_MS 2000
#define KILL_MS 10000 /* on a busy machine it may not get a turn at once */
#define CLEAR_MS 3000
#define STEP_MS 10

/* NAME, POD, NAMESPACE/POD, with "nsctl/" or "pod/" before it: all of a pod. */
static bool is_pod(const struct container *c, const char *text)
{
	CLEANUP_FREE char *both = NULL;

	if (!c->pod)
		return false;
	if (text_has_prefix(text, "nsctl/"))
		text += strlen("nsctl/");
	if (text_has_prefix(text, "pod/"))
		text += strlen("pod/");
	if (!strcmp(text, c->pod))
		return true;
	if (!c->namespace || asprintf(&both, "%s/%s", c->namespace, c->pod) < 0)
		both = NULL;
	return both && !strcmp(text, both);
}

int kill_find(struct session *s, const char *text, struct container_list *ret, struct err *err)
{
	struct engine_query query = session_engines(s);
	bool own = false;

	query.only = "nsctl";
	query.note = NULL; /* what could not be read is said when it is not found */
	if (engine_list(&query, ret, err) < 0)
		return err->code;
	for (size_t i = ret->n; i > 0; i--) {
		const struct container *c = &ret->items[i - 1];

		if (!is_pod(c, text) ||
			(s->namespace && (!c->namespace || strcmp(c->namespace, s->namespace) != 0)))
			container_list_remove(ret, i - 1);
		else
			own |= !container_is_guest(c);
	}
	/* no other user joins a pod of root's or the caller's */
	for (size_t i = ret->n; own && i > 0; i--)
		if (container_is_guest(&ret->items[i - 1]))
			container_list_remove(ret, i - 1);
	return 0;
}

/* The init of a PID namespace never sees a signal that it neither handles nor blocks. */
static bool would_see(const struct proc_ref *ref)
{
	CLEANUP_STATUS struct proc_status status = {0};
	static const char *const lines[] = {"\nSigBlk:", "\nSigCgt:"};
	char text[4096];
	uint64_t mask = 0;

	if (proc_status_read(ref->dir, &status) < 0 || status.n_nspid < 2 ||
		status.nspid[status.n_nspid - 1] != 1)
		return true;
	if (file_read_into(ref->dir, "status", text, sizeof(text)) < 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *line = strstr(text, lines[i]);

		mask |= line ? strtoull(line + strlen(lines[i]), NULL, 16) : 0;
	}
	return mask >> (SIGTERM - 1) & 1;
}

static bool has_ended(const struct proc_ref *ref)
{
	struct pollfd p = {.fd = ref->pidfd, .events = POLLIN};

	return ref->pidfd >= 0 ? poll(&p, 1, 0) > 0 : !proc_ref_alive(ref);
}

/* True when all have ended by then. */
static bool wait_all(const struct proc_ref *refs, size_t n, int64_t deadline)
{
	for (size_t i = 0; i < n; i++) {
		while (refs[i].dir >= 0 && !has_ended(&refs[i])) {
			int64_t left = deadline - clock_ms();
			struct pollfd p = {.fd = refs[i].pidfd, .events = POLLIN};

			if (left <= 0)
				return false;
			poll(&p, refs[i].pidfd >= 0, refs[i].pidfd >= 0 ? (int)left : STEP_MS);
		}
	}
	return true;
}

/* Its folder goes with its watcher. */
static int clear_state(const struct container *c, int64_t deadline, struct err *err)
{
	CLEANUP_SANDBOX struct sandbox sandbox = SANDBOX_NONE;
	CLEANUP_ERR struct err gone = {0};
	int error;

	while (sandbox_has_folder(c) && clock_ms() < deadline)
		poll(NULL, 0, STEP_MS);
	if (!sandbox_has_folder(c) || sandbox_open(c, &sandbox, &gone) < 0)
		return 0;
	error = sandbox_remove(&sandbox);
	return error < 0 ? err_sys(err, error, "cannot remove %s", c->state) : 0;
}

static int send_all(const struct container_list *list, struct proc_ref *refs, int signal, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		int error;

		if (refs[i].dir < 0 || has_ended(&refs[i]))
			continue;
		error = kill_send(&refs[i], signal == SIGTERM && !would_see(&refs[i]) ? SIGKILL : signal);
		if (error < 0 && error != -ESRCH)
			return err_sys(err, error, "%s: cannot end it", list->items[i].name);
	}
	return 0;
}

/* Pins the inits; those of a user's sandboxes are that user's. */
static int open_all(const struct container_list *list, struct proc_ref *refs, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct container *c = &list->items[i];

		refs[i] = (struct proc_ref)PROC_REF_NONE;
		if (c->pid && proc_ref_open(c->pid, c->start, &refs[i]) < 0)
			refs[i] = (struct proc_ref)PROC_REF_NONE;
		if (refs[i].dir >= 0 && !err->code && !container_may_signal(c, refs[i].dir))
			err_set(err, -EPERM, ERR_DENIED,
				"%s: its init (%d) is no process of user %u, who could write its state",
				c->name, (int)c->pid, (unsigned int)c->owner);
	}
	return err->code;
}

int kill_sandboxes(const struct container_list *list, struct err *err)
{
	CLEANUP_FREE struct proc_ref *refs = calloc(list->n + 1, sizeof(*refs));
	int error;

	if (!refs)
		return err_no_memory(err);
	error = open_all(list, refs, err);
	if (!error)
		error = send_all(list, refs, SIGTERM, err);
	if (!error && !wait_all(refs, list->n, clock_ms() + STOP_MS))
		error = send_all(list, refs, SIGKILL, err);
	if (!error && !wait_all(refs, list->n, clock_ms() + KILL_MS))
		error = err_set(err, -ETIMEDOUT, ERR_FAILED,
			"%s: it does not end, KILL notwithstanding: is it frozen?", list->items[0].name);
	for (size_t i = 0; !error && i < list->n; i++)
		error = clear_state(&list->items[i], clock_ms() + CLEAR_MS, err);
	for (size_t i = 0; i < list->n; i++)
		proc_ref_close(&refs[i]);
	return error;
}
