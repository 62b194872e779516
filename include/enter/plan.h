/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plan of an entry: everything that exec, shell and run decide and open before anything is entered. Made once, by
 * plan_make(); carried out once, by stage_run(). Nothing here changes the caller's process.
 */
#ifndef ENTER_PLAN_H
#define ENTER_PLAN_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/container.h"
#include "model/spec.h"
#include "stage/order.h"
#include "sys/cgroup.h"
#include "sys/passwd.h"
#include "sys/proc.h"

struct buf;
struct enter_sandbox;
struct err;
struct idmap;
struct stage;
struct trace;

/* What was asked for. All pointers are borrowed; NULL and 0 are "not given". */
struct enter_request {
	const struct container *container;
	/* "docker unpause web", for the message about a paused one, "docker start web", for that about a stopped one; malloc'd. NULL,
	 * and they may give that: nobody knows one. */
	char *(*resume)(const struct container *c), *(*start)(const struct container *c);
	char *const *argv;        /* NULL-terminated, one word at least; with `shell` its arguments, maybe none */
	bool shell;               /* a shell: the container's own if it has one, else a tool */
	bool say_shell;           /* say which one it is */
	const char *tools;        /* run the command by a static program of the host, from memory: this file; "": its
				     busybox; NULL: the container's own programs */
	bool keep_stdin;          /* -i */
	bool tty;                 /* -t */
	bool detach;              /* -d */
	bool privileged, no_new_privs;
	bool no_cgroup, no_seccomp, no_lsm;
	const char *user;         /* -u */
	const char *workdir;      /* -w */
	const char *const *env;   /* -e NAME=VALUE, or NAME: the caller's */
	size_t n_env;
	const char *env_file;
	const char *const *group_add;
	size_t n_group_add;
	uint64_t cap_add, cap_drop;
	unsigned int namespaces;  /* mask of 1 << enum ns_type; 0: all */
	uint64_t timeout_ms;
	const char *pid_file;
	unsigned int preserve_fds;
	const struct trace *trace; /* -v, -vv */
	uint64_t stop_ms;         /* a sandbox: this long after a signal that ends it comes KILL; 0: never */
};

/* Told of what a person should know although the work goes on. */
typedef void plan_note_fn(void *data, const char *message);

#define PLAN_FDS 48

/* A step of src/stage/create.c, its texts owned. */
struct plan_mount {
	uint32_t kind;
	uint64_t flags;
	char *source, *target, *type, *data;
};

struct plan {
	const struct enter_request *request;
	const struct container *container;
	plan_note_fn *note;
	void *note_data;

	struct proc_ref init;
	struct proc_status status; /* init's */
	struct spec spec;
	struct cgroup_set cgroups;
	struct passwd_user user;   /* with -u; its entry also without, for HOME */
	int root;                  /* O_PATH: init's root, where users and files are looked up; owned through fds */
	uint64_t all_caps;         /* every capability of this kernel */
	bool root_caller;          /* CAP_SYS_ADMIN where we stand */
	bool told_no_cgroup;       /* plan_say_no_cgroup() has */
	bool own_userns;           /* the container has a user namespace that is not ours */
	unsigned int joins;        /* the namespaces of init's that the command will be in: mask of 1 << enum ns_type */

	/* as it will be: what is sent, and what is read back */
	struct order order;        /* texts and vectors are put in by order_pack() */
	gid_t *groups;             /* owned */
	size_t n_groups;
	char **env;                /* owned vector of owned texts */
	size_t n_env;
	const char *cwd;
	const char *path;          /* PATH of env, or the default */
	char *const *argv;         /* the request's, or own_argv */
	char **own_argv;           /* owned vector, its texts are the request's and shell; NULL: none */
	char *shell;               /* path of the shell that was found, owned */
	const char *tools;         /* name of what order.program is; part of the request's or static; NULL: none */
	cpu_set_t *affinity;       /* init's, owned; NULL: leave, for a sandbox */
	size_t affinity_size;
	const char *lsm_file;      /* static */
	char *lsm_label;           /* owned */
	struct sock_filter *seccomp_code; /* owned */
	uint32_t *seccomp_lengths; /* owned */

	/* a new sandbox: enter/sandbox.h */
	const struct enter_sandbox *sandbox; /* NULL: an entry */
	struct plan_mount *mounts; /* owned */
	size_t n_mounts;
	struct idmap *maps;        /* uid and gid, two of them, owned; NULL: no new user namespace */
	bool map_tools;            /* written by newuidmap and newgidmap */

	/* Called with the child that waits before execve, and once it is the command; NULL: not. */
	int (*ready)(void *data, pid_t child, struct err *err);
	void (*running)(void *data);
	void *hook_data;

	struct stage *woken;       /* a stage started ahead, borrowed; NULL: none */
	int fds[PLAN_FDS];         /* every descriptor that the stage needs: owned, it gets copies */
	size_t n_fds;
};

/* An empty plan for the request. */
void plan_begin(const struct enter_request *request, plan_note_fn *note, void *note_data, struct plan *ret);

/* Looks at the container, decides, opens. On error nothing is left behind. The caller frees. */
int plan_make(const struct enter_request *request, plan_note_fn *note, void *note_data, struct plan *ret,
	struct err *err);
void plan_free(struct plan *plan);
#define CLEANUP_PLAN __attribute__((cleanup(plan_free)))

/* trace.c: tells what was read and what was decided, to who asked for it. */
void plan_trace(const struct plan *plan);

/* --dry-run: the plan in words, a line each. */
void plan_describe(const struct plan *plan, struct buf *out);

/* The parts of plan_make(), one file each. */
int plan_identity(struct plan *plan, struct err *err);  /* identity.c: user, groups, capabilities */
int plan_environment(struct plan *plan, struct err *err); /* environment.c: env, cwd, PATH */
int plan_command(struct plan *plan, struct err *err);   /* command.c: the shell that was found, tools from memory */
int plan_place(struct plan *plan, struct err *err);     /* place.c: namespaces, root */
int plan_cgroups(struct plan *plan, int self, struct err *err); /* place_cgroup.c, for place.c: `self` is /proc/self */
int plan_confine(struct plan *plan, struct err *err);   /* confine.c: seccomp, LSM, limits, oom, scheduling */

/* place.c: "cannot WHAT" of init, and which right it needs; sets the error, returns it */
int plan_denied(const struct plan *plan, int error, const char *what, struct err *err);

/* place_cgroup.c. Tells, once, that the command stays out of init's cgroup. Who may write to the files of it may be refused all the same: v2 asks
 * for the right to the common ancestor too (Documentation/admin-guide/cgroup-v2.rst, "Delegation Containment"). */
void plan_say_no_cgroup(struct plan *plan);

/* program.c. O_PATH, the file that argv[0] means, as the stage looks for it; a negative errno: it is not there. */
int plan_open_program(const struct plan *plan);
/* Tells of a set-user-ID file or of file capabilities that no_new_privs makes worth nothing. */
void plan_say_withheld(const struct plan *plan);

/* label.c: what is written to which file so that execve gives the command its label; both stay as they are when there is none. `root`
 * is as in sys/lsm.h. */
int plan_label(const struct spec *spec, const char *root, const char **ret_file, char **ret_label, struct err *err);

/* environment.c: the files that a name without a slash may mean along `path`, first come first; an empty part is the working
 * directory. The name must not be empty. One allocation: free() it. NULL without memory. */
char **plan_candidates(const char *path, const char *name);
bool plan_knows_shell(const char *name); /* command.c: is it one of those that are looked for? */

/* Keeps a descriptor for the stage and returns it (as it is, for negative ones). */
int plan_keep(struct plan *plan, int fd);
void plan_say(const struct plan *plan, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* order.c: the order with its vectors as one block. */
int order_pack(const struct plan *plan, struct buf *ret, struct err *err);

#endif
