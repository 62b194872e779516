/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "can.h"

static void parsing(void **state)
{
	static const struct {
		const char *text, *message, *hint;
	} wrong[] = {
		{"bind", "bind needs a PORT", "bind:80"},
		{"bind:", "bind needs a PORT", "bind:80"},
		{"bind:70000", "is no port", NULL},
		{"bind:-1", "is no port", NULL},
		{"mount:x", "takes nothing", NULL},
		{"kill:0", "0 is no PID", NULL},
		{"setuid:4294967295", "is no user's number", NULL},
		{"write:etc", "no absolute path", "from / on"},
		{"syscall:reeboot", "no syscall is called reeboot", "did you mean reboot?"},
		{"rebot", "neither an action nor a capability", "did you mean reboot?"},
		{"bnid:80", "bnid:80 is neither an action nor a capability", "did you mean bind:80?"},
		{"mout:x", "neither an action nor a capability", "did you mean mount?"},
		{"NET_ADMNI", "neither", "did you mean NET_ADMIN?"},
		{"capability", "neither", NULL},
		{"", "neither", "--list"},
		{"\x1b[2J:x", "\x1b[2J", NULL},
	};
	CLEANUP_ERR struct err fine = {0};
	struct can_query query;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(can_parse(wrong[i].text, &query, &err), -EINVAL);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.message, wrong[i].message));
		if (wrong[i].hint)
			assert_non_null(strstr(err.hint, wrong[i].hint));
	}
	assert_int_equal(can_parse("cap_net_admin", &query, &fine), 0);
	assert_ptr_equal(query.action, &can_capability);
	assert_int_equal(query.number, CAP_NET_ADMIN);
}

static void every_action_is_told(void **state)
{
	size_t n;
	const struct can_action *actions = can_actions(&n);

	(void)state;
	assert_int_equal(n, 15);
	for (size_t i = 0; i < n; i++) {
		char text[64];
		CLEANUP_ERR struct err err = {0};
		struct can_query query;

		assert_true(strlen(actions[i].help) > 8);
		assert_true(!actions[i].arg == !actions[i].example);
		snprintf(text, sizeof(text), "%s%s%s", actions[i].name, actions[i].arg ? ":" : "",
			actions[i].example ? actions[i].example : "");
		assert_int_equal(can_parse(text, &query, &err), 0);
		assert_ptr_equal(query.action, &actions[i]);
	}
}

static void by_capability(void **state)
{
	static const struct {
		const char *action;
		unsigned int cap;
		bool initial; /* in the initial user namespace only */
	} rows[] = {
		{"settime", CAP_SYS_TIME, true},
		{"module-load", CAP_SYS_MODULE, true},
		{"reboot", CAP_SYS_BOOT, false},
		{"mount", CAP_SYS_ADMIN, false},
		{"chown", CAP_CHOWN, false},
		{"chroot", CAP_SYS_CHROOT, false},
		{"mknod", CAP_MKNOD, true},
		{"nice", CAP_SYS_NICE, true},
		{"bind:80", CAP_NET_BIND_SERVICE, false},
		{"net-raw", CAP_NET_RAW, false},
		{"setuid:7", CAP_SETUID, false},
		{"NET_ADMIN", CAP_NET_ADMIN, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const uint64_t mask = UINT64_C(1) << rows[i].cap;
		struct can_facts none = root_without(), with = root_with(mask), without = root_with(~mask);
		struct can_facts mapped = mapped_with(mask), mapped_without = mapped_with(~mask);

		assert_int_equal(ask(&none, rows[i].action, "not in the bounding set"), CAN_NO);
		assert_int_equal(ask(&with, rows[i].action, "is effective"), CAN_YES);
		assert_int_equal(ask(&without, rows[i].action, NULL), CAN_NO);
		assert_int_equal(ask(&mapped, rows[i].action, NULL), rows[i].initial ? CAN_NO : CAN_YES);
		assert_int_equal(ask(&mapped_without, rows[i].action, NULL), CAN_NO);
	}
}

static void why_a_capability_is_not_there(void **state)
{
	struct can_facts f = root_without();

	(void)state;
	f.caps.bounding = CAP(SYS_TIME);
	assert_int_equal(ask(&f, "settime", "CAP_SYS_TIME is in the bounding set only"), CAN_NO);
	f.uid = f.euid = 1000;
	assert_int_equal(ask(&f, "SYS_TIME", "execve gives it to root"), CAN_NO);
	f.caps.permitted = CAP(SYS_TIME);
	assert_int_equal(ask(&f, "settime", "has to raise it first"), CAN_NO);
}

static void who_owns_the_namespace(void **state)
{
	/* a user namespace of its own, and the host's other namespaces */
	struct can_facts f = mapped_with(~UINT64_C(0));

	(void)state;
	memset(f.owned, false, sizeof(f.owned));
	assert_int_equal(
		ask(&f, "bind:80", "looked for in the user namespace that owns its network"), CAN_NO);
	assert_int_equal(ask(&f, "net-raw", NULL), CAN_NO);
	assert_int_equal(ask(&f, "mount", NULL), CAN_NO);
	assert_int_equal(ask(&f, "reboot", NULL), CAN_NO);
	assert_int_equal(ask(&f, "chroot", NULL), CAN_YES);
	f.owned[NS_PID] = true;
	assert_int_equal(ask(&f, "reboot", "ends its init and nothing else"), CAN_YES);
	f = root_with(CAP(SYS_BOOT));
	f.initial_pidns = true;
	assert_int_equal(ask(&f, "reboot", "restarts the machine"), CAN_YES);
}

static void network_settings(void **state)
{
	struct can_facts f = root_without();
	gid_t group = 2001;

	(void)state;
	can_set_net(&f, "81", "2000\t2002");
	assert_int_equal(ask(&f, "bind:81", "ip_unprivileged_port_start is 81"), CAN_YES);
	assert_int_equal(ask(&f, "bind:80", "CAP_NET_BIND_SERVICE"), CAN_NO);
	assert_int_equal(ask(&f, "bind:0", NULL), CAN_YES);
	assert_int_equal(ask(&f, "net-raw", "CAP_NET_RAW"), CAN_NO);
	f.groups = &group;
	f.n_groups = 1;
	assert_int_equal(ask(&f, "net-raw", "ping) only: group 2001"), CAN_YES);
	f.n_groups = 0;
	f.egid = 2002;
	assert_int_equal(ask(&f, "net-raw", "group 2002"), CAN_YES);
	/* not known */
	f.net.known = false;
	can_set_net(&f, "", "");
	assert_int_equal(ask(&f, "bind:80", "does not say"), CAN_UNKNOWN);
	assert_int_equal(ask(&f, "net-raw", "does not say"), CAN_UNKNOWN);
	f.caps.effective = CAP(NET_BIND_SERVICE) | CAP(NET_RAW);
	assert_int_equal(ask(&f, "bind:80", NULL), CAN_YES);
	assert_int_equal(ask(&f, "net-raw", NULL), CAN_YES);
	free(f.net.why);
}

static void modules(void **state)
{
	struct can_facts f = root_with(CAP(SYS_MODULE));

	(void)state;
	assert_int_equal(ask(&f, "module-load", NULL), CAN_YES);
	f.modules_disabled = 1;
	assert_int_equal(ask(&f, "module-load", "modules_disabled is 1"), CAN_NO);
	f.modules_disabled = -1;
	assert_int_equal(ask(&f, "module-load", "without modules"), CAN_NO);
}

static void users(void **state)
{
	struct can_facts f = root_without(), mapped = mapped_with(CAP(SETUID));

	(void)state;
	f.uid = 1000;
	f.euid = f.suid = 0;
	assert_int_equal(ask(&f, "setuid:1000", "that user already"), CAN_YES);
	assert_int_equal(ask(&f, "setuid:0", NULL), CAN_YES);
	assert_int_equal(ask(&f, "setuid:1001", NULL), CAN_NO);
	assert_int_equal(ask(&mapped, "setuid:99", NULL), CAN_YES);
	assert_int_equal(ask(&mapped, "setuid:100", "not mapped"), CAN_NO);
}

static void priority(void **state)
{
	struct can_facts f = root_without();

	(void)state;
	assert_int_equal(ask(&f, "nice", "CAP_SYS_NICE"), CAN_NO);
	f.nice_limit.rlim_cur = 20;
	assert_int_equal(ask(&f, "nice", "CAP_SYS_NICE"), CAN_NO);
	f.nice = 1; /* 0 is what 20 permits */
	assert_int_equal(ask(&f, "nice", "RLIMIT_NICE is 20"), CAN_YES);
	f.nice = -20;
	assert_int_equal(ask(&f, "nice", "highest"), CAN_YES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsing),
		cmocka_unit_test(every_action_is_told),
		cmocka_unit_test(by_capability),
		cmocka_unit_test(why_a_capability_is_not_there),
		cmocka_unit_test(who_owns_the_namespace),
		cmocka_unit_test(network_settings),
		cmocka_unit_test(modules),
		cmocka_unit_test(users),
		cmocka_unit_test(priority),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
