/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a process reaches: others, devices, syscalls, labels, paths.
 */
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
	f.filters = (struct seccomp_programs){.n = 1, .lengths = &whole_length, .code = code};
	assert_int_equal(ask(&f, "mount", "looks at the arguments of mount"), CAN_DEPENDS);
	assert_int_equal(ask(&f, "syscall:getpid", "looks at"), CAN_DEPENDS);
	/* socket(AF_INET): its first argument is known, and not 7 */
	assert_int_equal(ask(&f, "net-raw", "refuses socket"), CAN_NO);
	f.filters = (struct seccomp_programs){.n = 1, .lengths = &last, .code = code + 2};
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
	file = (struct can_inode){.mode = S_IFDIR | 0777, .magic = 0x62656572};
	assert_int_equal(ask_write(&f, open_folder, file, "nobody makes files in sysfs"), CAN_NO);
	file.mode = S_IFREG | 0644;
	f.fsuid = 0;
	assert_int_equal(ask_write(&f, open_folder, file, "lets it"), CAN_YES);
	file.mode = S_IFREG | 0444;
	file.mapped = true;
	assert_int_equal(ask_write(&f, open_folder, file, "takes nothing"), CAN_NO);
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

		assert_int_equal(can_gather_path(AT_FDCWD, root, rows[i].path, &f, &err), 0);
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
