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
#include "sys/cgroup.h"
#include "sys/file.h"

/* /proc/PID/cgroup with mountinfo beside it, as seen on real machines, and what must come out: "line: dir"
 * for each line. */
static const struct sample {
	const char *what, *cgroup, *mountinfo;
	const char *dirs[4];
} samples[] = {
	{"v2 alone", "0::/system.slice/docker-ab.scope\n",
		"29 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n",
		{"/sys/fs/cgroup/system.slice/docker-ab.scope"}},
	{"hybrid",
		"4:memory:/docker/ab\n2:cpu,cpuacct:/docker/ab\n1:name=systemd:/docker/ab\n0::/docker/ab\n",
		"31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n"
		"32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
		"33 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
		"34 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
		"35 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
		{"/sys/fs/cgroup/memory/docker/ab", "/sys/fs/cgroup/cpu,cpuacct/docker/ab",
			"/sys/fs/cgroup/systemd/docker/ab", "/sys/fs/cgroup/unified/docker/ab"}},
	{"the root of a hierarchy", "0::/\n", "29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
		{"/sys/fs/cgroup"}},
	{"a mount of a part", "4:memory:/docker/ab/inner\n",
		"29 23 0:26 /docker/ab /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
		{"/sys/fs/cgroup/memory/inner"}},
	{"a mount of another part", "4:memory:/docker/abc\n",
		"29 23 0:26 /docker/ab /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", {NULL}},
	{"not mounted", "7:rdma:/\n0::/x\n", "29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
		{NULL, "/sys/fs/cgroup/x"}},
	{"blanks in the place, tags before the dash", "0::/a b\n",
		"29 23 0:26 / /mnt/c\\040g rw shared:9 master:1 - cgroup2 none rw\n", {"/mnt/c g/a b"}},
	{"a colon in the path", "0::/system.slice:docker:ab\n", "29 23 0:26 / /cg rw - cgroup2 none rw\n",
		{"/cg/system.slice:docker:ab"}},
	{"cpu is not cpuset", "3:cpu:/a\n", "29 23 0:26 / /cg/cpuset rw - cgroup none rw,cpuset\n", {NULL}},
	{"broken lines of mountinfo", "0::/a\n",
		"29\n\n - cgroup2\n29 23 0:26 / /cg rw - cgroup2\n1 2 3 4 5 - cgroup2 a b\n", {NULL}},
};

static void finds_dirs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		CLEANUP_CGROUP struct cgroup_set set = {0};
		CLEANUP_FREE char *mountinfo = strdup(samples[i].mountinfo);

		assert_int_equal(cgroup_parse(samples[i].cgroup, &set), 0);
		cgroup_find_dirs(&set, mountinfo);
		for (size_t k = 0; k < set.n; k++) {
			const char *want = samples[i].dirs[k], *dir = set.lines[k].dir;

			if ((want == NULL) != (dir == NULL) || (want && strcmp(want, dir)))
				fail_msg("%s: line %zu: %s instead of %s", samples[i].what, k,
					dir ? dir : "none", want ? want : "none");
		}
	}
}

/* Where a sandbox's cgroup goes: not below a part, whose own name is no part of the directory. */
static void knows_the_top(void **state)
{
	static const struct {
		const char *cgroup, *mountinfo, *top;
	} tops[] = {
		{"0::/system.slice/docker-ab.scope\n", "29 23 0:26 / /sys/fs/cgroup rw - cgroup2 none rw\n",
			"/sys/fs/cgroup"},
		{"0::/\n", "29 23 0:26 / /sys/fs/cgroup rw - cgroup2 none rw\n", "/sys/fs/cgroup"},
		{"0::/docker/0123456789abcdef\n",
			"29 23 0:26 /docker/0123456789abcdef /sys/fs/cgroup rw - cgroup2 none rw\n", NULL},
		{"0::/docker/ab/inner\n", "29 23 0:26 /docker/ab /sys/fs/cgroup rw - cgroup2 none rw\n", NULL},
		{"0::/docker/ab/inner\n", "29 23 0:26 /docker/ab /mnt/docker/ab rw - cgroup2 none rw\n", NULL},
		{"0::/docker/ab\n", "29 23 0:26 /lxc /sys/fs/cgroup rw - cgroup2 none rw\n", NULL},
		{"4:memory:/a\n", "29 23 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		CLEANUP_CGROUP struct cgroup_set set = {0};
		CLEANUP_FREE char *mountinfo = strdup(tops[i].mountinfo), *top = NULL;

		assert_int_equal(cgroup_parse(tops[i].cgroup, &set), 0);
		cgroup_find_dirs(&set, mountinfo);
		top = cgroup_v2_top(&set);
		if (!top != !tops[i].top || (top && strcmp(top, tops[i].top)))
			fail_msg("%s: %s", tops[i].mountinfo, top ? top : "none");
	}
}

static void reads_lines(void **state)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};

	(void)state;
	assert_int_equal(cgroup_parse("12:freezer:/a:b\n1:name=x:/\n0::/c\n", &set), 0);
	assert_int_equal(set.n, 3);
	assert_false(set.lines[0].v2);
	assert_string_equal(set.lines[0].controllers, "freezer");
	assert_string_equal(set.lines[0].path, "/a:b");
	assert_false(set.lines[1].v2);
	assert_true(set.lines[2].v2);
	assert_string_equal(set.lines[2].controllers, "");
	assert_ptr_equal(cgroup_v2(&set), &set.lines[2]);
	cgroup_free(&set);
	assert_int_equal(cgroup_parse("", &set), 0);
	assert_null(cgroup_v2(&set));
	assert_int_equal(cgroup_parse("0:/a\n", &set), -EBADMSG);
	assert_int_equal(cgroup_parse("nonsense", &set), -EBADMSG);
	assert_int_equal(set.n, 0);
}

static void tells_controllers_apart(void **state)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};

	(void)state;
	assert_int_equal(cgroup_parse("3:cpu,cpuacct:/\n2:cpuset:/\n0::/\n", &set), 0);
	assert_true(cgroup_has_controller(&set.lines[0], "cpu"));
	assert_true(cgroup_has_controller(&set.lines[0], "cpuacct"));
	assert_false(cgroup_has_controller(&set.lines[0], "cpuset"));
	assert_false(cgroup_has_controller(&set.lines[1], "cpu"));
	assert_false(cgroup_has_controller(&set.lines[2], "cpu"));
}

static void many_lines_are_cut(void **state)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	char text[64 * 32] = "";

	(void)state;
	for (int i = 0; i < 64; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d:name=n%d:/\n", i + 1, i);
	assert_int_equal(cgroup_parse(text, &set), 0);
	assert_int_equal(set.n, CGROUP_MAX);
}

/* Folders that look like a cgroup hierarchy. */
static void put(const char *dir, const char *file, const char *text)
{
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FD int fd = -1;

	assert_true(asprintf(&path, "%s/%s", dir, file) > 0);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, strlen(text)), 0);
}

static void knows_the_frozen(void **state)
{
	static const char *const files[] = {
		"cgroup.events", "cgroup.freeze", "freezer.state", "freezer.self_freezing"};
	char root[] = "/tmp/nsctl-unit.XXXXXX", below[64], controllers[] = "", freezer[] = "cpu,freezer",
	     path[] = "/";
	struct cgroup_set set = {.n = 1};
	CLEANUP_FREE char *said = NULL;

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(below, sizeof(below), "%s/c", root);
	assert_int_equal(mkdir(below, 0755), 0);
	set.lines[0] =
		(struct cgroup_line){.v2 = true, .controllers = controllers, .path = path, .dir = below};
	assert_false(cgroup_frozen(&set, NULL)); /* no files: v2's root, an old kernel */
	put(below, "cgroup.events", "populated 1\nfrozen 0\n");
	put(below, "cgroup.freeze", "0\n");
	assert_false(cgroup_frozen(&set, &said));
	/* its own setting, then one above it */
	put(below, "cgroup.events", "populated 1\nfrozen 1\n");
	put(below, "cgroup.freeze", "1\n");
	assert_true(cgroup_frozen(&set, &said));
	assert_string_equal(said, below);
	free(take_ptr(&said));
	put(below, "cgroup.freeze", "0\n");
	put(root, "cgroup.events", "populated 1\nfrozen 1\n");
	put(root, "cgroup.freeze", "1\n");
	assert_true(cgroup_frozen(&set, &said));
	assert_string_equal(said, root);
	free(take_ptr(&said));

	set.lines[0] = (struct cgroup_line){.controllers = freezer, .path = path, .dir = below};
	assert_false(cgroup_frozen(&set, NULL));
	put(below, "freezer.state", "THAWED\n");
	assert_false(cgroup_frozen(&set, NULL));
	put(below, "freezer.state", "FREEZING\n");
	assert_true(cgroup_frozen(&set, NULL));
	put(below, "freezer.state", "FROZEN\n");
	put(below, "freezer.self_freezing", "1\n");
	assert_true(cgroup_frozen(&set, &said));
	assert_string_equal(said, below);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char file[128];

		snprintf(file, sizeof(file), "%s/%s", below, files[i]);
		unlink(file);
		snprintf(file, sizeof(file), "%s/%s", root, files[i]);
		unlink(file);
	}
	rmdir(below);
	rmdir(root);
}

/* What the quick way finds is what mountinfo says. */
static void agrees_with_mountinfo(void **state)
{
	CLEANUP_CGROUP struct cgroup_set quick = {0}, slow = {0}, none = {0};
	CLEANUP_FREE char *text = NULL, *mountinfo = NULL;
	CLEANUP_FD int dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	if (cgroup_read(dir, &quick) < 0)
		skip();
	assert_int_equal(file_read(dir, "cgroup", 65536, &text, NULL), 0);
	assert_int_equal(file_read(dir, "mountinfo", 1u << 24, &mountinfo, NULL), 0);
	assert_int_equal(cgroup_parse(text, &slow), 0);
	cgroup_find_dirs(&slow, mountinfo);
	assert_int_equal(quick.n, slow.n);
	for (size_t i = 0; i < quick.n; i++) {
		struct stat a, b;

		if (!quick.lines[i].dir || !slow.lines[i].dir) {
			assert_ptr_equal(quick.lines[i].dir, slow.lines[i].dir);
			continue;
		}
		assert_int_equal(stat(quick.lines[i].dir, &a), stat(slow.lines[i].dir, &b));
	}
	assert_int_equal(cgroup_read(AT_FDCWD, &none), -ESRCH);
}

/* By one walk it comes to the same directory as by looking for the mount first; and to none that is not a v1 cgroup's. */
static void opens_v1(void **state)
{
	CLEANUP_CGROUP struct cgroup_set found = {0}, opened = {0};
	CLEANUP_FD int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int usual = cgroup_open_usual();
	struct cgroup_line gone = {.controllers = (char *)"pids", .path = (char *)"/nsctl-unit-gone"};
	struct cgroup_line dots = {.controllers = (char *)"pids", .path = (char *)"/../.."};
	struct cgroup_line mine = {.controllers = (char *)"../../../etc", .path = (char *)"/"};
	struct cgroup_line v2 = {.v2 = true, .controllers = (char *)"", .path = (char *)"/"};

	(void)state;
	assert_int_equal(cgroup_read(self, &found), 0);
	assert_int_equal(cgroup_read_paths(self, &opened), 0);
	assert_int_equal(opened.n, found.n);
	for (size_t i = 0; i < opened.n; i++) {
		int fd = cgroup_open_v1(usual, &opened.lines[i], "tasks", O_RDONLY);

		assert_true(fd >= 0 ? !found.lines[i].v2 && !strcmp(opened.lines[i].dir, found.lines[i].dir) &&
				opened.lines[i].top == found.lines[i].top
				    : !opened.lines[i].dir);
		close_fd(&fd);
	}
	cgroup_find(usual, &opened);
	for (size_t i = 0; i < opened.n; i++)
		assert_true(opened.lines[i].dir && found.lines[i].dir ? !strcmp(opened.lines[i].dir, found.lines[i].dir)
								      : opened.lines[i].dir == found.lines[i].dir);
	assert_true(cgroup_open_v1(usual, &gone, "tasks", O_RDONLY) < 0);
	assert_int_equal(cgroup_open_v1(usual, &dots, "tasks", O_RDONLY), -EINVAL);
	assert_int_equal(cgroup_open_v1(usual, &mine, "passwd", O_RDONLY), -EINVAL);
	assert_int_equal(cgroup_open_v1(usual, &v2, "cgroup.procs", O_RDONLY), -EINVAL);
	assert_null(gone.dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_dirs),
		cmocka_unit_test(knows_the_top),
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(tells_controllers_apart),
		cmocka_unit_test(many_lines_are_cut),
		cmocka_unit_test(knows_the_frozen),
		cmocka_unit_test(agrees_with_mountinfo),
		cmocka_unit_test(opens_v1),
	};

	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
