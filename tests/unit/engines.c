/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "engine/engine.h"
#include "engine/sandbox.h"
#include "engine/state.h"
#include "tree.h"

#define MUTATIONS 10000

/* What the engines told of. */
struct told {
	int n;
	char last[1024];
};

static void take_note(void *data, const char *engine, const char *path, int code, const char *message)
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

static void add_root(struct world *w, const char *engine, const char *below)
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

static int set_up(void **state)
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

static int tear_down(void **state)
{
	struct world *w = *state;

	container_list_free(&w->list);
	tree_free(&w->tree);
	free(w);
	return 0;
}

static void list_with(struct world *w, const char *needle, bool stopped)
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

static struct container *find(struct world *w, const char *engine, const char *name)
{
	for (size_t i = 0; i < w->list.n; i++)
		if (!strcmp(w->list.items[i].engine, engine) && !strcmp(w->list.items[i].name, name))
			return &w->list.items[i];
	return NULL;
}

static struct container *need(struct world *w, const char *engine, const char *name)
{
	struct container *c = find(w, engine, name);

	if (!c)
		fail_msg("no %s/%s among %zu; last note: %s", engine, name, w->list.n, w->told.last);
	return c;
}

static void below(struct world *w, char *ret, size_t size, const char *path)
{
	snprintf(ret, size, "%s/%s", w->tree.path, path);
}

#define ID(two)                                                                                              \
	two two two two two two two two two two two two two two two two two two two two two two two two two  \
		two two two two two two two
#define MOBY "docker/exec/containerd/daemon/io.containerd.runtime.v2.task/moby/"

static void docker_has_names(void **state)
{
	struct world *w = *state;
	struct container *c;

	add_root(w, "docker", "docker/exec");
	list_with(w, NULL, false);
	assert_int_equal(w->told.n, 0);
	assert_int_equal(w->list.n, 2);
	c = need(w, "docker", "web");
	assert_string_equal(c->id, ID("a1"));
	assert_string_equal(c->image, "registry.example/base:1");
	assert_int_equal(c->pid, w->tree.children[0]);
	assert_int_equal(c->start, w->tree.starts[0]);
	assert_int_equal(c->status, CONTAINER_RUNNING);
	assert_true(c->labels_known);
	assert_int_equal(c->n_labels, 2);
	assert_string_equal(c->labels[0].key, "tier");
	assert_null(c->pod);
	assert_true(c->trusted);
	assert_non_null(strstr(c->config, "/config.json"));

	list_with(w, NULL, true);
	assert_int_equal(w->list.n, 3);
	assert_int_equal(need(w, "docker", "old")->status, CONTAINER_STOPPED);
	assert_int_equal(need(w, "docker", "old")->pid, 0);
	assert_int_equal(need(w, "docker", "web")->pid, w->tree.children[0]);
}

static void cri_reads_annotations(void **state)
{
	struct world *w = *state;
	struct container *c;

	add_root(w, "cri", "cri");
	add_root(w, "cri", "crio");
	list_with(w, NULL, false);
	assert_int_equal(w->told.n, 0);
	assert_int_equal(w->list.n, 5);
	c = need(w, "cri", "side");
	assert_string_equal(c->pod, "shop");
	assert_string_equal(c->namespace, "default");
	assert_string_equal(c->pod_uid, "uid-1");
	assert_string_equal(c->default_container, "main");
	assert_false(c->labels_known);
	assert_false(c->pause);
	c = need(w, "cri", "app");
	assert_string_equal(c->pod, "crio-pod");
	assert_string_equal(c->namespace, "team");
	assert_string_equal(c->image, "registry.example/app:2");
	assert_string_equal(c->default_container, "app");
	assert_true(c->labels_known);
	assert_int_equal(c->pid, w->tree.children[6]);
	c = need(w, "cri", "pause");
	assert_true(c->pause);
}

static void containerd_leaves_others_theirs(void **state)
{
	struct world *w = *state;

	add_root(w, "containerd", "containerd");
	list_with(w, NULL, true);
	assert_int_equal(w->list.n, 2);
	assert_string_equal(need(w, "containerd", "ctr-one")->id, "ctr-one");
	assert_string_equal(need(w, "containerd", "nerdy")->id, ID("d1"));
}

static void check_podman(struct world *w)
{
	struct container *c;

	list_with(w, NULL, false);
	assert_int_equal(w->list.n, 5);
	c = need(w, "podman", "plain");
	assert_null(c->pod);
	assert_string_equal(c->image, "registry.example/base:1");
	assert_int_equal(c->pid, w->tree.children[0]);
	c = need(w, "podman", "play-main");
	assert_string_equal(c->pod, "play");
	assert_string_equal(c->pod_uid, ID("f1"));
	assert_null(c->namespace);
	c = need(w, "podman", "byhost-app"); /* no cgroup: by the namespace that it joins */
	assert_string_equal(c->pod, "byhost");
	assert_true(need(w, "podman", "f1f1f1f1f1f1-infra")->pause);
	assert_string_equal(need(w, "podman", "f1f1f1f1f1f1-infra")->pod, "play");

	list_with(w, NULL, true);
	assert_int_equal(w->list.n, 6);
	assert_int_equal(need(w, "podman", "gone")->status, CONTAINER_STOPPED);
	assert_null(find(w, "podman", "k8s_app")); /* CRI-O's */
}

static void podman_by_run_root(void **state)
{
	struct world *w = *state;

	add_root(w, "podman", "podman/run");
	snprintf(w->data_root, sizeof(w->data_root), "podman=%s/podman/root", w->tree.path);
	w->data[w->n_data++] = w->data_root;
	check_podman(w);
}

static void podman_by_storage_root(void **state)
{
	struct world *w = *state;

	add_root(w, "podman", "podman/root");
	check_podman(w);
}

static void runtimes_check_the_start(void **state)
{
	struct world *w = *state;
	struct container *c;

	add_root(w, "runc", "runc");
	list_with(w, NULL, true);
	assert_int_equal(w->list.n, 2);
	c = need(w, "runc", "one");
	assert_int_equal(c->pid, w->tree.children[0]);
	assert_non_null(strstr(c->config, "runc-bundle/one/config.json"));
	assert_int_equal(need(w, "runc", "reused")->status, CONTAINER_STOPPED);
	assert_int_equal(need(w, "runc", "reused")->pid, 0);
	list_with(w, NULL, false);
	assert_int_equal(w->list.n, 1);

	add_root(w, "crun", "crun");
	list_with(w, NULL, false);
	/* runc/one, crun/one and crun's e1... name the same init: crun stands before runc in the table */
	assert_int_equal(w->list.n, 1);
	assert_string_equal(w->list.items[0].engine, "crun");
}

static void layers_are_one(void **state)
{
	struct world *w = *state;

	add_root(w, "podman", "podman/root");
	add_root(w, "crun", "crun");
	list_with(w, NULL, false);
	assert_int_equal(w->list.n, 5);
	assert_int_equal(need(w, "podman", "plain")->pid, w->tree.children[0]);
}

static void lxc_lists_stopped_ones(void **state)
{
	struct world *w = *state;

	add_root(w, "lxc", "lxc");
	list_with(w, NULL, true);
	assert_int_equal(w->list.n, 1);
	assert_int_equal(need(w, "lxc", "off")->status, CONTAINER_STOPPED);
	list_with(w, NULL, false);
	assert_int_equal(w->list.n, 0);
}

/* A needle may let more through, never less. */
static void needle_finds_what_all_have(void **state)
{
	static const char *const needles[] = {"web", "db", "shop", "main", "side", "crio-pod", "play",
		"byhost", "plain", "a1a1", "one", "nerdy", "default", "gone", "old"};
	struct world *w = *state;

	add_root(w, "docker", "docker/exec");
	add_root(w, "cri", "cri");
	add_root(w, "containerd", "containerd");
	add_root(w, "podman", "podman/root");
	add_root(w, "runc", "runc");
	add_root(w, "lxc", "lxc");
	for (size_t i = 0; i < ARRAY_SIZE(needles); i++) {
		CLEANUP_CONTAINERS struct container_list all = {0};

		list_with(w, NULL, true);
		all = w->list;
		w->list = (struct container_list){0};
		list_with(w, needles[i], true);
		for (size_t k = 0; k < all.n; k++) {
			const struct container *c = &all.items[k];
			bool wanted = strstr(c->name, needles[i]) || strstr(c->id, needles[i]) ||
				      (c->pod && strstr(c->pod, needles[i]));
			bool found = false;

			for (size_t m = 0; m < w->list.n; m++)
				found |= !strcmp(w->list.items[m].id, c->id) &&
					 !strcmp(w->list.items[m].name, c->name);
			if (wanted && !found && !(c->pid && *c->id && w->list.n))
				fail_msg("%s: %s/%s is not found", needles[i], c->engine, c->name);
		}
	}
}

static void broken_ones_hide_none(void **state)
{
	struct world *w = *state;
	char path[512], target[512];

	add_root(w, "docker", "docker/exec");
	/* cut, empty, a FIFO, a folder, a link to outside, too large: each with its note, web is listed all
	 * the same */
	for (int kind = 0; kind < 6; kind++) {
		below(w, path, sizeof(path), "docker/data/containers/" ID("a2") "/config.v2.json");
		tree_remove(path);
		switch (kind) {
		case 0:
			tree_write(path, "{\"State\":{\"Running\":tr", 22);
			break;
		case 1:
			tree_write(path, "", 0);
			break;
		case 2:
			assert_int_equal(mkfifo(path, 0644), 0);
			break;
		case 3:
			assert_int_equal(mkdir(path, 0755), 0);
			break;
		case 4:
			assert_int_equal(symlink("/etc/passwd", path), 0);
			break;
		case 5:
			tree_write(path, "{", 1);
			assert_int_equal(truncate(path, (off_t)STATE_FILE_MAX + 1), 0);
			break;
		}
		list_with(w, NULL, false);
		need(w, "docker", "web");
		/* its task is there: it goes by its ID */
		assert_int_equal(need(w, "docker", "a2a2a2a2a2a2")->pid, w->tree.children[1]);
		if (kind != 4) /* the link leads to a file that is not there below the root */
			assert_true(w->told.n > 0);
		if (kind != 4 && !strstr(w->told.last, "config.v2.json"))
			fail_msg("the note does not name the file: %s", w->told.last);
	}
	below(w, path, sizeof(path), MOBY ID("a1") "/init.pid");
	below(w, target, sizeof(target), "gone");
	tree_write(path, "1", 1); /* no container's init is PID 1 out here */
	list_with(w, NULL, false);
	assert_null(find(w, "docker", "web"));
	tree_write(path, "99999999999999999999", 20);
	list_with(w, NULL, false);
	assert_null(find(w, "docker", "web"));
	assert_true(w->told.n > 0);
}

static void dead_init_is_stopped(void **state)
{
	struct world *w = *state;
	struct timespec old[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
	char path[512];

	add_root(w, "docker", "docker/exec");
	tree_end(w->tree.children[0]);
	w->tree.children[0] = 0;
	list_with(w, NULL, true);
	assert_int_equal(need(w, "docker", "web")->status, CONTAINER_STOPPED);
	/* the file is older than the process that has the number now, and nothing of its cgroup speaks for it
	 */
	below(w, path, sizeof(path), MOBY ID("a2") "/init.pid");
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	list_with(w, NULL, true);
	assert_int_equal(need(w, "docker", "db")->status, CONTAINER_STOPPED);
}

static void zombie_init_is_terminating(void **state)
{
	struct world *w = *state;
	siginfo_t info;

	add_root(w, "docker", "docker/exec");
	kill(w->tree.children[0], SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)w->tree.children[0], &info, WEXITED | WNOWAIT), 0);
	list_with(w, NULL, false);
	assert_int_equal(need(w, "docker", "web")->status, CONTAINER_TERMINATING);
	assert_int_equal(need(w, "docker", "web")->pid, w->tree.children[0]);
	assert_int_equal(container_look(need(w, "docker", "web")), 0);
}

static void users_name_their_own_only(void **state)
{
	struct world *w = *state;
	char path[512];
	pid_t mine;
	CLEANUP_BUF struct buf text = {0};

	if (geteuid() != 0)
		skip();
	add_root(w, "crun", "crun");
	mine = tree_child(54321);
	assert_true(mine > 0);
	below(w, path, sizeof(path), "crun/one");
	assert_int_equal(chown(path, 54321, 54321), 0);
	list_with(w, NULL, true);
	assert_null(find(w, "crun", "one")); /* root's process */
	assert_true(w->told.n > 0);
	assert_non_null(strstr(w->told.last, "crun/one/status"));

	buf_printf(&text, "{\"pid\":%d,\"process-start-time\":0}", (int)mine);
	below(w, path, sizeof(path), "crun/one/status");
	tree_write(path, buf_text(&text), text.len);
	list_with(w, NULL, false);
	assert_int_equal(need(w, "crun", "one")->pid, mine);
	assert_false(need(w, "crun", "one")->trusted);
	assert_int_equal(need(w, "crun", "one")->owner, 54321);

	/* a file that others may write is not trusted either, although it is root's */
	below(w, path, sizeof(path), "crun/one");
	assert_int_equal(chown(path, 0, 0), 0);
	below(w, path, sizeof(path), "crun/one/config.json");
	assert_int_equal(chmod(path, 0666), 0);
	list_with(w, NULL, false);
	assert_false(need(w, "crun", "one")->trusted);
	tree_end(mine);
}

static void users_hide_no_one(void **state)
{
	struct world *w = *state;
	CLEANUP_BUF struct buf text = {0};
	char path[512];
	pid_t shared;

	if (geteuid() != 0)
		skip();
	/* root's container runs as the user; the user's own podman claims its init */
	shared = tree_child(54321);
	buf_printf(&text, "{\"pid\":%d,\"process-start-time\":0}", (int)shared);
	below(w, path, sizeof(path), "crun/one/status");
	tree_write(path, buf_text(&text), text.len);
	add_root(w, "crun", "crun");
	add_root(w, "docker", "docker/exec");
	below(w, path, sizeof(path), MOBY ID("a2") "/init.pid");
	text.len = 0;
	buf_printf(&text, "%d", (int)shared);
	tree_write(path, buf_text(&text), text.len);
	below(w, path, sizeof(path), "docker/exec");
	assert_int_equal(chown(path, 54321, 54321), 0);
	list_with(w, NULL, false);
	need(w, "crun", "one");
	assert_null(find(w, "docker", "db"));
	tree_end(shared);
}

static void sandboxes_are_written_and_found(void **state)
{
	struct world *w = *state;
	CLEANUP_ERR struct err err = {0};
	CLEANUP_SANDBOX struct sandbox sandbox = SANDBOX_NONE, second = SANDBOX_NONE, opened = SANDBOX_NONE;
	struct engine_roots roots;
	char *command[] = {"sleep", "4800", NULL};
	struct label label = {"app", "demo"};
	struct sandbox_state written = {
		.name = "demo",
		.pod = "demo-pod",
		.namespace = "default",
		.pid = w->tree.children[0],
		.start = w->tree.starts[0],
		.command = command,
		.labels = &label,
		.n_labels = 1,
	};
	struct container *c;

	add_root(w, "nsctl", "deep/sandboxes");
	roots = (struct engine_roots){w->items, w->n, NULL, 0};
	assert_int_equal(sandbox_create(&roots, "demo", &sandbox, &err), 0);
	list_with(w, NULL, true);
	assert_int_equal(w->list.n, 0); /* being made */
	assert_int_equal(sandbox_create(&roots, "demo", &second, &err), -EEXIST);
	err_clear(&err);
	assert_int_equal(sandbox_config_write(&sandbox, "{}", 2, &err), 0);
	assert_int_equal(sandbox_state_write(&sandbox, &written, &err), 0);
	list_with(w, "demo", false);
	c = need(w, "nsctl", "demo");
	assert_int_equal(c->pid, w->tree.children[0]);
	assert_string_equal(c->pod, "demo-pod");
	assert_string_equal(c->labels[0].value, "demo");
	assert_non_null(c->config);
	assert_true(c->trusted);
	sandbox_close(&sandbox);
	assert_int_equal(sandbox_create(&roots, "demo", &second, &err), -EEXIST); /* it runs */
	err_clear(&err);
	tree_end(w->tree.children[0]);
	w->tree.children[0] = 0;
	assert_int_equal(sandbox_create(&roots, "demo", &second, &err), 0); /* left over: taken over */
	assert_int_equal(sandbox_state_write(&second, &written, &err), 0);
	sandbox_close(&second);
	list_with(w, NULL, true);
	c = need(w, "nsctl", "demo");
	assert_int_equal(c->status, CONTAINER_STOPPED);
	assert_int_equal(sandbox_open(c, &opened, &err), 0);
	assert_int_equal(sandbox_remove(&opened), 0);
	list_with(w, NULL, true);
	assert_int_equal(w->list.n, 0);
	assert_int_equal(sandbox_create(&roots, "../x", &second, &err), -EINVAL);
	err_clear(&err);
	assert_int_equal(sandbox_create(&roots, "", &second, &err), -EINVAL);
}

static void cgroups_carry_ids(void **state)
{
	static const struct {
		const char *path, *id;
	} samples[] = {
		{"/docker/" ID("ab"), ID("ab")},
		{"/system.slice/docker-" ID("ab") ".scope", ID("ab")},
		{"/system.slice/docker-" ID("ab") ".scope/init.scope", ID("ab")},
		{"/docker/" ID("ab") "/docker/" ID("cd"), ID("cd")},
		{"/kubepods/besteffort/pod5f3f0b1e-6c5c-4a4b-9c0c-0123456789ab/" ID("12"), ID("12")},
		{"/kubepods/burstable/pod0123456789abcdef0123456789abcdef/" ID("12"), ID("12")},
		{"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1_2.slice/"
		 "cri-containerd-" ID("12") ".scope",
			ID("12")},
		{"/kubepods.slice/kubepods-pod1.slice/crio-" ID("34") ".scope", ID("34")},
		{"/machine.slice/libpod-" ID("56") ".scope/container", ID("56")},
		{"/libpod_parent/" ID("f1") "/libpod-" ID("56"), ID("56")},
		{"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID("56") ".scope",
			ID("56")},
		{"/machine.slice/libpod-" ID("56") ".scope/nsctl.4711", ID("56")},
		{"/system.slice:docker:" ID("78"), ID("78")},
		{"/lxc.payload.web", NULL},
		{"/", NULL},
		{"/user.slice/user-0.slice/session-1.scope", NULL},
		{"/docker/0123", NULL},
		{"/docker/" ID("ab") "0", NULL},
	};
	char id[STATE_ID_LEN + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		bool found = cgroup_id(samples[i].path, id);

		if (found != (samples[i].id != NULL) || (found && strcmp(id, samples[i].id)))
			fail_msg("%s: %s", samples[i].path, found ? id : "none");
	}
}

/* ---- ten thousand broken state files */

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void mutate(struct buf *out, const char *text, size_t len, uint32_t *seed)
{
	static const char *const words[] = {"{", "}", "[", "]", "\"", "\\", ":", ",", "null", "-1",
		"99999999999999999999999", "\\ud800", "\"\":", "1e999", "\x01", "\xff"};

	buf_add(out, text, len);
	for (uint32_t n = next_random(seed) % 6 + 1; n && out->len; n--) {
		size_t at = next_random(seed) % out->len;
		const char *word = words[next_random(seed) % ARRAY_SIZE(words)];

		switch (next_random(seed) % 5) {
		case 0:
			out->data[at] = (char)next_random(seed);
			break;
		case 1:
			out->len = at;
			break;
		case 2: /* a piece twice */
			for (size_t k = 0; k < 40 && at + k < out->len; k++)
				buf_char(out, out->data[at + k]);
			break;
		case 3:
			for (size_t k = 0; word[k] && at + k < out->len; k++)
				out->data[at + k] = word[k];
			break;
		case 4: /* a piece less */
			memmove(out->data + at, out->data + out->len - (out->len - at) / 2,
				(out->len - at) / 2);
			out->len -= (out->len - at) - (out->len - at) / 2;
			break;
		}
	}
}

static void mutated_files_crash_nothing(void **state)
{
	static const struct {
		const char *engine, *root, *file, *healthy;
	} victims[] = {
		{"docker", "docker/exec", MOBY ID("a2") "/config.json", "web"},
		{"docker", "docker/exec", MOBY ID("a2") "/init.pid", "web"},
		{"docker", "docker/exec", "docker/data/containers/" ID("a2") "/config.v2.json", "web"},
		{"cri", "cri", "cri/io.containerd.runtime.v2.task/k8s.io/" ID("b3") "/config.json", "main"},
		{"cri", "crio", "crio/overlay-containers/" ID("c1") "/userdata/config.json", "app"},
		{"containerd", "containerd",
			"containerd/io.containerd.runtime.v2.task/default/ctr-one/config.json", "nerdy"},
		{"podman", "podman/root", "podman/root/overlay-containers/" ID("e3") "/userdata/config.json",
			"plain"},
		{"podman", "podman/root", "podman/root/overlay-containers/" ID("e2") "/userdata/config.json",
			"plain"},
		{"podman", "podman/root", "podman/root/libpod/bolt_state.db", "plain"},
		{"podman", "podman/root", "podman/root/overlay-containers/containers.json", NULL},
		{"runc", "runc", "runc/reused/state.json", "one"},
		{"crun", "crun", "crun/reused/status", "one"},
	};
	struct world *w = *state;
	uint32_t seed = 20260102;

	for (size_t i = 0; i < ARRAY_SIZE(victims); i++) {
		CLEANUP_FREE char *text = NULL;
		char path[512];
		size_t len;

		below(w, path, sizeof(path), victims[i].file);
		assert_int_equal(file_read(AT_FDCWD, path, 1u << 20, &text, &len), 0);
		add_root(w, victims[i].engine, victims[i].root);
		if (!strcmp(victims[i].engine, "crun")) /* another folder names the same init */
			tree_remove((below(w, path, sizeof(path), "crun/" ID("e1")), path));
		below(w, path, sizeof(path), victims[i].file);
		for (int k = 0; k < MUTATIONS / (int)ARRAY_SIZE(victims) + 1; k++) {
			CLEANUP_BUF struct buf changed = {0};

			mutate(&changed, text, len, &seed);
			tree_write(path, buf_text(&changed), changed.len);
			list_with(w, k % 8 == 7 ? "e" : NULL, k % 2);
			if (victims[i].healthy && k % 8 != 7)
				need(w, victims[i].engine, victims[i].healthy);
		}
		tree_write(path, text, len);
		w->n--;
		w->roots[0][0] = '\0';
	}
}

int main(void)
{
#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_TREE(docker_has_names),
		WITH_TREE(cri_reads_annotations),
		WITH_TREE(containerd_leaves_others_theirs),
		WITH_TREE(podman_by_run_root),
		WITH_TREE(podman_by_storage_root),
		WITH_TREE(runtimes_check_the_start),
		WITH_TREE(layers_are_one),
		WITH_TREE(lxc_lists_stopped_ones),
		WITH_TREE(needle_finds_what_all_have),
		WITH_TREE(broken_ones_hide_none),
		WITH_TREE(dead_init_is_stopped),
		WITH_TREE(zombie_init_is_terminating),
		WITH_TREE(users_name_their_own_only),
		WITH_TREE(users_hide_no_one),
		WITH_TREE(sandboxes_are_written_and_found),
		WITH_TREE(mutated_files_crash_nothing),
		cmocka_unit_test(cgroups_carry_ids),
	};

	return cmocka_run_group_tests_name("engines", tests, NULL, NULL);
}
