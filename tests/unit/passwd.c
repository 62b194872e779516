/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sys/file.h"
#include "sys/passwd.h"

static const char PASSWD[] = "root:x:0:0:root:/root:/bin/sh\n"
			     "# app:x:5:5::/:/bin/sh\n"
			     "\n"
			     "app:x:1000:1000:An app:/home/app:/bin/ash\r\n"
			     "app:x:1:1:a second one:/:/bin/sh\n"
			     "1337:x:42:42::/:/bin/sh\n"
			     "short:x:1500:1600\n"
			     "nogid:x:1501\n"
			     "minus:x:-1:0::/:/bin/sh\n"
			     "words:x:zero:0::/:/bin/sh\n"
			     "top:x:4294967294:4294967294::/:/bin/sh\n"
			     "over:x:4294967295:0::/:/bin/sh\n"
			     "wrap:x:4294967296:0::/:/bin/sh\n"
			     ":x:1502:0::/:/bin/sh\n"
			     "+nis:x:1503:0::/:/bin/sh\n"
			     "last:x:1600:1601::/last:/bin/false";
static const char GROUP[] =
	"root:x:0:\nwheel:x:10:root,app\napp:x:1000:\nsecond:x:2000:app,other\nagain:x:10:app\n"
	"broken:x:x:app\nvideo:x:27:xapp,app2,ap\nlast:x:3000:app";

struct place {
	char path[64];
	int fd;
};

static void put(const struct place *p, const char *name, const void *data, size_t len)
{
	CLEANUP_FD int fd = -1;

	unlinkat(p->fd, name, 0);
	fd = openat(p->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, data, len), 0);
}

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	strcpy(p->path, "/tmp/nsctl-unit.XXXXXX");
	assert_non_null(mkdtemp(p->path));
	p->fd = open(p->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(p->fd, "etc", 0755), 0);
	put(p, "etc/passwd", PASSWD, strlen(PASSWD));
	put(p, "etc/group", GROUP, strlen(GROUP));
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	unlinkat(p->fd, "etc/passwd", 0);
	unlinkat(p->fd, "etc/group", 0);
	unlinkat(p->fd, "outside", 0);
	unlinkat(p->fd, "etc", AT_REMOVEDIR);
	close_fd(&p->fd);
	rmdir(p->path);
	free(p);
	return 0;
}

static void users_as_docker_reads_them(void **state)
{
	static const struct {
		const char *text;
		uid_t uid;
		gid_t gid;
		size_t n_groups;
		gid_t groups[3];
		const char *home;
	} rows[] = {
		{"app", 1000, 1000, 3, {10, 2000, 3000}, "/home/app"},
		{"1000", 1000, 1000, 3, {10, 2000, 3000}, "/home/app"},
		{"1000:2000", 1000, 2000, 0, {0}, "/home/app"},
		{"app:second", 1000, 2000, 0, {0}, "/home/app"},
		{"app:55", 1000, 55, 0, {0}, "/home/app"},
		{"4242", 4242, 0, 0, {0}, NULL},
		{"4242:7", 4242, 7, 0, {0}, NULL},
		{"0", 0, 0, 1, {10}, "/root"},
		{"root", 0, 0, 1, {10}, "/root"},
		{"1337", 1337, 0, 0, {0}, NULL}, /* never the user of that name */
		{"short", 1500, 1600, 0, {0}, ""},
		{"4294967294", 4294967294u, 4294967294u, 0, {0}, "/"},
		{"last", 1600, 1601, 0, {0}, "/last"},
		{"007", 7, 0, 0, {0}, NULL},
	};
	struct place *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_USER struct passwd_user user = {0};
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(passwd_user_parse(p->fd, rows[i].text, &user, &err), 0);
		assert_int_equal(user.uid, rows[i].uid);
		assert_int_equal(user.gid, rows[i].gid);
		assert_int_equal(user.n_groups, rows[i].n_groups);
		for (size_t g = 0; g < user.n_groups; g++)
			assert_int_equal(user.groups[g], rows[i].groups[g]);
		if (rows[i].home)
			assert_string_equal(user.entry.home, rows[i].home);
		else
			assert_null(user.entry.name);
	}
}

static void refused(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"4294967295", "out of range"},
		{"4294967296", "out of range"},
		{"99999999999999999999999", "out of range"},
		{"-1", "neither a name nor digits"},
		{"+0", "neither a name nor digits"},
		{" 0", "neither a name nor digits"},
		{"0 ", "neither a name nor digits"},
		{"\t", "neither a name nor digits"},
		{"0\n", "neither a name nor digits"},
		{"", "empty user"},
		{":", "empty user"},
		{":0", "empty user"},
		{"app:", "empty group"},
		{"app:4294967295", "out of range"},
		{"app:-1", "no group"},
		{"nosuch", "no user nosuch in the container's /etc/passwd"},
		{"app:nosuch", "no group nosuch in the container's /etc/group"},
		{"a:b:c", "no group b:c"},
		{"nogid", "no user"},
		{"minus", "no user"},
		{"words", "no user"},
		{"over", "no user"},
		{"wrap", "no user"},
		{"0x10", "no user"},
		{"#", "no user"},
		{"\x1b[2J", "neither"},
		{"app:broken", "no group"},
	};
	struct place *p = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_USER struct passwd_user user = {0};
		CLEANUP_ERR struct err err = {0};

		assert_true(passwd_user_parse(p->fd, rows[i].text, &user, &err) < 0);
		assert_int_equal(err.kind, ERR_USAGE);
		if (!strstr(err.message, rows[i].says))
			fail_msg("%s: %s", rows[i].text, err.message);
		assert_null(user.groups);
	}
}

static void one_group(void **state)
{
	static const struct {
		const char *text, *says, *hint;
	} rows[] = {
		{"4294967295", "group 4294967295 is out of range: 0 to 4294967294", NULL},
		{"99999999999999999999999", "group 99999999999999999999999 is out of range: 0 to 4294967294", NULL},
		{"-1", "\"-1\" is no group: neither a name nor digits", NULL},
		{"", "empty group: a name or a number is wanted", NULL},
		{"nosuch", "no group nosuch in the container's /etc/group", "a number needs no entry"},
		{"wheell", "no group wheell in the container's /etc/group", "did you mean wheel?"},
	};
	struct place *p = *state;
	gid_t gid;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_ERR struct err err = {0};

		assert_true(group_parse(p->fd, rows[i].text, &gid, &err) < 0);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_string_equal(err.message, rows[i].says);
		if (rows[i].hint)
			assert_string_equal(err.hint, rows[i].hint);
		else
			assert_null(err.hint);
	}
	assert_int_equal(group_parse(p->fd, "wheel", &gid, NULL), 0);
	assert_int_equal(gid, 10);
	assert_int_equal(group_parse(p->fd, "4242", &gid, NULL), 0);
	assert_int_equal(gid, 4242);
}

/* What cannot be read is no missing entry. */
static void one_group_of_a_hostile_file(void **state)
{
	CLEANUP_FREE char *large = calloc(1, 2u << 20);
	CLEANUP_ERR struct err irregular = {0}, oversized = {0}, absent = {0};
	struct place *p = *state;
	gid_t gid;

	assert_non_null(large);
	unlinkat(p->fd, "etc/group", 0);
	assert_int_equal(group_parse(p->fd, "wheel", &gid, &absent), -ENOENT);
	assert_string_equal(absent.hint, "there is no such file inside, but numbers work");
	assert_int_equal(mkfifoat(p->fd, "etc/group", 0666), 0);
	assert_int_equal(group_parse(p->fd, "wheel", &gid, &irregular), -EINVAL);
	assert_string_equal(irregular.message, "cannot look up group wheel: the container's /etc/group is no regular file");
	assert_string_equal(irregular.hint, "a number needs no file");
	unlinkat(p->fd, "etc/group", 0);
	put(p, "etc/group", large, 2u << 20);
	assert_int_equal(group_parse(p->fd, "wheel", &gid, &oversized), -EFBIG);
	assert_string_equal(oversized.message, "cannot look up group wheel: the container's /etc/group is larger than 1 MiB");
	assert_int_equal(group_parse(p->fd, "0", &gid, NULL), 0);
	assert_int_equal(gid, 0);
}

static void the_nearest_is_named(void **state)
{
	CLEANUP_USER struct passwd_user user = {0};
	CLEANUP_ERR struct err err = {0};
	struct place *p = *state;

	assert_int_equal(passwd_user_parse(p->fd, "shrot", &user, &err), -ENOENT);
	assert_string_equal(err.hint, "did you mean short?");
}

static void names_of_numbers(void **state)
{
	CLEANUP_PASSWD struct passwd_entry entry = {0};
	CLEANUP_FREE char *name = NULL;
	struct place *p = *state;
	gid_t gid;

	assert_int_equal(passwd_find(p->fd, NULL, 1000, &entry), 0);
	assert_string_equal(entry.name, "app");
	assert_string_equal(entry.shell, "/bin/ash");
	assert_int_equal(passwd_find(p->fd, NULL, 9999, &entry), -ENOENT);
	assert_int_equal(group_find(p->fd, NULL, 10, NULL, &name), 0);
	assert_string_equal(name, "wheel");
	assert_int_equal(group_find(p->fd, "second", 0, &gid, NULL), 0);
	assert_int_equal(gid, 2000);
	assert_int_equal(group_find(p->fd, "seco", 0, &gid, NULL), -ENOENT);
}

static void expect(const struct place *p, const char *text, int code)
{
	CLEANUP_USER struct passwd_user user = {0};
	CLEANUP_ERR struct err err = {0};

	assert_int_equal(passwd_user_parse(p->fd, text, &user, &err), code);
	assert_int_equal(err.code, code);
}

static void no_files(void **state)
{
	struct place *p = *state;

	unlinkat(p->fd, "etc/passwd", 0);
	unlinkat(p->fd, "etc/group", 0);
	expect(p, "1000", 0);
	expect(p, "1000:5", 0);
	expect(p, "app", -ENOENT);
	expect(p, "1000:app", -ENOENT);
}

static void hostile_files(void **state)
{
	struct place *p = *state;
	CLEANUP_FREE char *large = malloc(2u << 20);

	/* a FIFO: neither a hang nor root's group for a number */
	unlinkat(p->fd, "etc/passwd", 0);
	assert_int_equal(mkfifoat(p->fd, "etc/passwd", 0666), 0);
	expect(p, "app", -EINVAL);
	expect(p, "1000", -EINVAL);
	expect(p, "1000:5", 0);
	/* a directory */
	unlinkat(p->fd, "etc/passwd", 0);
	assert_int_equal(mkdirat(p->fd, "etc/passwd", 0755), 0);
	expect(p, "app", -EINVAL);
	assert_int_equal(unlinkat(p->fd, "etc/passwd", AT_REMOVEDIR), 0);
	/* links out of the root stay inside it */
	assert_int_equal(symlinkat("/../../../../outside", p->fd, "etc/passwd"), 0);
	expect(p, "app", -ENOENT);
	put(p, "outside", PASSWD, strlen(PASSWD));
	expect(p, "app", 0);
	unlinkat(p->fd, "etc/passwd", 0);
	assert_int_equal(symlinkat("passwd", p->fd, "etc/passwd"), 0);
	expect(p, "app", -ELOOP);
	/* endless and huge ones */
	unlinkat(p->fd, "etc/passwd", 0);
	assert_int_equal(symlinkat("/proc/self/fd/0", p->fd, "etc/passwd"), 0);
	expect(p, "app", -ENOENT);
	assert_non_null(large);
	memset(large, 'a', 2u << 20);
	put(p, "etc/passwd", large, 2u << 20);
	expect(p, "app", -EFBIG);
	expect(p, "1000", -EFBIG);
	put(p, "etc/passwd", large, 1u << 20);
	expect(p, "app", -ENOENT);
	memset(large, '\n', 1u << 20);
	put(p, "etc/passwd", large, 1u << 20);
	expect(p, "app", -ENOENT);
	memset(large, 0, 1u << 20);
	put(p, "etc/passwd", large, 1u << 20);
	expect(p, "app", -ENOENT);
	/* a NUL hides the rest of a line: no user */
	put(p, "etc/passwd", "app\0:x:0:0::/:\nok:x:5:5:\0:/:/x\n", 32);
	expect(p, "app", -ENOENT);
	expect(p, "ok", -ENOENT);
}

static void more_groups_than_the_kernel_takes(void **state)
{
	CLEANUP_FREE char *large = malloc(1u << 20);
	CLEANUP_FREE gid_t *groups = NULL;
	struct place *p = *state;
	size_t len = 0, n = 0;

	assert_non_null(large);
	for (unsigned int i = 0; i < 65537; i++)
		len += (size_t)sprintf(large + len, "g::%u:app\n", i);
	put(p, "etc/group", large, len);
	assert_int_equal(group_list(p->fd, "app", &groups, &n), -E2BIG);
	expect(p, "app", -E2BIG);
	expect(p, "app:5", 0);
}

/* Mutated files: whatever they hold, an answer is a user that the rules allow, or an error. */
static void mutated(void **state)
{
	static const char bytes[] = ":\n,\r\0 #+-0195axp\xff\x1b";
	struct place *p = *state;
	uint32_t seed = 1;

	for (int round = 0; round < 1500; round++) {
		char passwd[sizeof(PASSWD)], group[sizeof(GROUP)];

		memcpy(passwd, PASSWD, sizeof(PASSWD));
		memcpy(group, GROUP, sizeof(GROUP));
		for (int i = 0; i < 12; i++) {
			seed = seed * 1664525u + 1013904223u;
			(i & 1 ? passwd : group)[(seed >> 8) % (i & 1 ? sizeof(PASSWD) : sizeof(GROUP))] =
				bytes[(seed >> 24) % (sizeof(bytes) - 1)];
		}
		seed = seed * 1664525u + 1013904223u;
		put(p, "etc/passwd", passwd, sizeof(passwd) - (seed >> 8) % 64);
		put(p, "etc/group", group, sizeof(group) - (seed >> 16) % 64);
		for (int i = 0; i < 4; i++) {
			static const char *const texts[] = {"app", "1000", "last:last", "4242"};
			CLEANUP_USER struct passwd_user user = {0};
			CLEANUP_ERR struct err err = {0};
			int r = passwd_user_parse(p->fd, texts[i], &user, &err);

			assert_int_equal(r, err.code);
			if (r < 0)
				continue;
			assert_true(user.uid != UINT32_MAX && user.gid != UINT32_MAX);
			assert_true(!(i & 1) || user.uid == (i == 1 ? 1000 : 4242));
			for (size_t g = 0; g < user.n_groups; g++)
				assert_true(user.groups[g] != UINT32_MAX);
		}
	}
}

/* The whole table says what a look-up for each says: the first of an id, broken lines left out. */
static void table(void **state)
{
	const struct place *p = *state;
	struct id_names users = {0}, groups = {0};

	assert_int_equal(passwd_names(p->fd, &users), 0);
	for (unsigned int uid = 0; uid < 5000; uid++) {
		CLEANUP_PASSWD struct passwd_entry one = {0};
		const char *name = id_names_find(&users, uid);

		if (passwd_find(p->fd, NULL, uid, &one) < 0)
			assert_null(name);
		else
			assert_string_equal(name, one.name);
	}
	assert_string_equal(id_names_find(&users, 4294967294u), "top");
	assert_null(id_names_find(&users, UINT32_MAX));
	assert_int_equal(group_names(p->fd, &groups), 0);
	assert_string_equal(id_names_find(&groups, 10), "wheel");
	assert_null(id_names_find(&groups, 11));
	id_names_free(&users);
	id_names_free(&groups);
	put(p, "etc/passwd", "", 0);
	assert_int_equal(passwd_names(p->fd, &users), 0);
	assert_null(id_names_find(&users, 0));
	id_names_free(&users);
	unlinkat(p->fd, "etc/passwd", 0);
	assert_int_equal(passwd_names(p->fd, &users), -ENOENT);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(users_as_docker_reads_them),
		TEST(refused),
		TEST(one_group),
		TEST(one_group_of_a_hostile_file),
		TEST(the_nearest_is_named),
		TEST(names_of_numbers),
		TEST(table),
		TEST(no_files),
		TEST(hostile_files),
		TEST(more_groups_than_the_kernel_takes),
		TEST(mutated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
