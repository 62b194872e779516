/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A copy of the fixtures of all engines with live processes behind them, and what is found in it.
 */
#ifndef WORLD_H
#define WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>

#include "base/err.h"
#include "engine/engine.h"
#include "engine/sandbox.h"
#include "engine/state.h"
#include "sys/ns.h"
#include "tree.h"

/* What the engines told of. */
struct told {
	int n;
	char last[1024];
};

static inline void take_note(void *data, const char *engine, const char *path, int code, const char *message)
{
	struct told *told = data;

	told->n++;
	snprintf(told->last, sizeof(told->last), "%s: %s: %s (%d)", engine ? engine : "", path ? path : "",
		message, code);
}

/* One list of the tree's containers. All default roots are dropped. */
struct world {
	struct tree tree;
	char roots[16][128];
	const char *items[32];
	const char *data[4];
	char data_root[128];
	size_t n, n_data;
	struct container_list list;
	struct told told;
};

static inline void add_root(struct world *w, const char *engine, const char *below)
{
	char text[128];

	snprintf(text, sizeof(text), "%s=%s/%s", engine, w->tree.path, below);
	for (size_t i = 0; i < ARRAY_SIZE(w->roots); i++) {
		if (w->roots[i][0])
			continue;
		strcpy(w->roots[i], text);
		w->items[w->n++] = w->roots[i];
		return;
	}
}

static inline void set_data_root(struct world *w, const char *engine, const char *below)
{
	snprintf(w->data_root, sizeof(w->data_root), "%s=%s/%s", engine, w->tree.path, below);
	w->data[w->n_data++] = w->data_root;
}

static inline int set_up(void **state)
{
	static const char *const dropped[] = {
		"docker=", "cri=", "podman=", "lxc=", "nsctl=", "containerd=", "crun=", "runc="};
	struct world *w = calloc(1, sizeof(*w));

	if (!w || tree_make(&w->tree) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(dropped); i++)
		w->items[w->n++] = dropped[i];
	*state = w;
	return 0;
}

static inline int tear_down(void **state)
{
	struct world *w = *state;

	container_list_free(&w->list);
	tree_free(&w->tree);
	free(w);
	return 0;
}

/* Inside a container a PID in a state file may be one of outside: a process that is not seen to be the container's is none there, and the
 * tree's are children of ours. */
static inline void first_pidns_require(void)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) < 0 || st.st_ino != NS_INITIAL_PID)
		skip();
}

static inline void list_with(struct world *w, const char *needle, bool stopped)
{
	CLEANUP_ERR struct err err = {0};
	struct engine_query query = {
		.roots = {w->items, w->n, w->data, w->n_data},
		.needle = needle,
		.stopped = stopped,
		.note = take_note,
		.note_data = &w->told,
	};

	container_list_free(&w->list);
	w->told = (struct told){.n = 0};
	if (engine_list(&query, &w->list, &err) < 0)
		fail_msg("engine_list: %s", err.message);
}

static inline struct container *find(struct world *w, const char *engine, const char *name)
{
	for (size_t i = 0; i < w->list.n; i++)
		if (!strcmp(w->list.items[i].engine, engine) && !strcmp(w->list.items[i].name, name))
			return &w->list.items[i];
	return NULL;
}

static inline struct container *need(struct world *w, const char *engine, const char *name)
{
	struct container *c = find(w, engine, name);

	if (!c)
		fail_msg("no %s/%s among %zu; last note: %s", engine, name, w->list.n, w->told.last);
	return c;
}

static inline void below(struct world *w, char *ret, size_t size, const char *path)
{
	snprintf(ret, size, "%s/%s", w->tree.path, path);
}

static inline void put_dir(struct world *w, const char *at)
{
	char path[256];

	below(w, path, sizeof(path), at);
	assert_int_equal(mkdir(path, 0755), 0);
}

static inline void put_file(struct world *w, const char *at, const char *text)
{
	char path[256];

	below(w, path, sizeof(path), at);
	tree_write(path, text, strlen(text));
}

#define ID(two)                                                                                              \
	two two two two two two two two two two two two two two two two two two two two two two two two two  \
		two two two two two two two
#define MOBY "docker/exec/containerd/daemon/io.containerd.runtime.v2.task/moby/"

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
