/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose a container is: engines of root give folders to the root of a user namespace.
 */
#include <sched.h>

#include "world.h"

#define MAPPED 310000 /* root of the user namespace, outside */
#define MAP "0 310000 65536\n"

/* A child in a user namespace that root made for it. 0 where this machine makes none. */
static pid_t mapped_child(void)
{
	int ready[2], go[2];
	char path[32], byte;
	CLEANUP_FD int map = -1;
	bool made;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0)
		return 0;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWUSER) < 0 || write(ready[1], "", 1) != 1 || read(go[0], &byte, 1) != 1 ||
			setresuid(0, 0, 0) < 0)
			_exit(1);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close_range(0, 2, 0);
		close_fd(&ready[1]);
		for (;;)
			pause();
	}
	close_fd(&ready[1]);
	made = read(ready[0], &byte, 1) == 1;
	snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)pid);
	map = made ? open(path, O_WRONLY | O_CLOEXEC) : -1;
	made = map >= 0 && write(map, MAP, strlen(MAP)) == (ssize_t)strlen(MAP) && write(go[1], "", 1) == 1;
	/* until it closes its end: it is who it will be */
	made = made && read(ready[0], &byte, 1) == 0;
	close_fd(&ready[0]);
	close_fd(&go[0]);
	close_fd(&go[1]);
	if (made)
		return pid;
	tree_end(pid);
	return 0;
}

static void give(struct world *w, const char *at, uid_t uid)
{
	char path[320];

	below(w, path, sizeof(path), at);
	assert_int_equal(chown(path, uid, uid), 0);
}

static void put_pid(struct world *w, const char *at, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", (int)pid);
	put_file(w, at, text);
}

static bool can(pid_t *ret)
{
	*ret = geteuid() == 0 ? mapped_child() : 0;
	return *ret;
}

/* Of its owner, and not trusted; a pid of 0: it has stopped. */
static void assert_owned(struct world *w, const char *engine, const char *name, pid_t pid, uid_t owner)
{
	const struct container *c = need(w, engine, name);

	assert_int_equal(c->pid, pid);
	assert_int_equal(c->status, pid ? CONTAINER_RUNNING : CONTAINER_STOPPED);
	assert_int_equal(c->owner, owner);
	assert_false(c->trusted);
}

static void podmans_with_a_map_are_roots(void **state)
{
	static const char run[] = "podman/run/overlay-containers/" ID("e1") "/userdata",
			  bundle[] = "podman/root/overlay-containers/" ID("e1") "/userdata";
	struct world *w = *state;
	char pidfile[160];
	pid_t mapped;

	first_pidns_require();
	if (!can(&mapped))
		skip();
	add_root(w, "podman", "podman/run");
	set_data_root(w, "podman", "podman/root");
	snprintf(pidfile, sizeof(pidfile), "%s/pidfile", run);
	put_pid(w, pidfile, mapped);
	give(w, run, MAPPED);
	give(w, bundle, MAPPED);
	list_with(w, NULL, false);
	assert_owned(w, "podman", "plain", mapped, 0);

	tree_end(mapped);
	list_with(w, NULL, true);
	assert_owned(w, "podman", "plain", 0, 0);

	/* a list that is a user's makes no one root's */
	give(w, "podman/root/overlay-containers", MAPPED);
	list_with(w, NULL, true);
	assert_owned(w, "podman", "plain", 0, MAPPED);
}

/* CRI-O gives it all that is in the folder. */
static void crios_with_a_map_are_roots(void **state)
{
	static const char folder[] = "crio/overlay-containers/" ID("c2") "/userdata";
	struct world *w = *state;
	char path[160];
	pid_t mapped;

	first_pidns_require();
	if (!can(&mapped))
		skip();
	add_root(w, "cri", "crio");
	snprintf(path, sizeof(path), "%s/pidfile", folder);
	put_pid(w, path, mapped);
	give(w, path, MAPPED);
	snprintf(path, sizeof(path), "%s/config.json", folder);
	give(w, path, MAPPED);
	give(w, folder, MAPPED);
	list_with(w, NULL, false);
	assert_owned(w, "cri", "app", mapped, 0);

	tree_end(mapped);
	list_with(w, NULL, true);
	assert_owned(w, "cri", "app", 0, 0);
}

/* Docker with userns-remap, before 20.10.3. */
static void dockers_with_a_map_are_roots(void **state)
{
	static const char folder[] = "docker/data/containers/" ID("a1");
	struct world *w = *state;
	pid_t mapped;

	first_pidns_require();
	if (!can(&mapped))
		skip();
	add_root(w, "docker", "docker/exec");
	set_data_root(w, "docker", "docker/data");
	put_pid(w, MOBY ID("a1") "/init.pid", mapped);
	give(w, folder, MAPPED);
	list_with(w, NULL, false);
	assert_owned(w, "docker", "web", mapped, 0);
	tree_end(mapped);
}

static void lxcs_with_a_map_are_roots(void **state)
{
	struct world *w = *state;

	if (geteuid() != 0)
		skip();
	add_root(w, "lxc", "lxc");
	give(w, "lxc/off", MAPPED);
	list_with(w, NULL, true);
	assert_owned(w, "lxc", "off", 0, 0);
	give(w, "lxc", MAPPED);
	give(w, "lxc/off", 0);
	list_with(w, NULL, true);
	assert_owned(w, "lxc", "off", 0, MAPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(podmans_with_a_map_are_roots),
		WITH_TREE(crios_with_a_map_are_roots),
		WITH_TREE(dockers_with_a_map_are_roots),
		WITH_TREE(lxcs_with_a_map_are_roots),
	};

	return cmocka_run_group_tests_name("engines_owner", tests, NULL, NULL);
}
