/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is broken, dead, foreign or hostile hides nobody else.
 */
#include "engine/notes.h"
#include "world.h"

#define MUTATIONS 10000

static void broken_ones_hide_none(void **state)
{
	struct world *w = *state;
	char path[512], target[512];

	first_pidns_require();
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

/* Each run root looks into the data folder, which is broken once. */
static void what_two_roots_share_is_told_once(void **state)
{
	struct world *w = *state;

	add_root(w, "podman", "podman/run");
	add_root(w, "podman", "podman/other");
	put_dir(w, "podman/other");
	set_data_root(w, "podman", "podman/root");
	put_file(w, "podman/root/overlay-containers/containers.json", "broken");
	list_with(w, NULL, true);
	assert_non_null(strstr(w->told.last, "not a list of containers"));
	assert_int_equal(w->told.n, 1);
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

	first_pidns_require();
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

	first_pidns_require();
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

	first_pidns_require();
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

/* Who may write states can write thousands of broken ones. */
static void of_many_the_first_are_told(void **state)
{
	struct world *w = *state;

	first_pidns_require();
	add_root(w, "runc", "many");
	put_dir(w, "many");
	for (int i = 0; i < 1000; i++) {
		char name[64];

		snprintf(name, sizeof(name), "many/broken-%d", i);
		put_dir(w, name);
		strcat(name, "/state.json");
		put_file(w, name, "{");
		if (i != 9)
			continue;
		list_with(w, NULL, true);
		assert_int_equal(w->told.n, 10);
		assert_null(strstr(w->told.last, "more files"));
	}
	list_with(w, NULL, true);
	assert_int_equal(w->told.n, 11);
	assert_non_null(strstr(w->told.last, "/many: and 990 more files, found from here"));
	add_root(w, "crun", "crun"); /* and what is elsewhere is told all the same */
	put_file(w, "crun/one/status", "{");
	list_with(w, NULL, true);
	assert_int_equal(w->told.n, 12);
}

/* A data folder of two roots: what was told, or counted, of the one is not once more of the other. */
static void of_many_that_two_roots_share_each_counts_once(void **state)
{
	struct told told = {.n = 0};
	const struct engine_query caller = {.note = take_note, .note_data = &told};
	CLEANUP_NOTES struct notes notes = {.query = &caller};
	const struct engine_query query = {.note = notes_take, .note_data = &notes};
	static const char *const roots[] = {"/one", "/other"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		notes_begin(&query);
		for (int k = 0; k < 2000; k++) {
			char path[64];

			snprintf(path, sizeof(path), "/data/broken-%d", k);
			query.note(query.note_data, "docker", path, -EBADMSG, "it is broken in this way");
			query.note(query.note_data, "docker", path, -EBADMSG, "and in that");
		}
		notes_end(&query, "docker", roots[i]);
	}
	assert_string_equal(told.last, "docker: /one: and 1995 more files, found from here (-74)");
	assert_int_equal(told.n, 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(broken_ones_hide_none),
		WITH_TREE(what_two_roots_share_is_told_once),
		WITH_TREE(of_many_the_first_are_told),
		WITH_TREE(of_many_that_two_roots_share_each_counts_once),
		WITH_TREE(dead_init_is_stopped),
		WITH_TREE(zombie_init_is_terminating),
		WITH_TREE(users_name_their_own_only),
		WITH_TREE(users_hide_no_one),
		WITH_TREE(mutated_files_crash_nothing),
	};

	return cmocka_run_group_tests_name("engines_broken", tests, NULL, NULL);
}
