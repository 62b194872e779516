/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A container: what an engine's state files say of it, and the live init that it stands for.
 */
#ifndef MODEL_CONTAINER_H
#define MODEL_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

enum container_status {
	CONTAINER_RUNNING,
	CONTAINER_PAUSED,      /* its cgroup, or one above it, is frozen */
	CONTAINER_TERMINATING, /* init is a zombie or is exiting */
	CONTAINER_STOPPED,     /* no init */
};

struct label {
	char *key, *value;
};

struct container {
	const char *engine; /* a row's name in the table of engines; static */
	char *name;         /* never NULL */
	char *id;           /* full; "" where the engine has none */
	char *pod;          /* NULL when in no pod */
	char *namespace;    /* Kubernetes'; NULL when in no pod or unknown (podman's pods have none) */
	char *pod_uid;      /* or NULL */
	char *image;        /* or NULL */
	char *default_container; /* the pod's default-container annotation where it can be read, or NULL */
	char *config;       /* path of the OCI config.json; NULL when there is none */
	char *state;        /* path of the state file it was found in, for messages */
	uint64_t state_dev, state_ino; /* of the folder of a sandbox of nsctl's as it was found: kill removes no other */
	struct label *labels;
	size_t n_labels;
	bool labels_known;
	bool pause;         /* a pod's sandbox: never meant, shown with -a */
	bool unrecorded;    /* no engine knows it, of those that the caller may read: others may, and have records of it */
	bool vm;            /* the init is a virtual machine monitor (Kata, gVisor): not seen from here */
	uid_t owner;        /* who could write the state: 0, or the rootless user */
	bool trusted;       /* state and config belong to root (or to the calling user) and no one else can write them:
			       the config may say user, confinement and environment; else only the name is used */
	enum container_status status;
	pid_t pid;          /* init's host PID; 0 when stopped */
	bool unseen;        /* stopped because the init that its state names is not to be seen: see container_check_seen() */
	pid_t pid_inside;   /* init's PID in its own PID namespace, 0 unknown; gathered by container_look() */
	uint64_t start;     /* init's start time in clock ticks since boot, 0 unknown (field 22 of stat, proc(5)) */
	uint64_t start_unix; /* the same in seconds since 1970, 0 unknown */
	char **command;     /* init's command line, NULL-terminated, raw bytes; gathered by container_look() */
	char *ref;          /* shortest form that names only this one; made by target_name_all() */
};

struct container_list {
	struct container *items; /* owned */
	size_t n, cap;
};

/* Appends an empty container (all NULL and zero, labels unknown) and returns it, NULL without memory. The pointer is
 * good until the next append. */
struct container *container_list_add(struct container_list *list);
void container_list_remove(struct container_list *list, size_t i);
void container_list_free(struct container_list *list);
#define CLEANUP_CONTAINERS __attribute__((cleanup(container_list_free)))
void container_free(struct container *c);

/* Takes pid and (if `start` is not 0) checks it: when the process is gone, or is another one by its start time, the
 * container is stopped. Sets status (not Paused: that is container_look's), pid, start. A negative errno when it cannot
 * be known: it is left stopped then. */
int container_set_init(struct container *c, pid_t pid, uint64_t start);

/* Could a user other than root and the caller write its state? Then what it says may be taken from someone else's. */
bool container_is_guest(const struct container *c);

/* May its state name this process? A guest's only one of that user's: that runs as the user, or in a user namespace (not ours) of the
 * user's. Such a one may be looked at, too. */
bool container_may_name(const struct container *c, pid_t pid);

/* Has a guest's state named a process in namespaces that someone else has made? It runs as the user there, or could write there, and
 * they are not the user's to name all the same: what root runs in them would bear the user's name. */
bool container_is_astray(const struct container *c);

/* Is the process whose /proc/PID `dir` is in a user namespace that the user, or a namespace of the user's, has made or that has the user in
 * its map? */
bool container_is_within(int dir, uid_t owner);

/* Who has made the namespaces of the process whose /proc/PID `dir` is? In our own user namespace only root can have; else it is who
 * made the outermost user namespace below ours. `otherwise` where that cannot be seen. */
uid_t container_maker(int dir, uid_t otherwise);

/* May more be done there than look? In root's and the caller's own containers, and where the init (`dir` is its /proc/PID, pinned) is in
 * a user namespace that the user, or a namespace of the user's, has made: with all that root brings, what is done there has no more rights
 * than that user. That the user is in the map of one of root's is not enough. A process of the user's own may become another's at any time,
 * by a set-user-ID program. 0 or -EPERM. */
int container_check_owner(const struct container *c, int dir, struct err *err);

/* May the process whose /proc/PID `dir` is be signalled as one of the container's? A guest's only where it runs as the user, or
 * is in such a user namespace. */
bool container_may_signal(const struct container *c, int dir);

struct proc_stat;
/* The same for who has read the process's stat already. */
void container_take_init(struct container *c, pid_t pid, const struct proc_stat *stat);

/* When its state names an init that is not among the processes which the caller's nested PID namespace shows, so that it may run
 * outside: an error that says so of `name`. 0 else. */
int container_check_seen(const struct container *c, const char *name, struct err *err);

/* Fills what costs reads of /proc and cgroups: command, start_unix, pid_inside, status Paused. A negative errno for the
 * first that could not be read (the others are filled all the same), -ETIMEDOUT for a command whose process's memory does not
 * answer; -ESRCH when init has gone, which is normal: it is stopped then. */
int container_look(struct container *c);

/* The same for many but for the command, and pid_inside only if `inside`: errors[i] is what container_look() would return. */
void container_look_many(struct container *items, size_t n, bool inside, int *errors);

struct reader;
/* The commands of many; errors[i] is what container_look() would return for it. */
void container_read_commands(struct reader *reader, struct container *items, size_t n, int *errors);

#endif
