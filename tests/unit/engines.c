/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"
#include "engine/command.h"

static void docker_has_names(void **state)
{
	struct world *w = *state;
	struct container *c;

	first_pidns_require();
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

	first_pidns_require();
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

	first_pidns_require();
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
	set_data_root(w, "podman", "podman/root");
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

	first_pidns_require();
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

static void names_in_commands_are_no_options(void **state)
{
	static const struct {
		const char *engine, *command;
	} rows[] = {
		{"crun", "crun kill -- -rf"},
		{"podman", "podman stop -- -rf"},
		{"nsctl", "nsctl kill -- -rf"},
		{"lxc", "lxc-stop -n -rf"},
		{"cri", "kubectl delete pod -n -rf -- -rf"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char name[] = "-rf", at[] = "/x";
		const struct container c = {.engine = rows[i].engine, .name = name, .id = name, .pod = name, .namespace = name, .state = at, .owner = geteuid()};
		CLEANUP_FREE char *command = engine_command(engine_by_name(rows[i].engine)->stop, &c);

		assert_string_equal(command, rows[i].command);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_in_commands_are_no_options),
		WITH_TREE(docker_has_names),
		WITH_TREE(cri_reads_annotations),
		WITH_TREE(containerd_leaves_others_theirs),
		WITH_TREE(podman_by_run_root),
		WITH_TREE(podman_by_storage_root),
		WITH_TREE(runtimes_check_the_start),
		WITH_TREE(layers_are_one),
		WITH_TREE(lxc_lists_stopped_ones),
		WITH_TREE(needle_finds_what_all_have),
		cmocka_unit_test(cgroups_carry_ids),
	};

	return cmocka_run_group_tests_name("engines", tests, NULL, NULL);
}
