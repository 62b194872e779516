/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What nsctl tells the stage, and what the stage tells back. The stage is the small static program that stands in a
 * container for the moment between clone and execve, and the guard beside it. Both are built from one tree, so the
 * layout is private to one build.
 *
 * The order is one block: this struct, then the vectors and texts it points to by offset from its beginning. The stage's
 * arguments are the numbers of its end of the control socket, and of the memfd that it runs from and seals. Over the socket comes
 * one message: nsctl's numbers of the descriptors (ORDER_FDS_MAX, those behind the last are 0), the order, and (SCM_RIGHTS) the
 * descriptors themselves. A message without the order has it as its first descriptor, a sealed memfd.
 */
#ifndef STAGE_ORDER_H
#define STAGE_ORDER_H

#include <stdint.h>
#include <sys/resource.h>
#include <termios.h>

#define ORDER_FDS_MAX 96 /* of one message; the kernel takes 253 */
#define ORDER_INLINE 16384 /* an order of that many bytes may come in the message */
#define ORDER_MAGIC 0x6e736331u
#define ORDER_V1_MAX 16
#define ORDER_NS_MAX 8
#define ORDER_RLIMITS 16
#define ORDER_LEAF_SIZE 96
#define ORDER_NAME_SIZE 256

enum order_flag {
	ORDER_TTY = 1 << 0,         /* stdio[0] is a pty: make it the controlling terminal */
	ORDER_DETACH = 1 << 1,      /* no guard: once the command runs, nobody watches it */
	ORDER_NO_NEW_PRIVS = 1 << 2,
	ORDER_SETGROUPS = 1 << 3,   /* clear where the user namespace denies it */
	ORDER_INTO_CGROUP = 1 << 4, /* clone3 with CLONE_INTO_CGROUP may be tried */
	ORDER_CLONE3 = 1 << 5,      /* clone3 may be tried */
	ORDER_CLOSE_RANGE = 1 << 6,
	ORDER_KEEP_CREDS = 1 << 7,  /* ids and capabilities stay as they are: we are not in a user namespace that lets us */
	ORDER_USERNS_FIRST = 1 << 8, /* not root: the right to join the others comes from the user namespace */
	ORDER_MOUNT_SETATTR = 1 << 9, /* mount_setattr may be tried */
	ORDER_BECOME_ROOT = 1 << 10, /* in a new user namespace: take uid and gid 0 before anything is made */
	ORDER_HOLD = 1 << 11,       /* no command: stay, so that the namespaces do */
	ORDER_CGROUP_KILL = 1 << 12, /* the leaf's cgroup.kill may be tried */
	ORDER_GROUPS_FIRST = 1 << 13, /* the groups are set before the user namespace is joined, as seen from here */
	ORDER_TRACE = 1 << 15, /* each step that was taken is reported (REPORT_DID, EVENT_DID) */
	ORDER_AFFINITY_LATE = 1 << 16, /* it is set right before execve: the filter lets it */
	ORDER_RELAYED = 1 << 14, /* bytes of the command pass through nsctl: its end may be the cause of the command's */
};

/* The steps, in the order in which they are taken; errors name one. Their words: src/enter/step.c. */
enum order_step {
	STEP_NONE,
	STEP_ORDER,      /* reading this block */
	STEP_OOM,        /* oom_score_adj */
	STEP_LSM,
	STEP_LEAF,       /* the cgroup of the command's own */
	STEP_USERNS,     /* the user namespace, taken first */
	STEP_PIDNS,
	STEP_CLONE,      /* arg: enum order_clone */
	STEP_CGROUP,     /* v2 */
	STEP_TASKS,      /* v1; arg is the index of the hierarchy */
	STEP_RLIMIT,     /* arg is the resource */
	STEP_SCHED,
	STEP_NS,         /* arg is the index into ns */
	STEP_CREATE,     /* a step of making a sandbox; arg is the index in mounts, or of enum create_step */
	STEP_ROOT,
	STEP_CWD,
	STEP_CWD_OUTSIDE, /* the working directory is not below the root */
	STEP_STDIO,
	STEP_TTY,
	STEP_KEYRING,
	STEP_SECCOMP,
	STEP_BOUNDING,   /* arg is the capability */
	STEP_GROUPS,
	STEP_GID,
	STEP_UID,
	STEP_CAPS,
	STEP_AMBIENT,
	STEP_NO_NEW_PRIVS,
	STEP_FDS,
	STEP_READY,      /* no error: everything is set, waits for the word to execve. Who says so is the command's process: its PID is
			    the kernel's word (SCM_CREDENTIALS) */
	STEP_AFFINITY,   /* or among the first, without ORDER_AFFINITY_LATE */
	STEP_EXEC,
	STEP_N,
};

_Static_assert(STEP_N <= 32, "a bit for each in `soft`");

enum order_clone {
	CLONE_BESIDE, /* where nsctl is */
	CLONE_PLACED, /* into the cgroup */
	CLONE_BORN,   /* once more, inside */
};

struct order_ns {
	int32_t fd;     /* a pidfd, or one namespace */
	uint32_t flags; /* CLONE_NEW... for setns(2) */
};

/* A vector of texts: `offset` of n+1 slots of 8 bytes that hold offsets (the last is 0); the stage makes them pointers. */
struct order_vector {
	uint32_t offset, n;
};

/* One step of building a sandbox's view, see stage/create.h. */
struct order_mount {
	uint32_t kind; /* enum create_kind */
	uint32_t source, target, type, data; /* offsets of texts, 0: NULL */
	uint64_t flags;
};

struct order {
	uint32_t magic, size, flags;
	uint32_t soft; /* bit per step: a failure there is a note, not the end */

	/* descriptors by nsctl's numbers, which the stage turns into its own; 0 to 2 are the same in both; -1 is none */
	int32_t control;     /* SOCK_SEQPACKET to nsctl: struct order_event both ways; its end is nsctl's end; set by the stage */
	int32_t line;        /* SOCK_SEQPACKET: struct order_report from the child, bytes that let it go on to it; closed by execve. No
			      * pipe: who is inside could open that by /proc/PID/fd and write into either end */
	int32_t cgroup;      /* directory of the v2 cgroup that the command shall run in, or in a leaf of it */
	int32_t cgroup_procs; /* its cgroup.procs, for writing, where CLONE_INTO_CGROUP does not work and there is no leaf */
	int32_t leaf_parent; /* the guard's: directory that holds the leaf; -1: there is no leaf of ours */
	int32_t parent_procs; /* cgroup.procs of init's own cgroup: where what is left goes */
	int32_t userns;      /* with ORDER_USERNS_FIRST */
	int32_t pidns;       /* a pidfd or the PID namespace; -1: stay */
	int32_t terminal;    /* the caller's, to restore when nsctl dies */
	int32_t root;        /* O_PATH: init's root; -1: stay */
	int32_t state;       /* the folder of a sandbox's state, removed at the end; -1: none */
	int32_t program;     /* a static program in a sealed memfd, executed in the place of argv[0]; -1: none */
	int32_t stdio[3];
	int32_t v1[ORDER_V1_MAX];
	uint32_t n_v1;
	int32_t v1_pids; /* which of them counts processes; -1: none */
	struct order_ns ns[ORDER_NS_MAX];
	uint32_t n_ns;
	uint32_t preserve_fds; /* 3 .. 3+n-1 stay open */
	char leaf[ORDER_LEAF_SIZE]; /* its name; empty: none is wanted */
	struct termios termios; /* of terminal */

	/* identity and confinement */
	uint32_t uid, gid; /* as inside */
	uint32_t groups, n_groups; /* offset of uint32_t */
	uint64_t inheritable, permitted, effective, bounding, ambient;
	uint32_t last_cap;
	uint32_t umask;
	struct rlimit rlimits[ORDER_RLIMITS];
	uint32_t rlimit_mask; /* which of them are to be set */
	int32_t oom_score_adj;
	uint32_t has_oom;
	int32_t nice;
	uint32_t affinity, affinity_size; /* offset of a cpu_set, 0: leave */
	uint32_t lsm_file, lsm_label;     /* offsets: "/proc/self/attr/apparmor/exec", what to write; 0: none */
	uint32_t seccomp_n;               /* how many programs, oldest first */
	uint32_t seccomp_lengths;         /* offset of uint32_t: instructions of each */
	uint32_t seccomp_code;            /* offset of struct sock_filter: one program behind the other */
	uint32_t seccomp_flags;

	/* the command */
	struct order_vector argv, env;
	struct order_vector candidates;      /* the files that argv[0] may mean when it has no slash, first come first */
	uint32_t cwd;                        /* offset */

	/* a new sandbox instead of a join: src/stage/create.c */
	uint32_t new_namespaces; /* CLONE_NEW...; 0: join. All that it started ends with the command */
	uint32_t hostname;       /* offset, 0: leave */
	uint32_t mounts, n_mounts; /* offset of struct order_mount */
	char state_name[ORDER_NAME_SIZE]; /* of the folder `state` */
};

/* Child to nsctl, on `line`. Who traces the child can say anything in its name: src/enter/report.c. */
struct order_report {
	uint32_t step; /* STEP_READY is no error */
	int32_t error; /* errno */
	int32_t arg;
	uint32_t soft; /* 1: it goes on; REPORT_DID: no error */
};
#define REPORT_DID 2

/* Guard and nsctl, on `control`. */
enum order_event_kind {
	EVENT_CHILD,   /* guard: value is the child's PID in nsctl's PID namespace; not where the command is another process */
	EVENT_ERROR,   /* guard: report says which of its own steps failed */
	EVENT_EXIT,    /* guard: value is the wait status; nothing of the guard's follows */
	EVENT_SIGNAL,  /* nsctl: send signal `value` to the command */
	EVENT_KILL,    /* nsctl: end all that was started */
	EVENT_DID,     /* guard: report names a step that it has taken; before there is a child */
	EVENT_DONE,    /* nsctl, with ORDER_RELAYED: the end was heard, everything is out and the terminal as before */
};
struct order_event {
	uint32_t kind;
	int32_t value;
	struct order_report report;
};

static inline void *order_at(struct order *o, uint32_t offset)
{
	return offset ? (char *)o + offset : (void *)0;
}

#endif
