/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kubernetes manifests: what a file says of Pods, as far as the kernel's side of a container is meant by it. Kinds Pod
 * and List, and the pod templates of Deployment, DaemonSet, StatefulSet, ReplicaSet, Job and CronJob; YAML or JSON.
 *
 * Every field is a row of one table (manifest_fields) and a struct manifest_value where it was read into: reading,
 * comparing and explaining go by the same rows.
 */
#ifndef MODEL_MANIFEST_H
#define MODEL_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/yaml.h"

struct buf;
struct err;
struct trace;

/* Where a field stands; a row has the bits of all its places. */
enum manifest_level {
	MANIFEST_METADATA = 1,   /* metadata */
	MANIFEST_SPEC = 2,       /* the Pod's spec */
	MANIFEST_POD = 4,        /* spec.securityContext: reaches all containers */
	MANIFEST_CONTAINER = 8,  /* spec.containers[] */
	MANIFEST_CONTEXT = 16,   /* spec.containers[].securityContext: wins over the Pod's */
};

enum manifest_type {
	MANIFEST_TEXT,    /* text */
	MANIFEST_WORD,    /* text: one of the row's words */
	MANIFEST_BOOL,    /* truth */
	MANIFEST_ID,      /* number, 0 to 2^31-1 */
	MANIFEST_IDS,     /* items, each a number */
	MANIFEST_TEXTS,   /* items, each a text */
	MANIFEST_CAPS,    /* items, each a text as written; mask and all */
	MANIFEST_PAIRS,   /* items, each a name and a text: lists of {name, value} and maps of texts */
	MANIFEST_OBJECT,  /* set or not; its parts are rows of their own, "seccompProfile.type" */
	MANIFEST_ANY,     /* set or not; not looked into */
};

struct manifest_item {
	const char *name;  /* of a pair; else NULL */
	const char *text;  /* never NULL; of a number as written */
	int64_t number;
	unsigned int line, column;
};

struct manifest_value {
	bool set;          /* false also for null, and for what is misplaced */
	bool misplaced;    /* read, but it stands at a level where Kubernetes has no such field: it has no effect */
	enum manifest_level level; /* where it stood */
	unsigned int line, column; /* of the value, 1-based */
	bool truth;
	bool all;          /* capabilities: ALL is among the names */
	int64_t number;
	uint64_t mask;     /* capabilities: the others */
	const char *text;  /* a scalar as written; NULL for all else */
	struct manifest_item *items;
	size_t n_items;
};

/* A securityContext, the Pod's or a container's. */
struct manifest_context {
	struct manifest_value run_as_user, run_as_group, run_as_non_root;
	struct manifest_value se_linux_options, se_linux_user, se_linux_role, se_linux_type, se_linux_level;
	struct manifest_value seccomp_profile, seccomp_type, seccomp_localhost;
	struct manifest_value app_armor_profile, app_armor_type, app_armor_localhost;
	struct manifest_value windows_options;
	/* the Pod's only */
	struct manifest_value supplemental_groups, supplemental_groups_policy, fs_group, fs_group_change_policy;
	struct manifest_value se_linux_change_policy, sysctls;
	/* a container's only */
	struct manifest_value capabilities, capabilities_add, capabilities_drop;
	struct manifest_value privileged, allow_privilege_escalation, read_only_root_filesystem, proc_mount;
};

enum manifest_container_kind {
	MANIFEST_MAIN,
	MANIFEST_INIT,
	MANIFEST_EPHEMERAL,
};

struct manifest_container {
	enum manifest_container_kind kind;
	char *path;        /* "spec.containers[0]"; owned */
	unsigned int line, column;
	struct manifest_value name; /* always set, a DNS label, its text unique among the pod's containers */
	struct manifest_value image, command, args, env, working_dir, with_stdin, tty;
	struct manifest_context context; /* as written; see manifest_effective() */
};

enum manifest_severity {
	MANIFEST_NOTE,     /* good to know */
	MANIFEST_UNUSED,   /* a field of Kubernetes that says nothing of the kernel's side: not applied here */
	MANIFEST_WARNING,  /* has no effect, or not the one that was meant */
	MANIFEST_INVALID,  /* Kubernetes refuses it; what it says can be compared all the same */
};

struct manifest_remark {
	enum manifest_severity severity;
	unsigned int line, column;
	char *field;       /* its path; owned */
	char *message;     /* one line, hostile; owned */
	bool homeless;     /* a field of the Pod's spec or of a securityContext, where Kubernetes has none of that name: not read */
};

struct manifest_pod {
	const char *kind;  /* "Pod", "Deployment", ...: static */
	char *path;        /* of the Pod's spec: "spec", "items[1].spec.template.spec"; owned */
	char *metadata_path; /* of name and namespace: "metadata", "items[1].metadata"; owned */
	unsigned int line, column; /* of the object */
	struct manifest_value name;      /* of the object, a workload's for a workload; always set, a DNS subdomain */
	struct manifest_value namespace; /* of the object */
	struct manifest_value labels, annotations; /* of the Pod, a workload's template */
	struct manifest_value host_pid, host_network, host_ipc, host_users, share_process_namespace, hostname;
	struct manifest_context context; /* as written */
	struct manifest_container *containers; /* main ones first, then init, then ephemeral ones; one main at least */
	size_t n_containers;
	struct manifest_remark *remarks; /* in the order of the file */
	size_t n_remarks;
};

struct manifest {
	struct yaml_docs docs; /* holds the texts */
	struct manifest_pod *pods; /* one at least */
	size_t n_pods;
	struct manifest_remark *remarks; /* of objects that hold no Pod */
	size_t n_remarks;
};

struct manifest_field {
	const char *name;     /* below its level: "runAsUser", "seccompProfile.type" */
	unsigned int levels;  /* bits of enum manifest_level */
	enum manifest_type type;
	size_t offset;        /* of its value in struct manifest_pod (METADATA, SPEC), manifest_container, or manifest_context */
	const char *words;    /* MANIFEST_WORD: "RuntimeDefault|Localhost|Unconfined" */
	const char *unset;    /* what the API takes when it is not set; NULL: the image or the engine decides */
	const char *help;     /* one line, without a full stop */
};

/* Reads a file, "-" for standard input, or a text. An error is "FILE:LINE:COLUMN: why" (ERR_USAGE); nothing is kept then.
 * What is wrong but can be understood is a remark. The caller frees with manifest_free(). */
int manifest_read(const char *path, struct manifest *ret, struct err *err);
int manifest_parse(const char *name, const char *text, size_t len, struct manifest *ret, struct err *err);
void manifest_free(struct manifest *manifest);
/* What was found in it, where -v asks. */
void manifest_trace(const struct manifest *manifest, const struct trace *trace);
#define CLEANUP_MANIFEST __attribute__((cleanup(manifest_free)))

/* The context that a container runs with: for fields of both levels its own over the Pod's (an object such as
 * seccompProfile as a whole), the Pod's for those of the Pod only, its own for those of containers only. Borrows. */
void manifest_effective(const struct manifest_pod *pod, const struct manifest_container *container,
	struct manifest_context *ret);

/* Can a pod of that name come from it? A Pod's is its own, a workload's has the pattern of its kind: a Deployment's
 * NAME-HASH-5RANDOM, a StatefulSet's NAME-N, a CronJob's NAME-DIGITS-5RANDOM, all others' NAME-5RANDOM. */
bool manifest_names_pod(const struct manifest_pod *pod, const char *name);
/* The same for podman's play kube, which has patterns of its own beside these. */
bool manifest_names_podman(const struct manifest_pod *pod, const char *name);

/* A word of command or args as the kubelet makes it: $(NAME) is the variable's value where look_up() has one, $$ a dollar, all
 * else stays. malloc'd, NULL without memory. */
char *manifest_expand(const char *text, const char *(*look_up)(void *data, const char *name, size_t len), void *data);

/* Why a value that is misplaced at that level has no effect; static. */
const char *manifest_misplaced(enum manifest_level level);

/* The first MANIFEST_INVALID remark of the pod as an error, for who is to run it. 0 when there is none. */
int manifest_refuse(const struct manifest *manifest, const struct manifest_pod *pod, struct err *err);

/* The error that none of its containers has that name: the nearest, or those that there are. */
int manifest_no_container(const struct manifest *manifest, const char *name, struct err *err);

/* The table: rows that share a name and stand at different levels are one row with several bits. */
const struct manifest_field *manifest_fields(size_t *ret_n);

/* The row of that name at that level (one bit), or NULL. */
const struct manifest_field *manifest_field(const char *name, enum manifest_level level);

/* The value of a row: `pod` for METADATA, SPEC and POD; `container` too for CONTAINER and CONTEXT. */
const struct manifest_value *manifest_value(const struct manifest_field *field, enum manifest_level level,
	const struct manifest_pod *pod, const struct manifest_container *container);

/* Appends "spec.containers[0].securityContext.runAsUser". */
void manifest_path(struct buf *out, const struct manifest_field *field, enum manifest_level level,
	const struct manifest_pod *pod, const struct manifest_container *container);

#endif
