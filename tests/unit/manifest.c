/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pod.h"

static void reads_capabilities_example(void **state)
{
	static const char text[] =
		"apiVersion: v1\nkind: Pod\nmetadata:\n  name: ubuntu-sleeper\n  namespace: default\n"
		"spec:\n  containers:\n  - command:\n    - sleep\n    - \"4800\"\n    image: ubuntu\n"
		"    name: ubuntu-sleeper\n    securityContext:\n      capabilities:\n"
		"        add: [\"SYS_TIME\", \"NET_ADMIN\"]\n";
	CLEANUP_MANIFEST struct manifest m = {0};
	CLEANUP_BUF struct buf path = {0};
	const struct manifest_container *c;
	uint64_t want = 0;
	struct err err = {0};

	(void)state;
	parse(text, &m);
	assert_int_equal(m.n_pods, 1);
	assert_string_equal(m.pods[0].name.text, "ubuntu-sleeper");
	assert_string_equal(m.pods[0].namespace.text, "default");
	assert_int_equal(m.pods[0].n_containers, 1);
	assert_int_equal(m.pods[0].n_remarks, 0);
	c = &m.pods[0].containers[0];
	assert_int_equal(c->command.n_items, 2);
	assert_string_equal(c->command.items[1].text, "4800");
	assert_string_equal(c->image.text, "ubuntu");
	assert_int_equal(caps_parse_list("SYS_TIME,NET_ADMIN", &want, &err), 0);
	assert_true(c->context.capabilities_add.mask == want);
	assert_false(c->context.capabilities_add.all);
	assert_int_equal(c->context.capabilities_add.line, 15);
	manifest_path(
		&path, manifest_field("capabilities.add", MANIFEST_CONTEXT), MANIFEST_CONTEXT, &m.pods[0], c);
	assert_string_equal(buf_text(&path), "spec.containers[0].securityContext.capabilities.add");
}

static void reads_user_example(void **state)
{
	static const char text[] = HEAD "  securityContext:\n    runAsUser: 1010\n" BODY "  - name: d\n"
					"    securityContext: {runAsUser: 7}\n";
	CLEANUP_MANIFEST struct manifest m = {0};
	struct manifest_context context;

	(void)state;
	parse(text, &m);
	manifest_effective(&m.pods[0], &m.pods[0].containers[0], &context);
	assert_true(context.run_as_user.set);
	assert_int_equal(context.run_as_user.number, 1010);
	assert_int_equal(context.run_as_user.line, 7);
	assert_int_equal(context.run_as_user.level, MANIFEST_POD);
	manifest_effective(&m.pods[0], &m.pods[0].containers[1], &context);
	assert_int_equal(context.run_as_user.number, 7);
	assert_int_equal(context.run_as_user.level, MANIFEST_CONTEXT);
	assert_false(context.privileged.set);
}

static void reads_the_files_of_examples(void **state)
{
	static const char *const files[] = {"examples/pod-capabilities.yaml", "examples/pod-runasuser.yaml"};

	(void)state;
	if (access(files[0], R_OK))
		skip(); /* not run from the project's folder */
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP_MANIFEST struct manifest m = {0};
		CLEANUP_ERR struct err err = {0};

		if (manifest_read(files[i], &m, &err))
			fail_msg("%s", err.message);
		assert_int_equal(m.n_pods, 1);
		assert_int_equal(m.pods[0].n_remarks, 0);
		assert_string_equal(m.pods[0].name.text, "ubuntu-sleeper");
	}
}

static void replaces_objects_as_a_whole(void **state)
{
	CLEANUP_MANIFEST struct manifest m = {0};
	struct manifest_context context;

	(void)state;
	parse(HEAD "  securityContext:\n    seccompProfile: {type: Localhost, localhostProfile: a}\n"
		   "    seLinuxOptions: {type: t, level: s0}\n    supplementalGroups: [5]\n" BODY
		   "    securityContext:\n      seccompProfile: {type: Unconfined}\n      seLinuxOptions: "
		   "{level: s1}\n",
		&m);
	manifest_effective(&m.pods[0], &m.pods[0].containers[0], &context);
	assert_string_equal(context.seccomp_type.text, "Unconfined");
	assert_false(context.seccomp_localhost.set);
	assert_false(context.se_linux_type.set);
	assert_string_equal(context.se_linux_level.text, "s1");
	assert_int_equal(context.supplemental_groups.items[0].number, 5);
}

static void reads_workloads_and_lists(void **state)
{
	CLEANUP_MANIFEST struct manifest m = {0};

	(void)state;
	parse("apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n"
	      "  metadata: {name: web, namespace: prod, labels: {of: object}}\n  spec:\n    replicas: 3\n    "
	      "template:\n"
	      "      metadata: {labels: {app: web}}\n      spec:\n        hostUsers: false\n"
	      "        initContainers: [{name: i}]\n        containers: [{name: a}, {name: b}]\n"
	      "- apiVersion: batch/v1\n  kind: CronJob\n  metadata: {name: tick}\n"
	      "  spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: z}]}}}}}\n"
	      "- {apiVersion: v1, kind: Service}\n---\n{\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n"
	      "\t\"metadata\": {\"name\": \"j\"}, \"spec\": {\"containers\": [{\"name\": \"c\"}]}}\n---\n",
		&m);
	assert_int_equal(m.n_pods, 3);
	assert_string_equal(m.pods[0].kind, "Deployment");
	assert_string_equal(m.pods[0].name.text, "web");
	assert_string_equal(m.pods[0].path, "items[0].spec.template.spec");
	assert_int_equal(m.pods[0].n_containers, 3);
	assert_int_equal(m.pods[0].containers[2].kind, MANIFEST_INIT);
	assert_string_equal(m.pods[0].containers[2].path, "items[0].spec.template.spec.initContainers[0]");
	assert_int_equal(m.pods[0].labels.n_items, 1);
	assert_string_equal(m.pods[0].labels.items[0].name, "app");
	assert_true(m.pods[0].host_users.set && !m.pods[0].host_users.truth);
	assert_string_equal(m.pods[1].path, "items[1].spec.jobTemplate.spec.template.spec");
	assert_string_equal(m.pods[2].name.text, "j");
	assert_int_equal(m.n_remarks, 1);
	assert_string_equal(m.remarks[0].message, "kind Service holds no Pod");
}

static void reads_every_field(void **state)
{
	CLEANUP_MANIFEST struct manifest m = {0};
	size_t n;
	const struct manifest_field *fields = manifest_fields(&n);

	(void)state;
	parse("apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns, labels: {a: b}, annotations: "
	      "{c: d}}\nspec:\n"
	      "  hostPID: false\n  hostNetwork: no\n  hostIPC: off\n  hostUsers: true\n  "
	      "shareProcessNamespace: yes\n"
	      "  hostname: h\n  securityContext: &both\n    runAsUser: 010\n    runAsGroup: 1_000\n    "
	      "runAsNonRoot: true\n"
	      "    seLinuxOptions: {user: u, role: r, type: t, level: l}\n"
	      "    seccompProfile: {type: Localhost, localhostProfile: f}\n"
	      "    appArmorProfile: {type: Localhost, localhostProfile: f}\n    windowsOptions: {a: b}\n"
	      "    supplementalGroups: [0x10]\n    supplementalGroupsPolicy: Strict\n    fsGroup: 1e3\n"
	      "    fsGroupChangePolicy: Always\n    seLinuxChangePolicy: Recursive\n    sysctls: [{name: a, "
	      "value: b}]\n"
	      "  containers:\n  - name: c\n    image: i\n    command: [a]\n    args: [b]\n    env: [{name: "
	      "A, value: b}]\n"
	      "    workingDir: /\n    stdin: true\n    tty: true\n    securityContext:\n      runAsUser: 1\n"
	      "      runAsGroup: 1\n      runAsNonRoot: true\n      seLinuxOptions: {user: u, role: r, type: "
	      "t, level: l}\n"
	      "      seccompProfile: {type: Localhost, localhostProfile: f}\n"
	      "      appArmorProfile: {type: Localhost, localhostProfile: f}\n      windowsOptions: {a: b}\n"
	      "      capabilities: {add: [CHOWN], drop: [ALL]}\n      privileged: false\n"
	      "      allowPrivilegeEscalation: true\n      readOnlyRootFilesystem: true\n      procMount: "
	      "Default\n",
		&m);
	for (size_t i = 0; i < n; i++)
		for (unsigned int bit = 1; bit <= MANIFEST_CONTEXT; bit <<= 1)
			if ((fields[i].levels & bit) && !manifest_value(&fields[i], (enum manifest_level)bit,
								&m.pods[0], &m.pods[0].containers[0])
								 ->set)
				fail_msg("%s at level %u is not set", fields[i].name, bit);
	assert_int_equal(m.pods[0].context.run_as_user.number, 8);
	assert_int_equal(m.pods[0].context.run_as_group.number, 1000);
	assert_int_equal(m.pods[0].context.fs_group.number, 1000);
	assert_int_equal(m.pods[0].context.supplemental_groups.items[0].number, 16);
	assert_true(m.pods[0].containers[0].context.capabilities_drop.all);
	assert_string_equal(m.pods[0].context.sysctls.items[0].name, "a");
}

static void sees_lost_indentation(void **state)
{
	(void)state;
	/* both examples, pasted without their blanks */
	refuse("apiVersion: v1\nkind: Pod\nmetadata:\nname: ubuntu-sleeper\nnamespace: "
	       "default\nspec:\ncontainers:\n"
	       "- command:\n- sleep\n- \"4800\"\nimage: ubuntu\nname: "
	       "ubuntu-sleeper\nsecurityContext:\ncapabilities:\n"
	       "add: [\"SYS_TIME\", \"NET_ADMIN\"]\n",
		"pod.yaml:3:1: metadata is empty and name stands at the top level: has the indentation been "
		"lost?",
		NULL);
	refuse("apiVersion: v1\nkind: Pod\nmetadata:\nname: "
	       "ubuntu-sleeper\nspec:\nsecurityContext:\nrunAsUser: 1010\n"
	       "containers:\n- command:\n- sleep\nimage: ubuntu\nname: ubuntu-sleeper\n",
		"pod.yaml:3:1: metadata is empty and name stands at the top level: has the indentation been "
		"lost?",
		NULL);
	refuse("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\ncontainers:\n- name: x\n",
		"pod.yaml:5:1: spec is empty and containers stands at the top level: has the indentation "
		"been lost?",
		NULL);
	refuse(HEAD "  containers:\n  name: c\n",
		"pod.yaml:6:3: containers is empty and name stands beside it: has the indentation been lost?",
		NULL);
	refuse(HEAD BODY "    securityContext:\n    runAsUser: 5\n",
		"pod.yaml:9:5: securityContext is empty and runAsUser stands beside it: has the indentation "
		"been lost?",
		NULL);
	refuse(HEAD BODY "    securityContext:\n      capabilities:\n      add: [X]\n",
		"pod.yaml:10:7: capabilities is empty and add stands beside it: has the indentation been "
		"lost?",
		NULL);
}

static void refuses_unknown_fields(void **state)
{
	(void)state;
	refuse(HEAD BODY "    securityContext:\n      runAsUsr: 5\n",
		"pod.yaml:10:7: unknown field \"runAsUsr\" in spec.containers[0].securityContext",
		"did you mean runAsUser?");
	refuse(HEAD "  command: [x]\n" BODY, "pod.yaml:6:3: unknown field \"command\" in spec",
		"command belongs in containers[]");
	refuse(HEAD "  container: []\n", "pod.yaml:6:3: unknown field \"container\" in spec",
		"did you mean containers?");
	refuse(HEAD BODY "    securityContext: {capabilities: {ad: [CHOWN]}}\n",
		"pod.yaml:9:38: unknown field \"ad\" in spec.containers[0].securityContext.capabilities",
		"did you mean add?");
	refuse(HEAD BODY "extra\x1b: 1\n", "pod.yaml:9:6: control characters are not allowed", NULL);
	refuse(HEAD BODY "\"extra\\e\": 1\n", "pod.yaml:9:1: unknown field \"extra\x1b\"", NULL);
	refuse(HEAD BODY "    image: y\n", "pod.yaml:9:5: image stands twice, first at 8:5", NULL);
}

static void refuses_wrong_types(void **state)
{
	(void)state;
	refuse(HEAD BODY "    securityContext:\n      runAsUser: \"1010\"\n",
		"pod.yaml:10:18: spec.containers[0].securityContext.runAsUser must be a number, not text",
		"write it without quotes: 1010");
	refuse(HEAD BODY "    command: [sleep, 4800]\n",
		"pod.yaml:9:22: spec.containers[0].command[1] must be text, not a number",
		"put it in quotes: \"4800\"");
	refuse(HEAD BODY "    env: [{name: A, value: yes}]\n",
		"pod.yaml:9:28: spec.containers[0].env[0].value must be text, not a boolean",
		"put it in quotes: \"yes\"");
	refuse(HEAD "  containers:\n    name: c\n",
		"pod.yaml:7:5: spec.containers must be a list, not an object",
		"each container begins with \"- \"");
	refuse(HEAD BODY "    securityContext: 5\n",
		"pod.yaml:9:22: spec.containers[0].securityContext must be an object, not a number", NULL);
	refuse(HEAD BODY "    securityContext: {runAsUser: 2147483648}\n",
		"pod.yaml:9:34: spec.containers[0].securityContext.runAsUser is out of range: 0 to "
		"2147483647",
		NULL);
	refuse(HEAD BODY "    securityContext: {runAsUser: -1}\n",
		"pod.yaml:9:34: spec.containers[0].securityContext.runAsUser is out of range: 0 to "
		"2147483647",
		NULL);
	refuse(HEAD "  securityContext: {supplementalGroups: [1, 99999999999999999999]}\n" BODY,
		"pod.yaml:6:45: spec.securityContext.supplementalGroups[1] is out of range: 0 to 2147483647",
		NULL);
	refuse(HEAD BODY "    securityContext: {runAsUser: 1.5}\n",
		"pod.yaml:9:34: spec.containers[0].securityContext.runAsUser must be a whole number", NULL);
	refuse(HEAD "  securityContext: {seccompProfile: {type: RuntimeDefualt}}\n" BODY,
		"pod.yaml:6:44: spec.securityContext.seccompProfile.type must be RuntimeDefault, Unconfined "
		"or Localhost, "
		"not \"RuntimeDefualt\"",
		"did you mean RuntimeDefault?");
}

static void refuses_what_is_missing(void **state)
{
	(void)state;
	refuse("", "pod.yaml:1:1: no manifest in it", NULL);
	refuse("hello", "pod.yaml:1:1: a manifest must be an object, not text", NULL);
	refuse("metadata: {name: x}\n", "pod.yaml:1:1: kind is missing", NULL);
	refuse("kind: Pod\n", "pod.yaml:1:1: apiVersion is missing", NULL);
	refuse("apiVersion: v1\nkind: Service\n", "pod.yaml:2:7: kind Service holds no Pod", NULL);
	refuse("apiVersion: v1\nkind: pod\n", "pod.yaml:2:7: unknown kind \"pod\"", "did you mean Pod?");
	refuse("apiVersion: v1\nkind: Deploymnet\n", "pod.yaml:2:7: unknown kind \"Deploymnet\"",
		"did you mean Deployment?");
	refuse("apiVersion: v1\nkind: Pod\nmetadata: {}\n", "pod.yaml:3:1: metadata.name is missing", NULL);
	refuse("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n", "pod.yaml:1:1: spec is missing", NULL);
	refuse(HEAD "  hostPID: true\n", "pod.yaml:5:1: spec.containers is missing", NULL);
	refuse(HEAD "  containers: []\n", "pod.yaml:6:3: spec.containers is empty", NULL);
	refuse(HEAD "  containers:\n  - image: x\n", "pod.yaml:7:5: spec.containers[0].name is missing",
		NULL);
	refuse(HEAD BODY "  - name: c\n",
		"pod.yaml:9:11: spec.containers[1].name \"c\" is the name of spec.containers[0] "
		"too",
		NULL);
	refuse("apiVersion: v1\nkind: Pod\nmetadata: {name: ../p}\nspec:\n" BODY,
		"pod.yaml:3:18: metadata.name \"../p\" must be lower case letters and digits, - and . "
		"inside, at most 253 "
		"characters",
		NULL);
}

static void reads_capability_names(void **state)
{
	CLEANUP_MANIFEST struct manifest m = {0};
	uint64_t want = 0;
	struct err err = {0};

	(void)state;
	refuse(HEAD BODY "    securityContext: {capabilities: {add: [SYS_TIMES]}}\n",
		"pod.yaml:9:44: spec.containers[0].securityContext.capabilities.add[0]: unknown capability "
		"\"SYS_TIMES\"",
		"did you mean SYS_TIME?");
	refuse(HEAD BODY "    securityContext: {capabilities: {add: [\"12\"]}}\n",
		"pod.yaml:9:44: spec.containers[0].securityContext.capabilities.add[0]: unknown capability "
		"\"12\"",
		NULL);
	parse(HEAD BODY
		"    securityContext:\n      capabilities:\n        add: [NET_RAW,\n          CAP_SYS_TIME,\n"
		"          net_admin]\n        drop:\n        - all\n",
		&m);
	assert_int_equal(caps_parse_list("SYS_TIME,NET_ADMIN,NET_RAW", &want, &err), 0);
	assert_true(m.pods[0].containers[0].context.capabilities_add.mask == want);
	assert_true(m.pods[0].containers[0].context.capabilities_drop.all);
	assert_int_equal(m.pods[0].n_remarks, 3);
	assert_int_equal(m.pods[0].remarks[0].severity, MANIFEST_NOTE);
	assert_int_equal(m.pods[0].remarks[0].line, 12);
	assert_string_equal(
		m.pods[0].remarks[0].field, "spec.containers[0].securityContext.capabilities.add[1]");
}

static void says_once_what_the_pod_says(void **state)
{
	CLEANUP_MANIFEST struct manifest m = {0};

	(void)state;
	parse(HEAD "  securityContext: {runAsUser: 0, runAsNonRoot: true}\n" BODY
		   "  - name: d\n  - name: e\n",
		&m);
	assert_int_equal(m.pods[0].n_remarks, 1);
}

static void refuses_bombs(void **state)
{
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_ERR struct err err = {0};
	struct manifest m;

	(void)state;
	buf_str(&text, HEAD "  securityContext: ");
	for (int i = 0; i < 100000; i++)
		buf_char(&text, '[');
	assert_int_equal(manifest_parse("pod.yaml", text.data, text.len, &m, &err), -EINVAL);
	assert_string_equal(err.message, "pod.yaml:6:82: nested too deep");
}

static void survives_mutation(void **state)
{
	static const char text[] = HEAD
		"  hostPID: yes\n  securityContext:\n    runAsUser: 1010\n    sysctls:\n    - name: a\n"
		"      value: b\n" BODY "    env: [{name: A, value: b}]\n    command: [a, \"1\"]\n"
		"    securityContext:\n      capabilities: {add: [SYS_TIME], drop: [ALL]}\n"
		"      seccompProfile:\n        type: RuntimeDefault\n  - name: d\n    ports: []\n"
		"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec: {template: {spec: "
		"{containers: [{name: c}]}}}\n";
	unsigned int seed = 4711;
	size_t read = 0;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		CLEANUP_ERR struct err err = {0};
		CLEANUP_MANIFEST struct manifest m = {0};
		CLEANUP_FREE char *copy = strdup(text);
		size_t len = strlen(text);

		if (!(rand_r(&seed) % 4))
			len = 1 + (size_t)rand_r(&seed) % len;
		for (int i = rand_r(&seed) % 4; i > 0; i--)
			copy[(size_t)rand_r(&seed) % len] =
				rand_r(&seed) % 3 ? "\"'{}[]:,-?&*!|>%#\n 0x"[rand_r(&seed) % 22]
						  : (char)rand_r(&seed);
		if (manifest_parse("m", copy, len, &m, &err))
			assert_non_null(err.message);
		else
			read++;
	}
	assert_true(read > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_capabilities_example),
		cmocka_unit_test(reads_user_example),
		cmocka_unit_test(reads_the_files_of_examples),
		cmocka_unit_test(replaces_objects_as_a_whole),
		cmocka_unit_test(reads_workloads_and_lists),
		cmocka_unit_test(reads_every_field),
		cmocka_unit_test(sees_lost_indentation),
		cmocka_unit_test(refuses_unknown_fields),
		cmocka_unit_test(refuses_wrong_types),
		cmocka_unit_test(refuses_what_is_missing),
		cmocka_unit_test(reads_capability_names),
		cmocka_unit_test(says_once_what_the_pod_says),
		cmocka_unit_test(refuses_bombs),
		cmocka_unit_test(survives_mutation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
