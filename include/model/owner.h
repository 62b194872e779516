/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose process is it? The other direction of model/process.h, and in agreement with it: who is in a container's PID namespace
 * or below is the container's; among those that share one the mount namespace decides, then the cgroup, then who is PID 1
 * there. In the host's PID namespace the mount namespace or the cgroup makes it a container's.
 */
#ifndef MODEL_OWNER_H
#define MODEL_OWNER_H

#include "model/namespace.h"

enum owner {
	OWNER_HOST,      /* in no container */
	OWNER_CONTAINER,
	OWNER_UNKNOWN,   /* in namespaces of its own that no container of the list has */
	OWNER_DENIED,    /* its namespaces may not be looked at, and its cgroup is none of the list's */
};

struct owner_index {
	struct namespace_index ns;
	struct owner_init *inits; /* by container; read when it is asked for; owned */
	struct owner_place *places; /* the processes of the containers' cgroups, by PID; owned */
	size_t n_places;
	bool has_places;          /* they were read: only when one is asked for */
	bool only_pid;            /* owner_index_settle_mounts() has found that mount namespaces make no difference */
};

int owner_index_make(const struct container_list *all, struct owner_index *ret, struct err *err);
void owner_index_free(struct owner_index *index);
#define CLEANUP_OWNERS __attribute__((cleanup(owner_index_free)))

/* dir is /proc/PID, held open. *ret_container is set for OWNER_CONTAINER. -ESRCH when it has ended, -ENOMEM. */
int owner_of(struct owner_index *index, int dir, pid_t pid, enum owner *ret, const struct container **ret_container);

/* The quick no: true when it stands in the host's PID and mount namespaces, and in no container's cgroup; false when it is for
 * owner_of() to say. By the number alone: most of many processes are the host's, and to hold each one open would cost as
 * much as to ask. proc is /proc. */
bool owner_is_host(struct owner_index *index, int proc, pid_t pid);

/* For many processes it is worth a millisecond to find out whether a mount namespace could make one of the host's PID namespace a
 * container's at all: not when each mount namespace that there is belongs to a container with a PID namespace of its own, or to
 * the kernel's kdevtmpfs. Then owner_is_host() asks half as much. */
void owner_index_settle_mounts(struct owner_index *index, int proc);

/* Where in NSpid a container's PID namespace stands. */
unsigned int owner_level(struct owner_index *index, const struct container *c);

#endif
