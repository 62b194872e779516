/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pod.h"

static void remarks_what_has_no_effect(void **state)
{
	CLEANUP_MANIFEST struct manifest m = {0};
	struct manifest_context context;

	(void)state;
	parse(HEAD "  volumes: []\n  securityContext:\n    capabilities:\n      add: [NET_ADMIN]\n" BODY
		   "    securityContext:\n      fsGroup: 5\n",
		&m);
	assert_int_equal(m.pods[0].n_remarks, 3);
	assert_int_equal(remark_at(&m.pods[0], 6)->severity, MANIFEST_UNUSED);
	assert_string_equal(remark_at(&m.pods[0], 6)->field, "spec.volumes");
	assert_int_equal(remark_at(&m.pods[0], 8)->severity, MANIFEST_WARNING);
	assert_string_equal(remark_at(&m.pods[0], 8)->field, "spec.securityContext.capabilities");
	assert_string_equal(remark_at(&m.pods[0], 8)->message,
		"has no effect at Pod level: the field exists at container "
		"level only, and a strict API server refuses it");
	assert_true(m.pods[0].context.capabilities_add.misplaced);
	assert_false(m.pods[0].context.capabilities_add.set);
	assert_int_equal(m.pods[0].context.capabilities_add.n_items, 1);
	assert_string_equal(remark_at(&m.pods[0], 14)->message,
		"has no effect at container level: the field exists at Pod "
		"level only, and a strict API server refuses it");
	manifest_effective(&m.pods[0], &m.pods[0].containers[0], &context);
	assert_false(context.capabilities_add.set);
	assert_false(context.fs_group.set);
}

static void hostname_beside_host_network(void **state)
{
	CLEANUP_MANIFEST struct manifest m = {0}, apart = {0};

	(void)state;
	parse(HEAD "  hostNetwork: true\n  hostname: other\n" BODY, &m);
	assert_int_equal(remark_at(&m.pods[0], 7)->severity, MANIFEST_WARNING);
	assert_string_equal(remark_at(&m.pods[0], 7)->field, "spec.hostname");
	assert_string_equal(remark_at(&m.pods[0], 7)->message,
		"hostname has no effect beside hostNetwork: the pod has the host's name");
	parse(HEAD "  hostNetwork: false\n  hostname: other\n" BODY, &apart);
	assert_int_equal(apart.pods[0].n_remarks, 0);
}

static void invalid(const char *text, unsigned int line, const char *field, const char *message)
{
	CLEANUP_MANIFEST struct manifest m = {0};
	CLEANUP_ERR struct err err = {0};
	const struct manifest_remark *remark;

	parse(text, &m);
	remark = remark_at(&m.pods[0], line);
	assert_int_equal(remark->severity, MANIFEST_INVALID);
	assert_string_equal(remark->field, field);
	assert_string_equal(remark->message, message);
	assert_int_equal(manifest_refuse(&m, &m.pods[0], &err), -EINVAL);
}

static void remarks_what_is_invalid(void **state)
{
	(void)state;
	invalid(HEAD BODY "    securityContext: {allowPrivilegeEscalation: false, privileged: true}\n", 9,
		"spec.containers[0].securityContext.allowPrivilegeEscalation",
		"allowPrivilegeEscalation cannot be false when privileged is true");
	invalid(HEAD BODY
		"    securityContext: {allowPrivilegeEscalation: false, capabilities: {add: [SYS_ADMIN]}}\n",
		9, "spec.containers[0].securityContext.allowPrivilegeEscalation",
		"allowPrivilegeEscalation cannot be false when SYS_ADMIN is added");
	invalid(HEAD "  securityContext: {runAsUser: 0, runAsNonRoot: true}\n" BODY "  - name: d\n", 6,
		"spec.securityContext.runAsUser",
		"runAsUser is 0 and runAsNonRoot is true: the kubelet does not start such a container");
	invalid(HEAD "  hostPID: true\n  shareProcessNamespace: true\n" BODY, 7, "spec.shareProcessNamespace",
		"shareProcessNamespace and hostPID cannot both be true");
	invalid(HEAD "  hostNetwork: true\n  hostUsers: false\n" BODY, 6, "spec.hostNetwork",
		"hostNetwork cannot be true when hostUsers is false");
	invalid(HEAD BODY "    securityContext:\n      seccompProfile: {type: Localhost}\n", 10,
		"spec.containers[0].securityContext.seccompProfile",
		"seccompProfile of type Localhost needs localhostProfile");
	invalid(HEAD BODY "    runAsUser: 5\n", 9, "spec.containers[0].runAsUser",
		"has no effect here: runAsUser belongs in securityContext, and a strict API server refuses it");
	invalid(HEAD "  privileged: true\n" BODY, 6, "spec.privileged",
		"has no effect here: privileged belongs in securityContext, and a strict API server refuses it");
	invalid(HEAD BODY "    securityContext: {hostPID: true}\n", 9, "spec.containers[0].securityContext.hostPID",
		"has no effect here: hostPID belongs in the Pod's spec, and a strict API server refuses it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remarks_what_has_no_effect),
		cmocka_unit_test(hostname_beside_host_network),
		cmocka_unit_test(remarks_what_is_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
