/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Namespaces: which a container has of its own, which are the host's, and with whom it shares the others.
 *
 * The host is what nsctl itself stands in, /proc/self/ns: PID 1's may be closed even to root.
 */
#ifndef MODEL_NAMESPACE_H
#define MODEL_NAMESPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/container.h"
#include "sys/ns.h"

struct err;
struct ns_scan;
struct reader;

enum namespace_relation {
	NAMESPACE_UNKNOWN, /* its inode could not be read */
	NAMESPACE_OWN,
	NAMESPACE_HOST,
	NAMESPACE_SHARED, /* with other containers */
};

/* What is to be gathered beyond the inodes. */
enum namespace_needs {
	NAMESPACE_OWNER = 1 << 0,   /* parent, owner, owner_uid */
	NAMESPACE_COUNT = 1 << 1,   /* processes: costs a pass over all of /proc */
	NAMESPACE_COMMAND = 1 << 2, /* command, of what a pass names */
	NAMESPACE_LOWEST = 1 << 3,  /* of a container's too, host_pid is as a pass names it; with COUNT */
};

struct namespace {
	const struct container *container; /* borrowed; NULL: of none */
	enum ns_type type;
	uint64_t inode;  /* 0 unknown */
	enum namespace_relation relation;
	const struct container **shared_with; /* borrowed, in the order of the list; owned array */
	size_t n_shared;
	uint64_t parent; /* of PID and user namespaces; 0 none, or outside of what nsctl may see */
	uint64_t owner;  /* the user namespace that owns it; 0 unknown */
	uid_t owner_uid; /* who made the owner; of a user namespace, who made it */
	bool has_owner_uid;
	pid_t host_pid;  /* a process in it: the container's init, or the one with the lowest PID; 0 none */
	size_t processes;
	bool counted;
	char **command;  /* of host_pid: NULL-terminated, raw bytes; NULL: none or not read; the list's */
};

struct namespace_list {
	struct namespace *items;
	size_t n, cap;
	char ***commands; /* one for each process that items name, as proc_strings() makes them, or NULL; owned */
	size_t n_commands;
};

/* Who is in which: the namespaces of nsctl, and those of the init of each container of a list. */
struct namespace_index {
	const struct container_list *all; /* borrowed */
	uint64_t host[NS_N];              /* 0: this kernel has no such type */
	struct namespace_member {
		uint64_t inode;
		size_t container;
	} *members; /* by inode, then as in the list; owned */
	size_t n;
	size_t unread; /* containers of which something could not be read */
	int trouble;   /* the first -errno of those */
};

/* Reads them, those that a scan has read already from there; it may be NULL. `all` has to hold every container that may share one, pause containers too. */
int namespace_index_make(const struct container_list *all, const struct ns_scan *scan, struct namespace_index *ret, struct err *err);
void namespace_index_free(struct namespace_index *index);

/* The members of one inode: *ret_n of them, from the first. */
const struct namespace_member *namespace_members(const struct namespace_index *index, uint64_t inode, size_t *ret_n);

/* Appends the namespaces of those `types` (1 << ns_type) that the container's init is in; of host and self nsctl's own. What
 * cannot be read is NAMESPACE_UNKNOWN. -ESRCH when it has ended; -EACCES and the like when nothing can be read. */
int namespace_list_of(const struct container *c, const struct namespace_index *index, unsigned int types,
	unsigned int needs, struct namespace_list *ret, struct err *err);
void namespace_list_free(struct namespace_list *list);
#define CLEANUP_NAMESPACES __attribute__((cleanup(namespace_list_free)))

/* What could not be seen of all processes. */
struct namespace_gaps {
	size_t closed; /* processes whose namespaces may not be read */
	bool hidden;   /* /proc is mounted with hidepid, and hides processes of others */
	size_t stuck;  /* command lines whose read did not come back: see sys/reader.h */
};

/* Appends every namespace of those `types` that a process of /proc is in, once each, by inode. Where no container's init is
 * in it, its container is the one that host_pid is in otherwise (a nested PID namespace, a mount namespace of its own).
 * `scan`, where it is not NULL and has all types, is the pass
 * over /proc; else one is made. Namespaces of single threads, and those that only a mount or a descriptor keeps, are not seen. */
int namespace_list_all(const struct namespace_index *index, const struct ns_scan *scan, struct reader *reader, unsigned int types,
	unsigned int needs, struct namespace_list *ret, struct namespace_gaps *ret_gaps, struct err *err);

/* Counts the processes in each of the list, by a pass over all of /proc; with NAMESPACE_LOWEST and NAMESPACE_COMMAND names them as
 * namespace_list_all() does. */
int namespace_count(struct namespace_list *list, const struct ns_scan *scan, struct reader *reader, unsigned int needs,
	struct namespace_gaps *ret_gaps, struct err *err);

/* For src/model/namespace*.c alone: an empty one at the end of the list, NULL without memory; and who else is in it. -ENOMEM. */
struct namespace *namespace_list_add(struct namespace_list *list);
int namespace_relate(struct namespace *ns, const struct namespace_index *index);

/* Fills command of each that names a process, below an open /proc. -ENOMEM. */
int namespace_read_commands(int proc, struct reader *reader, struct namespace_list *list, struct namespace_gaps *gaps);

/* Fills parent, owner and owner_uid from an open namespace. */
void namespace_ask_owner(struct namespace *ns, int fd);

#endif
