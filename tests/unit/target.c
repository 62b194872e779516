/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "engine/target.h"
#include "model/pod.h"

#define ID(two)                                                                                              \
	two two two two two two two two two two two two two two two two two two two two two two two two two  \
		two two two two two two two

#define GUEST ((uid_t)-3) /* neither root nor who runs this */

/* A small world. Each row is a container; PIDs are made up. */
static const struct row {
	const char *engine, *name, *id, *pod, *namespace, *fallback;
	pid_t pid;
	bool pause, stopped;
} rows[] = {
	{"docker", "web", ID("4d"), NULL, NULL, NULL, 1001, false, false},
	{"docker", "db", ID("db"), NULL, NULL, NULL, 1002, false, false},
	{"docker", "old", ID("0a"), NULL, NULL, NULL, 0, false, true},
	{"podman", "db", ID("5e"), NULL, NULL, NULL, 1003, false, false},
	{"podman", "abcdefabcdef-infra", ID("6a"), "ubuntu-sleeper", NULL, NULL, 1004, true, false},
	{"podman", "ubuntu-sleeper-ubuntu-sleeper", ID("6b"), "ubuntu-sleeper", NULL, NULL, 1005, false,
		false},
	{"podman", "duo-a", ID("6c"), "duo", NULL, NULL, 1006, false, false},
	{"podman", "duo-b", ID("6d"), "duo", NULL, NULL, 1007, false, false},
	{"cri", "pause", ID("70"), "shop", "default", "main", 1008, true, false},
	{"cri", "main", ID("71"), "shop", "default", "main", 1009, false, false},
	{"cri", "side", ID("72"), "shop", "default", "main", 1010, false, false},
	{"cri", "main", ID("73"), "shop", "stage", NULL, 1011, false, false},
	{"cri", "pair-one", ID("74"), "pair", "stage", NULL, 1012, false, false},
	{"cri", "pair-two", ID("75"), "pair", "stage", NULL, 1013, false, false},
	{"cri", "api", ID("76"), "api", "docker", NULL, 1014, false, false},
	{"crun", "job", "job", NULL, NULL, NULL, 1015, false, false},
	{"runc", "job", "job", NULL, NULL, NULL, 1016, false, false},
	{"containerd", "twin", "twin", NULL, NULL, NULL, 1017, false, false},
	{"containerd", "twin", "twin", NULL, NULL, NULL, 1018, false, false},
	{"lxc", "box", "", NULL, NULL, NULL, 1019, false, false},
	{"bare", "sleep", "", NULL, NULL, NULL, 1020, false, false},
	{"bare", "sleep", "", NULL, NULL, NULL, 1021, false, false},
	{"bare", "web", "", NULL, NULL, NULL, 1022, false, false},
	{"bare", "bwrap", "", NULL, NULL, NULL, 1023, false, false},
	{"nsctl", "demo", "", "demo-pod", "default", NULL, 1024, false, false},
	{"docker", "4711", ID("9f"), NULL, NULL, NULL, 1025, false, false},
	{"docker", "Case", ID("9e"), NULL, NULL, NULL, 1026, false, false},
	{"docker", "bad\nname", ID("9d"), NULL, NULL, NULL, 1027, false, false},
	{"docker", "be", ID("9c"), NULL, NULL, NULL, 0, false, true},
	{"docker", "other", ID("be"), NULL, NULL, NULL, 1028, false, false},
	{"cri", "pause", ID("77"), "gone", "stage", NULL, 1029, true, false},
	/* an init container that is done, an attempt before, and a pod of which all have ended */
	{"cri", "first", ID("78"), "again", "stage", NULL, 0, false, true},
	{"cri", "app", ID("79"), "again", "stage", NULL, 0, false, true},
	{"cri", "app", ID("7a"), "again", "stage", NULL, 1030, false, false},
	{"cri", "pause", ID("7b"), "again", "stage", NULL, 1031, true, false},
	{"cri", "step", ID("7c"), "over", "stage", NULL, 0, false, true},
	{"cri", "last", ID("7d"), "over", "stage", NULL, 0, false, true},
	{"cri", "pause", ID("7e"), "over", "stage", NULL, 1032, true, false},
};

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void make(struct container_list *list)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct container *c = container_list_add(list);

		assert_non_null(c);
		c->engine = rows[i].engine;
		c->name = copy(rows[i].name);
		c->id = copy(rows[i].id);
		c->pod = copy(rows[i].pod);
		c->namespace = copy(rows[i].namespace);
		c->default_container = copy(rows[i].fallback);
		c->pid = rows[i].pid;
		c->pause = rows[i].pause;
		c->status = rows[i].stopped ? CONTAINER_STOPPED : CONTAINER_RUNNING;
	}
	target_name_all(list);
}

static int match(const struct container_list *list, const char *text, const char *container,
	const char *namespace, size_t *ret, struct err *err)
{
	struct target_query query = {.text = text, .container = container, .namespace = namespace};

	return target_match(&query, list, ret, err);
}

/* Texts that name one. */
static const struct {
	const char *text, *container, *namespace;
	pid_t pid;
} good[] = {
	{"web", NULL, NULL, 1001},   /* bare's web is not meant */
	{"again", NULL, NULL, 1030}, /* those that have ended are not, either */
	{"again/app", NULL, NULL, 1030},
	{"stage/again", "app", NULL, 1030},
	{"docker/web", NULL, NULL, 1001},
	{"bare/web", NULL, NULL, 1022},
	{"bwrap", NULL, NULL, 1023},
	{"4d", NULL, NULL, 1001},
	{"4", NULL, NULL, 1001},
	{"4D4D4D", NULL, NULL, 1001},
	{ID("4d"), NULL, NULL, 1001},
	{"docker-" ID("4d") ".scope", NULL, NULL, 1001},
	{"/system.slice/docker-" ID("4d") ".scope", NULL, NULL, 0}, /* a path: no target */
	{"docker://4d4d", NULL, NULL, 1001},
	{"docker://" ID("4D"), NULL, NULL, 1001},
	{"docker/4d4d", NULL, NULL, 1001},
	{"docker/db", NULL, NULL, 1002},
	{"podman/db", NULL, NULL, 1003},
	{"podman://5e5e5e5e5e5e", NULL, NULL, 1003},
	{"old", NULL, NULL, -2},
	{"4711", NULL, NULL, 1025},
	{"Case", NULL, NULL, 1026},
	{"be", NULL, NULL, -28}, /* a stopped one of that name before the beginning of another's ID */
	{"bebe", NULL, NULL, 1028},
	/* pods */
	{"ubuntu-sleeper", NULL, NULL, 1005},
	{"pod/ubuntu-sleeper", NULL, NULL, 1005},
	{"ubuntu-sleeper/ubuntu-sleeper", NULL, NULL, 1005},
	{"ubuntu-sleeper-ubuntu-sleeper", NULL, NULL, 1005},
	{"podman/ubuntu-sleeper", NULL, NULL, 1005},
	{"duo/a", NULL, NULL, 1006},
	{"duo/duo-b", NULL, NULL, 1007},
	{"duo", "b", NULL, 1007},
	{"pod/duo", "duo-a", NULL, 1006},
	{"default/shop", NULL, NULL, 1009}, /* its default container */
	{"shop", NULL, "default", 1009},
	{"shop", NULL, "stage", 1011},
	{"stage/shop", NULL, NULL, 1011},
	{"stage/main", NULL, NULL, 1011},
	{"shop/side", NULL, NULL, 1010},
	{"side", NULL, NULL, 1010},
	{"default/side", NULL, NULL, 1010},
	{"default/shop/side", NULL, NULL, 1010},
	{"default/shop", "side", NULL, 1010},
	{"shop", "side", NULL, 1010},
	{"cri/side", NULL, NULL, 1010},
	{"cri/default/shop", NULL, NULL, 1009},
	{"containerd://" ID("72"), NULL, NULL, 1010},
	{"cri-o://7272", NULL, NULL, 1010},
	{"cri://7272", NULL, NULL, 1010},
	{"pair/one", NULL, NULL, 1012},
	{"api", NULL, NULL, 1014},
	{"docker/api/api", NULL, NULL, 0}, /* docker is the engine there */
	{"demo", NULL, NULL, 1024},
	{"demo-pod", NULL, NULL, 1024},
	{"default/demo-pod", NULL, NULL, 1024},
	{"nsctl/demo", NULL, NULL, 1024},
	/* pause containers */
	{"cri://707070707070", NULL, NULL, 1008},
	{"707070707070", NULL, NULL, 1008},
	{"pid/1008", NULL, NULL, 1008},
	/* others */
	{"crun/job", NULL, NULL, 1015},
	{"lxc/box", NULL, NULL, 1019},
	{"box", NULL, NULL, 1019},
	{"pid/1020", NULL, NULL, 1020},
	{"pid:1021", NULL, NULL, 1021},
};

static void names_one(void **state)
{
	CLEANUP_CONTAINERS struct container_list list = {0};

	(void)state;
	make(&list);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CLEANUP_ERR struct err err = {0};
		size_t found = 0;
		int r = match(&list, good[i].text, good[i].container, good[i].namespace, &found, &err);

		if (good[i].pid == 0) {
			if (r == 0)
				fail_msg("%s resolves to %s", good[i].text, list.items[found].ref);
			continue;
		}
		if (r < 0)
			fail_msg("%s -c %s: %s (%s)", good[i].text,
				good[i].container ? good[i].container : "", err.message, err.hint);
		if (good[i].pid < 0 ? found != (size_t)-good[i].pid : list.items[found].pid != good[i].pid)
			fail_msg("%s is %s", good[i].text, list.items[found].ref);
	}
}

/* Texts that name none or several: the message, then the hint. */
static const struct {
	const char *text, *container, *namespace;
	int code;
	const char *message, *hint;
} bad[] = {
	{"db", NULL, NULL, -ENOTUNIQ, "db: 2 containers fit", "write one of docker/db, podman/db"},
	{"job", NULL, NULL, -ENOTUNIQ, "job: 2 containers fit", "write one of crun/job, runc/job"},
	{"twin", NULL, NULL, -ENOTUNIQ, "twin: 2 containers fit", "write one of pid/1017, pid/1018"},
	{"sleep", NULL, NULL, -ENOTUNIQ, "sleep: 2 containers fit", "write one of pid/1020, pid/1021"},
	{"main", NULL, NULL, -ENOTUNIQ, "main: 2 containers fit",
		"write one of default/shop/main, stage/shop/main"},
	{"shop", NULL, NULL, -ENOTUNIQ, "shop: 2 containers fit",
		"write one of default/shop/main, stage/shop/main"},
	{"shop", "main", NULL, -ENOTUNIQ, "shop: 2 containers fit",
		"write one of default/shop/main, stage/shop/main"},
	{"duo", NULL, NULL, -ENOTUNIQ, "duo: the pod has 2 containers",
		"write one of podman/duo-a, podman/duo-b"},
	{"stage/pair", NULL, NULL, -ENOTUNIQ, "stage/pair: the pod has 2 containers",
		"write one of stage/pair/pair-one, stage/pair/pair-two"},
	{"6", NULL, NULL, -ENOTUNIQ, "6: 3 containers fit",
		"write one of podman/ubuntu-sleeper-ubuntu-sleeper, podman/duo-a, podman/duo-b"},
	{"wbe", NULL, NULL, -ENOENT, "wbe: no such container", "did you mean docker/web?"},
	{"case", NULL, NULL, -ENOENT, "case: no such container", "did you mean docker/Case?"},
	{"docker/wbe", NULL, NULL, -ENOENT, "docker/wbe: no such container", "did you mean docker/web?"},
	{"dokcer/web", NULL, NULL, -ENOENT, "dokcer/web: no such container", "did you mean docker/web?"},
	{"default/shpo", NULL, NULL, -ENOENT, "default/shpo: no such container",
		"did you mean default/shop/main?"},
	{"defualt/shop/side", NULL, NULL, -ENOENT, "defualt/shop/side: no such container",
		"did you mean default/shop/side?"},
	{"pod/du", NULL, NULL, -ENOENT, "pod/du: no such container",
		"did you mean one of podman/duo-a, podman/duo-b?"},
	{"nothinglikeit", NULL, NULL, -ENOENT, "nothinglikeit: no such container",
		"nsctl get containers -a lists them"},
	{"shop", "sied", "default", -ENOENT, "shop: no container sied in this pod", "did you mean -c side?"},
	{"shop", "other", "default", -ENOENT, "shop: no container other in this pod",
		"it has default/shop/main, default/shop/side"},
	{"web", "x", NULL, -ENOENT, "web: not a pod: -c x means nothing here", "leave -c out"},
	{"web", NULL, "default", -ENOENT, "web: no such container in namespace default",
		"without -n it is docker/web"},
	{"pause", NULL, NULL, -ENOENT, "pause: no such container", NULL},
	/* its containers have ended */
	{"gone", NULL, NULL, -ESRCH, "gone is not running: of the pod only its pause container is left",
		"crictl ps -a tells when and how a container has ended"},
	{"pod/gone", "main", NULL, -ESRCH,
		"pod/gone is not running: of the pod only its pause container is left", NULL},
	{"stage/gone", NULL, NULL, -ESRCH,
		"stage/gone is not running: of the pod only its pause container is left", NULL},
	{"gone/main", NULL, NULL, -ESRCH,
		"gone/main is not running: of the pod only its pause container is left", NULL},
	{"cri/stage/gone/main", NULL, NULL, -ESRCH,
		"cri/stage/gone/main is not running: of the pod only its pause container is left", NULL},
	{"over", NULL, NULL, -ESRCH, "over is not running: all 2 containers of the pod have ended",
		"crictl ps -a tells when and how a container has ended"},
	{"stage/over", NULL, NULL, -ESRCH,
		"stage/over is not running: all 2 containers of the pod have ended", NULL},
	{"gone", NULL, "default", -ENOENT, "gone: no such container in namespace default", NULL},
	{"docker/gone", NULL, NULL, -ENOENT, "docker/gone: no such container", NULL},
	{"default/gone", NULL, NULL, -ENOENT, "default/gone: no such container", NULL},
	{"abcdefabcdef-infra", NULL, NULL, -ENOENT, "abcdefabcdef-infra: no such container",
		"nsctl get containers -a lists them"},
	/* longer than any number of a process: that would be proposed */
	{"70707070", NULL, NULL, -ENOENT, "70707070: no such container",
		"nsctl get containers -a lists them"},
	{"jo", NULL, NULL, -ENOENT, "jo: no such container", "did you mean one of crun/job, runc/job?"},
	{"a\tb", NULL, NULL, -ENOENT, "a\tb: no such container", "nsctl get containers -a lists them"},
	{"pid/999999", NULL, NULL, -ESRCH, "pid/999999: no such process",
		"pid/N takes a process ID of the host"},
	{"", NULL, NULL, -EINVAL, ": a target is empty", NULL},
	{"pid/x", NULL, NULL, -EINVAL, "pid/x: not a process ID", NULL},
	{"pid/0", NULL, NULL, -EINVAL, "pid/0: not a process ID", NULL},
	{"pid/-1", NULL, NULL, -EINVAL, "pid/-1: not a process ID", NULL},
	{"pid/99999999999", NULL, NULL, -EINVAL, "pid/99999999999: not a process ID", NULL},
	{"a/b/c/d", NULL, NULL, -EINVAL, "a/b/c/d: too many parts for a target", NULL},
	{"a//b", NULL, NULL, -EINVAL, "a//b: a part of the target is empty", NULL},
	{"docker/", NULL, NULL, -EINVAL, "docker/: a part of the target is empty", NULL},
	{"/web", NULL, NULL, -EINVAL, "/web: a part of the target is empty", NULL},
	{"pod/a/b", NULL, NULL, -EINVAL,
		"pod/a/b: pod/ takes one name; with its namespace a pod is NAMESPACE/POD", NULL},
	{"nosuch://4d", NULL, NULL, -EINVAL, "nosuch://4d: no engine of that name", NULL},
	{"docker://", NULL, NULL, -EINVAL, "docker://: an ID is missing", NULL},
};

static void names_none_or_several(void **state)
{
	CLEANUP_CONTAINERS struct container_list list = {0};

	(void)state;
	make(&list);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CLEANUP_ERR struct err err = {0};
		size_t found = 0;
		int r = match(&list, bad[i].text, bad[i].container, bad[i].namespace, &found, &err);

		if (r == 0)
			fail_msg("%s resolves to %s", bad[i].text, list.items[found].ref);
		if (r != bad[i].code || strcmp(err.message, bad[i].message) ||
			(bad[i].hint && strcmp(err.hint, bad[i].hint)))
			fail_msg("%s: %d %s / %s", bad[i].text, r, err.message, err.hint);
	}
}

static void a_process_number_is_proposed(void **state)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP_ERR struct err err = {0};
	char text[16], hint[128];
	size_t found;

	(void)state;
	make(&list);
	snprintf(text, sizeof(text), "%d", (int)getpid());
	assert_int_equal(match(&list, text, NULL, NULL, &found, &err), -ENOENT);
	snprintf(hint, sizeof(hint), "a number is the beginning of an ID; the process is pid/%d",
		(int)getpid());
	assert_string_equal(err.hint, hint);
}

static void refs_are_short_and_resolve(void **state)
{
	static const struct {
		pid_t pid;
		const char *ref;
	} wanted[] = {
		{1001, "docker/web"},
		{1003, "podman/db"},
		{1004, "podman://6a6a6a6a6a6a"},
		{1005, "podman/ubuntu-sleeper-ubuntu-sleeper"},
		{1008, "cri://707070707070"},
		{1009, "default/shop/main"},
		{1014, "cri/api"}, /* its namespace is an engine's name */
		{1015, "crun/job"},
		{1017, "pid/1017"},
		{1020, "pid/1020"},
		{1024, "default/demo-pod/demo"},
		{1027, "docker://9d9d9d9d9d9d"},
	};
	CLEANUP_CONTAINERS struct container_list list = {0};

	(void)state;
	make(&list);
	for (size_t i = 0; i < list.n; i++) {
		CLEANUP_ERR struct err err = {0};
		size_t found = list.n;

		if (match(&list, list.items[i].ref, NULL, NULL, &found, &err) < 0)
			fail_msg("%s: %s", list.items[i].ref, err.message);
		if (found != i)
			fail_msg("%s is %s/%s", list.items[i].ref, list.items[found].engine,
				list.items[found].name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		for (size_t k = 0; k < list.n; k++)
			if (list.items[k].pid == wanted[i].pid)
				assert_string_equal(list.items[k].ref, wanted[i].ref);
}

/* Names from a small alphabet, so that they meet: every ref must still name its own, and every proposal must
 * resolve. */
static void random_worlds_have_good_refs(void **state)
{
	static const char *const engine_names[] = {"docker", "podman", "cri", "crun", "containerd"};
	static const char *const words[] = {"a", "b", "a-b", "b-a", "docker", "pod", "aa", "01"};
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 500; round++) {
		CLEANUP_CONTAINERS struct container_list list = {0};

#define NEXT (seed = seed * 1664525 + 1013904223, seed >> 16)
		for (int i = 0; i < 12; i++) {
			struct container *c = container_list_add(&list);
			const char *engine = engine_names[NEXT % ARRAY_SIZE(engine_names)];
			char id[65];

			for (int k = 0; k < 64; k++)
				id[k] = "0123456789abcdef"[k < 2 ? NEXT % 2 : NEXT % 16];
			id[64] = '\0';
			c->engine = engine;
			c->name = strdup(words[NEXT % ARRAY_SIZE(words)]);
			c->id = strdup(!strcmp(engine, "crun") ? c->name : id);
			if (!strcmp(engine, "cri") || (!strcmp(engine, "podman") && NEXT % 2))
				c->pod = strdup(words[NEXT % ARRAY_SIZE(words)]);
			if (!strcmp(engine, "cri"))
				c->namespace = strdup(words[NEXT % ARRAY_SIZE(words)]);
			c->pid = 2000 + i;
			c->owner = NEXT % 3 ? 0 : GUEST;
			c->pause = c->pod && NEXT % 4 == 0;
			c->status = CONTAINER_RUNNING;
		}
		target_name_all(&list);
		for (size_t i = 0; i < list.n; i++) {
			CLEANUP_ERR struct err err = {0};
			size_t found = list.n;

			if (match(&list, list.items[i].ref, NULL, NULL, &found, &err) < 0 || found != i)
				fail_msg("round %d: %s: %s", round, list.items[i].ref,
					err.message ? err.message : "another");
		}
	}
}

/* What others have called so that it fits better than what of root's was meant. */
static void a_guest_takes_no_text_of_roots(void **state)
{
	static const struct {
		const char *engine, *name, *id;
		pid_t pid;
	} guests[] = {
		{"crun", "4d4d4d4d4d4d", "4d4d4d4d4d4d", 3001}, /* digits of docker's web */
		{"crun", ID("0a"), ID("0a"), 3002},		/* those of docker's old, which has stopped */
		{"podman", "mine", ID("0a"), 3003},
		{"podman", "5e5e", ID("e1"), 3004}, /* digits of the same engine's */
		{"crun", "old", "old", 3005},
		{"crun", "bwrap", "bwrap", 3006}, /* namespaces that no engine knows */
		{"crun", "again", "again", 3007}, /* a pod */
		{"crun", "shut", "shut", 3008},	  /* a pod whose default container is not there */
		{"crun", "theirs", "theirs", 3009},
	};
	static const char *const texts[] = {"4d4d4d4d4d4d", ID("0a"), "0a0a0a0a0a0a", "5e5e", "podman/5e5e",
		"old", "bwrap", "again", "shut"};
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP_ERR struct err none = {0};
	struct container *c;
	size_t found = 0;

	(void)state;
	make(&list);
	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		c = container_list_add(&list);
		*c = (struct container){.engine = guests[i].engine,
			.name = strdup(guests[i].name),
			.id = strdup(guests[i].id),
			.pid = guests[i].pid,
			.owner = GUEST,
			.status = CONTAINER_RUNNING};
	}
	c = container_list_add(&list);
	*c = (struct container){.engine = "cri",
		.name = strdup("one"),
		.id = strdup(ID("1f")),
		.pod = strdup("shut"),
		.default_container = strdup("other"),
		.pid = 3100,
		.status = CONTAINER_RUNNING};
	target_name_all(&list);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP_ERR struct err err = {0};

		if (match(&list, texts[i], NULL, NULL, &found, &err) != -ENOTUNIQ)
			fail_msg("%s: %s", texts[i], err.message ? err.message : list.items[found].ref);
	}
	assert_int_equal(match(&list, "theirs", NULL, NULL, &found, &none), 0);
	assert_int_equal(list.items[found].pid, 3009);
	for (size_t i = 0; i < list.n; i++) {
		CLEANUP_ERR struct err err = {0};

		if (match(&list, list.items[i].ref, NULL, NULL, &found, &err) < 0 || found != i)
			fail_msg("%s: %s", list.items[i].ref, err.message ? err.message : "another");
	}
}

/* A pod of root's whose container has gone, or was mistyped, is no way to a user's pod that is called so. */
static void a_guest_stands_in_no_pod_of_roots(void **state)
{
	static const struct {
		const char *text, *container, *namespace;
	} texts[] = {{"shop", "mine", NULL}, {"pod/shop", "mine", "stage"}, {"stage/shop", "mine", NULL},
		{"shop/mine", NULL, NULL}, {"stage/shop/mine", NULL, NULL}, {"gone", "theirs", NULL},
		{"stage/gone/theirs", NULL, NULL}};
	static const struct {
		const char *pod, *name, *ref;
	} guests[] = {{"shop", "mine", "nsctl/mine"}, {"gone", "theirs", "nsctl/theirs"},
		{"apart", "own", "stage/apart/own"}};
	CLEANUP_CONTAINERS struct container_list list = {0};
	size_t found = 0;

	(void)state;
	make(&list);
	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		struct container *c = container_list_add(&list);

		*c = (struct container){.engine = "nsctl",
			.name = strdup(guests[i].name),
			.id = strdup(""),
			.pod = strdup(guests[i].pod),
			.namespace = strdup("stage"),
			.pid = 3001 + (pid_t)i,
			.owner = GUEST,
			.status = CONTAINER_RUNNING};
	}
	target_name_all(&list);
	for (size_t i = 0; i < ARRAY_SIZE(guests); i++) {
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(match(&list, guests[i].ref, NULL, NULL, &found, &err), 0);
		assert_int_equal(list.items[found].pid, 3001 + (pid_t)i);
		assert_string_equal(list.items[found].ref, guests[i].ref);
	}
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP_ERR struct err err = {0};

		if (match(&list, texts[i].text, texts[i].container, texts[i].namespace, &found, &err) !=
			-ENOTUNIQ)
			fail_msg("%s: %s", texts[i].text, err.message ? err.message : list.items[found].ref);
	}
}

/* Nor is a user's container counted among those of a pod of root's that it says it is in. */
static void a_guest_joins_no_pod_of_roots(void **state)
{
	static const struct {
		const char *text, *container;
	} texts[] = {{"till", NULL}, {"pod/till", NULL}, {"stage/till", NULL}, {"till", "cash"}, {"till/cash", NULL},
		{"stage/till/cash", NULL}};
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP(pod_list_free) struct pod_list pods = {0};
	size_t found = 0, named = 0;

	(void)state;
	make(&list);
	for (int i = 0; i < 2; i++) {
		struct container *c = container_list_add(&list);

		*c = (struct container){.engine = "nsctl",
			.name = strdup("cash"),
			.id = strdup(""),
			.pod = strdup("till"),
			.namespace = strdup("stage"),
			.pod_uid = strdup("7"),
			.pid = 3201 - i,
			.owner = i ? 0 : GUEST,
			.status = CONTAINER_RUNNING};
	}
	target_name_all(&list);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP_ERR struct err err = {0};

		if (match(&list, texts[i].text, texts[i].container, NULL, &found, &err) < 0)
			fail_msg("%s: %s", texts[i].text, err.message);
		assert_int_equal(list.items[found].pid, 3200);
	}
	assert_int_equal(pod_list_make(&list, &pods), 0);
	for (size_t i = 0; i < pods.n; i++)
		if (!strcmp(pods.items[i].name, "till")) {
			assert_int_equal(pods.items[i].n, 1);
			named++;
		}
	assert_int_equal(named, 2);
}

static void host_and_self(void **state)
{
	CLEANUP_ERR struct err err = {0};
	struct container c = {0};
	struct target_query query = {.text = "self"};

	(void)state;
	assert_int_equal(target_resolve(&query, &c, &err), 0);
	assert_string_equal(c.engine, TARGET_HOST);
	assert_string_equal(c.ref, "self");
	assert_int_equal(c.pid, getpid());
	container_free(&c);
	query.text = "host";
	assert_int_equal(target_resolve(&query, &c, &err), 0);
	assert_int_equal(c.pid, 1);
	container_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_one),
		cmocka_unit_test(names_none_or_several),
		cmocka_unit_test(a_process_number_is_proposed),
		cmocka_unit_test(refs_are_short_and_resolve),
		cmocka_unit_test(random_worlds_have_good_refs),
		cmocka_unit_test(a_guest_takes_no_text_of_roots),
		cmocka_unit_test(a_guest_stands_in_no_pod_of_roots),
		cmocka_unit_test(a_guest_joins_no_pod_of_roots),
		cmocka_unit_test(host_and_self),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
