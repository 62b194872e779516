/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * May a process do this? Facts are gathered from outside, a rule for each action decides over them, nothing is attempted.
 * The rules are the kernel's own checks, in its order: each names the function that it follows.
 */
#ifndef MODEL_CAN_H
#define MODEL_CAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "model/caps.h"
#include "sys/idmap.h"
#include "sys/ns.h"
#include "sys/proc.h"
#include "sys/seccomp.h"

struct err;

enum can_verdict {
	CAN_YES,
	CAN_NO,
	CAN_DEPENDS, /* on the arguments of the call: a seccomp filter looks at them */
	CAN_UNKNOWN, /* a security module decides, or it could not be read */
};

struct can_answer {
	enum can_verdict verdict;
	char *rule; /* what decides, one line; hostile bytes may be in it; owned */
};

/* What an action needs beyond who the subject is. */
enum can_needs {
	CAN_NEEDS_NET = 1 << 0,     /* can_facts.net */
	CAN_NEEDS_TARGET = 1 << 1,  /* .target: the process of the argument */
	CAN_NEEDS_PATH = 1 << 2,    /* .path */
	CAN_NEEDS_DEVICES = 1 << 3, /* .devices */
	CAN_NEEDS_SECCOMP = 1 << 4, /* .filters */
};

/* A process as others see it: what decides who may signal and trace it. */
struct can_process {
	bool found;
	pid_t pid;                       /* inside */
	uid_t uid, euid, suid;           /* as we see them */
	gid_t gid, egid, sgid;
	uint64_t permitted;
	bool itself;                     /* it is the subject */
	bool init;                       /* it is PID 1 of the subject's PID namespace */
	bool kernel;                     /* a kernel thread */
	bool ended;                      /* a zombie */
	bool below;                      /* descends from the subject */
	bool traced;
	bool same_userns;                /* its user namespace is the subject's */
	bool owned;                      /* ... or one below it: the subject's capabilities count */
	bool hidden;                     /* its user namespace could not be read: neither is known */
	enum { CAN_DUMPABLE, CAN_NOT_DUMPABLE, CAN_DUMPABLE_UNKNOWN } dumpable;
};

/* One file on the way of a path, or the one at its end. */
struct can_inode {
	char *name;                      /* the path as it was walked; owned */
	mode_t mode;
	uid_t uid;                       /* as we see them, an idmapped mount applied */
	gid_t gid;
	dev_t rdev;
	bool acl;                        /* has an access list: its group bits are a mask */
	bool immutable, append;
	bool read_only, nodev;           /* of its mount or file system */
	uint32_t magic;                  /* of its file system: statfs(2) */
	bool mapped;                     /* both ids have numbers in the subject's user namespace */
};

#define CAN_INODES_MAX 128

struct can_path {
	struct can_inode *inodes;        /* the directories that were searched, in order, and then the end; owned */
	size_t n;
	bool missing;                    /* the end is not there: the last inode is the directory that it would be made in */
	int error;                       /* the walk itself failed: -ENOENT (a folder is missing), -ELOOP, -ENOTDIR... */
	bool magic;                      /* it goes through a link of procfs, which means another file for each reader */
	bool link_refused;               /* fs.protected_symlinks forbids following a link on the way */
};

struct can_device_rule {
	char type;                       /* 'a', 'b' or 'c' */
	int64_t major, minor;            /* -1: all */
	bool read, write, make;
};

struct can_facts {
	/* who: ids as we see them, numbers inside by the maps */
	uid_t uid, euid, suid, fsuid;
	gid_t gid, egid, sgid, fsgid;
	gid_t *groups;                   /* owned */
	size_t n_groups;
	struct idmap uids, gids;         /* of the subject's user namespace */
	struct cap_sets caps;
	bool no_new_privs;
	pid_t pid;                       /* its PID inside, 0: it does not run (what exec would start) */
	struct rlimit nice_limit;
	int nice;

	/* where its capabilities count */
	bool initial_userns;             /* it is in the kernel's first user namespace */
	bool owned[NS_N];                /* its user namespace, or one below it, owns that namespace */
	bool initial_pidns;

	/* what else holds it */
	unsigned int seccomp;            /* 0, 1 strict, 2 filter */
	bool filters_known;
	struct seccomp_programs filters;
	char *filters_why;               /* why they are not known; owned */
	char *confined;                  /* "AppArmor profile docker-default", "SELinux label ..."; NULL: by none; owned */

	/* the kernel */
	uint64_t all_caps;
	int yama;                        /* kernel.yama.ptrace_scope, -1: no Yama */
	int modules_disabled;            /* kernel.modules_disabled, -1: this kernel has no modules */

	/* by need */
	struct {
		bool known;
		unsigned int port_start;     /* net.ipv4.ip_unprivileged_port_start */
		gid_t ping_low, ping_high;   /* net.ipv4.ping_group_range, as we see them; low > high: nobody */
		char *why;                   /* why it is not known; owned */
	} net;
	struct can_process target;
	struct can_path path;
	struct {
		bool known, all;             /* all: nothing holds it */
		struct can_device_rule *rules; /* what is permitted; owned */
		size_t n;
	} devices;
};

void can_facts_free(struct can_facts *facts);
#define CLEANUP_CAN_FACTS __attribute__((cleanup(can_facts_free)))

/* An action as asked: "bind:80". */
struct can_query {
	const struct can_action *action;
	const char *text;                /* as written; borrowed */
	const char *arg;                 /* behind the colon, or NULL; borrowed */
	unsigned int number;             /* of a capability, a port, a PID, a user, a syscall */
};

struct can_action {
	const char *name;                /* "bind" */
	const char *arg;                 /* "PORT", or NULL */
	const char *form;                /* "bind:PORT" */
	const char *help;                /* one line */
	const char *example;             /* what --list asks of it: "80"; NULL: without */
	unsigned int needs;              /* enum can_needs */
	const struct can_call *calls;    /* the syscalls behind it, all of them needed; ends with NULL names; NULL: none */
	int (*parse)(struct can_query *query, struct err *err); /* of the argument; NULL: none is taken */
	/* Decides as far as no filter and no security module has a say. */
	void (*decide)(const struct can_facts *facts, const struct can_query *query, struct can_answer *ret);
};

struct can_call {
	const char *names;               /* "clock_settime|settimeofday": one of them is enough */
	unsigned int known;              /* bit N: args[N] of it is */
	uint64_t args[6];
};

/* The table, in the order of --list. Capabilities by their names are the row "capability", whose name nobody writes. */
const struct can_action *can_actions(size_t *ret_n);
extern const struct can_action can_capability;

/* Reads "bind:80", "NET_ADMIN", "cap_net_admin". ERR_USAGE names the nearest. */
int can_parse(const char *text, struct can_query *ret, struct err *err);

/* The answer: the action's own rule, then the filters, then what a security module could say. -ENOMEM. */
int can_decide(const struct can_facts *facts, const struct can_query *query, struct can_answer *ret);
void can_answer_free(struct can_answer *answer);

/* "yes", "no", "depends", "unknown" */
const char *can_verdict_name(enum can_verdict verdict);

/* can_gather.c: who the process is that `proc` pins, and what holds it. `where` is in the same namespaces: the same process, or, for
 * the host's PID 1, whose namespaces can be shielded even from root, the caller. What it cannot do without and cannot be read is an
 * error. */
int can_gather(const struct proc_ref *proc, const struct proc_ref *where, struct can_facts *ret, struct err *err);

/* "AppArmor profile X" for a label as /proc/PID/attr/current has it; NULL when it confines nothing. malloc'd. */
char *can_confined_by(const char *label);

/* can_process.c, can_path.c, can_devices.c: what one action needs of the world, into the facts, which keep the subject. */
int can_gather_target(const struct proc_ref *init, const struct proc_ref *where, pid_t inside, struct can_facts *facts,
	struct err *err);
int can_gather_path(int proc_fd, int root_fd, const char *path, struct can_facts *facts, struct err *err);
int can_gather_devices(const struct proc_ref *init, struct can_facts *facts, struct err *err);

/* The two settings of a network namespace, as /proc/sys/net/ipv4 prints them to us, into facts->net. */
void can_set_net(struct can_facts *facts, const char *port_start, const char *ping_range);

#endif
