/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The comparison alone: facts made by hand, rows as text.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "model/drift.h"
#include "sys/sysctl.h"

#define HEAD "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n"
#define ALL UINT64_C(0x1ffffffffff)
#define NET_ADMIN (UINT64_C(1) << 12)
#define SYS_TIME (UINT64_C(1) << 25)

static gid_t groups[] = {3000, 7};
static char *args[] = {"sleep", "4800", NULL};
static char sysctl_name[] = "net/ipv4/ip_forward", sysctl_value[] = "0";
static struct label sysctls[] = {{sysctl_name, sysctl_value}};
static struct container container = {.engine = "cri", .name = "c", .ref = "ns/p/c", .pod = "p"};

/* Root in an ordinary container of CRI. */
static struct drift_side usual(void)
{
	struct drift_side side = {.known = true,
		.has_caps = true,
		.filtered = DRIFT_NO,
		.read_only = DRIFT_NO,
		.masked = DRIFT_YES,
		.sys_locked = DRIFT_YES,
		.shares_pid = DRIFT_NO,
		.args = args,
		.sysctls = sysctls,
		.n_sysctls = 1};

	side.spec.groups = groups;
	side.spec.n_groups = ARRAY_SIZE(groups);
	side.spec.caps.bounding = side.spec.caps.permitted = side.spec.caps.effective = CAPS_DOCKER_DEFAULT;
	for (int i = 0; i < NS_N; i++)
		side.host_ns[i] = i == NS_USER || i == NS_CGROUP ? DRIFT_YES : DRIFT_NO;
	return side;
}

static struct drift_facts usual_facts(void)
{
	return (struct drift_facts){
		.container = &container, .oci = usual(), .kernel = usual(), .first = true};
}

/* "field verdict" of all rows, but those of what is not set. */
static void compare(const char *spec, struct drift_facts *facts, const struct drift_side *pause,
	struct buf *out, struct drift_rows *rows)
{
	CLEANUP_MANIFEST struct manifest m = {0};
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_ERR struct err err = {0};
	struct drift_pod pod = {.file = "p.yaml",
		.ref = "ns/p",
		.containers = facts,
		.n = 1,
		.pause = pause,
		.host = {.caps = ALL}};

	buf_printf(&text, HEAD "%s", spec);
	if (manifest_parse("p.yaml", buf_text(&text), text.len, &m, &err))
		fail_msg("%s\n%s", buf_text(&text), err.message);
	pod.wanted = &m.pods[0];
	facts->wanted = &m.pods[0].containers[0];
	struct caps_facts caps = {.held = facts->kernel.spec.caps,
		.granted = facts->wanted->context.capabilities_add.mask & facts->kernel.spec.caps.bounding,
		.uid = facts->kernel.spec.uid,
		.engine = "cri"};
	caps_unusable_free(&facts->unusable);
	assert_int_equal(caps_usable_check(&caps, &facts->unusable), 0);
	assert_int_equal(drift_compare(&pod, rows), 0);
	caps_unusable_free(&facts->unusable);
	for (size_t i = 0; i < rows->n; i++)
		if (rows->items[i].line || rows->items[i].verdict != DRIFT_OK)
			buf_printf(out, "%s %s\n", rows->items[i].field,
				drift_verdict_name(rows->items[i].verdict));
}

static void expect(const char *spec, struct drift_facts *facts, const char *rows)
{
	CLEANUP_DRIFT_ROWS struct drift_rows list = {0};
	CLEANUP_BUF struct buf out = {0};

	compare(spec, facts, NULL, &out, &list);
	if (strcmp(buf_text(&out), rows) != 0)
		fail_msg("%s\nis     %s\nshould %s", spec, buf_text(&out), rows);
}

#define POD(context) "  securityContext: {" context "}\n  containers:\n  - {name: c, image: x}\n"
#define OWN(context) "  containers:\n  - {name: c, image: x, securityContext: {" context "}}\n"
#define SPEC(line) "  " line "\n  containers:\n  - {name: c, image: x}\n"

/* Each is set, and agrees or not with an ordinary container of root. */
static void a_row_for_each_field(void **state)
{
	static const struct {
		const char *spec, *rows;
	} tests[] = {
		{OWN(""), ""},
		{POD("runAsUser: 0"), "runAsUser ok\n"},
		{POD("runAsUser: 5"), "runAsUser DRIFT\n"},
		{OWN("runAsGroup: 1"), "runAsGroup DRIFT\n"},
		{POD("runAsNonRoot: true"), "runAsNonRoot DRIFT\n"},
		{POD("runAsNonRoot: false"), "runAsNonRoot ok\n"},
		{POD("supplementalGroups: [7]"), "supplementalGroups ok\n"},
		{POD("supplementalGroups: [7, 8]"), "supplementalGroups DRIFT\n"},
		{POD("supplementalGroups: [7], supplementalGroupsPolicy: Merge"),
			"supplementalGroups ok\nsupplementalGroupsPolicy ok\n"},
		{POD("supplementalGroups: [7], supplementalGroupsPolicy: Strict"),
			"supplementalGroups ok\nsupplementalGroupsPolicy DRIFT\n"},
		{POD("supplementalGroups: [7], fsGroup: 3000, supplementalGroupsPolicy: Strict"),
			"supplementalGroups ok\nsupplementalGroupsPolicy ok\nfsGroup ok\n"},
		{POD("fsGroup: 1"), "fsGroup DRIFT\n"},
		{POD("fsGroupChangePolicy: Always"), "fsGroupChangePolicy IGNORED\n"},
		{POD("fsGroup: 7, fsGroupChangePolicy: Always"), "fsGroup ok\nfsGroupChangePolicy UNKNOWN\n"},
		{POD("seLinuxChangePolicy: Recursive"), "seLinuxChangePolicy UNKNOWN\n"},
		{POD("seccompProfile: {type: Unconfined}"), "seccompProfile.type ok\n"},
		{POD("seccompProfile: {type: RuntimeDefault}"), "seccompProfile.type DRIFT\n"},
		{POD("seccompProfile: {type: Localhost, localhostProfile: a}"),
			"seccompProfile.type DRIFT\n"},
		{POD("appArmorProfile: {type: RuntimeDefault}"), "appArmorProfile.type UNKNOWN\n"},
		{POD("seLinuxOptions: {type: t}"), "seLinuxOptions.type UNKNOWN\n"},
		{POD("windowsOptions: {}"), "windowsOptions IGNORED\n"},
		{POD("sysctls: [{name: net.ipv4.ip_forward, value: \"0\"}]"),
			"sysctls[net.ipv4.ip_forward] ok\n"},
		{POD("sysctls: [{name: net/ipv4/ip_forward, value: \"1\"}]"),
			"sysctls[net/ipv4/ip_forward] DRIFT\n"},
		{POD("sysctls: [{name: net.ipv4.none, value: \"1\"}]"), "sysctls[net.ipv4.none] UNKNOWN\n"},
		{SPEC("hostPID: true"), "hostPID DRIFT\n"},
		{SPEC("hostPID: false"), "hostPID ok\n"},
		{SPEC("hostNetwork: true"), "hostNetwork DRIFT\n"},
		{SPEC("hostIPC: true"), "hostIPC DRIFT\n"},
		{SPEC("hostUsers: false"), "hostUsers DRIFT\n"},
		{SPEC("hostUsers: true"), "hostUsers ok\n"},
		{SPEC("shareProcessNamespace: true"), "shareProcessNamespace DRIFT\n"},
		{OWN("capabilities: {add: [NET_ADMIN]}"), "capabilities.add DRIFT\n"},
		{OWN("capabilities: {add: [CHOWN]}"), "capabilities.add ok\n"},
		{OWN("capabilities: {drop: [CHOWN]}"), "capabilities.drop DRIFT\n"},
		{OWN("capabilities: {drop: [SYS_TIME]}"), "capabilities.drop ok\n"},
		{OWN("capabilities: {drop: [ALL]}"), "capabilities.drop DRIFT\n"},
		{OWN("capabilities: {add: [ALL]}"), "capabilities.add DRIFT\n"},
		{OWN("privileged: true"), "privileged DRIFT\n"},
		{OWN("privileged: false"), "privileged ok\n"},
		{OWN("allowPrivilegeEscalation: false"), "allowPrivilegeEscalation DRIFT\n"},
		{OWN("allowPrivilegeEscalation: true"), "allowPrivilegeEscalation ok\n"},
		{OWN("readOnlyRootFilesystem: true"), "readOnlyRootFilesystem DRIFT\n"},
		{OWN("procMount: Unmasked"), "procMount DRIFT\n"},
		{OWN("procMount: Default"), "procMount ok\n"},
		{"  containers:\n  - {name: c, command: [sleep, \"4800\"]}\n", "command ok\n"},
		{"  containers:\n  - {name: c, command: [sleep]}\n", "command DRIFT\n"},
		{"  containers:\n  - {name: c, command: [sleep], args: [\"4800\"]}\n",
			"command ok\nargs ok\n"},
		{"  containers:\n  - {name: c, command: [sleep], args: [\"1\"]}\n",
			"command ok\nargs DRIFT\n"},
		{"  containers:\n  - {name: c, command: [sleep], args: [\"4800\", \"1\"]}\n",
			"command ok\nargs DRIFT\n"},
		{"  containers:\n  - {name: c, args: [\"4800\"]}\n", "args ok\n"},
		{"  containers:\n  - {name: c, args: [\"480\"]}\n", "args DRIFT\n"},
		{"  containers:\n  - {name: c, args: [$(V)], env: [{name: V, value: \"4800\"}]}\n",
			"args ok\n"},
		{"  containers:\n  - {name: c, args: [$(V)], env: [{name: V, value: \"1\"}]}\n",
			"args DRIFT\n"},
		{"  containers:\n  - {name: c, args: [$(V)]}\n", "args UNKNOWN\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		struct drift_facts facts = usual_facts();

		expect(tests[i].spec, &facts, tests[i].rows);
	}
}

/* Not set: a row only where the API's default does not hold. */
static void defaults(void **state)
{
	struct drift_facts facts;

	(void)state;
#define CASE(change, rows)                                                                                   \
	facts = usual_facts();                                                                               \
	facts.kernel.change;                                                                                 \
	facts.oci.change;                                                                                    \
	expect(OWN(""), &facts, rows)
	CASE(host_ns[NS_PID] = DRIFT_YES, "hostPID DRIFT\n");
	CASE(host_ns[NS_NET] = DRIFT_YES, "hostNetwork DRIFT\n");
	CASE(host_ns[NS_USER] = DRIFT_NO, "hostUsers DRIFT\n");
	CASE(shares_pid = DRIFT_YES, "shareProcessNamespace DRIFT\n");
	CASE(spec.no_new_privs = true, "allowPrivilegeEscalation DRIFT\n");
	CASE(read_only = DRIFT_YES, "readOnlyRootFilesystem DRIFT\n");
	CASE(read_only = DRIFT_CANNOT, "");
	CASE(masked = DRIFT_NO, "procMount DRIFT\n");
	CASE(spec.uid = 101, "");
	CASE(spec.caps.bounding |= SYS_TIME, "capabilities.add DRIFT\n");
	CASE(spec.caps.bounding &= ~UINT64_C(1), "capabilities.drop DRIFT\n");
#undef CASE
}

/* A capability too much or too little is one row, and so is a privileged container. */
static void one_row_for_one_change(void **state)
{
	struct drift_facts facts = usual_facts();

	(void)state;
	facts.kernel.spec.caps.bounding = facts.oci.spec.caps.bounding =
		CAPS_DOCKER_DEFAULT | SYS_TIME | NET_ADMIN;
	expect(OWN("capabilities: {add: [SYS_TIME]}"), &facts, "capabilities.add DRIFT\n");
	expect(OWN("capabilities: {add: [SYS_TIME, NET_ADMIN], drop: [MKNOD]}"), &facts,
		"capabilities.add IGNORED\ncapabilities.drop DRIFT\n");
	facts.kernel.spec.caps.bounding = facts.oci.spec.caps.bounding = SYS_TIME;
	expect(OWN("capabilities: {add: [NET_ADMIN], drop: [ALL]}"), &facts,
		"capabilities.add DRIFT\ncapabilities.drop ok\n");
	facts.kernel.spec.caps.bounding = facts.oci.spec.caps.bounding = ALL;
	facts.kernel.masked = facts.kernel.sys_locked = facts.oci.masked = facts.oci.sys_locked = DRIFT_NO;
	expect(OWN("capabilities: {add: [SYS_TIME], drop: [ALL]}, seccompProfile: {type: RuntimeDefault}, "
		   "procMount: Default"),
		&facts,
		"seccompProfile.type IGNORED\ncapabilities.add IGNORED\ncapabilities.drop "
		"IGNORED\nprivileged DRIFT\n"
		"procMount IGNORED\n");
}

static void the_pause_container_tells_the_default(void **state)
{
	struct drift_facts facts = usual_facts();
	struct drift_side pause = usual();
	CLEANUP_DRIFT_ROWS struct drift_rows rows = {0};
	CLEANUP_BUF struct buf out = {0};

	(void)state;
	pause.spec.caps.bounding = facts.kernel.spec.caps.bounding = facts.oci.spec.caps.bounding = 3;
	compare(OWN(""), &facts, &pause, &out, &rows);
	assert_string_equal(buf_text(&out), "");
	pause.spec.caps.bounding = ALL; /* privileged: says nothing */
	compare(OWN(""), &facts, &pause, &out, &rows);
	assert_string_equal(buf_text(&out), "capabilities.drop DRIFT\n");
}

static void what_is_granted_and_not_usable(void **state)
{
	struct drift_facts facts = usual_facts();
	CLEANUP_DRIFT_ROWS struct drift_rows rows = {0};
	CLEANUP_BUF struct buf out = {0};

	(void)state;
	facts.kernel.spec.uid = facts.oci.spec.uid = 1010;
	facts.kernel.spec.caps = (struct cap_sets){.bounding = CAPS_DOCKER_DEFAULT | SYS_TIME | NET_ADMIN};
	facts.oci.spec.caps.bounding = facts.kernel.spec.caps.bounding;
	compare(OWN("runAsUser: 1010, capabilities: {add: [SYS_TIME, NET_ADMIN]}"), &facts, NULL, &out,
		&rows);
	assert_string_equal(buf_text(&out), "runAsUser ok\ncapabilities.add IGNORED\n");
	for (size_t i = 0; i < rows.n; i++)
		if (rows.items[i].verdict == DRIFT_IGNORED)
			assert_string_equal(rows.items[i].reason,
				"granted, not usable: NET_ADMIN and SYS_TIME were granted but cannot be "
				"used: uid 1010 is not root, "
				"so execve keeps ambient and file capabilities only. Ways out: a file "
				"capability, uid 0, or an "
				"ambient capability (KEP-2763, not in Kubernetes).");
}

static void levels(void **state)
{
	struct drift_facts facts = usual_facts();
	CLEANUP_DRIFT_ROWS struct drift_rows rows = {0};
	CLEANUP_BUF struct buf out = {0};

	(void)state;
	expect(POD("capabilities: {add: [SYS_TIME]}, privileged: true"), &facts,
		"capabilities.add IGNORED\nprivileged IGNORED\n");
	expect(OWN("fsGroup: 5, capabilities: {}"), &facts,
		"fsGroup IGNORED\n");
	compare("  securityContext: {runAsUser: 1, runAsGroup: 0}\n  containers:\n  - {name: c, "
		"securityContext: {runAsUser: 0}}\n",
		&facts, NULL, &out, &rows);
	assert_string_equal(buf_text(&out), "runAsUser ok\nrunAsGroup ok\n");
	for (size_t i = 0; i < rows.n; i++) {
		if (!strcmp(rows.items[i].field, "runAsUser"))
			assert_string_equal(rows.items[i].level, "container");
		if (!strcmp(rows.items[i].field, "runAsGroup"))
			assert_string_equal(rows.items[i].level, "pod");
	}
}

/* The config and the kernel are two: either can drift, and what cannot be read is not guessed. */
static void two_sides(void **state)
{
	struct drift_facts facts = usual_facts();

	(void)state;
	facts.kernel.spec.uid = 5;
	expect(POD("runAsUser: 5"), &facts, "runAsUser DRIFT\n");
	expect(POD("runAsUser: 0"), &facts, "runAsUser DRIFT\n");
	facts.oci.known = false;
	expect(POD("runAsUser: 5"), &facts, "runAsUser ok\n");
	facts.kernel.read_only = DRIFT_CANNOT;
	expect(OWN("readOnlyRootFilesystem: true"), &facts, "readOnlyRootFilesystem UNKNOWN\n");
	facts.kernel.spec.uid = SPEC_UNMAPPED;
	expect(POD("runAsUser: 5"), &facts, "runAsUser DRIFT\n");
}

static void invalid_is_named(void **state)
{
	struct drift_facts facts = usual_facts();
	CLEANUP_DRIFT_ROWS struct drift_rows rows = {0};
	CLEANUP_BUF struct buf out = {0};
	bool found = false;

	(void)state;
	compare(OWN("capabilities: {add: [SYS_ADMIN]}, allowPrivilegeEscalation: false"), &facts, NULL, &out,
		&rows);
	for (size_t i = 0; i < rows.n; i++)
		if (!strcmp(rows.items[i].field, "allowPrivilegeEscalation")) {
			assert_string_equal(rows.items[i].reason,
				"invalid: allowPrivilegeEscalation cannot be false when SYS_ADMIN is added");
			found = true;
		}
	assert_true(found);
}

static void names_of_pods(void **state)
{
	static const struct {
		const char *kind, *name;
		bool is;
	} rows[] = {
		{"Pod", "web", true},
		{"Pod", "web-bcdfg", false},
		{"Deployment", "web-5d4f6b7c89-bcdfg", true},
		{"Deployment", "web-bcdfg", false},
		{"Deployment", "web-front-5d4f6b7c89-bcdfg", false},
		{"Deployment", "webb-5d4f6b7c89-bcdfg", false},
		{"Deployment", "web-5d4f6b7c89-bcdfge", false},
		{"ReplicaSet", "web-bcdfg", true},
		{"ReplicaSet", "web-5d4f6b7c89-bcdfg", false},
		{"DaemonSet", "web-x2x4x", true},
		{"DaemonSet", "web-aeiou", false},
		{"Job", "web-zz999", true},
		{"StatefulSet", "web-0", true},
		{"StatefulSet", "web-12", true},
		{"StatefulSet", "web-012", false},
		{"StatefulSet", "web-", false},
		{"StatefulSet", "web-bcdfg", false},
		{"CronJob", "web-29012345-bcdfg", true},
		{"CronJob", "web-bcdfg", false},
	};
	char name[64] = "";
	struct manifest_pod pod = {.kind = "Deployment", .name = {.set = true, .text = name}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		pod = (struct manifest_pod){.kind = rows[i].kind, .name = {.set = true, .text = "web"}};
		if (manifest_names_pod(&pod, rows[i].name) != rows[i].is)
			fail_msg("%s %s", rows[i].kind, rows[i].name);
	}
	/* 63 characters: the base is cut to 58 */
	pod.kind = "Deployment";
	memset(name, 'a', 52);
	pod.name.text = name;
	assert_true(
		manifest_names_pod(&pod, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-5d4f6bcdfg"));
	assert_false(
		manifest_names_pod(&pod, "baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-5d4f6bcdfg"));
	pod.name.text = "web";
	assert_true(manifest_names_podman(&pod, "web-pod"));
	assert_true(manifest_names_podman(&pod, "web-pod-0"));
	assert_false(manifest_names_podman(&pod, "web-podx"));
	assert_false(manifest_names_pod(&pod, "web-pod"));
}

static void names_of_settings(void **state)
{
	static const struct {
		const char *name, *path;
	} rows[] = {
		{"net.ipv4.ip_forward", "net/ipv4/ip_forward"},
		{"net/ipv4/ip_forward", "net/ipv4/ip_forward"},
		{"net/ipv4/conf/eno2.100/rp_filter", "net/ipv4/conf/eno2.100/rp_filter"},
		{"net.ipv4.conf.eno2/100.rp_filter", "net/ipv4/conf/eno2.100/rp_filter"},
		{"", NULL},
		{"net/../../etc/passwd", NULL},
		{"/etc/passwd", NULL},
		{".etc.passwd", NULL},
		{"net//a", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *path = sysctl_path(rows[i].name);

		if (rows[i].path ? !path || strcmp(path, rows[i].path) != 0 : path != NULL)
			fail_msg("%s: %s", rows[i].name, path ? path : "(null)");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_for_each_field),
		cmocka_unit_test(defaults),
		cmocka_unit_test(one_row_for_one_change),
		cmocka_unit_test(the_pause_container_tells_the_default),
		cmocka_unit_test(what_is_granted_and_not_usable),
		cmocka_unit_test(levels),
		cmocka_unit_test(two_sides),
		cmocka_unit_test(invalid_is_named),
		cmocka_unit_test(names_of_pods),
		cmocka_unit_test(names_of_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
