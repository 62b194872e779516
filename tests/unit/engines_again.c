/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A container whose engine writes its state between the moment when it was asked and the look at all processes.
 */
#include <sched.h>

#include "base/trace.h"
#include "world.h"

struct late {
	struct world *w;
	pid_t init;
	bool written;
};

static int wait_for_end(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_range(0, 2, 0);
	while (pause() < 0)
		;
	return 0;
}

static pid_t init_start(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	return clone(wait_for_end, stack + sizeof(stack), CLONE_NEWUSER | CLONE_NEWPID | SIGCHLD, NULL);
}

static void write_state(void *data, unsigned int level, const char *text)
{
	struct late *late = data;
	char state[512];

	(void)level;
	if (late->written || strncmp(text, "bare:", 5) != 0)
		return;
	put_dir(late->w, "late/new");
	snprintf(state, sizeof(state),
		"{\"id\":\"new\",\"init_process_pid\":%d,\"init_process_start\":%llu,\"config\":{\"labels\":[]}}",
		(int)late->init, (unsigned long long)tree_start(late->init));
	put_file(late->w, "late/new/state.json", state);
	late->written = true;
}

static void who_was_written_down_meanwhile_is_no_bare_group(void **state)
{
	CLEANUP_ERR struct err err = {0};
	struct world *w = *state;
	struct late late = {.w = w, .init = init_start()};
	struct trace trace = {.level = TRACE_READ, .say = write_state, .data = &late};
	struct engine_query query = {.bare = true, .trace = &trace, .note = take_note, .note_data = &w->told};
	size_t seen = 0;

	if (late.init < 0)
		skip(); /* no user namespaces here */
	add_root(w, "runc", "late");
	put_dir(w, "late");
	query.roots = (struct engine_roots){w->items, w->n, NULL, 0};
	assert_int_equal(engine_list(&query, &w->list, &err), 0);
	tree_end(late.init);
	assert_true(late.written);
	for (size_t i = 0; i < w->list.n; i++)
		if (w->list.items[i].pid == late.init) {
			assert_string_equal(w->list.items[i].engine, "runc");
			seen++;
		}
	assert_int_equal(seen, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(who_was_written_down_meanwhile_is_no_bare_group),
	};

	return cmocka_run_group_tests_name("engines_again", tests, NULL, NULL);
}
