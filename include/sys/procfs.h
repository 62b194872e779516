/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of PIDs: of a procfs, of a PID namespace, of a cgroup. proc(5), fsopen(2), cgroups(7).
 *
 * A container may have put anything on its /proc. So the numbers alone are taken from there, from a root that was proven to
 * be its own procfs; what is said of a process is read from the caller's /proc.
 */
#ifndef SYS_PROCFS_H
#define SYS_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pid_list {
	pid_t *items; /* owned */
	size_t n, cap;
};

int pid_list_add(struct pid_list *list, pid_t pid); /* 0 or -ENOMEM */
void pid_list_sort(struct pid_list *list); /* ascending, each once */
void pid_list_free(struct pid_list *list);
#define CLEANUP_PIDS __attribute__((cleanup(pid_list_free)))

/* Appends the processes that a procfs lists, by its own numbers. dirfd is its root, or a task folder: then threads. Not
 * O_PATH; read from the beginning. -errno. */
int procfs_pids(int dirfd, struct pid_list *ret);

/* Opens the procfs that stands at /proc below the root of that process (its /proc/PID), if it is the whole procfs of that PID
 * namespace. -ENOENT: there is none; -EUCLEAN: something else stands there. Needs openat2 (-ENOSYS). */
int procfs_open_own(int proc_fd, uint64_t pidns_inode);

/* A new one of the PID namespace, mounted nowhere: 6.17 and later, and CAP_SYS_ADMIN; -EINVAL or -ENOSYS before. */
int procfs_open_new(int pidns_fd);

/* How many processes there are, about: the caller's /proc does not have to be read for it. */
size_t procfs_count(void);

/* The options of the procfs that is mounted on /proc for the caller ("rw,hidepid=invisible"), malloc'd; NULL when none is, or it
 * cannot be told. Where they hide processes, "hidepid=invisible,...", or NULL. */
char *procfs_options(void);
const char *procfs_hidepid(const char *options);

/* Does the caller's /proc hide processes from it (hidepid, proc(5))? Never from who has CAP_SYS_PTRACE. */
bool procfs_hides(void);

/* Appends the processes of a cgroup's folder and of those below it. The kernel gives only those that the caller's PID
 * namespace has. -errno for the first that cannot be read; what can be is appended all the same. */
int procfs_cgroup_pids(const char *dir, struct pid_list *ret);

#endif
