/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A broken state file beside a healthy one: the healthy one is always listed. Input: a letter for the file
 * (capital: stopped ones are listed too), then what the file holds, with the placeholders of
 * tests/unit/tree.h.
 */
#include "fuzz.h"

#include "../unit/tree.h"
#include "base/cleanup.h"
#include "engine/engine.h"
#include "engine/target.h"

#define ID(two)                                                                                              \
	two two two two two two two two two two two two two two two two two two two two two two two two two  \
		two two two two two two two
#define TASKS "io.containerd.runtime.v2.task/"
#define MOBY "docker/exec/containerd/daemon/" TASKS "moby/"
#define K8S "cri/" TASKS "k8s.io/"
#define CRIO "crio/overlay-containers/"
#define STORAGE "podman/root/overlay-containers/"
#define RUN "podman/run/overlay-containers/"

/* New rows go to the end: the seeds name them by their letter. `child` is the healthy container's init; -1:
 * none is promised. */
static const struct victim {
	const char *engine, *root, *data_root, *file, *healthy;
	int child;
} victims[] = {
	{"docker", "docker/exec", NULL, "docker/data/containers/" ID("a2") "/config.v2.json", "web", 0},
	{"docker", "docker/exec", NULL, MOBY ID("a2") "/config.json", "web", 0},
	{"docker", "docker/exec", NULL, MOBY ID("a2") "/init.pid", "web", 0},
	{"docker", "docker/exec", NULL, MOBY ID("a2") "/shim-binary-path", "web", 0},
	{"cri", "cri", NULL, K8S ID("b3") "/config.json", "main", 3},
	{"cri", "cri", NULL, K8S ID("b1") "/config.json", "main", 3},
	{"cri", "crio", NULL, CRIO ID("c1") "/userdata/config.json", "app", 6},
	{"cri", "crio", NULL, CRIO ID("c1") "/userdata/pidfile", "app", 6},
	{"containerd", "containerd", NULL, "containerd/" TASKS "nerd/" ID("d1") "/config.json", "ctr-one", 0},
	{"containerd", "containerd", NULL, "containerd/" TASKS "nerd/" ID("d1") "/init.pid", "ctr-one", 0},
	{"runc", "runc", NULL, "runc/reused/state.json", "one", 0},
	{"crun", "crun", NULL, "crun/reused/status", NULL, 0},
	{"podman", "podman/run", "podman/root", STORAGE ID("e5") "/userdata/config.json", "plain", 0},
	{"podman", "podman/run", "podman/root", STORAGE ID("e2") "/userdata/config.json", "plain", 0},
	{"podman", "podman/run", "podman/root", RUN ID("e5") "/userdata/pidfile", "plain", 0},
	{"podman", "podman/root", NULL, "podman/root/libpod/bolt_state.db", "plain", 0},
	{"podman", "podman/root", NULL, STORAGE "containers.json", NULL, -1},
	{"nsctl", "nsctl", NULL, "nsctl/bad/state.json", "good", 0},
	{"nsctl", "nsctl", NULL, "nsctl/bad/config.json", "good", 0},
	{"lxc", "lxc", NULL, "lxc/off/config", NULL, -1},
	{"runc", "runc", NULL, "runc-bundle/reused/config.json", "one", 0},
};

static struct tree tree;

static void remove_tree(void)
{
	tree_free(&tree);
}

/* The fixtures have no sandboxes: two are made from this text. */
static void make_sandboxes(void)
{
	static const char state[] = "{\"version\":1,\"name\":\"good\",\"pid\":@PID0@,\"start\":@START0@}";
	static const char *const folders[] = {"nsctl", "nsctl/good", "nsctl/bad"};
	CLEANUP_BUF struct buf text = {0};
	char path[256];

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", tree.path, folders[i]);
		FUZZ_CHECK(mkdir(path, 0755) == 0);
	}
	tree_fill(&tree, &text, state, strlen(state));
	snprintf(path, sizeof(path), "%s/nsctl/good/state.json", tree.path);
	tree_write(path, text.data, text.len);
}

static void make_tree(void)
{
	if (tree.path[0])
		return;
	FUZZ_CHECK(tree_make(&tree) == 0);
	atexit(remove_tree);
	make_sandboxes();
}

/* The victim's file with the input, or back to what it was (nothing, for those that were not there). */
static void write_victim(const struct victim *victim, const struct buf *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", tree.path, victim->file);
	tree_write(path, buf_text(text), text->len);
}

static void restore_victim(const struct victim *victim)
{
	char source[8192], path[512];
	CLEANUP_FREE char *from = NULL, *text = NULL;
	CLEANUP_BUF struct buf filled = {0};
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", tree.path, victim->file);
	FUZZ_CHECK(tree_source(source, sizeof(source)) && asprintf(&from, "%s/%s", source, victim->file) > 0);
	if (file_read(AT_FDCWD, from, 1u << 24, &text, &len) < 0) {
		unlink(path);
		return;
	}
	tree_fill(&tree, &filled, text, len);
	write_victim(victim, &filled);
}

static void check_note(void *data, const char *engine, const char *path, int code, const char *message)
{
	(void)data;
	FUZZ_CHECK(engine && path && code < 0 && message && *message);
}

static void check_list(const struct victim *victim, struct container_list *list, bool claims_it)
{
	bool found = victim->child < 0;

	target_name_all(list);
	for (size_t i = 0; i < list->n; i++) {
		const struct container *c = &list->items[i];

		FUZZ_CHECK(!strcmp(c->engine, victim->engine) && c->name && *c->name && c->id && c->state);
		FUZZ_CHECK(c->pid != 1 && c->ref && *c->ref);
		if (victim->child >= 0 && c->pid == tree.children[victim->child]) {
			found = true;
			/* one that names the same init may stand in its place: which is true cannot be told
			 */
			FUZZ_CHECK(claims_it || !victim->healthy || !strcmp(c->name, victim->healthy));
		}
	}
	FUZZ_CHECK(found);
}

static void list_with(const struct victim *victim, bool stopped, bool claims_it)
{
	static const char *const dropped[] = {
		"docker=", "cri=", "podman=", "lxc=", "nsctl=", "containerd=", "crun=", "runc="};
	const char *roots[ARRAY_SIZE(dropped) + 1];
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP_ERR struct err err = {0};
	char root[256], data_root[256];
	const char *data_roots[] = {data_root};
	const struct engine_query query = {
		.roots = {roots, ARRAY_SIZE(roots), data_roots, victim->data_root ? 1 : 0},
		.stopped = stopped,
		.note = check_note,
	};

	memcpy(roots, dropped, sizeof(dropped));
	roots[ARRAY_SIZE(dropped)] = root;
	snprintf(root, sizeof(root), "%s=%s/%s", victim->engine, tree.path, victim->root);
	snprintf(data_root, sizeof(data_root), "%s=%s/%s", victim->engine, tree.path,
		victim->data_root ? victim->data_root : "");
	FUZZ_CHECK(engine_list(&query, &list, &err) == 0);
	check_list(victim, &list, claims_it);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct victim *last;
	CLEANUP_FREE char *given = NULL;
	CLEANUP_BUF struct buf text = {0};
	const struct victim *victim;
	char healthy[16];
	size_t row = size ? (size_t)(data[0] | 0x20) - 'a' : ARRAY_SIZE(victims);

	if (row >= ARRAY_SIZE(victims))
		return 0;
	victim = &victims[row];
	make_tree();
	if (last && last != victim)
		restore_victim(last);
	last = victim;
	given = fuzz_copy(data + 1, size - 1); /* tree_fill() scans texts */
	tree_fill(&tree, &text, given, size - 1);
	write_victim(victim, &text);
	snprintf(healthy, sizeof(healthy), "%d", (int)(victim->child < 0 ? 0 : tree.children[victim->child]));
	list_with(victim, data[0] < 'a', memmem(buf_text(&text), text.len, healthy, strlen(healthy)));
	return 0;
}
