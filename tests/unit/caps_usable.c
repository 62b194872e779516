/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/caps_baseline.h"
#include "model/caps_usable.h"

#define CAP(name) (UINT64_C(1) << CAP_##name)

/* One capability, NET_ADMIN, and the rule that took it; NULL: usable. `held` is what has it. */
enum { NONE, B = 1, P = 2, E = 4, A = 8, I = 16 };

static struct cap_sets sets(unsigned int held, uint64_t bit)
{
	return (struct cap_sets){
		.bounding = held & B ? bit : 0,
		.permitted = held & P ? bit : 0,
		.effective = held & E ? bit : 0,
		.ambient = held & A ? bit : 0,
		.inheritable = held & I ? bit : 0,
	};
}

static const struct {
	const char *rule, *said; /* part of the message */
	unsigned int held;
	struct caps_facts facts;
} cases[] = {
	{NULL, NULL, B | P | E, {.uid = 0}},
	{NULL, NULL, B | P | E | A | I, {.uid = 1000}},
	{NULL, NULL, P | E, {.uid = 0}}, /* held without being bounded: it is held */
	{NULL, NULL, B | P | E, {.uid = 0, .own_userns = true}}, /* NET_ADMIN reaches what its namespace owns */
	{"uid", "uid 101 is not root, so execve keeps ambient and file capabilities only", B, {.uid = 101}},
	{"uid", "not mapped", B, {.uid = (uid_t)-1}},
	{"uid", "uid 101 is not root", B | I, {.uid = 101}}, /* inheritable alone brings nothing: docker before 20.10 */
	{"uid", "uid 101 is not root", B, {.uid = 101, .no_new_privs = true}},
	{"uid", "uid 101 is not root", B, {.uid = 101, .own_userns = true}},
	{"uid", "began as root and became uid 999", B, {.uid = 999, .was_root = true}},
	/* a file that carries another capability gives this one to nobody */
	{"uid", "uid 7 is not root", B, {.uid = 7, .file_caps = true, .file_permitted = CAP(NET_RAW)}},
	{"bounding", "not in the bounding set", NONE, {.uid = 0}},
	{"bounding", "not in the bounding set", NONE, {.uid = 101}},
	{"bounding", "not in the bounding set", NONE, {.uid = 5, .file_caps = true, .file_permitted = CAP(NET_ADMIN)}},
	{"ambient", "clears the ambient set", B,
		{.uid = 101, .asked_ambient = CAP(NET_ADMIN), .asked_inheritable = CAP(NET_ADMIN), .file_caps = true, .file_permitted = CAP(NET_RAW)}},
	{"ambient", "not as inheritable", B, {.uid = 101, .asked_ambient = CAP(NET_ADMIN)}},
	{"dropped", "given up", B, {.uid = 101, .asked_ambient = CAP(NET_ADMIN), .asked_inheritable = CAP(NET_ADMIN)}},
	/* execve does not see the file's capabilities, so it does not clear the ambient set either */
	{"dropped", "ambient", B,
		{.uid = 101, .asked_ambient = CAP(NET_ADMIN), .asked_inheritable = CAP(NET_ADMIN), .file_caps = true, .file_permitted = CAP(NET_RAW), .file_nosuid = true}},
	{"no_new_privs", "file capability", B,
		{.uid = 101, .no_new_privs = true, .file_caps = true, .file_permitted = CAP(NET_ADMIN), .file_effective = true}},
	{"file", "nosuid", B,
		{.uid = 101, .file_nosuid = true, .file_caps = true, .file_permitted = CAP(NET_ADMIN), .file_effective = true}},
	{"file", "nosuid", B,
		{.uid = 101, .file_nosuid = true, .no_new_privs = true, .file_caps = true, .file_permitted = CAP(NET_ADMIN)}},
	{"file", "without the effective bit", B | P, {.uid = 101, .file_caps = true, .file_permitted = CAP(NET_ADMIN)}},
	{"dropped", "file capability", B,
		{.uid = 101, .file_caps = true, .file_permitted = CAP(NET_ADMIN), .file_effective = true}},
	{"dropped", "switched off", B | P,
		{.uid = 101, .file_caps = true, .file_permitted = CAP(NET_ADMIN), .file_effective = true}},
	{"dropped", "switched off", B | P, {.uid = 0}},
	{"dropped", "uid 0", B, {.uid = 0}},
	{"no_new_privs", "root neither", B, {.uid = 0, .no_new_privs = true}},
	{"securebits", "noroot", B, {.uid = 0, .securebits = SECBIT_NOROOT}},
	{"securebits", "noroot", B, {.uid = 0, .securebits = SECBIT_NOROOT, .no_new_privs = true}},
};

static void the_rule_that_took_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP_CAPS_UNUSABLE struct caps_unusable_list list = {0};
		struct caps_facts facts = cases[i].facts;

		facts.held = sets(cases[i].held, CAP(NET_ADMIN));
		facts.granted = CAP(NET_ADMIN);
		assert_int_equal(caps_usable_check(&facts, &list), 0);
		if (!cases[i].rule) {
			assert_int_equal(list.n, 0);
			continue;
		}
		assert_int_equal(list.n, 1);
		assert_int_equal(list.items[0].number, CAP_NET_ADMIN);
		assert_string_equal(list.items[0].rule, cases[i].rule);
		if (!strstr(list.items[0].message, cases[i].said))
			fail_msg("case %zu says: %s", i, list.items[0].message);
		assert_non_null(list.items[0].ways_out[0]);
	}
}

static void in_a_user_namespace(void **state)
{
	struct caps_facts facts = {.granted = CAP(SYS_TIME) | CAP(NET_ADMIN) | CAP(SYS_ADMIN), .own_userns = true};
	CLEANUP_CAPS_UNUSABLE struct caps_unusable_list list = {0};

	(void)state;
	facts.held = sets(B | P | E, facts.granted);
	assert_int_equal(caps_usable_check(&facts, &list), 0);
	assert_int_equal(list.n, 1); /* SYS_ADMIN is worth something there, NET_ADMIN much */
	assert_int_equal(list.items[0].number, CAP_SYS_TIME);
	assert_string_equal(list.items[0].rule, "user_namespace");
}

static void the_scene(void **state)
{
	struct caps_facts facts = {
		.held.bounding = CAP(NET_BIND_SERVICE),
		.granted = CAP(NET_BIND_SERVICE),
		.uid = 101,
		.no_new_privs = true,
		.engine = "cri",
	};
	CLEANUP_CAPS_UNUSABLE struct caps_unusable_list list = {0};
	CLEANUP_BUF struct buf said = {0};

	(void)state;
	assert_int_equal(caps_usable_check(&facts, &list), 0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.items[0].message,
		"NET_BIND_SERVICE was granted but cannot be used: uid 101 is not root, so execve keeps ambient and file "
		"capabilities only.");
	assert_string_equal(list.items[0].ways_out[0], "a file capability (no_new_privs blocks it here)");
	assert_string_equal(list.items[0].ways_out[1], "uid 0");
	assert_string_equal(list.items[0].ways_out[2], "an ambient capability (KEP-2763, not in Kubernetes)");
	assert_null(list.items[0].ways_out[3]);
	caps_unusable_say(&list, &said);
	assert_string_equal(buf_text(&said),
		"NET_BIND_SERVICE was granted but cannot be used: uid 101 is not root, so execve keeps ambient and file "
		"capabilities only.\n"
		"  Ways out: a file capability (no_new_privs blocks it here), uid 0, or an ambient capability (KEP-2763, not "
		"in Kubernetes).\n");
}

static void one_sentence_for_a_reason(void **state)
{
	struct caps_facts facts = {
		.held = {.bounding = CAP(NET_ADMIN) | CAP(SYS_TIME) | CAP(KILL), .permitted = CAP(SETUID)},
		.granted = CAP(NET_ADMIN) | CAP(SYS_TIME) | CAP(KILL) | CAP(SETUID),
		.uid = 1010,
	};
	CLEANUP_CAPS_UNUSABLE struct caps_unusable_list list = {0};
	CLEANUP_BUF struct buf said = {0};

	(void)state;
	assert_int_equal(caps_usable_check(&facts, &list), 0);
	assert_int_equal(list.n, 4);
	assert_int_equal(list.items[1].number, CAP_SETUID);
	caps_unusable_say(&list, &said);
	assert_string_equal(buf_text(&said),
		"KILL, NET_ADMIN and SYS_TIME were granted but cannot be used: uid 1010 is not root, so execve keeps ambient "
		"and file capabilities only.\n"
		"  Ways out: a file capability, uid 0, or an ambient capability.\n"
		"SETUID was granted but cannot be used: permitted, but switched off by the process.\n"
		"  Way out: capset() in the program, which may switch it on again.\n");
}

static void ways_out_of_each_engine(void **state)
{
	static const struct {
		const char *engine, *ambient;
	} engines[] = {
		{"podman", "--cap-add"}, {"docker", "entry point"}, {"containerd", "entry point"},
		{"crun", "config.json"}, {"runc", "config.json"}, {"crio", "KEP-2763"}, {NULL, "an ambient capability"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(engines) / sizeof(*engines); i++) {
		struct caps_facts facts = {.held.bounding = 1, .granted = 1, .uid = 1, .engine = engines[i].engine};
		CLEANUP_CAPS_UNUSABLE struct caps_unusable_list list = {0};

		assert_int_equal(caps_usable_check(&facts, &list), 0);
		assert_non_null(strstr(list.items[0].ways_out[2], engines[i].ambient));
	}
}

static void defaults(void **state)
{
	(void)state;
	assert_int_equal(caps_count(caps_default("docker")), 14);
	assert_int_equal(caps_count(caps_default("cri")), 14);
	assert_int_equal(caps_count(caps_default("podman")), 11);
	assert_int_equal(caps_count(caps_default("crio")), 9);
	assert_true(caps_default("lxc") == (caps_all() & ~UINT64_C(0x300030000) & ~CAP(SYS_TIME)));
	assert_true(caps_default("runc") == 0 && caps_default("bare") == 0 && caps_default(NULL) == 0);
}

static void granted_beyond_the_default(void **state)
{
	uint64_t docker = CAPS_DOCKER_DEFAULT;

	(void)state;
	assert_true(caps_granted(docker, "docker") == 0);
	assert_true(caps_granted(docker | CAP(SYS_TIME), "docker") == CAP(SYS_TIME));
	assert_true(caps_granted(caps_all(), "docker") == (caps_all() & ~docker));
	/* drop ALL, add one: chosen, though it is among the default */
	assert_true(caps_granted(CAP(NET_BIND_SERVICE), "cri") == CAP(NET_BIND_SERVICE));
	assert_true(caps_granted(CAP(KILL) | CAP(SYS_TIME), "cri") == (CAP(KILL) | CAP(SYS_TIME)));
	/* some of the default dropped: the others were given unasked still */
	assert_true(caps_granted((docker & ~CAP(KILL)) | CAP(SYS_TIME), "docker") == CAP(SYS_TIME));
	assert_true(caps_granted(0, "docker") == 0);
	/* podman without a containers.conf gives docker's */
	assert_true(caps_granted(docker | CAP(SYS_TIME), "podman") == CAP(SYS_TIME));
	assert_true(caps_granted(caps_default("podman") | CAP(NET_RAW), "podman") == CAP(NET_RAW));
	assert_true(caps_granted(docker, "runc") == docker);
	assert_true(caps_granted(caps_all(), "bare") == 0 && caps_granted(caps_all(), NULL) == 0);
}

static void baselines(void **state)
{
	CLEANUP_ERR struct err err = {0};
	const struct caps_baseline *row = NULL;

	(void)state;
	assert_int_equal(caps_baseline_by_name("pss-restricted", &row, &err), 0);
	assert_true(caps_baseline_set(row) == CAP(NET_BIND_SERVICE));
	assert_int_equal(caps_baseline_by_name("pss-baseline", &row, &err), 0);
	assert_true(caps_baseline_set(row) == (CAPS_DOCKER_DEFAULT & ~CAP(NET_RAW)));
	assert_int_equal(caps_baseline_by_name("pss-restrictde", &row, &err), -EINVAL);
	assert_non_null(strstr(err.hint, "pss-restricted"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rule_that_took_it),
		cmocka_unit_test(in_a_user_namespace),
		cmocka_unit_test(the_scene),
		cmocka_unit_test(one_sentence_for_a_reason),
		cmocka_unit_test(ways_out_of_each_engine),
		cmocka_unit_test(defaults),
		cmocka_unit_test(granted_beyond_the_default),
		cmocka_unit_test(baselines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
