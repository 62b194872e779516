/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/feature.h"

#include <string.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const names[FEATURE_N] = {
	[FEATURE_OPENAT2] = "openat2",
	[FEATURE_PIDFD] = "pidfd",
	[FEATURE_CLONE3] = "clone3",
	[FEATURE_CLOSE_RANGE] = "close_range",
	[FEATURE_NSFS] = "nsfs",
	[FEATURE_CGROUP_KILL] = "cgroup.kill",
	[FEATURE_CGROUP2] = "cgroup2",
	[FEATURE_MOUNT_SETATTR] = "mount_setattr",
	[FEATURE_PROCFS] = "procfs",
	[FEATURE_PROCFS_NEW] = "pidns-procfs",
	[FEATURE_PIDFD_INFO] = "pidfd-info",
};

bool feature_allowed(enum feature feature)
{
	const char *without = secure_getenv("NSCTL_WITHOUT");
	size_t len = strlen(names[feature]);

	while (without && *without) {
		size_t word = strcspn(without, ",");

		if (word == len && !strncmp(without, names[feature], len))
			return false;
		without += word + (without[word] == ',');
	}
	return true;
}
