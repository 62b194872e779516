/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search for namespaces that no engine knows, in its parts. For src/engine/bare*.c only.
 *
 * Which PID namespaces there are only the processes tell, so each costs one readlink. Mount namespaces the kernel lists, and few
 * processes have to be asked for theirs. Where it does not list them, or not for the caller, each process is asked for its user
 * namespace too.
 */
#ifndef ENGINE_BARE_H
#define ENGINE_BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/map.h"
#include "engine/state.h"
#include "sys/ns.h"
#include "sys/ns_scan.h"

struct bare_group {
	uint64_t key;  /* the inode that tells it: of the PID namespace, else of the one that is its own */
	uint64_t user; /* of its user namespace; 0 not asked yet */
	bool by_pid;   /* key is of a PID namespace */
	pid_t init;
	bool is_first;	/* init is PID 1 of the namespace */
	uint64_t start; /* of init: the oldest */
	bool hidden;	/* it is part of another's */
};

struct bare_scan {
	const struct finder *f;
	int proc; /* /proc */
	uint64_t own[NS_N];
	struct map pid, user, mnt; /* those of known containers */
	struct map inits;	   /* of known containers: whose mount namespace is in mnt */
	bool users_known;
	struct map odd;		   /* mount namespaces that the kernel listed: 1 while no process was found for it */
	struct map alive;	   /* those that it listed again */
	size_t n_odd;		   /* how many of these */
	struct ns_scan seen;	   /* every process */
	struct map by_key;	   /* groups */
	struct bare_group *groups;	   /* owned */
	size_t n, cap;
	bool denied;
	int trouble; /* the first errno that is neither "gone" nor "denied" */
	bool failed; /* no memory */
};

/* bare.c: of the caller's own namespaces and of what was read. What cannot be read is noted once, at the end. */
void bare_note(struct bare_scan *scan, int error);
void bare_put(struct bare_scan *scan, struct map *map, uint64_t inode, size_t value);
void bare_learn(struct bare_scan *scan, enum ns_type type, struct map *map); /* what the containers of the list are in */
uint64_t bare_inode_of(struct bare_scan *scan, pid_t pid, enum ns_type type); /* 0 when it cannot be read */
int bare_open_ns(struct bare_scan *scan, pid_t pid, enum ns_type type); /* -1 when it is gone or closed to us */
uint64_t bare_pidns_of(const struct bare_scan *scan, size_t i); /* of the i-th process; 0 when it could not be read */
bool bare_is_grouped(const struct bare_scan *scan, size_t i);   /* is that another one than the caller's? */

/* bare_group.c: a process in a PID namespace of its own; one of a group without, for which the oldest stands; and whether
 * a group of the first kind is in that user namespace as well: then the two are one */
void bare_take_pid(struct bare_scan *scan, pid_t pid, uint64_t inode);
void bare_take_oldest(struct bare_scan *scan, pid_t pid, uint64_t inode, uint64_t user);
bool bare_is_part_of_other(struct bare_scan *scan, uint64_t user);

/* bare_mounts.c: the list is taken before the first round, so that the processes in it have been seen, or have ended; false
 * where the kernel gives none. The second round looks for groups in what is odd then. */
bool bare_list_mounts(struct bare_scan *scan);
void bare_find_mounts(struct bare_scan *scan);

#endif
