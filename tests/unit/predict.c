/* SPDX-License-Identifier: GPL-3.0-or-later */
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
#include "model/predict.h"

#define HEAD "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n"
#define ALL UINT64_C(0x1ffffffffff)
#define CHOWN UINT64_C(1)
#define NET_ADMIN (UINT64_C(1) << 12)
#define SYS_TIME (UINT64_C(1) << 25)

static uint64_t set_of(const char *names)
{
	CLEANUP_ERR struct err err = {0};
	uint64_t mask = 0;

	if (*names && caps_parse_list(names, &mask, &err))
		fail_msg("%s", names);
	return mask;
}

/* Predicts the only container of a Pod whose contexts are these. */
static int predict(
	const char *engine, const char *pod, const char *container, struct prediction *ret, struct err *err)
{
	static struct predict_request request;
	CLEANUP_MANIFEST struct manifest m = {0};
	CLEANUP_BUF struct buf text = {0};
	int r;

	request = (struct predict_request){.all = ALL};
	assert_int_equal(predict_engine_by_name(engine, &request.engine, err), 0);
	request.defaults = caps_default(request.engine->baseline);
	buf_printf(&text,
		HEAD "  securityContext: {%s}\n  containers:\n  - name: c\n    image: x\n    "
		     "securityContext: {%s}\n",
		pod, container);
	if (manifest_parse("p.yaml", buf_text(&text), text.len, &m, err))
		fail_msg("%s", err->message);
	r = predict_container(&request, &m, &m.pods[0], &m.pods[0].containers[0], ret, err);
	ret->container = NULL; /* the manifest's */
	return r;
}

static void sets(void **state)
{
	static const char *const podman_default = "CHOWN,DAC_OVERRIDE,FOWNER,FSETID,KILL,NET_BIND_SERVICE,"
						  "SETFCAP,SETGID,SETPCAP,SETUID,SYS_CHROOT";
	const uint64_t docker = CAPS_DOCKER_DEFAULT, podman = set_of(podman_default);
	const struct {
		const char *engine, *pod, *container;
		uid_t uid;
		uint64_t bounding, effective, ambient;
	} rows[] = {
		{"docker", "", "", 0, docker, docker, 0},
		{"podman", "", "", 0, podman, podman, 0},
		{"containerd", "runAsUser: 7", "", 7, docker, 0, 0},
		{"containerd", "runAsUser: 7", "runAsUser: 0", 0, docker, docker, 0},
		{"containerd", "", "capabilities: {add: [SYS_TIME, NET_ADMIN]}", 0,
			docker | SYS_TIME | NET_ADMIN, docker | SYS_TIME | NET_ADMIN, 0},
		{"docker", "", "runAsUser: 1010, capabilities: {add: [SYS_TIME, NET_ADMIN]}", 1010,
			docker | SYS_TIME | NET_ADMIN, 0, 0},
		{"podman", "", "runAsUser: 1010, capabilities: {add: [SYS_TIME, NET_ADMIN]}", 1010,
			podman | SYS_TIME | NET_ADMIN, SYS_TIME | NET_ADMIN, SYS_TIME | NET_ADMIN},
		{"containerd", "", "capabilities: {drop: [ALL]}", 0, 0, 0, 0},
		{"containerd", "", "capabilities: {drop: [ALL], add: [CHOWN]}", 0, CHOWN, CHOWN, 0},
		/* in both lists */
		{"docker", "", "capabilities: {drop: [CHOWN], add: [CHOWN]}", 0, docker, docker, 0},
		{"containerd", "", "capabilities: {drop: [CHOWN], add: [CHOWN]}", 0, docker & ~CHOWN,
			docker & ~CHOWN, 0},
		{"docker", "", "capabilities: {drop: [ALL], add: [ALL]}", 0, ALL, ALL, 0},
		{"containerd", "", "capabilities: {drop: [ALL], add: [ALL]}", 0, 0, 0, 0},
		{"crio", "", "capabilities: {drop: [ALL], add: [ALL]}", 0, 0, 0, 0},
		{"containerd", "", "capabilities: {drop: [CHOWN], add: [ALL]}", 0, ALL & ~CHOWN, ALL & ~CHOWN,
			0},
		{"podman", "", "runAsUser: 5, capabilities: {add: [ALL]}", 5, ALL, ALL, ALL},
		/* privileged looks at no list */
		{"containerd", "", "privileged: true, capabilities: {drop: [ALL]}", 0, ALL, ALL, 0},
		{"containerd", "", "privileged: true, runAsUser: 5", 5, ALL, 0, 0},
		{"podman", "", "privileged: true, runAsUser: 5, capabilities: {add: [CHOWN]}", 5, ALL, CHOWN,
			CHOWN},
		{"crio", "", "privileged: true, runAsUser: 5", 5, ALL, ALL, ALL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(prediction_free) struct prediction p = {0};
		CLEANUP_ERR struct err err = {0};

		if (predict(rows[i].engine, rows[i].pod, rows[i].container, &p, &err))
			fail_msg("row %zu: %s", i, err.message);
		if (p.uid != rows[i].uid || p.caps.bounding != rows[i].bounding ||
			p.caps.effective != rows[i].effective || p.caps.permitted != rows[i].effective ||
			p.caps.ambient != rows[i].ambient)
			fail_msg("row %zu: uid %u bounding %llx effective %llx ambient %llx", i, p.uid,
				(unsigned long long)p.caps.bounding, (unsigned long long)p.caps.effective,
				(unsigned long long)p.caps.ambient);
	}
}

static void what_cannot_be_used(void **state)
{
	CLEANUP(prediction_free) struct prediction p = {0};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_BUF struct buf said = {0};

	(void)state;
	assert_int_equal(predict("containerd", "runAsUser: 1010",
				 "capabilities: {add: [SYS_TIME, NET_ADMIN]}", &p, &err),
		0);
	assert_int_equal(p.unusable.n, 2);
	caps_unusable_say(&p.unusable, &said);
	assert_non_null(strstr(buf_text(&said),
		"NET_ADMIN and SYS_TIME were granted but cannot be used: uid 1010 is not root"));
	assert_false(p.gid_known);
	assert_int_equal(p.user_from, PREDICT_MANIFEST);
}

static void nothing_is_unusable_for_root(void **state)
{
	CLEANUP(prediction_free) struct prediction p = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(
		predict("containerd", "runAsGroup: 3",
			"capabilities: {add: [SYS_TIME]}, allowPrivilegeEscalation: false", &p, &err),
		0);
	assert_int_equal(p.unusable.n, 0);
	assert_true(p.no_new_privs && p.gid_known && p.gid == 3);
	assert_int_equal(p.user_from, PREDICT_ASSUMED);
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *engine, *container, *message;
	} rows[] = {
		{"podman", "capabilities: {add: [CHOWN], drop: [CHOWN]}",
			"podman would not start it: a capability is added and dropped"},
		{"podman", "capabilities: {add: [ALL], drop: [ALL]}",
			"podman would not start it: ALL is added and dropped"},
		{"containerd", "runAsNonRoot: true, runAsUser: 0",
			"the kubelet would not start it: runAsNonRoot is true, and it would run as root"},
		{"containerd", "runAsNonRoot: true", "an image without USER runs as root"},
		{"containerd", "privileged: true, allowPrivilegeEscalation: false",
			"cannot be false when privileged is true"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_ERR struct err err = {0};
		struct prediction p = {0};

		if (!predict(rows[i].engine, "", rows[i].container, &p, &err))
			fail_msg("row %zu is not refused", i);
		if (!strstr(err.message, rows[i].message) || strncmp(err.message, "p.yaml:", 7) != 0)
			fail_msg("row %zu: %s", i, err.message);
	}
}

static void execve_for_root_and_others(void **state)
{
	const struct cap_sets before = {
		.inheritable = 8, .permitted = 2, .effective = 2, .bounding = 7, .ambient = 2};
	struct cap_sets after = predict_execve(&before, 0, false);

	(void)state;
	assert_true(after.permitted == 15 && after.effective == 15);
	after = predict_execve(&before, 0, true);
	assert_true(after.permitted == 2);
	after = predict_execve(&before, 5, false);
	assert_true(after.permitted == 2 && after.effective == 2 && after.bounding == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets),
		cmocka_unit_test(what_cannot_be_used),
		cmocka_unit_test(nothing_is_unusable_for_root),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(execve_for_root_and_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
