/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/pid.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "sys/ns.h"
#include "sys/proc.h"

/* Is it `inside` in that PID namespace? By its own list of numbers, where the kernel cannot be asked. */
static bool is_inside(const struct proc_ref *ref, int init, pid_t inside)
{
	CLEANUP_STATUS struct proc_status status = {0}, init_status = {0};
	uint64_t theirs, ours;

	if (proc_status_read(ref->dir, &status) < 0 || proc_status_read(init, &init_status) < 0 ||
		!init_status.n_nspid || status.n_nspid < init_status.n_nspid ||
		status.nspid[init_status.n_nspid - 1] != inside)
		return false;
	/* the same depth may be another namespace's; deeper ones are told apart by their ancestors, which
	 * only the kernel knows */
	return ns_inode(ref->dir, NS_PID, &theirs) == 0 && ns_inode(init, NS_PID, &ours) == 0 &&
	       theirs == ours;
}

/* Before Linux 6.11: every process is asked. */
static int scan_for(int init, pid_t inside, struct proc_ref *ret)
{
	CLEANUP_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
		uint64_t pid;

		if (text_u64(entry->d_name, INT_MAX, &pid) < 0 || proc_ref_open((pid_t)pid, 0, &ref) < 0 ||
			!is_inside(&ref, init, inside))
			continue;
		*ret = ref;
		ref = (struct proc_ref)PROC_REF_NONE;
		return 0;
	}
	return proc ? -ESRCH : -errno;
}

/* Our own PID namespace needs no translation. */
static bool is_ours(int init)
{
	CLEANUP_FD int self = proc_open_self();
	uint64_t theirs, ours;

	return self >= 0 && ns_inode(init, NS_PID, &theirs) == 0 && ns_inode(self, NS_PID, &ours) == 0 &&
	       theirs == ours;
}

/* Pinned, and then asked once more who it is: the number may have passed to another meanwhile. */
int pid_open(int pidns, int init_dir, pid_t inside, struct proc_ref *ret)
{
	CLEANUP_PROC struct proc_ref ref = PROC_REF_NONE;
	pid_t outside = is_ours(init_dir) ? inside : ns_pid_outside(pidns, inside);
	int error;

	if (outside == -ENOTTY)
		return scan_for(init_dir, inside, ret);
	if (outside <= 0)
		return outside ? outside : -ESRCH;
	error = proc_ref_open(outside, 0, &ref);
	if (error < 0)
		return error;
	if (!is_ours(init_dir) && ns_pid_inside(pidns, outside) != inside)
		return -ESRCH;
	*ret = ref;
	ref = (struct proc_ref)PROC_REF_NONE;
	return 0;
}
