/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a live process to the flags that give a new one the same privileges: user, groups, capabilities, no_new_privs, seccomp,
 * labels, read-only root, shared namespaces. Not its limits, mounts, devices and environment.
 */
#ifndef MODEL_GENERATE_H
#define MODEL_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "model/container.h"
#include "model/drift.h"
#include "sys/idmap.h"

struct err;

struct generate_facts {
	const struct container *container; /* borrowed */
	struct drift_facts drift;          /* the config, the kernel; owned */
	mode_t umask;
	unsigned int seccomp;              /* 0, 1 strict, 2 filter */
	unsigned int filters;
	struct idmap uids, gids;           /* owned */
	bool cgroup_v1;                    /* of its controllers some are v1's */
	bool apparmor, selinux;            /* this kernel has it on */
	uint64_t all_caps;
	bool privileged;                   /* everything, no filter, nothing masked */
	enum {
		GENERATE_PROFILE_NONE,     /* no filter */
		GENERATE_PROFILE_DEFAULT,  /* one that looks like an engine's default: denies, and allows hundreds of calls */
		GENERATE_PROFILE_OWN,      /* another */
		GENERATE_PROFILE_UNKNOWN,  /* a filter, and no config that says which */
	} profile;
};

/* What was made: a text, and a sentence for each thing that the output has no words for. */
struct generated {
	struct buf text;
	char **lost; /* owned, as what is in it */
	size_t n_lost;
	bool failed; /* no memory for a sentence */
};

struct generate_output {
	const char *name; /* "docker" */
	const char *help;
	int (*make)(const struct generate_facts *facts, bool portable, struct generated *ret, struct err *err);
};
extern const struct generate_output generate_outputs[]; /* ends with a NULL name */

int generate_output_by_name(const char *name, const struct generate_output **ret, struct err *err);

/* Reads the live init and its config. The caller frees. */
int generate_gather(const struct container *c, struct generate_facts *ret, struct err *err);
void generate_facts_free(struct generate_facts *facts);
#define CLEANUP_GENERATE_FACTS __attribute__((cleanup(generate_facts_free)))
void generated_free(struct generated *generated);
#define CLEANUP_GENERATED __attribute__((cleanup(generated_free)))

/* For the outputs, a file each. */
int generate_docker(const struct generate_facts *facts, bool portable, struct generated *ret, struct err *err);
int generate_podman(const struct generate_facts *facts, bool portable, struct generated *ret, struct err *err);
int generate_k8s(const struct generate_facts *facts, bool portable, struct generated *ret, struct err *err);
int generate_oci(const struct generate_facts *facts, bool portable, struct generated *ret, struct err *err);
int generate_setpriv(const struct generate_facts *facts, bool portable, struct generated *ret, struct err *err);

void generate_lose(struct generated *ret, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The shortest way from a default set to a wanted one. */
struct generate_caps {
	bool add_all, drop_all;
	uint64_t add, drop; /* beside ALL: added to what drop ALL leaves, taken from what add ALL gives */
};
struct generate_caps generate_caps_for(uint64_t defaults, uint64_t wanted, uint64_t all, bool portable);

/* Says which sets an engine cannot give: `ambient` are those that it makes ambient, and inheritable with it. */
void generate_lose_sets(const struct generate_facts *facts, const char *who, uint64_t ambient, struct generated *ret);

/* Ids, groups, sets and labels of the live init. */
static inline const struct spec *generate_spec(const struct generate_facts *facts)
{
	return &facts->drift.kernel.spec;
}

#endif
