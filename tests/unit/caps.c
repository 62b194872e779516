/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/caps.h"

static void names_of_any_spelling(void **state)
{
	static const char *const spellings[] = {
		"NET_ADMIN", "net_admin", "CAP_NET_ADMIN", "cap_Net_Admin", "12"};
	unsigned int number;

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		CLEANUP_ERR struct err err = {0};

		number = 99;
		assert_int_equal(caps_parse(spellings[i], &number, &err), 0);
		assert_int_equal(number, 12);
		assert_int_equal(err.code, 0);
	}
}

static void wrong_names(void **state)
{
	static const struct {
		const char *name, *nearest;
	} wrong[] = {
		{"NET_ADMNI", "NET_ADMIN"},
		{"cap_sys_tim", "SYS_TIME"},
		{"SYSADMIN", "SYS_ADMIN"},
		{"64", NULL},
		{"-1", NULL},
		{"", NULL},
		{"ALL", NULL},
		{"CAP_", NULL},
		{"CHOWN ", "CHOWN"},
		{"chown,kill", NULL},
		{"CAP_CAP_CHOWN", NULL},
		{"cap_12", NULL},
		{"\x1b[2J", NULL},
	};
	unsigned int number = 99;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(caps_parse(wrong[i].name, &number, &err), -EINVAL);
		assert_int_equal(number, 99);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(err.hint);
		if (wrong[i].nearest)
			assert_non_null(strstr(err.hint, wrong[i].nearest));
		else
			assert_null(strstr(err.hint, "did you mean"));
	}
}

static void lists(void **state)
{
	CLEANUP_ERR struct err err = {0};
	uint64_t mask = 1;

	(void)state;
	assert_int_equal(caps_parse_list("kill,CAP_SYS_TIME,63", &mask, &err), 0);
	assert_true(mask == (1 | UINT64_C(1) << 5 | UINT64_C(1) << 25 | UINT64_C(1) << 63));
	mask = 0;
	assert_int_equal(caps_parse_list("all", &mask, &err), 0);
	assert_true(mask == caps_all());
	mask = 2;
	assert_int_equal(caps_parse_list("kill,", &mask, &err), -EINVAL);
	assert_true(mask == 2);
}

static void all_of_the_kernel(void **state)
{
	uint64_t all = caps_all();

	(void)state;
	assert_true(all & 1);
	assert_true((all & (all + 1)) == 0); /* no hole */
	assert_true(caps_count(all) >= 38 && caps_count(all) <= 64);
}

static void writing(void **state)
{
	CLEANUP_BUF struct buf buf = {0};

	(void)state;
	caps_names(&buf, 0, ",");
	buf_char(&buf, ' ');
	caps_names(&buf, UINT64_C(1) << 25 | 1 | UINT64_C(1) << 63, ",");
	buf_char(&buf, ' ');
	caps_name(&buf, 62);
	assert_string_equal(buf_text(&buf), "- CHOWN,SYS_TIME,63 62");
	assert_int_equal(caps_count(CAPS_DOCKER_DEFAULT), 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_any_spelling),
		cmocka_unit_test(wrong_names),
		cmocka_unit_test(lists),
		cmocka_unit_test(all_of_the_kernel),
		cmocka_unit_test(writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
