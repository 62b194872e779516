/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/spec.h"
#include "sys/file.h"
#include "sys/passwd.h"

static char root_path[] = "/tmp/nsctl-unit.XXXXXX";

static void put(int dir, const char *name, const char *text)
{
	CLEANUP_FD int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, strlen(text)), 0);
}

static int set_up(void **state)
{
	int *root = malloc(sizeof(*root));

	assert_non_null(root);
	assert_non_null(mkdtemp(root_path));
	*root = open(root_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(*root, "etc", 0755), 0);
	put(*root, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home/app:/bin/sh\n");
	put(*root, "etc/group", "root:x:0:\napp:x:1000:\nwheelies:x:2001:app\n");
	*state = root;
	return 0;
}

static int tear_down(void **state)
{
	int *root = *state;

	unlinkat(*root, "etc/passwd", 0);
	unlinkat(*root, "etc/group", 0);
	unlinkat(*root, "etc", AT_REMOVEDIR);
	close_fd(root);
	rmdir(root_path);
	free(root);
	return 0;
}

/* What "exec -u USER; grep Uid Gid Groups /proc/self/status" showed in each engine, the groups in the
 * kernel's order. */
static const struct {
	const char *engine;
	uid_t uid; /* of the container, with its groups */
	gid_t gid;
	gid_t groups[4];
	size_t n;
	const char *user;
	const char *shown;
} rows[] = {
	{"docker", 0, 0, {0}, 1, NULL, "0 0 0"},
	{"docker", 0, 0, {0}, 1, "app", "1000 1000 1000 2001"},
	{"docker", 0, 0, {0}, 1, "1000", "1000 1000 1000 2001"},
	{"docker", 0, 0, {0}, 1, "1000:2000", "1000 2000 2000"},
	{"docker", 0, 0, {0}, 1, "app:wheelies", "1000 2001 2001"},
	{"docker", 0, 0, {0}, 1, "4242", "4242 0 0"},
	{"docker", 0, 0, {0, 2002}, 2, "app", "1000 1000 1000 2001 2002"},
	{"docker", 1000, 1000, {1000, 2001, 2002}, 3, NULL, "1000 1000 1000 2001 2002"},
	{"docker", 1000, 1000, {1000, 2001, 2002}, 3, "0", "0 0 0 2002"},
	{"docker", 1000, 1000, {1000, 2001}, 2, "root", "0 0 0"},
	{"podman", 0, 0, {2002}, 1, NULL, "0 0 2002"},
	{"podman", 0, 0, {2002}, 1, "app", "1000 1000 2001"},
	{"podman", 0, 0, {2002}, 1, "1000:2000", "1000 2000"},
	{"podman", 1000, 1000, {1000, 2001}, 2, NULL, "1000 1000 2001"},
	{"podman", 1000, 1000, {1000, 2001}, 2, "0", "0 0"},
	{"containerd", 0, 0, {0}, 1, "1000", "1000 1000 1000"},
	{"containerd", 0, 0, {0}, 1, "4242", "4242 0 0"},
	{"runc", 1000, 1001, {2002}, 1, "1000", "1000 1001 2002"},
	{"runc", 1000, 1001, {2002}, 1, "0", "0 1001 2002"},
	{"runc", 1000, 1001, {2002}, 1, "1000:2000", "1000 2000 2002"},
	{"runc", 1000, 1001, {2002}, 1, "app", "1000 1000 2001"},
	{"crun", 1000, 1001, {2002}, 1, "1000", "1000 0"},
	{"crun", 1000, 1001, {2002}, 1, "1000:2000", "1000 2000"},
	{"lxc", 0, 0, {0}, 0, "1000", "1000 1000"},
	{"lxc", 0, 0, {0}, 0, "4242", "4242 0"},
	{"bare", 0, 0, {0}, 0, "app", "1000 1000 2001"},
};

static int by_gid(const void *a, const void *b)
{
	return (int)*(const gid_t *)a - (int)*(const gid_t *)b;
}

static void users_of_engines(void **state)
{
	const int *root = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		gid_t groups[4];
		const struct spec spec = {
			.uid = rows[i].uid, .gid = rows[i].gid, .groups = groups, .n_groups = rows[i].n};
		CLEANUP_USER struct passwd_user user = {0};
		CLEANUP_ERR struct err err = {0};
		char shown[128];
		int len;

		memcpy(groups, rows[i].groups, sizeof(groups));
		assert_int_equal(spec_user(&spec, rows[i].engine, *root, rows[i].user, &user, &err), 0);
		if (user.n_groups)
			qsort(user.groups, user.n_groups, sizeof(*user.groups), by_gid);
		len = sprintf(shown, "%u %u", user.uid, user.gid);
		for (size_t g = 0; g < user.n_groups; g++)
			len += sprintf(shown + len, " %u", user.groups[g]);
		if (strcmp(shown, rows[i].shown) != 0)
			fail_msg("%s -u %s: %s, not %s", rows[i].engine,
				rows[i].user ? rows[i].user : "(none)", shown, rows[i].shown);
		if (user.uid == 1000)
			assert_string_equal(user.entry.home, "/home/app");
	}
}

static void an_unknown_user(void **state)
{
	const int *root = *state;
	const struct spec spec = {0};
	CLEANUP_USER struct passwd_user user = {0};
	CLEANUP_ERR struct err err = {0};

	assert_true(spec_user(&spec, "docker", *root, "ap", &user, &err) < 0);
	assert_string_equal(err.hint, "did you mean app?");
}

static void capabilities_of_podman(void **state)
{
	const struct spec spec = {.uid = 1000,
		.caps = {
			.inheritable = 16, .permitted = 16, .effective = 16, .bounding = 255, .ambient = 16}};
	struct cap_sets caps = spec_caps_for_user(&spec, "podman", true, 1000);

	(void)state;
	assert_true(caps.ambient == 16 && caps.effective == 16);
	caps = spec_caps_for_user(&spec, "podman", true, 65534);
	assert_true(!caps.ambient && !caps.inheritable && !caps.effective && !caps.permitted &&
		    caps.bounding == 255);
	caps = spec_caps_for_user(&spec, "podman", true, 0);
	assert_true(!caps.ambient && !caps.inheritable && caps.effective == 255 && caps.bounding == 255);
	caps = spec_caps_for_user(&spec, "runc", true, 0);
	assert_true(caps.ambient == 16 && caps.effective == 16);
}

/* Each compared with each, this does not come back. */
static void very_many_groups(void **state)
{
	enum { N = 2000000 };
	struct spec spec = {.uid = 1000, .gid = 1000, .n_groups = N, .groups = calloc(N, sizeof(gid_t))};
	static const char *const engines[] = {"docker", "runc", "podman"}, *const users[] = {"app", "1000", NULL};

	assert_non_null(spec.groups);
	for (size_t i = 0; i < N; i++)
		spec.groups[i] = (gid_t)(N + 3000 - i);
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_USER struct passwd_user user = {0};
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(spec_user(&spec, engines[i], *(int *)*state, users[i], &user, &err), 0);
		assert_int_equal(user.n_groups, N + (i == 0 ? 2 : 0)); /* docker: 1000 and 2001 come first */
		assert_int_equal(user.groups[user.n_groups - 1], 3001);
	}
	free(spec.groups);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(very_many_groups),
		cmocka_unit_test(users_of_engines),
		cmocka_unit_test(an_unknown_user),
		cmocka_unit_test(capabilities_of_podman),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
