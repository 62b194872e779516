/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * run, between what was asked (options: src/cmd/run.c, a manifest: run_pod.c) and what is started (run_start.c).
 */
#ifndef CMD_RUN_H
#define CMD_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/container.h"

struct err;
struct manifest;
struct manifest_pod;
struct opt_words;
struct session;

/* One container to be. Texts and vectors are owned, the vectors end in NULL. */
struct run_box {
	char *name;        /* of its folder and its cgroup: what others call it */
	char *label;       /* as a manifest names it; NULL */
	char **argv;
	char **env;
	char *cwd;
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t n_groups;
	uint64_t caps;     /* granted: the bounding set */
	uint64_t added;    /* those that were asked for by name */
	bool no_new_privs, unconfined, unmasked, read_only;
	bool first;        /* an init container: runs before the others, to its end */
	bool keep_stdin, tty;
};

/* What is started together. */
struct run_pod {
	struct session *session;
	char *name;        /* of the pod; NULL: a sandbox that is in none */
	char *namespace;   /* with a pod */
	char *hostname;
	char *rootfs;      /* absolute; NULL: the host's root */
	int root;          /* O_PATH of it: where users are looked up; -1 */
	struct label *labels; /* texts owned */
	size_t n_labels;
	unsigned int namespaces; /* mask of 1 << enum ns_type that are its own */
	bool share_pid;    /* one PID namespace for all: a holder's */
	struct run_box *boxes; /* owned */
	size_t n;
};

void run_pod_free(struct run_pod *pod);
#define CLEANUP_RUN_POD __attribute__((cleanup(run_pod_free)))

/* Appends a container as a bare sandbox has it: root, the default capabilities, PATH and HOSTNAME. NULL without memory. */
struct run_box *run_box_add(struct run_pod *pod);

/* Appends a copy of the text to a vector. -ENOMEM. */
int run_strings_add(char ***vector, const char *text);

/* The user, as passwd_user_parse() reads it in the sandbox's root. */
int run_box_user(const struct run_pod *pod, struct run_box *box, const char *user, struct err *err);
int run_box_group(struct run_box *box, gid_t gid); /* a further one; -ENOMEM */

/* Grants and takes, ALL first, as Kubernetes has it. */
void run_box_caps(struct run_box *box, uint64_t add, bool add_all, uint64_t drop, bool drop_all);

/* NAME=VALUE in the place of an earlier NAME. -ENOMEM. */
int run_box_env(struct run_box *box, const char *text);

/* run_pod.c: the Pod of a manifest. `name` is in place of its own, `words` (may be empty) of its only container's command. */
int run_pod_read(const char *path, const char *name, const struct opt_words *words, struct run_pod *pod, struct err *err);

/* run_remarks.c: notes what of it has no effect here; what of the capabilities. */
int run_pod_remarks(const struct run_pod *pod, const struct manifest *manifest, const struct manifest_pod *from,
	struct err *err);
void run_box_remarks(const struct run_pod *pod, const struct run_box *box);

/* run_config.c: the OCI config of a container; malloc'd, NULL without memory. */
char *run_config(const struct run_pod *pod, const struct run_box *box, bool own_groups, size_t *ret_len);

/* Told once all runs. */
typedef void run_started_fn(void *data);

/* run_start.c: runs all to the end; the exit status of the first that was not 0. `quiet`: nothing of the caller's stdio is
 * used once a command runs. */
int run_start(const struct run_pod *pod, bool quiet, run_started_fn *started, void *data, int *ret_status, struct err *err);

/* The plan in words. */
int run_describe(const struct run_pod *pod, struct err *err);

/* run_one.c: one container, in the namespaces of `holder` (0: its own). */
struct run_one {
	const struct run_pod *pod;
	const struct run_box *box;
	pid_t holder;
	bool no_groups;    /* the holder's user namespace lets no one set groups */
	bool quiet;
	run_started_fn *started;
	void *started_data;
};
int run_one(const struct run_one *one, int *ret_status, struct err *err);
int run_leave_stdio(struct err *err); /* 0 to 2 become /dev/null */

/* run_report.c: what a process of ours says over a pipe: it has started what it should, or why not. */
void run_report_started(int *fd);
void run_report_error(int *fd, const struct err *err);
/* 0, or the error that was said. */
int run_report_read(int fd, struct err *err);

/* run_detach.c: the same as run_start() in a process that stays behind; comes back when all runs, or with the error. */
int run_detached(const struct run_pod *pod, struct err *err);

#endif
