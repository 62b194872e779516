/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/container.h"
#include "model/spec.h"
#include "sys/file.h"
#include "sys/proc.h"

#define SECCOMP "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"note\":\"} ]\"}"
static const char CONFIG[] =
	"{\"ociVersion\":\"1.0.2\",\"process\":{\"user\":{\"uid\":1000,\"gid\":1001,\"umask\":63,"
	"\"additionalGids\":[10,2000]},"
	"\"args\":[\"sleep\",\"1\"],\"env\":[\"PATH=/bin\",\"EMPTY=\",\"no "
	"sign\",\"=x\",\"A=b=c\"],\"cwd\":\"/srv\","
	"\"capabilities\":{\"bounding\":[\"CAP_CHOWN\",\"CAP_KILL\",\"CAP_OF_TOMORROW\"],\"effective\":["
	"\"CAP_CHOWN\"],"
	"\"permitted\":[\"CAP_CHOWN\",\"CAP_KILL\"],\"ambient\":[]},"
	"\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"hard\":2048,\"soft\":1024},"
	"{\"type\":\"RLIMIT_CORE\",\"hard\":18446744073709551615,\"soft\":0}],"
	"\"noNewPrivileges\":true,\"oomScoreAdj\":-998,\"apparmorProfile\":\"confined\",\"selinuxLabel\":"
	"\"\"},"
	"\"root\":{\"path\":\"r\",\"readonly\":true},\"linux\":{\"seccomp\":" SECCOMP "}}";

static int read_config(const char *text, struct spec *spec, struct err *err)
{
	return spec_read_config("config.json", text, strlen(text), spec, err);
}

static void a_whole_config(void **state)
{
	CLEANUP_SPEC struct spec spec = {.oom_score_adj = 5, .caps = {.inheritable = 7}};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	spec.rlimits[RLIMIT_STACK] = (struct rlimit){1, 2};
	assert_int_equal(read_config(CONFIG, &spec, &err), 0);
	assert_true(spec.from_config && spec.no_new_privs && spec.read_only_root);
	assert_int_equal(spec.uid, 1000);
	assert_int_equal(spec.gid, 1001);
	assert_int_equal(spec.umask, 077);
	assert_int_equal(spec.n_groups, 2);
	assert_int_equal(spec.groups[1], 2000);
	assert_true(spec.caps.bounding == 0x21 && spec.caps.effective == 1 && spec.caps.permitted == 0x21);
	assert_true(spec.caps.inheritable == 0 && spec.caps.ambient == 0);
	assert_int_equal(spec.rlimits[RLIMIT_NOFILE].rlim_cur, 1024);
	assert_int_equal(spec.rlimits[RLIMIT_NOFILE].rlim_max, 2048);
	assert_true(spec.rlimits[RLIMIT_CORE].rlim_max == RLIM_INFINITY);
	assert_int_equal(spec.rlimits[RLIMIT_STACK].rlim_max, 2);
	assert_int_equal(spec.oom_score_adj, -998);
	assert_string_equal(spec.env[0], "PATH=/bin");
	assert_string_equal(spec.env[1], "EMPTY=");
	assert_string_equal(spec.env[2], "A=b=c");
	assert_null(spec.env[3]);
	assert_string_equal(spec.cwd, "/srv");
	assert_string_equal(spec.apparmor, "confined");
	assert_null(spec.selinux);
	assert_int_equal(spec.seccomp, SPEC_SECCOMP_PROFILE);
	assert_string_equal(spec.seccomp_profile, SECCOMP);
	assert_int_equal(spec.seccomp_len, strlen(SECCOMP));
}

static void what_a_config_leaves_unset_stays(void **state)
{
	CLEANUP_SPEC struct spec spec = {.oom_score_adj = 5, .umask = 027, .caps = {1, 2, 4, 8, 16}};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	spec.cwd = strdup("/from/init");
	assert_int_equal(
		read_config("{\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"noNewPrivileges\":null}}", &spec,
			&err),
		0);
	assert_int_equal(spec.oom_score_adj, 5);
	assert_int_equal(spec.umask, 027);
	assert_true(spec.caps.bounding == 8 && spec.caps.ambient == 16);
	assert_string_equal(spec.cwd, "/from/init");
	assert_false(spec.no_new_privs || spec.read_only_root);
	assert_int_equal(spec.seccomp, SPEC_SECCOMP_NONE);
	assert_null(spec.env[0]);
}

static void no_capabilities_at_all(void **state)
{
	CLEANUP_SPEC struct spec spec = {.caps = {1, 2, 4, 8, 16}};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(read_config("{\"process\":{\"capabilities\":{}}}", &spec, &err), 0);
	assert_true(!spec.caps.bounding && !spec.caps.permitted && !spec.caps.effective &&
		    !spec.caps.inheritable && !spec.caps.ambient);
}

/* Each is the config of above with one thing wrong. */
static void wrong_types(void **state)
{
	static const struct {
		const char *from, *to, *names;
	} rows[] = {
		{"\"uid\":1000", "\"uid\":\"1000\"", "process.user"},
		{"\"uid\":1000", "\"uid\":-1", "process.user"},
		{"\"uid\":1000", "\"uid\":4294967295", "process.user"},
		{"\"uid\":1000", "\"uid\":1.5", "process.user"},
		{"\"uid\":1000", "\"vid\":1000", "process.user"},
		{"\"umask\":63", "\"umask\":512", "process.user"},
		{"[10,2000]", "[10,\"2000\"]", "additionalGids"},
		{"[10,2000]", "[10,-1]", "additionalGids"},
		{"[10,2000]", "{}", "additionalGids"},
		{"[10,2000]", "\"10\"", "additionalGids"},
		{"\"bounding\":[", "\"bounding\":[1,", "process.capabilities"},
		{"\"ambient\":[]", "\"ambient\":\"\"", "process.capabilities"},
		{"RLIMIT_CORE", "RLIMIT_NONE", "process.rlimits"},
		{"\"hard\":2048", "\"hard\":-1", "process.rlimits"},
		{"\"hard\":2048", "\"hart\":2048", "process.rlimits"},
		{"\"noNewPrivileges\":true", "\"noNewPrivileges\":\"true\"", "process.noNewPrivileges"},
		{"\"noNewPrivileges\":true", "\"noNewPrivileges\":1", "process.noNewPrivileges"},
		{"-998", "-1001", "process.oomScoreAdj"},
		{"-998", "\"-998\"", "process.oomScoreAdj"},
		{"\"confined\"", "7", "process.apparmorProfile"},
		{"\"confined\"", "\"a\\u0000b\"", "process.apparmorProfile"},
		{"\"/srv\"", "\"srv\"", "process.cwd"},
		{"\"PATH=/bin\"", "5", "process.env"},
		{"\"seccomp\":{", "\"seccomp\":[{", "linux.seccomp"},
		{SECCOMP, "7", "linux.seccomp"},
		{"\"process\":{", "\"process\":{{", "process"},
		{"\"process\":{", "\"precess\":{", "process"},
		{"\"sleep\"", "'sleep'", "config.json: process:1:"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_SPEC struct spec spec = {0};
		CLEANUP_ERR struct err err = {0};
		const char *at = strstr(CONFIG, rows[i].from);
		char text[sizeof(CONFIG) + 64];

		assert_non_null(at);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - CONFIG), CONFIG, rows[i].to,
			at + strlen(rows[i].from));
		if (read_config(text, &spec, &err) != -EBADMSG || !strstr(err.message, rows[i].names))
			fail_msg("%s: %s", rows[i].to, err.message ? err.message : "taken");
		assert_non_null(strstr(err.message, "config.json"));
	}
}

/* Cut and mutated configs: no crash, and what is taken has ids that can be set. */
static void mutated(void **state)
{
	static const char bytes[] = "{}[]\",:0129-.eE\\utfn \xff";
	uint32_t seed = 7, taken = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		CLEANUP_SPEC struct spec spec = {0};
		CLEANUP_ERR struct err err = {0};
		CLEANUP_FREE char *text = strdup(CONFIG); /* the heap, so that a byte too far is seen */
		size_t len = strlen(CONFIG);
		int r;

		assert_non_null(text);
		for (int i = 0; i < 1 + round % 4; i++) {
			seed = seed * 1664525u + 1013904223u;
			text[(seed >> 8) % len] = bytes[(seed >> 24) % (sizeof(bytes) - 1)];
		}
		if (round % 8 == 0)
			text[len = (seed >> 4) % len] = '\0';
		r = spec_read_config("config.json", text, len, &spec, &err);
		assert_int_equal(r, err.code);
		if (r)
			continue;
		taken++;
		assert_true(
			spec.uid != UINT32_MAX && spec.gid != UINT32_MAX && spec.env && spec.umask <= 0777);
		for (size_t i = 0; spec.env[i]; i++)
			assert_true(strchr(spec.env[i], '=') > spec.env[i]);
	}
	assert_true(taken > 100);
}

static void the_live_init(void **state)
{
	static char name[] = "self";
	const struct container c = {.name = name, .trusted = true};
	CLEANUP_FD int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_SPEC struct spec spec = {0};
	CLEANUP_ERR struct err err = {0};
	struct rlimit limit;
	char cwd[4096];
	mode_t mask = umask(0123);

	(void)state;
	assert_int_equal(spec_load(&c, self, NULL, &spec, &err), 0);
	umask(mask);
	assert_false(spec.from_config || spec.has_user_namespace);
	assert_int_equal(spec.uid, getuid());
	assert_int_equal(spec.gid, getgid());
	assert_int_equal(spec.umask, 0123);
	assert_int_equal(spec.n_groups, getgroups(0, NULL));
	for (int i = 0; i < SPEC_RLIMITS; i++) {
		assert_int_equal(getrlimit((__rlimit_resource_t)i, &limit), 0);
		assert_true(spec.rlimits[i].rlim_cur == limit.rlim_cur &&
			    spec.rlimits[i].rlim_max == limit.rlim_max);
	}
	assert_string_equal(spec.cwd, getcwd(cwd, sizeof(cwd)));
	assert_non_null(spec.env);
}

/* By prlimit(2) they are the same as /proc prints them; where that is not allowed, or of no process, /proc is read. */
static void limits_of_a_process(void **state)
{
	CLEANUP_FD int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct rlimit printed[RLIM_NLIMITS], asked[RLIM_NLIMITS], other[RLIM_NLIMITS];

	(void)state;
	assert_int_equal(proc_limits(self, printed), 0);
	assert_int_equal(proc_limits_of(getpid(), self, asked), 0);
	assert_memory_equal(asked, printed, sizeof(asked));
	assert_int_equal(proc_limits_of(0, self, other), 0);
	assert_memory_equal(other, printed, sizeof(other));
	assert_int_equal(proc_limits_of(INT_MAX, self, other), 0);
	assert_memory_equal(other, printed, sizeof(other));
}

static void whom_to_believe(void **state)
{
	static char name[] = "self", gone[] = "/nonexistent/config.json";
	char path[] = "/tmp/nsctl-unit.XXXXXX";
	struct container c = {.name = name, .trusted = true, .config = path};
	CLEANUP_FD int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int file = mkstemp(path);
	struct {
		bool trusted;
		mode_t mode;
		const char *config;
		bool believed;
	} rows[] = {
		{true, 0600, path, true},
		{true, 0644, path, true},
		{true, 0666, path, false},
		{true, 0602, path, false},
		{false, 0600, path, false},
		{true, 0600, gone, false},
	};

	(void)state;
	assert_true(file >= 0);
	assert_int_equal(file_write_all(file, CONFIG, strlen(CONFIG)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_SPEC struct spec spec = {0};
		CLEANUP_ERR struct err err = {0};

		fchmod(file, rows[i].mode);
		c.trusted = rows[i].trusted;
		c.config = (char *)rows[i].config;
		assert_int_equal(spec_load(&c, self, NULL, &spec, &err), 0);
		assert_true(spec.from_config == rows[i].believed);
		assert_int_equal(spec.uid, rows[i].believed ? 1000 : getuid());
	}
	unlink(path);
}

static void an_unreadable_config_is_an_error(void **state)
{
	static char name[] = "self";
	char path[] = "/tmp/nsctl-unit.XXXXXX";
	struct container c = {.name = name, .trusted = true, .config = path};
	CLEANUP_FD int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int file = mkstemp(path);
	CLEANUP_SPEC struct spec spec = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(file_write_all(file, CONFIG, strlen(CONFIG) - 3), 0);
	assert_int_equal(spec_load(&c, self, NULL, &spec, &err), -EBADMSG);
	assert_non_null(strstr(err.message, path));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_config),
		cmocka_unit_test(what_a_config_leaves_unset_stays),
		cmocka_unit_test(no_capabilities_at_all),
		cmocka_unit_test(wrong_types),
		cmocka_unit_test(mutated),
		cmocka_unit_test(the_live_init),
		cmocka_unit_test(limits_of_a_process),
		cmocka_unit_test(whom_to_believe),
		cmocka_unit_test(an_unreadable_config_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
