/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/feature.h"

#include <string.h>
#include <stdlib.h>
#include <unistd.h>

const struct feature_info feature_infos[FEATURE_N] = {
	[FEATURE_OPENAT2] = {"openat2", "5.6", "opens files below a container's root in one call",
		"a walk of our own, step by step"},
	[FEATURE_PIDFD] = {"pidfd", "5.8", "pins a process, and joins all its namespaces in one call",
		"start times are compared, and namespaces joined one by one"},
	[FEATURE_CLONE3] = {"clone3", "5.7", "starts a command within its cgroup", "it is moved there before it becomes the command"},
	[FEATURE_CLOSE_RANGE] = {"close_range", "5.9", "closes what the caller left open", "one close for each"},
	[FEATURE_NSFS] = {"nsfs", "6.11", "asks a PID namespace for the number of a process", "/proc/PID/ns of all processes is compared"},
	[FEATURE_CGROUP_KILL] = {"cgroup.kill", "5.14", "ends all that a command started at once", "its processes are ended until none is left"},
	[FEATURE_CGROUP2] = {"cgroup2", "4.5", "a cgroup of its own for each command, so that none outlives a killed nsctl",
		"the command's session and descendants are ended; what has left both may survive"},
	[FEATURE_MOUNT_SETATTR] = {"mount_setattr", "5.12", "makes a sandbox's root read-only with all below it", "each mount by itself"},
	[FEATURE_PROCFS] = {"procfs", "5.6", "lists a container by its own /proc, once that is proven to be one", "the host's /proc is searched"},
	[FEATURE_PROCFS_NEW] = {"pidns-procfs", "6.17", "lists a container that has no /proc by a new one", "the host's /proc is searched"},
	[FEATURE_PROC_SCAN] = {"proc-scan", "", NULL, NULL},
};

bool feature_allowed(enum feature feature)
{
	const char *without = secure_getenv("NSCTL_WITHOUT");
	size_t len = strlen(feature_infos[feature].name);

	while (without && *without) {
		size_t word = strcspn(without, ",");

		if (word == len && !strncmp(without, feature_infos[feature].name, len))
			return false;
		without += word + (without[word] == ',');
	}
	return true;
}
