/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mounts that a process sees: /proc/PID/mountinfo, proc_pid_mountinfo(5).
 */
#ifndef SYS_MOUNTS_H
#define SYS_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

/* One line. Texts are good during the call only; the point is as seen from the process' root, escapes undone.
 */
struct mount_entry {
	const char *root;    /* the folder of the file system that is mounted, "/"; escapes undone */
	const char *point;   /* "/proc/sys" */
	const char *type;    /* "proc" */
	const char *options; /* the file system's own, "rw,hidepid=2" */
	const char *id;	     /* as stx_mnt_id of statx(2) */
	bool read_only;	     /* the mount's own option; what the file system itself says does not count */
};

/* Calls `each` for every mount, in the order of the kernel (what covers another comes later), until it
 * returns non-zero; returns that, or a negative errno. `proc_fd` is /proc/PID. */
int mounts_each(int proc_fd, int (*each)(const struct mount_entry *mount, void *data), void *data);

/* The same of a text of mountinfo, which is cut up. */
int mounts_parse(char *text, int (*each)(const struct mount_entry *mount, void *data), void *data);

/* Is fd (O_PATH will do) on a mount that the process of `proc_fd` sees, of the type "proc" say? The file
 * system is not asked: it may be one that never answers. */
bool mounts_is(int proc_fd, int fd, const char *type);

#endif
