/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A description: all that is known of one container, each fact with where it came from. Where its OCI config and the kernel
 * disagree, both are told: the config says what was asked, the kernel what is.
 */
#ifndef MODEL_DESCRIPTION_H
#define MODEL_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

#include "model/caps_process.h"
#include "model/container.h"
#include "model/drift.h"
#include "model/limit.h"
#include "model/namespace.h"
#include "model/process.h"

struct err;
struct json_object;

struct description_fact {
	const struct description *of;
	const char *area;   /* "identity", "confinement", ...; static */
	char *name;         /* "seccomp"; owned */
	char *value;        /* NULL: could not be read; owned */
	char *source;       /* "config.json, /proc/4711/status"; owned */
	bool differs;       /* config and kernel disagree: the value has both */
};

struct description_mount {
	char *point, *type; /* as the kernel has them; owned */
	char *host_path;    /* of a bind, by the config, or NULL; owned */
	bool read_only;
};

struct description {
	const struct container *container; /* borrowed */
	const struct trace *trace;         /* told what is read; the caller's, may be NULL */
	struct drift_facts sides;          /* what the config asks, and what the kernel holds */
	struct caps_process_list caps;     /* of the init */
	struct namespace_list namespaces;
	struct process_list processes;     /* all; heads of sessions are marked */
	char *cgroup;                      /* path, the v2 one or name=systemd's; NULL: not read; owned */
	struct limit limits[LIMITS_MAX]; /* of its cgroup */
	size_t n_limits;
	struct rlimit rlimits[RLIM_NLIMITS];
	bool has_rlimits;
	struct description_mount *mounts;  /* the root, binds and file systems of devices; owned */
	size_t n_mounts;
	char **devices;                    /* nodes below /dev that exist inside; owned, NULL-terminated */
	char **environment;                /* names only; owned, NULL-terminated */
	char *lsm;                         /* label of the init, NULL: none; owned */
	struct description_fact *facts;    /* in the order in which they are shown; owned */
	size_t n_facts, cap_facts;
	bool failed;                       /* memory ran out */
};

/* Gathers. `index` knows who shares namespaces. What cannot be read is missing, and its fact has no value. -ESRCH when the init
 * has ended; -EACCES and the like with err when nothing of it can be read. The caller frees. */
int description_read(const struct container *c, const struct namespace_index *index, struct description *ret, struct err *err);
void description_free(struct description *d);

/* description_facts.c: fills facts from all the rest. */
void description_make_facts(struct description *d);

#endif
