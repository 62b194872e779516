/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * doctor: what the kernel has, and what nsctl does where it has not.
 */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "cmd/doctor.h"
#include "model/caps.h"
#include "sys/feature.h"

static void check_feature(struct doctor *d, enum feature feature)
{
	const struct feature_info *info = &feature_infos[feature];
	int r = feature_probe(feature);

	if (r == 0)
		doctor_add(d, "kernel", info->name, CHECK_OK, "there (since %s): %s", info->since, info->use)->meaning = info->use;
	else if (r == -ENOENT)
		doctor_add(d, "kernel", info->name, CHECK_UNKNOWN, "cannot be told from here")->meaning = info->use;
	else
		doctor_add(d, "kernel", info->name, CHECK_FALLBACK, "%s; instead: %s",
			feature_allowed(feature) ? strerror(-r) : "not used (NSCTL_WITHOUT)", info->without)->meaning = info->use;
}

/* EFAULT: known; EINVAL: built without filters. */
static void check_seccomp(struct doctor *d)
{
	bool there = prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, NULL, 0, 0) < 0 && errno == EFAULT;

	doctor_add(d, "kernel", "seccomp", there ? CHECK_OK : CHECK_LIMITED, "%s",
		there ? "filters" : "no filters: containers here have none either")->meaning = "confines a command as its container is";
}

static void check_memfd(struct doctor *d)
{
	long noexec = doctor_sysctl("/proc/sys/vm/memfd_noexec", 0);
	struct check *check = doctor_add(d, "kernel", "memfd", noexec >= 2 ? CHECK_MISSING : CHECK_OK, "%s",
		noexec >= 2 ? "nothing in memory may be executed (vm.memfd_noexec = 2)" : "programs in memory may be executed");

	check->meaning = "exec, shell and run: what enters a container is no file of the host";
	if (noexec >= 2)
		doctor_fix(d, check, "sysctl vm.memfd_noexec=1");
}

static void check_caps(struct doctor *d)
{
	CLEANUP_BUF struct buf last = {0};

	caps_name(&last, caps_count(caps_all()) - 1);
	doctor_add(d, "kernel", "capabilities", CHECK_OK, "%u, the last is %s", caps_count(caps_all()), buf_text(&last))->meaning =
		"what root is made of";
}

void doctor_kernel(struct doctor *d)
{
	struct utsname host = {0};

	uname(&host);
	doctor_add(d, "kernel", "release", CHECK_OK, "Linux %s, %s", host.release, host.machine);
	for (int feature = 0; feature < FEATURE_N; feature++)
		if (feature_infos[feature].use)
			check_feature(d, feature);
	check_seccomp(d);
	check_memfd(d);
	check_caps(d);
}
