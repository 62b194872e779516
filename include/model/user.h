/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Users: who the processes of a container are, inside and outside. A row for each identity: the same effective uid and gid and
 * the same supplementary groups.
 */
#ifndef MODEL_USER_H
#define MODEL_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/container.h"
#include "model/process.h"
#include "sys/idmap.h"
#include "sys/passwd.h"

struct err;

/* Where the uid of a container's own user came from, as far as the engine's state tells. NONE: nobody asked for one. */
enum user_source { USER_SOURCE_UNKNOWN, USER_SOURCE_NONE, USER_SOURCE_FLAG, USER_SOURCE_IMAGE, USER_SOURCE_POD, USER_SOURCE_CONTAINER };

/* What all users of a container share. */
struct user_place {
	const struct container *container; /* borrowed */
	struct idmap uids, gids;           /* of init's user namespace; owned */
	uint64_t userns;                   /* its inode; 0 unknown */
	bool own_userns;                   /* not the initial one */
	int closed;                        /* -errno when its passwd and group could not be looked at, else 0 */
	struct id_names groups, host_groups; /* owned */
};

struct user_group {
	gid_t gid, host_gid;               /* gid: inside, or PROCESS_ID_NONE */
	const char *name;                  /* inside; borrowed of the place, or NULL */
};

struct user {
	const struct user_place *place;    /* borrowed of the list */
	uid_t uid, host_uid;               /* effective; uid: inside, or PROCESS_ID_NONE */
	gid_t gid, host_gid;
	const char *user, *group;          /* by the container's own /etc/passwd and /etc/group; NULL: no name there */
	const char *host_user, *host_group; /* by the host's; names are borrowed of the list */
	struct user_group *groups;         /* supplementary, in the kernel's order; owned */
	size_t n_groups;
	size_t processes;
	pid_t first;                       /* the lowest host PID among them */
	bool init;                         /* the container's init is one of them */
	enum user_source source;           /* set by the verb: engines know it */
};

struct user_list {
	struct user *items;                /* of each container: init's first, then by uid */
	size_t n, cap;
	struct user_place **places;        /* one a container; owned */
	size_t n_places;
	struct process_list processes;
};

/* Appends the users of a container's processes. -ESRCH when its init is gone, -EACCES and the like when none can be seen.
 * processes.why says when they may not be all. */
int user_list_of(const struct container *c, struct user_list *ret, struct err *err);
void user_list_free(struct user_list *list);

/* Host ids that both maps lead to: the first such range; false when there is none. */
bool user_maps_overlap(const struct idmap *a, const struct idmap *b, struct idmap_range *ret);

#endif
