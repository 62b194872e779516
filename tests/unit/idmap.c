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
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/file.h"
#include "sys/idmap.h"

/* A folder that holds `text` as uid_map, opened. */
static int folder_with(const char *text, size_t len, char dir[64])
{
	CLEANUP_FD int file = -1;
	int fd;

	strcpy(dir, "/tmp/nsctl-unit.XXXXXX");
	assert_non_null(mkdtemp(dir));
	fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	file = openat(fd, "uid_map", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(file_write_all(file, text, len), 0);
	return fd;
}

static int read_text(const char *text, size_t len, struct idmap *map)
{
	char dir[64];
	CLEANUP_FD int fd = folder_with(text, len, dir);
	int r = idmap_read(fd, false, map);

	unlinkat(fd, "uid_map", 0);
	rmdir(dir);
	return r;
}

static void both_ways(void **state)
{
	static const char text[] = "         0     100000      65536\n     70000          0          1\n"
				   "4294967290 4294967200          5\n";
	CLEANUP_IDMAP struct idmap map = {0};
	uint32_t id = 7;

	(void)state;
	assert_int_equal(read_text(text, strlen(text), &map), 0);
	assert_int_equal(map.n, 3);
	assert_true(idmap_outside(&map, 0, &id) && id == 100000);
	assert_true(idmap_outside(&map, 65535, &id) && id == 165535);
	assert_false(idmap_outside(&map, 65536, &id));
	assert_true(idmap_outside(&map, 70000, &id) && id == 0);
	assert_true(idmap_outside(&map, 4294967294u, &id) && id == 4294967204u);
	assert_false(idmap_outside(&map, 4294967295u, &id));
	assert_true(idmap_inside(&map, 0, &id) && id == 70000);
	assert_true(idmap_inside(&map, 100001, &id) && id == 1);
	assert_false(idmap_inside(&map, 99999, &id));
	assert_false(idmap_inside(&map, 165536, &id));
}

static void the_initial_namespace(void **state)
{
	static const char text[] = "         0          0 4294967295\n";
	CLEANUP_IDMAP struct idmap map = {0};
	uint32_t id = 7;

	(void)state;
	assert_int_equal(read_text(text, strlen(text), &map), 0);
	assert_true(idmap_inside(&map, 4294967294u, &id) && id == 4294967294u);
	assert_false(idmap_inside(&map, 4294967295u, &id));
}

static void not_written_yet(void **state)
{
	CLEANUP_IDMAP struct idmap map = {0};
	uint32_t id;

	(void)state;
	assert_int_equal(read_text("", 0, &map), 0);
	assert_int_equal(map.n, 0);
	assert_false(idmap_inside(&map, 0, &id));
}

static void broken(void **state)
{
	static const char *const texts[] = {
		"0 0\n", "0 0 1 2\n", "-1 0 1\n", "0 0 4294967296\n", "x\n", "0 0 1\n\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP_IDMAP struct idmap map = {0};

		assert_int_equal(read_text(texts[i], strlen(texts[i]), &map), -EBADMSG);
		assert_null(map.ranges);
	}
}

static void our_own(void **state)
{
	CLEANUP_FD int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_IDMAP struct idmap uids = {0}, gids = {0};

	(void)state;
	assert_int_equal(idmap_read(self, false, &uids), 0);
	assert_int_equal(idmap_read(self, true, &gids), 0);
	assert_true(uids.n > 0 && gids.n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(the_initial_namespace),
		cmocka_unit_test(not_written_yet),
		cmocka_unit_test(broken),
		cmocka_unit_test(our_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
