/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "engine/match.h"
#include "engine/state.h"
#include "sys/file.h"
#include "sys/ns.h"
#include "sys/proc.h"

int target_match(
	const struct target_query *query, const struct container_list *list, size_t *ret, struct err *err)
{
	CLEANUP_FORM struct target_form form = {.kind = TARGET_WORD};
	CLEANUP_FREE bool *fits = calloc(list->n + 1, sizeof(*fits));
	enum target_fit best = FIT_NONE;
	int r = target_form_read(query->text, &form, err);
	size_t n;

	if (r < 0)
		return r;
	if (!fits)
		return err_sys(err, -ENOMEM, "%s", query->text);
	n = target_form_match(&form, query, list, fits, &best);
	if (n > 1)
		return target_many_fit(&form, query, list, fits, n, err);
	if (n == 0)
		return target_no_fit(&form, query, list, err);
	for (*ret = 0; !fits[*ret]; ++*ret)
		;
	return 0;
}

/* Gives the i-th away; the list keeps an empty one. */
static void take(struct container_list *list, size_t i, struct container *ret)
{
	*ret = list->items[i];
	list->items[i] = (struct container){.engine = "", .status = CONTAINER_STOPPED};
}

/* Is the one that fits surely the one that is meant, though not all were asked? One that fits by its name, or
 * by so many digits of its ID that no stopped one of that name can be meant. Not one that another user's
 * state claims; with `chosen`, not one that may be another engine's after all. */
static bool is_sure(
	const struct target_form *form, enum target_fit fit, bool chosen, const struct container *c)
{
	if (container_is_guest(c))
		return false;
	if (chosen)
		return fit == FIT_NAME && strlen(c->id) != STATE_ID_LEN;
	return fit == FIT_NAME || form->kind == TARGET_ID ||
	       (fit == FIT_ID && strlen(form->id) >= TARGET_ID_SHORT);
}

static bool try_quickly(
	const struct target_form *form, const struct target_query *query, bool chosen, struct container *ret)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_FREE bool *fits = NULL;
	struct engine_query engines_query = query->engines;
	enum target_fit best = FIT_NONE;
	size_t i = 0;

	engines_query.only = form->engines[1] ? NULL : form->engines[0];
	engines_query.chosen = chosen;
	engines_query.needle = target_form_needle(form);
	engines_query.stopped = engines_query.bare = engines_query.deep = false;
	engines_query.note = NULL;
	if (!engines_query.needle || engine_list(&engines_query, &list, &err) < 0)
		return false;
	fits = calloc(list.n + 1, sizeof(*fits));
	if (!fits || target_form_match(form, query, &list, fits, &best) != 1)
		return false;
	while (!fits[i])
		i++;
	if (!is_sure(form, best, chosen, &list.items[i]))
		return false;
	target_name_all(&list);
	take(&list, i, ret);
	TRACE(query->engines.trace, TRACE_READ,
		"target %s: %s/%s, the only live one whose %s fits: no full list was needed", query->text,
		ret->engine, ret->name, best == FIT_NAME ? "name" : "ID");
	return true;
}

/* The quick way: only what holds the text, only live ones. ENGINE/NAME of an engine that gives no IDs is
 * first looked for without those that do: what they run through it has one of theirs. */
static bool resolve_quickly(
	const struct target_form *form, const struct target_query *query, struct container *ret)
{
	const struct engine *engine =
		form->engines[0] && !form->engines[1] ? engine_by_name(form->engines[0]) : NULL;

	return (engine && engine->owns != OWNS_GIVEN && try_quickly(form, query, true, ret)) ||
	       try_quickly(form, query, false, ret);
}

/* Between the engines and the caller: remembers that something may not be seen. */
struct watch {
	const struct engine_query *query;
	char *hidden; /* owned */
	bool outside; /* of the caller's PID namespace */
};

static void watch_note(void *data, const char *engine, const char *path, int code, const char *message)
{
	struct watch *watch = data;

	if (!engine && code == -EACCES && !watch->hidden)
		watch->hidden = strdup(message);
	else if (!engine && code == -ENODATA)
		watch->outside = true;
	else if (watch->query->note)
		watch->query->note(watch->query->note_data, engine, path, code, message);
}

static int list_all(const struct target_query *query, bool bare, struct watch *watch,
	struct container_list *ret, struct err *err)
{
	struct engine_query all = query->engines;

	all.only = all.needle = NULL;
	all.stopped = true;
	all.bare = bare;
	all.deep = false;
	all.note = watch_note;
	all.note_data = watch;
	return engine_list(&all, ret, err);
}

static int resolve_fully(const struct target_query *query, struct container *ret, struct err *err)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	struct watch watch = {.query = &query->engines};
	struct target_query known = *query;
	size_t i = 0;
	int r;

	TRACE(query->engines.trace, TRACE_READ,
		"target %s: listing everything, stopped containers and bare groups too", query->text);
	r = list_all(query, true, &watch, &list, err);

	if (r == 0) {
		target_name_all(&list);
		known.hidden = watch.hidden;
		r = target_match(&known, &list, &i, err);
	}
	if (r == 0) {
		take(&list, i, ret);
	} else if (r == -ENOENT && watch.hidden && err->kind == ERR_NO_TARGET) {
		/* it may be among them: that it is not there would be a guess */
		err->kind = ERR_DENIED;
		err_why(err, "%s", watch.hidden);
	} else if (r == -ENOENT && watch.outside) {
		err_why(err,
			"nsctl runs in a PID namespace itself: not all that runs outside of it can be seen");
	}
	free(watch.hidden);
	return r;
}

/* The namespaces of a process that tell containers apart; 0 where they cannot be read. */
struct identity {
	uint64_t pid, mnt;
};

static struct identity identity_of(int dir)
{
	struct identity id = {0};

	if (ns_inode(dir, NS_PID, &id.pid) < 0)
		id.pid = 0;
	if (ns_inode(dir, NS_MNT, &id.mnt) < 0)
		id.mnt = 0;
	return id;
}

/* Is the process in the container: its init, in its mount namespace, or in its PID namespace or one nested
 * there? What shares the host's namespace with it is not told apart by that one. */
static bool holds(
	const struct container *c, pid_t pid, const struct identity *process, const struct identity *own)
{
	CLEANUP_FD int dir = -1, ns = -1;
	struct identity init;

	if (!c->pid || c->pid == pid)
		return c->pid == pid;
	dir = proc_open(c->pid);
	if (dir < 0)
		return false;
	init = identity_of(dir);
	if (init.mnt && init.mnt != own->mnt && init.mnt == process->mnt)
		return true;
	if (!init.pid || init.pid == own->pid)
		return false;
	if (init.pid == process->pid)
		return true;
	ns = ns_open(dir, NS_PID);
	return ns >= 0 && ns_pid_inside(ns, pid) > 0;
}

/* The innermost that holds it: the shared PID namespace of a pod has several, and then the mount namespace
 * decides. */
static bool find_holder(const struct container_list *list, pid_t pid, size_t *ret)
{
	CLEANUP_FD int dir = proc_open(pid), self = proc_open_self();
	struct identity process, own, init;
	bool found = false;

	if (dir < 0 || self < 0)
		return false;
	process = identity_of(dir);
	own = identity_of(self);
	for (size_t i = 0; i < list->n; i++) {
		CLEANUP_FD int init_dir = -1;

		if (!holds(&list->items[i], pid, &process, &own))
			continue;
		init_dir = proc_open(list->items[i].pid);
		init = identity_of(init_dir);
		if (!found || list->items[i].pid == pid || (init.mnt && init.mnt == process.mnt))
			*ret = i;
		found = true;
		if (list->items[i].pid == pid)
			break;
	}
	return found;
}

/* A process as a container of its own. */
static int make_process(
	const char *engine, const char *name, pid_t pid, struct container *ret, struct err *err)
{
	struct container c = {.engine = engine, .labels_known = true, .trusted = true};
	int r;

	c.name = strdup(name);
	c.id = strdup("");
	c.ref = strcmp(engine, TARGET_HOST) ? state_path("pid/%d", (int)pid) : strdup(name);
	c.state = state_path("/proc/%d", (int)pid);
	r = container_set_init(&c, pid, 0);
	if (r == -EACCES &&
		!strcmp(engine, TARGET_HOST)) { /* hidden by hidepid; the host is there all the same */
		c.pid = pid;
		c.status = CONTAINER_RUNNING;
	}
	if (c.name && c.id && c.ref && c.state && c.pid) {
		*ret = c;
		return 0;
	}
	container_free(&c);
	if (r == -EACCES) {
		err_set(err, r, ERR_DENIED, "pid/%d: the process may not be looked at: Permission denied",
			(int)pid);
		return err_hint(err, "/proc is mounted with hidepid: run nsctl as root");
	}
	err_set(err, -ESRCH, ERR_NO_TARGET, "pid/%d: no such process", (int)pid);
	return err_hint(err, "pid/N takes a process ID of the host");
}

/* The quick way to pid/N: the ID in its cgroup's path. */
static bool resolve_pid_quickly(const struct target_query *query, pid_t pid, struct container *ret)
{
	char text[4096], id[STATE_ID_LEN + 1], path[32];
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP_ERR struct err err = {0};
	struct engine_query with_id = query->engines;
	size_t i = 0;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	if (file_read_into(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return false;
	text[strcspn(text, "\n")] = '\0'; /* all hierarchies say the same */
	if (!cgroup_id(text, id))
		return false;
	TRACE(query->engines.trace, TRACE_READ, "target %s: %s names %s", query->text, path, id);
	with_id.only = NULL;
	with_id.needle = id;
	with_id.stopped = with_id.bare = with_id.deep = false;
	with_id.note = NULL;
	if (engine_list(&with_id, &list, &err) < 0 || !find_holder(&list, pid, &i))
		return false;
	target_name_all(&list);
	take(&list, i, ret);
	return true;
}

static int resolve_pid(const struct target_query *query, pid_t pid, struct container *ret, struct err *err)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	struct watch watch = {.query = &query->engines};
	CLEANUP_FREE char *name = NULL;
	CLEANUP_FD int dir = proc_open(pid);
	char comm[64] = "";
	bool hidden;
	size_t i = 0;
	int r;

	if (dir < 0)
		return make_process("bare", "", pid, ret, err);
	if (resolve_pid_quickly(query, pid, ret))
		return 0;
	r = list_all(query, false, &watch, &list, err);
	hidden = watch.hidden;
	free(watch.hidden);
	if (r < 0)
		return r;
	if (find_holder(&list, pid, &i)) {
		target_name_all(&list);
		take(&list, i, ret);
		return 0;
	}
	file_read_into(dir, "comm", comm, sizeof(comm));
	comm[strcspn(comm, "\n")] = '\0';
	name = text_escaped(comm);
	r = make_process("bare", name ? name : "", pid, ret, err);
	if (!r)
		ret->unrecorded = hidden;
	return r;
}

int target_resolve(const struct target_query *query, struct container *ret, struct err *err)
{
	CLEANUP_FORM struct target_form form = {.kind = TARGET_WORD};
	int r = target_form_read(query->text, &form, err);

	if (r < 0)
		return r;
	switch (form.kind) {
	case TARGET_HOST_:
		return make_process(TARGET_HOST, "host", 1, ret, err);
	case TARGET_SELF:
		return make_process(TARGET_HOST, "self", getpid(), ret, err);
	case TARGET_PID:
		return resolve_pid(query, form.pid, ret, err);
	default:
		return resolve_quickly(&form, query, ret) ? 0 : resolve_fully(query, ret, err);
	}
}
