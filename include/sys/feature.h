/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kernel calls that may be missing. Each has a stub that gives -ENOSYS, so callers carry no #ifdef. For the tests of the
 * fallbacks NSCTL_WITHOUT=openat2,pidfd,clone3,... makes a call answer -ENOSYS here (only honoured when the real and
 * effective user are the same and no file capability raised us).
 */
#ifndef SYS_FEATURE_H
#define SYS_FEATURE_H

#include <stdbool.h>

enum feature {
	FEATURE_OPENAT2,      /* 5.6 */
	FEATURE_PIDFD,        /* pidfd_open 5.3; setns on it 5.8 */
	FEATURE_CLONE3,       /* 5.3; CLONE_INTO_CGROUP 5.7 */
	FEATURE_CLOSE_RANGE,  /* 5.9 */
	FEATURE_NSFS,         /* NS_GET_PID_IN_PIDNS and its kin: 6.11 */
	FEATURE_CGROUP_KILL,  /* 5.14 */
	FEATURE_CGROUP2,      /* a writable v2 hierarchy */
	FEATURE_MOUNT_SETATTR, /* 5.12 */
	FEATURE_PROCFS,       /* believing a container's own procfs, once it is proven to be one */
	FEATURE_PROCFS_NEW,   /* fsconfig "pidns" of procfs: 6.17 */
	FEATURE_PROC_SCAN,    /* asking for each process of the host, where a new procfs would do */
	FEATURE_N,
};

struct feature_info {
	const char *name;  /* as NSCTL_WITHOUT has it */
	const char *since; /* the first kernel that has all of it */
	const char *use;   /* what it is for, and what is done without it: one line each; NULL: every kernel
			      has it, and only the tests do without */
	const char *without;
};
extern const struct feature_info feature_infos[FEATURE_N];

/* False when NSCTL_WITHOUT names it; true says only that it may be tried. */
bool feature_allowed(enum feature feature);

/* Tries it in a way that changes nothing: 0, or a negative errno (-ENOSYS: not there, or NSCTL_WITHOUT names it). For a
 * person who asks; whoever uses one just calls it. */
int feature_probe(enum feature feature);

#endif
