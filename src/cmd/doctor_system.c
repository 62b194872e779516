/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * doctor: how this machine is set up.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "cmd/doctor.h"
#include "sys/cgroup.h"
#include "sys/file.h"
#include "sys/ns.h"
#include "sys/proc.h"
#include "sys/procfs.h"

/* The first namespaces of a kernel have fixed numbers: include/linux/proc_ns.h, PROC_USER_INIT_INO and PROC_PID_INIT_INO. */
#define FIRST_USERNS 0xEFFFFFFDULL
#define FIRST_PIDNS 0xEFFFFFFCULL
#ifndef SYS_lsm_list_modules
#define SYS_lsm_list_modules 461
#endif

static void check_cgroups(struct doctor *d, int self)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	const struct cgroup_line *v2;
	size_t v1 = 0;
	struct check *check;

	if (self < 0 || cgroup_read(self, &set) < 0) {
		doctor_add(d, "system", "cgroups", CHECK_UNKNOWN, "/proc/self/cgroup cannot be read");
		return;
	}
	v2 = cgroup_v2(&set);
	for (size_t i = 0; i < set.n; i++)
		v1 += !set.lines[i].v2 && set.lines[i].dir;
	if (v2 && v2->dir)
		check = doctor_add(d, "system", "cgroups", CHECK_OK, v1 ? "v2 beside %zu hierarchies of v1" : "v2", v1);
	else if (v1)
		check = doctor_add(d, "system", "cgroups", CHECK_LIMITED,
			"v1 alone (%zu hierarchies): what leaves a command's session may outlive a killed nsctl", v1);
	else
		check = doctor_add(d, "system", "cgroups", CHECK_LIMITED, "none is mounted: commands run outside of their container's limits");
	check->meaning = "limits of containers; a cgroup of its own for each command";
}

/* By lsm_list_modules(2), which needs no file system (6.8); names by include/uapi/linux/lsm.h, counted from 100. */
static bool list_modules(struct buf *out)
{
	static const char *const names[] = {"capability", "selinux", "smack", "tomoyo", "apparmor", "yama", "loadpin", "safesetid",
		"lockdown", "bpf", "landlock", "ima", "evm", "ipe"};
	uint64_t ids[32];
	uint32_t size = sizeof(ids);
	long n = syscall(SYS_lsm_list_modules, ids, &size, 0);

	for (long i = 0; i < n; i++) {
		uint64_t id = ids[i] - 100;

		if (id < ARRAY_SIZE(names))
			buf_printf(out, "%s%s", out->len ? "," : "", names[id]);
		else
			buf_printf(out, "%snumber %llu", out->len ? "," : "", (unsigned long long)ids[i]);
	}
	return n >= 0;
}

static void check_lsm(struct doctor *d)
{
	CLEANUP_BUF struct buf names = {0};
	char text[256] = "";
	bool known = list_modules(&names);

	if (!known && file_read_into(AT_FDCWD, "/sys/kernel/security/lsm", text, sizeof(text)) > 0) {
		known = true;
		text[strcspn(text, "\n")] = '\0';
		buf_str(&names, text);
	}
	doctor_add(d, "system", "lsm", known ? CHECK_OK : CHECK_UNKNOWN, "%s",
		!known ? "securityfs is not mounted here: /sys/kernel/security/lsm" : names.len ? buf_text(&names) : "none")->meaning =
		"AppArmor and SELinux: exec sets the container's label";
}

static void check_yama(struct doctor *d)
{
	static const char *const scopes[] = {"0, as without it", "1, own children only, or CAP_SYS_PTRACE", "2, CAP_SYS_PTRACE only",
		"3, nobody: filters of containers without a config cannot be copied"};
	long scope = doctor_sysctl("/proc/sys/kernel/yama/ptrace_scope", -1);
	struct check *check = doctor_add(d, "system", "yama", scope == 3 ? CHECK_LIMITED : scope < 0 ? CHECK_ABSENT : CHECK_OK, "%s",
		scope < 0 || scope > 3 ? "not here" : scopes[scope]);

	check->meaning = "who may trace whom; seccomp filters are copied by tracing where no config names them (lxc, bare)";
}

static void check_hidepid(struct doctor *d)
{
	CLEANUP_FREE char *options = procfs_options();
	const char *hide = options ? procfs_hidepid(options) : NULL;
	struct check *check;

	if (!options)
		check = doctor_add(d, "system", "hidepid", CHECK_UNKNOWN, "/proc is no mount of its own");
	else if (!hide)
		check = doctor_add(d, "system", "hidepid", CHECK_OK, "off: /proc shows every process");
	else
		check = doctor_add(d, "system", "hidepid", geteuid() ? CHECK_LIMITED : CHECK_OK, "%.*s: %s", (int)strcspn(hide, ","), hide,
			geteuid() ? "processes of others are not shown to you" : "hides nothing from root");
	check->meaning = "finding containers, ps, who";
	if (hide && geteuid())
		doctor_fix(d, check, "sudo nsctl ...");
}

static void check_userns(struct doctor *d)
{
	long max = doctor_sysctl("/proc/sys/user/max_user_namespaces", -1);
	bool debian = doctor_sysctl("/proc/sys/kernel/unprivileged_userns_clone", 1) == 0;
	bool apparmor = doctor_sysctl("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 0) != 0;
	struct check *check;

	if (max < 0)
		check = doctor_add(d, "system", "userns", CHECK_LIMITED, "this kernel has no user namespaces");
	else if (max == 0)
		check = doctor_add(d, "system", "userns", CHECK_LIMITED, "none may be made (user.max_user_namespaces = 0)");
	else if (debian)
		check = doctor_add(d, "system", "userns", CHECK_LIMITED, "only root may make one (kernel.unprivileged_userns_clone = 0)");
	else if (apparmor)
		check = doctor_add(d, "system", "userns", CHECK_LIMITED,
			"AppArmor takes the capabilities in one (kernel.apparmor_restrict_unprivileged_userns = 1)");
	else
		check = doctor_add(d, "system", "userns", CHECK_OK, "anyone may make one, up to %ld", max);
	check->meaning = "nsctl run without root, rootless containers";
	if (max == 0)
		doctor_fix(d, check, "sysctl user.max_user_namespaces=15000");
	else if (max > 0 && (debian || apparmor))
		doctor_fix(d, check, "sysctl kernel.%s", debian ? "unprivileged_userns_clone=1" : "apparmor_restrict_unprivileged_userns=0");
}

/* Not the number of levels in status: that one is counted from here. */
static void check_place(struct doctor *d, int self)
{
	uint64_t user = 0, pid = 0;
	struct check *check;

	if (self < 0 || ns_inode(self, NS_USER, &user) < 0 || ns_inode(self, NS_PID, &pid) < 0)
		check = doctor_add(d, "system", "place", CHECK_UNKNOWN, "/proc/self/ns cannot be read");
	else if (user == FIRST_USERNS && pid == FIRST_PIDNS)
		check = doctor_add(d, "system", "place", CHECK_OK, "the host: its first user and PID namespace");
	else
		check = doctor_add(d, "system", "place", CHECK_LIMITED, "inside a container (%s%s%s namespace of its own): what is outside is not seen",
			user == FIRST_USERNS ? "" : "user", user != FIRST_USERNS && pid != FIRST_PIDNS ? " and " : "",
			pid == FIRST_PIDNS ? "" : "PID");
	check->meaning = "what \"the host\" is, from where nsctl runs";
}

void doctor_system(struct doctor *d)
{
	CLEANUP_FD int self = proc_open_self();

	check_place(d, self);
	check_cgroups(d, self);
	check_lsm(d);
	check_yama(d);
	check_hidepid(d);
	check_userns(d);
}
