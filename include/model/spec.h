/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a process of a container is meant to be: from its OCI config (runtime-spec, config.md "process"), and,
 * where that is silent, missing or not to be trusted, from the live init.
 */
#ifndef MODEL_SPEC_H
#define MODEL_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "model/caps.h"

struct err;
struct container;
struct passwd_user;
struct proc_status;

#define SPEC_RLIMITS 16 /* RLIM_NLIMITS of the kernel */

/* A uid or gid of init that has no number inside: it cannot be set there. */
#define SPEC_UNMAPPED UINT32_MAX

struct spec {
	bool from_config; /* an OCI config was read; else everything is the live init's */
	uid_t uid;	  /* as inside; or SPEC_UNMAPPED */
	gid_t gid;
	gid_t *groups; /* additional ones, as inside; owned */
	size_t n_groups;
	struct cap_sets caps; /* as the config asks, or init's */
	bool no_new_privs;
	mode_t umask;
	struct rlimit rlimits[SPEC_RLIMITS]; /* all of them: the config's over init's */
	int oom_score_adj;
	char **env; /* NULL-terminated, KEY=VALUE only; one allocation, owned */
	char *cwd;
	char *apparmor; /* profile, or NULL: none asked */
	char *selinux;	/* label, or NULL */
	enum { SPEC_SECCOMP_NONE, SPEC_SECCOMP_PROFILE, SPEC_SECCOMP_INIT } seccomp;
	char *seccomp_profile; /* the raw JSON text of linux.seccomp for SPEC_SECCOMP_PROFILE; owned */
	size_t seccomp_len;
	unsigned int seccomp_filters; /* how many filters init carries, from its status */
	bool read_only_root;	      /* root.readonly */
	bool has_user_namespace;
};

/* Reads c's OCI config if it is trusted, and the live init for the rest. `proc_fd` is init's /proc/PID
 * directory, `known` what its status said just now, or NULL. A config that is gone (its bundle was removed) or that others
 * could write counts as none; one that cannot be read or understood is an error that names it. Security labels are the
 * config's, else init's.
 */
int spec_load(const struct container *c, int proc_fd, const struct proc_status *known, struct spec *ret, struct err *err);

/* Sets in *spec what the text of an OCI config says, and leaves what it does not; -EBADMSG names `file` and
 * the field. Never silently less confined: a field of the wrong type is an error. */
int spec_read_config(const char *file, const char *text, size_t len, struct spec *spec, struct err *err);

/* The text of c's OCI config, malloc'd, when there is one that may be believed; *ret stays NULL when there is none, or it is
 * gone, or others could have written it. */
int spec_config_text(const struct container *c, char **ret, size_t *ret_len, struct err *err);
/* Why it gave none, in a few words. */
const char *spec_config_missing(const struct container *c);

/* Of the live init alone, `proc_fd` being its /proc/PID: ids and groups as inside (the groups are taken from *status), and the
 * labels of security modules. Each sets has_user_namespace or the labels in *spec; a negative errno. */
int spec_read_ids(int proc_fd, struct proc_status *status, struct spec *spec);
int spec_read_labels(int proc_fd, struct spec *spec);

/* Who a command will be: with `text` (-u) what passwd_user_parse() reads, its group and groups as the
 * engine's own exec -u makes them; with NULL the spec's user, and its passwd entry if there is one. `root_fd`
 * is the container's root. Groups hold no duplicates. */
int spec_user(const struct spec *spec, const char *engine, int root_fd, const char *text,
	struct passwd_user *ret, struct err *err);

/* The sets that exec starts with: the spec's, and, when -u names another user, what the engine's own exec -u
 * leaves of them. `engine` is a row's name in the table of engines. */
struct cap_sets spec_caps_for_user(const struct spec *spec, const char *engine, bool user_given, uid_t uid);

void spec_free(struct spec *spec);
#define CLEANUP_SPEC __attribute__((cleanup(spec_free)))

#endif
