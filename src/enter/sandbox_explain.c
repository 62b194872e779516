/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why a sandbox could not be made: what the kernel forbids here, and who may allow it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "enter/sandbox.h"
#include "stage/create.h"
#include "stage/order.h"
#include "sys/cred.h"
#include "sys/file.h"

/* The number in a file of /proc/sys; -1 when there is none. */
static long sysctl_number(const char *path)
{
	char text[32];

	return file_read_into(AT_FDCWD, path, text, sizeof(text)) > 0 ? strtol(text, NULL, 10) : -1;
}

/* Namespaces of a user's own are refused in several ways. The first that is found is named. */
static void why_no_namespaces(const struct plan *plan, struct err *err)
{
	if (!(plan->order.new_namespaces & CLONE_NEWUSER)) {
		err_why(err, "making namespaces needs CAP_SYS_ADMIN, and a seccomp filter or security module "
			     "that allows it");
		return;
	}
	if (sysctl_number("/proc/sys/user/max_user_namespaces") == 0) {
		err_why(err, "user namespaces are turned off here: user.max_user_namespaces is 0");
		err_hint(err,
			"root may allow them (sysctl user.max_user_namespaces=10000), or run nsctl as root");
	} else if (sysctl_number("/proc/sys/kernel/unprivileged_userns_clone") == 0) {
		err_why(err,
			"only root may make user namespaces here: kernel.unprivileged_userns_clone is 0");
		err_hint(err, "root may allow them (sysctl kernel.unprivileged_userns_clone=1), or run nsctl "
			      "as root");
	} else if (sysctl_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") > 0) {
		err_why(err, "AppArmor keeps user namespaces from programs without a profile of their own: "
			     "kernel.apparmor_restrict_unprivileged_userns is 1");
		err_hint(err, "root may allow them (sysctl kernel.apparmor_restrict_unprivileged_userns=0), "
			      "or run nsctl as root");
	} else {
		err_why(err, "you may not make a user namespace here: a seccomp filter (inside of another "
			     "container?), a security "
			     "module, or your root is not that of the mount namespace (chroot)");
		err_hint(err, "run nsctl as root, outside of the container");
	}
}

static void name_step(const struct plan *plan, int i, struct buf *out)
{
	static const char *const names[] = {
		[-CREATE_AT_MAP] = "the ids of the user namespace",
		[-CREATE_AT_IDS] = "becoming root of the user namespace",
		[-CREATE_AT_CGROUP] = "the cgroup namespace",
		[-CREATE_AT_HOSTNAME] = "the host name",
		[-CREATE_AT_PROPAGATION] = "mounts of its own",
		[-CREATE_AT_READONLY] = "making the root read-only",
		[-CREATE_AT_PIVOT] = "taking the root",
		[-CREATE_AT_DETACH] = "letting go of the host's root",
		[-CREATE_AT_CHROOT] = "making the root a mount point",
	};

	if (i < 0 && (size_t)-i < ARRAY_SIZE(names) && names[-i])
		buf_printf(out, ": %s", names[-i]);
	else if (i >= 0 && (size_t)i < plan->n_mounts)
		buf_printf(out, ": %s", plan->mounts[i].target);
}

static void why_no_view(const struct plan *plan, const struct order_report *r, struct err *err)
{
	const struct plan_mount *m =
		r->arg >= 0 && (size_t)r->arg < plan->n_mounts ? &plan->mounts[r->arg] : NULL;
	bool eperm = r->error == EPERM || r->error == EACCES;

	if (r->arg == CREATE_AT_CHROOT) {
		err_why(err, "the root here is a folder that was chrooted into; a mount point is made of it with a /proc and "
			     "CAP_SYS_CHROOT");
		err_hint(err, "outside: mount --bind DIR DIR, and then chroot DIR");
	} else if (r->arg == CREATE_AT_PIVOT && r->error == EINVAL)
		err_why(err, "the root here is the initial ram file system: the kernel takes no other in its place");
	else if (m && r->error == ENOENT && plan->sandbox->rootfs)
		err_why(err, "%s has no %s for it to stand on", plan->sandbox->rootfs, m->target);
	else if (m && m->type && !strcmp(m->type, "proc") && eperm)
		err_why(err, "parts of the /proc here are hidden (inside of another container?), and the "
			     "kernel gives a new one only "
			     "to who sees all of the old one");
	else if (eperm && plan->order.new_namespaces & CLONE_NEWUSER)
		why_no_namespaces(plan, err);
	else if (eperm)
		err_why(err, "a security module, or the container that nsctl runs in, refuses mounts");
}

bool sandbox_explain(const struct plan *plan, const struct order_report *report, struct err *err)
{
	CLEANUP_BUF struct buf step = {0};
	const char *name = plan->container->name;

	if (!plan->sandbox || (report->step != STEP_CLONE && report->step != STEP_CREATE))
		return false;
	if (report->step == STEP_CLONE) {
		err_sys(err, -report->error, "%s: cannot make its namespaces", name);
		why_no_namespaces(plan, err);
		return true;
	}
	name_step(plan, report->arg, &step);
	err_sys(err, -report->error, "%s: cannot set up the sandbox%s", name, buf_text(&step));
	why_no_view(plan, report, err);
	return true;
}
