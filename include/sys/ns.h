/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Namespaces: the kinds there are, which one a process is in, the nsfs ioctls. namespaces(7), ioctl_nsfs(2).
 */
#ifndef SYS_NS_H
#define SYS_NS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Inodes of the namespaces that the kernel begins with (include/linux/proc_ns.h). */
#define NS_INITIAL_USER 0xEFFFFFFDu
#define NS_INITIAL_PID 0xEFFFFFFCu

enum ns_type { NS_CGROUP, NS_IPC, NS_MNT, NS_NET, NS_PID, NS_TIME, NS_USER, NS_UTS, NS_N };

struct ns_kind {
	const char *name;  /* as users write it: "mnt" */
	const char *file;  /* below /proc/PID/ns; for pid and time that is the namespace it is in, not its children's */
	int flag;          /* CLONE_NEW... */
	const char *long_name; /* "mount" */
};
extern const struct ns_kind ns_kinds[NS_N];

/* Inode of dirfd/ns/TYPE (dirfd is /proc/PID); 0 when this kernel has no such type. -errno otherwise (EACCES for
 * another's process without CAP_SYS_PTRACE, ENOENT when it is exiting). */
int ns_inode(int dirfd, enum ns_type type, uint64_t *ret);
int ns_open(int dirfd, enum ns_type type); /* fd or -errno */
int ns_open_of(int proc_fd, pid_t pid, enum ns_type type); /* of PID below proc_fd (/proc) */

/* Those of `mask` (1 << ns_type) by readlink, the cheapest call that tells them; 0 where it could not be read. 0, or the
 * -errno of the first that could not. */
int ns_inodes(int dirfd, unsigned int mask, uint64_t ret[NS_N]);
#define NS_ALL ((1u << NS_N) - 1)

/* One of them, of PID below proc_fd (/proc). 0 or -errno, *ret is 0 then. */
int ns_link(int proc_fd, pid_t pid, enum ns_type type, uint64_t *ret);
int ns_link_here(int ns_dir, enum ns_type type, uint64_t *ret); /* ns_dir is /proc/PID/ns */

/* Is it the namespace that the kernel started with? Those have the same inodes in every kernel (enum init_ns_ino of
 * linux/nsfs.h); mount and network namespaces have none that is known. */
bool ns_is_initial(enum ns_type type, uint64_t inode);

/* Does the caller run in a PID namespace other than the machine's first? Then it does not see the processes outside of it, and
 * the numbers that others wrote down may be of another namespace. False where /proc cannot tell. */
bool ns_is_nested(void);

/* "mnt,net,pid" to a mask of 1 << ns_type; -EINVAL, *ret_bad (if not NULL) begins at the unknown word. */
int ns_parse_list(const char *list, unsigned int *ret_mask, const char **ret_bad);

/* nsfs ioctls; -ENOTTY before the kernel that has them, -EPERM when the own root is reached. */
int ns_get_userns(int ns_fd);  /* fd of the owning user namespace */
int ns_get_parent(int ns_fd);  /* fd */
int ns_get_owner_uid(int userns_fd, uid_t *ret);
/* Is this user namespace the one with that inode, or below it? False also when the way up leaves what we may see. */
bool ns_is_within(int userns_fd, uint64_t inode);
int ns_pid_inside(int pidns_fd, pid_t host_pid);  /* the PID inside, -ESRCH when it is not visible there */
int ns_pid_outside(int pidns_fd, pid_t inside);   /* the caller's PID for a PID inside */

/* Calls `each` with the inode of every mount namespace but the caller's own (NS_MNT_GET_NEXT and _PREV, 6.12), those that
 * no process is in included, until it returns non-zero; returns that. -ENOTTY before; -EPERM for who may not see those of
 * all: CAP_SYS_ADMIN in the first user namespace is asked for, or some would be missing unnoticed. */
int ns_each_mount(int (*each)(void *data, uint64_t inode), void *data);

#endif
