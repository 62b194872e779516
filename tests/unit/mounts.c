/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "sys/mounts.h"
#include "sys/procfs.h"

static int print(const struct mount_entry *mount, void *data)
{
	buf_printf(data, "[%s|%s|%s|%s|%s]", mount->root, mount->point, mount->type, mount->options, mount->read_only ? "ro" : "rw");
	return !strcmp(mount->point, "/stop") ? 7 : 0;
}

/* Lines of mountinfo, and what is read of them. */
static void reads_lines(void **state)
{
	static const struct {
		const char *line, *want;
	} samples[] = {
		{"36 35 98:0 / / rw - ext4 /dev/root rw\n", "[/|/|ext4|rw|rw]"},
		{"36 35 98:0 /a /b ro,noatime shared:1 master:2 - tmpfs x rw,size=1k\n", "[/a|/b|tmpfs|rw,size=1k|ro]"},
		{"36 35 98:0 / /b rolling - tmpfs x ro\n", "[/|/b|tmpfs|ro|rw]"},
		{"36 35 98:0 / /b rw - tmpfs  ro,no\\134source\n", "[/|/b|tmpfs|ro,no\\134source|rw]"},
		{"36 35 98:0 /a\\040b /\\134\\011\\012\\04x\\400 rw - tmpfs x rw", "[/a b|/\\\t\n\\04x\\400|tmpfs|rw|rw]"},
		{"36 35 98:0 / /b rw shared:1 tmpfs x rw\n36 35 98:0 / /c - tmpfs x rw\n36 35 98:0 / /d rw - tmpfs x\n\n", ""},
		{"1 2 0:1 / /a rw - a a a\n1 2 0:1 / /stop rw - b b b\n1 2 0:1 / /c rw - c c c\n", "[/|/a|a|a|rw][/|/stop|b|b|rw]"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		CLEANUP_FREE char *text = strdup(samples[i].line);
		CLEANUP_BUF struct buf seen = {0};

		assert_int_equal(mounts_parse(text, print, &seen), strstr(samples[i].want, "/stop") ? 7 : 0);
		assert_string_equal(buf_text(&seen), samples[i].want);
	}
}

static void knows_hidepid(void **state)
{
	(void)state;
	assert_null(procfs_hidepid("rw"));
	assert_null(procfs_hidepid("rw,gid=5,hidepid=0"));
	assert_null(procfs_hidepid("rw,hidepid=off,gid=5"));
	assert_string_equal(procfs_hidepid("rw,hidepid=2,gid=5"), "hidepid=2,gid=5");
	assert_string_equal(procfs_hidepid("rw,hidepid=invisible"), "hidepid=invisible");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(knows_hidepid),
	};

	return cmocka_run_group_tests_name("mounts", tests, NULL, NULL);
}
