/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The capabilities of one process or thread, and what explains them: what its OCI config asked for, which user namespace owns
 * them, which of those that were granted cannot be used.
 */
#ifndef MODEL_CAPS_PROCESS_H
#define MODEL_CAPS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/caps.h"
#include "model/caps_usable.h"
#include "model/container.h"

struct err;

/* What it is compared with: the capabilities that the other has in any set, or a baseline. */
struct caps_against {
	const char *name; /* "host", "docker", a ref */
	uint64_t mask;
};

/* What the engine's state says was asked for, where it says it. */
struct caps_grant {
	bool known;
	uint64_t add; /* by name; privileged is all */
};

struct caps_process {
	const struct container *container; /* borrowed */
	pid_t host_pid, pid;               /* the process: outside and inside */
	pid_t host_tid, tid;               /* the thread; the same for the process itself */
	struct cap_sets held;
	uid_t uid, host_uid;               /* effective; uid inside, (uid_t)-1 not mapped */
	uint64_t userns;                   /* inode; 0 unknown */
	bool own_userns;                   /* not the initial one */
	uid_t root_outside;                /* what uid 0 inside is outside; (uid_t)-1 nothing */
	bool no_new_privs;
	bool asked;                        /* there is an OCI config that says what is meant */
	struct cap_sets requested;         /* by it */
	uint64_t granted;                  /* explicitly; see caps_grant and caps_granted() */
	struct caps_unusable_list not_usable; /* owned */
};

struct caps_process_list {
	struct caps_process *items; /* owned; of one container: by tid, the process itself first */
	size_t n, cap;
};

/* Appends the container's init, and with `threads` each of its threads. -ESRCH when it has ended, -EACCES and the like with err
 * when its status cannot be read. A config that is there and cannot be understood is an error too. */
int caps_process_list_of(const struct container *c, const struct caps_grant *grant, bool threads,
	struct caps_process_list *ret, struct err *err);
void caps_process_list_free(struct caps_process_list *list);
#define CLEANUP_CAPS_PROCESSES __attribute__((cleanup(caps_process_list_free)))

/* All that are in one set at least. */
static inline uint64_t caps_any(const struct cap_sets *sets)
{
	return sets->inheritable | sets->permitted | sets->effective | sets->bounding | sets->ambient;
}

/* The row of engines that caps_default() knows it by: its engine's, but "crio" for CRI-O's. */
const char *caps_engine_of(const struct container *c);

#endif
