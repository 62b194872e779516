/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "engine/engines.h"
#include "engine/notes.h"
#include "engine/roots.h"
#include "engine/state.h"
#include "sys/ns.h"
#include "sys/proc.h"
#include "sys/reader.h"

static const char *const docker_roots[] = {
	"/run/docker", "/run/containerd", "/run/snap.docker", "%r/docker", NULL};
static const char *const cri_roots[] = {"/run/containerd", "/run/k3s/containerd",
	"/var/snap/microk8s/common/run/containerd", "/run/containers/storage", NULL};
static const char *const podman_roots[] = {"/run/containers/storage", "%r/containers", NULL};
static const char *const lxc_roots[] = {"/var/lib/lxc", "%h/.local/share/lxc", NULL};
static const char *const sandbox_roots[] = {
	"/run/nsctl/sandboxes", "%r/nsctl/sandboxes", "/tmp/nsctl-%u/sandboxes", NULL};
static const char *const containerd_roots[] = {"/run/containerd", "/run/k3s/containerd", NULL};
static const char *const crun_roots[] = {"/run/crun", "%r/crun", NULL};
static const char *const runc_roots[] = {"/run/runc", "%r/runc", NULL};
static const char *const no_roots[] = {NULL};

const struct engine engines[] = {
	{"docker", "Docker, with its own or the system's containerd", docker_roots, "docker stop %n",
		"docker unpause %n", "docker start %n", docker_find, true, OWNS_GIVEN},
	{"cri", "Kubernetes through containerd or CRI-O", cri_roots, "kubectl delete pod -n %k %p", NULL, NULL, cri_find, true, OWNS_GIVEN},
	{"podman", "Podman, of root and of users", podman_roots, "podman stop %n", "podman unpause %n",
		"podman start %n", podman_find, true, OWNS_GIVEN},
	{"lxc", "LXC", lxc_roots, "lxc-stop%P -n %n", "lxc-unfreeze%P -n %n", "lxc-start%P -n %n", lxc_find, false, OWNS_NONE},
	{"nsctl", "sandboxes of nsctl run", sandbox_roots, "nsctl kill %n", NULL, NULL, sandbox_find, true, OWNS_NONE},
	{"containerd", "containerd's other namespaces (ctr, nerdctl)", containerd_roots, "ctr -n %c task kill %i",
		"ctr -n %c task resume %i", NULL, containerd_find, true, OWNS_CHOSEN},
	{"crun", "crun by itself", crun_roots, "crun%r kill %i", "crun%r resume %i", NULL, crun_find, false, OWNS_NONE},
	{"runc", "runc by itself", runc_roots, "runc%r kill %i", "runc%r resume %i", NULL, runc_find, false, OWNS_NONE},
	{"bare", "namespaces that no engine knows", no_roots, NULL, NULL, NULL, NULL, false, OWNS_NONE},
	{NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, OWNS_NONE},
};

const struct engine *engine_by_name(const char *name)
{
	for (const struct engine *engine = engines; engine->name; engine++)
		if (!strcmp(engine->name, name))
			return engine;
	return NULL;
}

/* Elsewhere a folder that is not there is no news: most engines are not installed. One that was asked for is. */
static void look_at_data_roots(const struct finder *f)
{
	const char *path;

	for (size_t i = 0; (path = state_data_root(f, i)); i++) {
		struct stat st;

		if (stat(path, &st) < 0)
			state_note(f, path, -errno, "--data-root: %s: names and what has stopped are not known from here",
				strerror(errno));
		else if (!S_ISDIR(st.st_mode))
			state_note(f, path, -ENOTDIR, "--data-root: %s", strerror(ENOTDIR));
	}
}

/* Of none at all the caller says more. */
static void tell_unseen(const struct engine_query *query)
{
	if (query->note)
		query->note(query->note_data, NULL, NULL, -ENODATA,
			query->stopped ? "nsctl runs in a PID namespace itself: what runs outside of it is listed as stopped"
				       : "nsctl runs in a PID namespace itself: what runs outside of it is not shown");
}

static int find_in(const struct finder *f)
{
	const struct engine *engine = f->engine;
	const struct engine_query *query = f->query;
	const struct container_list *list = f->list;
	char **roots = NULL;
	int r = roots_of(engine, &query->roots, f->users, &roots);

	if (r == -ENOMEM)
		return state_no_memory(f);
	if (r < 0) {
		state_note(f, "/run/user", r, "%s", strerror(-r));
		return 0;
	}
	look_at_data_roots(f);
	for (size_t i = 0; roots[i] && r >= 0; i++) {
		size_t before = list->n;

		TRACE(query->trace, TRACE_READ, "%s: looking in %s", engine->name, roots[i]);
		notes_begin(query);
		r = engine->find(f, roots[i]);
		notes_end(query, engine->name, roots[i]);
		TRACE(query->trace, TRACE_READ, "%s: %zu found in %s", engine->name, list->n - before, roots[i]);
	}
	roots_free(roots);
	return f->err->code;
}

/* Sorting by PID, then by what the table of engines says: the first of equals stays. */
struct order {
	size_t index, rank;
	uid_t owner;
	pid_t pid;
	const char *id;
};

static int by_pid(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank ? 1 : x->index < y->index ? -1 : 1;
}

static int by_id(const void *a, const void *b)
{
	const struct order *x = a, *y = b;
	int r = strcmp(x->id, y->id);

	if (r)
		return r;
	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	/* a live one before a stopped one: an engine's record may be seen from two roots */
	if (!x->pid != !y->pid)
		return x->pid ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank ? 1 : x->index < y->index ? -1 : 1;
}

/* A user's state may claim a process that root's state knows better. */
static size_t rank_of(const struct container *c)
{
	size_t rank = (size_t)(engine_by_name(c->engine) - engines);

	return container_is_guest(c) ? rank + ARRAY_SIZE(engines) : rank;
}

static bool same_record(const struct order *kept, const struct order *other)
{
	if (other->pid || !*other->id || strcmp(kept->id, other->id))
		return false;
	/* no user hides what is another's by listing its ID */
	if (kept->owner && kept->owner != other->owner)
		return false;
	/* short IDs are names that people choose: those of two engines may be the same and mean two */
	return kept->rank == other->rank ||
	       (strlen(other->id) == STATE_ID_LEN && kept->rank < ARRAY_SIZE(engines));
}

/* Layers: the same init, or (stopped) the same ID, is one container. */
static void drop_layers(struct container_list *list, struct order *order)
{
	size_t n = list->n, kept = 0, of_root = 0;

	for (size_t i = 0; i < n; i++)
		order[i] = (struct order){
			.index = i,
			.rank = rank_of(&list->items[i]),
			.owner = list->items[i].owner,
			.pid = list->items[i].pid,
			.id = list->items[i].id,
		};
	qsort(order, n, sizeof(*order), by_id);
	for (size_t i = 1; i < n; i++) {
		if (same_record(&order[kept], &order[i]) || same_record(&order[of_root], &order[i])) {
			list->items[order[i].index].engine = NULL;
			continue;
		}
		kept = i;
		of_root = order[i].owner ? of_root : i;
	}
	qsort(order, n, sizeof(*order), by_pid);
	for (size_t i = 1; i < n; i++)
		if (order[i].pid && order[i - 1].pid == order[i].pid)
			list->items[order[i].index].engine = NULL;
	kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (!list->items[i].engine)
			container_free(&list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->n = kept;
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_name(const void *a, const void *b)
{
	const struct container *x = a, *y = b;
	int r = compare_text(x->engine, y->engine);

	r = r ? r : compare_text(x->namespace, y->namespace);
	r = r ? r : compare_text(x->pod, y->pod);
	r = r ? r : compare_text(x->name, y->name);
	r = r ? r : compare_text(x->id, y->id);
	return r ? r : x->pid < y->pid ? -1 : x->pid > y->pid;
}

static void keep_only(struct container_list *list, const char *engine)
{
	for (size_t i = list->n; i > 0; i--)
		if (strcmp(list->items[i - 1].engine, engine))
			container_list_remove(list, i - 1);
}

/* Of one engine's containers only those before it in the table can be the owners, and those of root's state
 * when a user's claimed one. */
static bool is_enough(
	const struct engine_query *query, const struct engine *next, const struct container_list *list)
{
	const struct engine *only = query->only ? engine_by_name(query->only) : NULL;

	if (!only || next <= only)
		return false;
	for (size_t i = 0; i < list->n; i++)
		if (rank_of(&list->items[i]) >= ARRAY_SIZE(engines))
			return false;
	return true;
}

/* A group that no engine knows may be one of those that the caller may not ask. */
static void set_unrecorded(struct container_list *list, unsigned int denied)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct engine *engine = engine_by_name(list->items[i].engine);

		list->items[i].unrecorded = !engine->find && denied & ~(1u << (engine - engines));
	}
}

#define YOUNG 5 /* seconds, from an init's birth until its engine has surely written that it is there */

/* Was something found that belongs to none of the engines, as they were asked, and that one may have written down since? */
static bool is_hasty(const struct container_list *list)
{
	const time_t now = time(NULL);

	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->items[i].engine, "bare") &&
			proc_start_unix(list->items[i].start) + YOUNG > (uint64_t)now)
			return true;
	return false;
}

/* Is it known beforehand that the engine has nothing to do with what is wanted? */
static bool is_stranger(const struct engine_query *query, const struct engine *engine)
{
	return query->only && query->chosen && engine->owns != OWNS_CHOSEN && strcmp(engine->name, query->only);
}

static int ask(const struct finder *asker)
{
	const struct engine_query *query = asker->query;
	int r = 0;

	for (const struct engine *engine = engines; engine->name && r == 0 && !is_enough(query, engine, asker->list);
		engine++) {
		struct finder f = *asker;

		f.engine = engine;
		if (is_stranger(query, engine))
			continue;
		if (engine->find)
			r = find_in(&f);
		else if (query->bare)
			r = bare_find(&f);
	}
	return r;
}

int engine_list(const struct engine_query *query, struct container_list *ret, struct err *err)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP_FREE struct order *order = NULL;
	CLEANUP_READER struct reader reader = {0};
	CLEANUP_NOTES struct notes notes = {.query = query};
	CLEANUP(roots_users_free) struct roots_users users = {.listed = false};
	struct engine_query own = *query;
	bool unseen = false, nested = ns_is_nested();
	const struct finder f = {.query = &own, .list = &list, .err = err,
		.reader = query->reader ? query->reader : &reader, .users = &users, .nested = nested, .unseen = &unseen};
	int r;

	own.note = notes_take;
	own.note_data = &notes;
	if (query->bare)
		own.needle = NULL; /* who is bare is known only when all others are */
	r = ask(&f);
	if (r == 0 && is_hasty(&list)) { /* the same init, found again, is its engine's: drop_layers() */
		own.bare = own.stopped = false;
		own.note = NULL;
		r = ask(&f);
	}
	if (r < 0)
		return r;
	order = reallocarray(NULL, list.n + 1, sizeof(*order));
	if (!order)
		return err_sys(err, -ENOMEM, "cannot list containers");
	drop_layers(&list, order);
	if (query->only)
		keep_only(&list, query->only);
	if (list.n)
		qsort(list.items, list.n, sizeof(*list.items), by_name);
	set_unrecorded(&list, notes.denied);
	notes_tell_denied(&notes);
	if (unseen && nested && list.n)
		tell_unseen(query);
	*ret = list;
	list = (struct container_list){0};
	return 0;
}
