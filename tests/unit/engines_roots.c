/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several roots of one engine.
 */
#include "world.h"

/* A stopped lxc container PATH/NAME. */
static void put_lxc(struct world *w, const char *path)
{
	char config[128];

	put_dir(w, path);
	snprintf(config, sizeof(config), "%s/config", path);
	put_file(w, config, "");
}

static void lxc_below_lxc(void **state)
{
	struct world *w = *state;

	put_lxc(w, "lxc/web");
	put_lxc(w, "lxc/web-in");
	put_lxc(w, "lxc/web/in");
	add_root(w, "lxc", "lxc");
	add_root(w, "lxc", "lxc/web"); /* a container's folder; web-in is no "in" below it */
	list_with(w, NULL, true);
	assert_int_equal(w->told.n, 0);
	need(w, "lxc", "web");
	need(w, "lxc", "web-in");
	need(w, "lxc", "in");
	assert_int_equal(w->list.n, 4); /* and off */
}

/* All that are given are searched, whichever comes last. */
static void docker_in_two_data_roots(void **state)
{
	struct world *w = *state;
	char data[2][128], from[256], to[256];

	first_pidns_require();
	put_dir(w, "other");
	put_dir(w, "other/containers");
	below(w, from, sizeof(from), "docker/data/containers/" ID("a2"));
	below(w, to, sizeof(to), "other/containers/" ID("a2"));
	assert_int_equal(rename(from, to), 0);
	add_root(w, "docker", "docker/exec");
	snprintf(data[0], sizeof(data[0]), "docker=%s/docker/data", w->tree.path);
	snprintf(data[1], sizeof(data[1]), "docker=%s/other", w->tree.path);
	for (int last = 0; last < 2; last++) {
		w->data[0] = data[!last];
		w->data[1] = data[last];
		w->n_data = 2;
		list_with(w, NULL, true);
		assert_int_equal(w->told.n, 0);
		assert_int_equal(w->list.n, 3);
		need(w, "docker", "web");
		need(w, "docker", "old");
		need(w, "docker", "db");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(lxc_below_lxc),
		WITH_TREE(docker_in_two_data_roots),
	};

	return cmocka_run_group_tests_name("engines_roots", tests, NULL, NULL);
}
