/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drift: a Pod manifest against what its containers are by their OCI configs and by the kernel.
 * drift_facts_read() gathers; drift_compare() is pure: facts in, one row a field out, by the rows of
 * manifest_fields().
 */
#ifndef MODEL_DRIFT_H
#define MODEL_DRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/caps_usable.h"
#include "model/container.h"
#include "model/manifest.h"
#include "model/spec.h"
#include "sys/ns.h"

struct err;
struct trace;

/* What is known of something that is so or not. Unknown is never guessed. */
enum drift_answer { DRIFT_CANNOT, DRIFT_YES, DRIFT_NO };

/* How a container is, by one of the two: its OCI config, or the kernel. */
struct drift_side {
	bool known;	  /* false: no config that may be believed; init has gone. Nothing else counts then */
	bool has_caps;	  /* spec.caps is this side's own word */
	struct spec spec; /* ids inside, groups, sets, no_new_privs, labels; owned */
	enum drift_answer filtered;	 /* by seccomp */
	enum drift_answer read_only;	 /* the root file system */
	enum drift_answer masked;	 /* paths below /proc */
	enum drift_answer sys_locked;	 /* /sys is read-only: privileged leaves it writable */
	enum drift_answer host_ns[NS_N]; /* the namespace is the host's */
	enum drift_answer shares_pid;	 /* with other containers of its pod, and not with the host; of the
					    kernel drift_compare() tells */
	char **args;			 /* NULL-terminated; NULL: not known; owned */
	struct label *sysctls;		 /* path as sysctl_path() writes it, value; owned */
	size_t n_sysctls;
};

struct drift_facts {
	const struct container *container;	 /* borrowed */
	const struct manifest_container *wanted; /* borrowed: what it is compared with */
	struct drift_side oci, kernel;
	struct caps_unusable_list unusable; /* of what the manifest adds; owned */
	uint64_t pid_ns;	/* inode; 0 unknown */
	bool first;		/* its init is PID 1 there */
};

/* What does not depend on one container. */
struct drift_host {
	uint64_t caps; /* all that this machine can give */
	bool apparmor, selinux;
};

/* Of one pod: those of its containers that run and that the manifest names. */
struct drift_pod {
	const char *file; /* the manifest's name, for rows; borrowed */
	const char *ref;  /* for what is the Pod's; borrowed */
	const struct manifest_pod *wanted;
	const struct drift_facts *containers;
	size_t n;
	const struct drift_side *pause; /* the OCI config of the pause container, or NULL */
	struct drift_host host;
};

enum drift_verdict { DRIFT_OK, DRIFT_DRIFT, DRIFT_IGNORED, DRIFT_UNKNOWN };

enum drift_kind {
	DRIFT_VALUE_UNKNOWN, /* could not be read */
	DRIFT_VALUE_NONE,    /* there is none: not set */
	DRIFT_VALUE_BOOL,
	DRIFT_VALUE_NUMBER,
	DRIFT_VALUE_TEXT,
	DRIFT_VALUE_LIST,
};

struct drift_value {
	enum drift_kind kind;
	bool truth;
	int64_t number;
	char *text;   /* of a text; owned */
	char **items; /* of a list, NULL-terminated; owned */
	bool words;   /* a command line: shown with blanks between, others with commas */
};

struct drift_row {
	char *container;   /* ref of the container, or of the pod for what is the Pod's; owned */
	const char *level; /* "pod" or "container": where the manifest says it, or would; static */
	char *field;	   /* below its level: "runAsUser", "sysctls[net.ipv4.ip_forward]"; owned */
	struct drift_value manifest, oci, kernel;
	enum drift_verdict verdict;
	char *reason;		   /* one line, or NULL; owned */
	const char *file;	   /* borrowed of the drift_pod */
	unsigned int line, column; /* 0: the manifest does not set it */
};

struct drift_rows {
	struct drift_row *items; /* owned */
	size_t n, cap;
};

/* Reads the config and the live init, and of the kernel's settings those that `sysctls` (may be NULL) names.
 * What cannot be read stays unknown. -ESRCH when init has gone, and a config that cannot be understood, are
 * errors. The caller frees. */
int drift_facts_read(const struct container *c, const struct manifest_value *sysctls, uint64_t added,
	struct drift_facts *ret, struct err *err);
void drift_facts_free(struct drift_facts *facts);
/* What was read for them, where -v asks. */
void drift_facts_trace(const struct drift_facts *facts, const struct trace *trace);

/* Sets of all containers of a pod, once they are read, whether they share a PID namespace. */
void drift_facts_shared(struct drift_facts *containers, size_t n);

/* The config of a pause container alone. */
int drift_config_read(const struct container *c, struct drift_side *ret, struct err *err);
void drift_side_free(struct drift_side *side);

void drift_host_read(struct drift_host *ret);
void drift_host_trace(const struct drift_host *host, const struct trace *trace);

/* Appends the rows of a pod: fields that are set, in the order of the table, container by container; then
 * what is not set and not as the API's default; what is the Pod's comes first, once. -ENOMEM. */
int drift_compare(const struct drift_pod *pod, struct drift_rows *rows);
void drift_rows_free(struct drift_rows *rows);
#define CLEANUP_DRIFT_ROWS __attribute__((cleanup(drift_rows_free)))

/* "ok", "DRIFT", "IGNORED", "UNKNOWN". */
const char *drift_verdict_name(enum drift_verdict verdict);

#endif
