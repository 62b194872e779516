/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "model/caps.h"
#include "model/generate.h"

#define CAP(name) (UINT64_C(1) << CAP_##name)
#define ALL ((UINT64_C(2) << CAP_CHECKPOINT_RESTORE) - 1)

/* What an engine makes of the form: ALL first, then names. */
static uint64_t applied(uint64_t defaults, struct generate_caps c)
{
	return ((c.add_all ? ALL : c.drop_all ? 0 : defaults) & ~c.drop) | c.add;
}

static void the_form_leads_to_the_set(void **state)
{
	static const uint64_t wanted[] = {0, ALL, CAPS_DOCKER_DEFAULT, CAPS_DOCKER_DEFAULT & ~CAP(KILL),
		CAPS_DOCKER_DEFAULT | CAP(NET_ADMIN), CAP(CHOWN), ALL & ~CAP(SYS_ADMIN), ALL & ~CAP(BPF),
		ALL >> 3 & ~CAP(SYS_RESOURCE), UINT64_C(0x0f0f0f0f0f)};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		for (int portable = 0; portable < 2; portable++) {
			struct generate_caps c =
				generate_caps_for(CAPS_DOCKER_DEFAULT, wanted[i], ALL, portable);

			assert_int_equal(applied(CAPS_DOCKER_DEFAULT, c), wanted[i]);
		}
}

static void the_shortest_form(void **state)
{
	struct generate_caps c = generate_caps_for(CAPS_DOCKER_DEFAULT, CAPS_DOCKER_DEFAULT, ALL, false);

	(void)state;
	assert_false(c.add_all || c.drop_all || c.add || c.drop);
	c = generate_caps_for(CAPS_DOCKER_DEFAULT, CAP(CHOWN), ALL, false);
	assert_true(c.drop_all && c.add == CAP(CHOWN) && !c.drop);
	c = generate_caps_for(CAPS_DOCKER_DEFAULT, ALL & ~CAP(SYS_ADMIN), ALL, false);
	assert_true(c.add_all && c.drop == CAP(SYS_ADMIN) && !c.add);
	/* without the newest nobody knows what ALL is to the engine */
	c = generate_caps_for(CAPS_DOCKER_DEFAULT, ALL >> 1, ALL, false);
	assert_false(c.add_all);
}

/* An init of user 1000 with docker's sets, on a host with nothing else. */
static struct generate_facts user_of(struct container *c, gid_t *groups)
{
	struct generate_facts f = {.container = c,
		.umask = 022,
		.seccomp = 2,
		.filters = 1,
		.all_caps = ALL,
		.profile = GENERATE_PROFILE_DEFAULT,
		.cgroup_v1 = true};
	struct drift_side *k = &f.drift.kernel;

	groups[0] = 1000;
	groups[1] = 2001;
	k->known = true;
	k->spec.uid = k->spec.gid = 1000;
	k->spec.groups = groups;
	k->spec.n_groups = 2;
	k->spec.caps.bounding = CAPS_DOCKER_DEFAULT & ~CAP(MKNOD);
	k->read_only = DRIFT_YES;
	k->masked = k->sys_locked = DRIFT_YES;
	for (int type = 0; type < NS_N; type++)
		k->host_ns[type] =
			type == NS_USER || type == NS_CGROUP || type == NS_PID ? DRIFT_YES : DRIFT_NO;
	return f;
}

static void flags(void **state)
{
	struct container c = {.engine = "docker", .name = (char *)"Web_1", .ref = (char *)"docker/Web_1"};
	CLEANUP_GENERATED struct generated docker = {0}, podman = {0}, k8s = {0};
	CLEANUP_ERR struct err err = {0};
	gid_t groups[2];
	struct generate_facts f = user_of(&c, groups);

	(void)state;
	assert_int_equal(generate_docker(&f, false, &docker, &err), 0);
	assert_string_equal(buf_text(&docker.text),
		"--user 1000:1000 --group-add 2001 --cap-drop MKNOD --read-only --pid host\n");
	assert_int_equal(docker.n_lost, 0);
	assert_int_equal(generate_podman(&f, false, &podman, &err), 0);
	assert_string_equal(buf_text(&podman.text), "--user 1000:1000 --group-add 2001 --cap-drop MKNOD "
						    "--read-only --read-only-tmpfs=false --pid host\n");
	assert_int_equal(podman.n_lost, 0);
	assert_int_equal(generate_k8s(&f, false, &k8s, &err), 0);
	assert_non_null(strstr(buf_text(&k8s.text), "  name: web-1\n"));
	assert_non_null(strstr(buf_text(&k8s.text), "hostPID: true\n"));
	assert_non_null(strstr(buf_text(&k8s.text), "runAsUser: 1000\n"));
}

static void what_is_lost(void **state)
{
	struct container c = {.engine = "docker", .name = (char *)"x", .ref = (char *)"docker/x"};
	CLEANUP_GENERATED struct generated docker = {0}, podman = {0};
	CLEANUP_ERR struct err err = {0};
	gid_t groups[2];
	struct generate_facts f = user_of(&c, groups);

	(void)state;
	f.umask = 077;
	f.profile = GENERATE_PROFILE_OWN;
	f.apparmor = true;
	f.drift.kernel.spec.apparmor = (char *)"a b; rm -rf /";
	f.drift.kernel.spec.caps.ambient = f.drift.kernel.spec.caps.effective =
		f.drift.kernel.spec.caps.permitted = f.drift.kernel.spec.caps.inheritable = CAP(KILL);
	assert_int_equal(generate_docker(&f, false, &docker, &err), 0);
	/* the four sets, the profile, the label, the umask */
	assert_int_equal(docker.n_lost, 7);
	assert_null(
		strstr(buf_text(&docker.text), "rm")); /* what is not one word is never printed as flags */
	assert_int_equal(generate_podman(&f, false, &podman, &err), 0);
	assert_non_null(strstr(buf_text(&podman.text), "--cap-add KILL"));
	assert_non_null(strstr(buf_text(&podman.text), "--umask 0077"));
	assert_int_equal(podman.n_lost, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_leads_to_the_set),
		cmocka_unit_test(the_shortest_form),
		cmocka_unit_test(flags),
		cmocka_unit_test(what_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
