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

#include "base/cleanup.h"
#include "base/err.h"
#include "model/can_parts.h"

#define CAP(name) (UINT64_C(1) << CAP_##name)

/* Everything maps to itself: the initial user namespace. */
static struct idmap_range whole = {0, 0, UINT32_MAX};
/* A container's own: 0 to 99 inside are 100000 to 100099. */
static struct idmap_range shifted = {0, 100000, 100};

/* A process of root in the host's user namespace that owns all its namespaces, without any capability. */
static struct can_facts root_without(void)
{
	struct can_facts f = {
		.uids = {&whole, 1},
		.gids = {&whole, 1},
		.pid = 1,
		.initial_userns = true,
		.yama = -1,
		.modules_disabled = 0,
		.net = {.known = true, .port_start = 1024, .ping_low = 1, .ping_high = 0},
		.devices = {.known = true, .all = true},
	};

	memset(f.owned, true, sizeof(f.owned));
	return f;
}

static struct can_facts root_with(uint64_t caps)
{
	struct can_facts f = root_without();

	f.caps.effective = f.caps.permitted = f.caps.bounding = caps;
	return f;
}

/* Root of a user namespace of its own, with namespaces of its own. */
static struct can_facts mapped_with(uint64_t caps)
{
	struct can_facts f = root_with(caps);

	f.initial_userns = false;
	f.uids.ranges = f.gids.ranges = &shifted;
	f.uid = f.euid = f.suid = f.fsuid = f.gid = f.egid = f.sgid = f.fsgid = 100000;
	return f;
}

static enum can_verdict ask(const struct can_facts *f, const char *action, const char *rule)
{
	CLEANUP_ERR struct err err = {0};
	struct can_answer answer = {0};
	struct can_query query;
	enum can_verdict verdict;

	assert_int_equal(can_parse(action, &query, &err), 0);
	assert_int_equal(can_decide(f, &query, &answer), 0);
	if (rule && !strstr(answer.rule, rule))
		fail_msg("%s: %s", action, answer.rule);
	verdict = answer.verdict;
	can_answer_free(&answer);
	return verdict;
}

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
		{"NET_ADMNI", "neither", "did you mean NET_ADMIN?"},
		{"capability", "neither", NULL},
		{"", "neither", "--list"},
		{"\x1b[2J:x", "\\e[2J", NULL},
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

static void signals(void **state)
{
	struct can_facts f = root_without();

	(void)state;
	assert_int_equal(ask(&f, "kill:7", "no process"), CAN_NO);
	f.target =
		(struct can_process){.found = true, .pid = 7, .uid = 5, .euid = 6, .suid = 5, .owned = true};
	assert_int_equal(ask(&f, "kill:7", "another user, and CAP_KILL"), CAN_NO);
	f.caps.effective = CAP(KILL);
	assert_int_equal(ask(&f, "kill:7", "CAP_KILL is effective"), CAN_YES);
	f.target.owned = false;
	assert_int_equal(ask(&f, "kill:7", "looked for in"), CAN_NO);
	f.target.hidden = true;
	assert_int_equal(ask(&f, "kill:7", "cannot be read"), CAN_UNKNOWN);
	f.caps.effective = 0;
	f.euid = 5; /* the target's real one */
	assert_int_equal(ask(&f, "kill:7", "same user"), CAN_YES);
	f.euid = 6; /* its effective one does not count */
	assert_int_equal(ask(&f, "kill:7", NULL), CAN_UNKNOWN);
	f.target.itself = f.target.init = true;
	assert_int_equal(ask(&f, "kill:7", "signals that it handles"), CAN_YES);
}

static void tracing(void **state)
{
	struct can_facts f = root_without();
	const struct can_process same = {.found = true, .pid = 7, .same_userns = true, .owned = true};

	(void)state;
	f.target = same;
	assert_int_equal(ask(&f, "ptrace:7", "same user"), CAN_YES);
	f.target.gid = 1;
	assert_int_equal(ask(&f, "ptrace:7", "not all the same, and CAP_SYS_PTRACE"), CAN_NO);
	f.target = same;
	f.target.permitted = CAP(KILL);
	assert_int_equal(ask(&f, "ptrace:7", "more capabilities"), CAN_NO);
	f.caps.permitted = CAP(KILL);
	assert_int_equal(ask(&f, "ptrace:7", NULL), CAN_YES);
	f.target.dumpable = CAN_NOT_DUMPABLE;
	assert_int_equal(ask(&f, "ptrace:7", "not dumpable"), CAN_NO);
	f.caps.effective = CAP(SYS_PTRACE);
	assert_int_equal(ask(&f, "ptrace:7", NULL), CAN_YES);
	f.caps.effective = 0;
	f.target.dumpable = CAN_DUMPABLE_UNKNOWN;
	assert_int_equal(ask(&f, "ptrace:7", NULL), CAN_UNKNOWN);
	f.target = same;
	f.target.same_userns = false;
	assert_int_equal(ask(&f, "ptrace:7", "another user namespace"), CAN_NO);
	f.target = same;
	f.yama = 1;
	assert_int_equal(ask(&f, "ptrace:7", "no descendant"), CAN_NO);
	f.target.below = true;
	assert_int_equal(ask(&f, "ptrace:7", NULL), CAN_YES);
	f.yama = 2;
	assert_int_equal(ask(&f, "ptrace:7", "ptrace_scope is 2"), CAN_NO);
	f.caps.effective = CAP(SYS_PTRACE);
	assert_int_equal(ask(&f, "ptrace:7", NULL), CAN_YES);
	f.yama = 3;
	assert_int_equal(ask(&f, "ptrace:7", "nobody"), CAN_NO);
	f.yama = -1;
	f.target.traced = true;
	assert_int_equal(ask(&f, "ptrace:7", "traces it already"), CAN_NO);
	f.target = same;
	f.target.itself = true;
	assert_int_equal(ask(&f, "ptrace:7", "itself"), CAN_NO);
}

static void devices(void **state)
{
	struct can_device_rule rules[] = {{'c', 1, -1, true, true, false}, {'b', -1, -1, false, false, true}};
	struct can_facts f = root_with(CAP(MKNOD));

	(void)state;
	f.devices.all = false;
	f.devices.rules = rules;
	f.devices.n = 2;
	assert_int_equal(ask(&f, "mknod", "device cgroup"), CAN_NO);
	assert_true(can_device(&f, S_IFCHR, makedev(1, 3), 'w'));
	assert_false(can_device(&f, S_IFCHR, makedev(2, 3), 'w'));
	assert_false(can_device(&f, S_IFBLK, makedev(1, 3), 'w'));
	assert_true(can_device(&f, S_IFBLK, makedev(7, 7), 'm'));
	rules[0].make = true;
	assert_int_equal(ask(&f, "mknod", NULL), CAN_YES);
	f.devices.known = false;
	assert_int_equal(ask(&f, "mknod", "BPF program"), CAN_UNKNOWN);
}

static void filters(void **state)
{
	struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	uint32_t whole_length = 4, last = 1;
	struct can_facts f = root_with(~UINT64_C(0));

	(void)state;
	f.seccomp = 2;
	assert_int_equal(ask(&f, "mount", "could forbid mount"), CAN_UNKNOWN);
	f.filters_known = true;
	f.filters = (struct seccomp_programs){1, &whole_length, code, 0};
	assert_int_equal(ask(&f, "mount", "looks at the arguments of mount"), CAN_DEPENDS);
	assert_int_equal(ask(&f, "syscall:getpid", "looks at"), CAN_DEPENDS);
	/* socket(AF_INET): its first argument is known, and not 7 */
	assert_int_equal(ask(&f, "net-raw", "refuses socket"), CAN_NO);
	f.filters = (struct seccomp_programs){1, &last, code + 2, 0};
	assert_int_equal(ask(&f, "mount", "refuses"), CAN_NO);
	assert_int_equal(ask(&f, "syscall:getpid", "refuses getpid"), CAN_NO);
	/* what is held is no action */
	assert_int_equal(ask(&f, "SYS_ADMIN", NULL), CAN_YES);
	f.filters.code = code + 3;
	assert_int_equal(ask(&f, "mount", NULL), CAN_YES);
	f.confined = (char *)"AppArmor profile x";
	assert_int_equal(ask(&f, "mount", "AppArmor profile x decides"), CAN_UNKNOWN);
	assert_int_equal(ask(&f, "SYS_ADMIN", NULL), CAN_YES);
	assert_int_equal(ask(&f, "syscall:getpid", NULL), CAN_YES);
	f.caps.effective = 0;
	assert_int_equal(ask(&f, "mount", "CAP_SYS_ADMIN"), CAN_NO);
	f.seccomp = 1;
	f.confined = NULL;
	assert_int_equal(ask(&f, "syscall:read", NULL), CAN_YES);
	assert_int_equal(ask(&f, "syscall:open", "strict"), CAN_NO);
	assert_int_equal(ask(&f, "kill:1", NULL), CAN_NO);
}

static void labels(void **state)
{
	static const struct {
		const char *label, *confined;
	} rows[] = {
		{"docker-default (enforce)", "AppArmor profile docker-default"},
		{"a name (with) blanks (kill)", "AppArmor profile a name (with) blanks"},
		{"docker-default (complain)", NULL},
		{"unconfined", NULL},
		{"", NULL},
		{"system_u:system_r:container_t:s0:c1,c2",
			"SELinux label system_u:system_r:container_t:s0:c1,c2"},
		{"unconfined_u:unconfined_r:unconfined_t:s0", NULL},
		{"system_u:system_r:spc_t:s0", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = can_confined_by(rows[i].label);

		if (rows[i].confined)
			assert_string_equal(text, rows[i].confined);
		else
			assert_null(text);
	}
}

/* What write asks of one file in one folder. */
static enum can_verdict ask_write(
	struct can_facts *f, struct can_inode folder, struct can_inode end, const char *rule)
{
	struct can_inode inodes[] = {folder, end};

	inodes[0].name = (char *)"/f";
	inodes[1].name = (char *)"/f/x";
	f->path.inodes = inodes;
	f->path.n = 2;
	return ask(f, "write:/f/x", rule);
}

static void writing(void **state)
{
	const struct can_inode open_folder = {.mode = S_IFDIR | 0755, .mapped = true};
	const struct can_inode closed = {.mode = S_IFDIR | 0700, .uid = 9, .gid = 9, .mapped = true};
	struct can_inode file = {.mode = S_IFREG | 0640, .uid = 9, .gid = 8, .mapped = true};
	struct can_facts f = root_without();
	gid_t group = 8;

	(void)state;
	assert_int_equal(ask_write(&f, open_folder, file, "may not write to /f/x: mode 0640"), CAN_NO);
	f.fsuid = 9;
	assert_int_equal(ask_write(&f, open_folder, file, "mode of /f/x lets it"), CAN_YES);
	file.mode = S_IFREG | 0460; /* the owner's bits count for the owner, whatever the group's say */
	f.groups = &group;
	f.n_groups = 1;
	assert_int_equal(ask_write(&f, open_folder, file, NULL), CAN_NO);
	f.fsuid = 1;
	assert_int_equal(ask_write(&f, open_folder, file, NULL), CAN_YES);
	file.acl = true;
	assert_int_equal(ask_write(&f, open_folder, file, "access list"), CAN_UNKNOWN);
	file.acl = false;
	assert_int_equal(ask_write(&f, closed, file, "may not enter /f"), CAN_NO);
	f.caps.effective = CAP(DAC_READ_SEARCH);
	assert_int_equal(ask_write(&f, closed, file, NULL), CAN_YES);
	f.n_groups = 0;
	assert_int_equal(ask_write(&f, closed, file, NULL), CAN_NO);
	f.caps.effective = CAP(DAC_OVERRIDE);
	assert_int_equal(ask_write(&f, closed, file, "CAP_DAC_OVERRIDE"), CAN_YES);
	file.mapped = false;
	assert_int_equal(ask_write(&f, closed, file, "not mapped"), CAN_NO);
	file.mode = S_IFREG | 0666;
	assert_int_equal(ask_write(&f, open_folder, file, NULL), CAN_YES);
	file.read_only = true;
	assert_int_equal(ask_write(&f, open_folder, file, "read-only"), CAN_NO);
	file.mode = S_IFCHR | 0666; /* a device does not care */
	assert_int_equal(ask_write(&f, open_folder, file, NULL), CAN_YES);
	file.nodev = true;
	assert_int_equal(ask_write(&f, open_folder, file, "nodev"), CAN_NO);
	file = (struct can_inode){.mode = S_IFREG | 0666, .immutable = true};
	assert_int_equal(ask_write(&f, open_folder, file, "immutable"), CAN_NO);
	file = (struct can_inode){.mode = S_IFREG | 0666, .append = true};
	assert_int_equal(ask_write(&f, open_folder, file, "O_APPEND"), CAN_DEPENDS);
	file = (struct can_inode){.mode = S_IFREG | 0666, .magic = 0x65735546};
	assert_int_equal(ask_write(&f, open_folder, file, "FUSE"), CAN_UNKNOWN);
	file = (struct can_inode){.mode = S_IFREG | 0666, .magic = 0x9fa0};
	assert_int_equal(ask_write(&f, open_folder, file, "procfs"), CAN_UNKNOWN);
	f.path.link_refused = true;
	assert_int_equal(ask_write(&f, open_folder, open_folder, "protected_symlinks"), CAN_NO);
	f.path.link_refused = false;
	f.path.magic = true;
	assert_int_equal(ask_write(&f, open_folder, open_folder, "link of procfs"), CAN_UNKNOWN);
	f.path.magic = false;
	f.path.error = -ELOOP;
	assert_int_equal(ask_write(&f, open_folder, open_folder, "leads nowhere"), CAN_NO);
}

/* The walk itself, below a folder that is the root. */
static void walking(void **state)
{
	static const struct {
		const char *path, *end;
		bool missing, magic;
		int error;
	} rows[] = {
		{"/a/file", "/a/file", false, false, 0},
		{"//a/./b/../file", "/a/file", false, false, 0},
		{"/../../a/file", "/a/file", false, false, 0},
		{"/a/b", "/a/b", false, false, 0},
		{"/a/b/", "/a/b", false, false, 0},
		{"/", "/", false, false, 0},
		{"/a/new", "/a", true, false, 0},
		{"/a/none/new", "/a", false, false, -ENOENT},
		{"/a/file/x", "/a", false, false, -ENOTDIR},
		{"/a/file/", "/a", false, false, -ENOTDIR},
		{"/out", "/a/file", false, false, 0},
		{"/up", "/a/file", false, false, 0},
		{"/loop", "/", false, false, -ELOOP},
		{"/dangling", "/a", true, false, 0},
	};
	char dir[] = "/tmp/nsctl-can-XXXXXX", path[64];
	CLEANUP_FD int root = -1;
	CLEANUP_FD int file = -1;

	(void)state;
	assert_non_null(mkdtemp(dir));
	root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(root, "a", 0755) | mkdirat(root, "a/b", 0755), 0);
	file = openat(root, "a/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(symlinkat("/a/file", root, "out") | symlinkat("../../../../a/file", root, "up") |
				 symlinkat("loop", root, "loop") | symlinkat("/a/gone", root, "dangling"),
		0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct can_facts f = root_without();
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(can_gather_path(root, rows[i].path, &f, &err), 0);
		if (f.path.error != rows[i].error || f.path.missing != rows[i].missing || !f.path.n ||
			strcmp(f.path.inodes[f.path.n - 1].name, rows[i].end) != 0)
			fail_msg("%s: error %d, missing %d, end %s", rows[i].path, f.path.error,
				f.path.missing, f.path.n ? f.path.inodes[f.path.n - 1].name : "-");
		can_path_free(&f.path);
	}
	unlinkat(root, "a/file", 0);
	unlinkat(root, "a/b", AT_REMOVEDIR);
	unlinkat(root, "a", AT_REMOVEDIR);
	for (size_t i = 0; i < 4; i++)
		unlinkat(root, (const char *const[]){"out", "up", "loop", "dangling"}[i], 0);
	snprintf(path, sizeof(path), "%s", dir);
	assert_int_equal(rmdir(path), 0);
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
		cmocka_unit_test(signals),
		cmocka_unit_test(tracing),
		cmocka_unit_test(devices),
		cmocka_unit_test(filters),
		cmocka_unit_test(labels),
		cmocka_unit_test(writing),
		cmocka_unit_test(walking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
