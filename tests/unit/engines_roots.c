/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Several roots of one engine.
 */
#include "world.h"

/* A stopped lxc container PATH/NAME. */
static void put_lxc(struct world *w, const char *path)
{
	char file[256];

	below(w, file, sizeof(file), path);
	assert_int_equal(mkdir(file, 0755), 0);
	strcat(file, "/config");
	tree_write(file, "", 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(lxc_below_lxc),
	};

	return cmocka_run_group_tests_name("engines_roots", tests, NULL, NULL);
}
