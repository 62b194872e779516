/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The state of nsctl's own sandboxes: written, found, taken over, removed.
 */
#include <sys/stat.h>

#include "world.h"

static void written_and_found(void **state)
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

/* What the tests below share: where they are, and the state of a sandbox whose init is the tree's child i. */
static struct engine_roots roots_of(struct world *w)
{
	if (!w->roots[0][0])
		add_root(w, "nsctl", "sandboxes");
	return (struct engine_roots){w->items, w->n, NULL, 0};
}

static void make(struct world *w, struct sandbox *ret)
{
	CLEANUP_ERR struct err err = {0};
	struct engine_roots roots = roots_of(w);

	if (sandbox_create(&roots, "demo", ret, &err) < 0)
		fail_msg("%s", err.message);
}

static void write_down(struct world *w, const struct sandbox *sandbox, size_t i)
{
	struct sandbox_state state = {.name = "demo", .pid = w->tree.children[i], .start = w->tree.starts[i]};
	CLEANUP_ERR struct err err = {0};

	assert_int_equal(sandbox_config_write(sandbox, "{}", 2, &err), 0);
	assert_int_equal(sandbox_state_write(sandbox, &state, &err), 0);
}

static void end(struct world *w, size_t i)
{
	tree_end(w->tree.children[i]);
	w->tree.children[i] = 0;
}

static bool is_whole(struct world *w)
{
	char state[256], config[256];

	below(w, state, sizeof(state), "sandboxes/demo/state.json");
	below(w, config, sizeof(config), "sandboxes/demo/config.json");
	return access(state, F_OK) == 0 && access(config, F_OK) == 0;
}

/* Who ends a sandbox has looked it up before: by now another one may have its name. */
static void another_of_the_name_stays(void **state)
{
	struct world *w = *state;
	CLEANUP_SANDBOX struct sandbox old = SANDBOX_NONE, new = SANDBOX_NONE, opened = SANDBOX_NONE;
	CLEANUP_CONTAINERS struct container_list live = {0}, left = {0};
	CLEANUP_ERR struct err err = {0};

	make(w, &old);
	write_down(w, &old, 0);
	list_with(w, NULL, false);
	live = w->list;
	w->list = (struct container_list){0};
	end(w, 0);
	list_with(w, NULL, true);
	left = w->list;
	w->list = (struct container_list){0};
	assert_int_equal(left.n, 1);
	sandbox_close(&old);

	make(w, &new);
	for (int step = 0; step < 2; step++) {
		struct container *listed[] = {&live.items[0], &left.items[0]};

		for (size_t i = 0; i < ARRAY_SIZE(listed); i++) {
			assert_int_equal(sandbox_open(listed[i], &opened, &err), -ESRCH);
			err_clear(&err);
		}
		if (step == 0) /* it is being made */
			write_down(w, &new, 1);
	}
	sandbox_close(&new); /* its maker is gone, it lives */
	assert_int_equal(sandbox_open(&live.items[0], &opened, &err), -ESRCH);
	err_clear(&err);
	assert_int_equal(sandbox_open(&left.items[0], &opened, &err), -ESRCH);
	assert_true(is_whole(w));
}

/* A guard that hangs holds the lock: whose init it was ends it all the same. */
static void its_own_is_removed_though_locked(void **state)
{
	struct world *w = *state;
	CLEANUP_SANDBOX struct sandbox hung = SANDBOX_NONE, opened = SANDBOX_NONE;
	CLEANUP_ERR struct err err = {0};

	make(w, &hung);
	write_down(w, &hung, 0);
	list_with(w, NULL, false);
	end(w, 0);
	assert_int_equal(sandbox_open(need(w, "nsctl", "demo"), &opened, &err), 0);
	assert_true(is_whole(w));
	assert_int_equal(sandbox_remove(&opened), 0);
	list_with(w, NULL, true);
	assert_int_equal(w->list.n, 0);
}

/* Behind the guard, which has removed it, and another that has begun meanwhile. */
static void a_folder_made_anew_stays(void **state)
{
	struct world *w = *state;
	CLEANUP_SANDBOX struct sandbox first = SANDBOX_NONE, second = SANDBOX_NONE;
	char path[256];

	make(w, &first);
	assert_int_equal(sandbox_remove(&first), 0);
	make(w, &second);
	assert_int_equal(sandbox_remove(&first), 0);
	below(w, path, sizeof(path), "sandboxes/demo");
	assert_int_equal(access(path, F_OK), 0);
	write_down(w, &second, 0);
	assert_true(is_whole(w));
}

/* Whose folder it lies in puts a link in its place when its init has ended: to a sandbox of the same name
 * elsewhere. */
static void swap(struct world *w)
{
	char from[256], to[256];

	below(w, from, sizeof(from), "sandboxes");
	below(w, to, sizeof(to), "moved");
	assert_int_equal(rename(from, to), 0);
	put_dir(w, "other");
	put_dir(w, "other/demo");
	put_file(w, "other/demo/config.json", "{}");
	put_file(w, "other/demo/state.json", "{\"pid\": 0}");
	below(w, to, sizeof(to), "other");
	assert_int_equal(symlink(to, from), 0);
}

static void what_a_swapped_folder_leads_to_stays(void **state)
{
	struct world *w = *state;
	CLEANUP_SANDBOX struct sandbox made = SANDBOX_NONE, opened = SANDBOX_NONE;
	CLEANUP_ERR struct err err = {0};

	make(w, &made);
	write_down(w, &made, 0);
	sandbox_close(&made);
	list_with(w, NULL, false);
	end(w, 0);
	swap(w);
	assert_int_equal(sandbox_open(need(w, "nsctl", "demo"), &opened, &err), -ESRCH);
	assert_true(is_whole(w));
}

static void what_is_removed_is_what_was_opened(void **state)
{
	struct world *w = *state;
	CLEANUP_SANDBOX struct sandbox made = SANDBOX_NONE, opened = SANDBOX_NONE;
	CLEANUP_ERR struct err err = {0};
	char moved[256];

	make(w, &made);
	write_down(w, &made, 0);
	sandbox_close(&made);
	list_with(w, NULL, false);
	end(w, 0);
	assert_int_equal(sandbox_open(need(w, "nsctl", "demo"), &opened, &err), 0);
	swap(w);
	assert_int_equal(sandbox_remove(&opened), 0);
	assert_true(is_whole(w));
	below(w, moved, sizeof(moved), "moved/demo");
	assert_int_equal(access(moved, F_OK), -1);
}

/* Who can open a folder can lock it, and then nobody takes its name. */
static void nobody_else_can_lock_it(void **state)
{
	struct world *w = *state;
	CLEANUP_SANDBOX struct sandbox made = SANDBOX_NONE;
	struct stat st;

	make(w, &made);
	assert_int_equal(fstat(made.fd, &st), 0);
	assert_int_equal(st.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH), 0);
	if (geteuid() == 0) /* they list it all the same */
		assert_int_equal(st.st_mode & S_IXOTH, S_IXOTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(written_and_found),
		WITH_TREE(another_of_the_name_stays),
		WITH_TREE(its_own_is_removed_though_locked),
		WITH_TREE(a_folder_made_anew_stays),
		WITH_TREE(what_a_swapped_folder_leads_to_stays),
		WITH_TREE(what_is_removed_is_what_was_opened),
		WITH_TREE(nobody_else_can_lock_it),
	};

	return cmocka_run_group_tests_name("sandboxes", tests, NULL, NULL);
}
