/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of the stage. Its two halves run side by side: the guard stays in the host's PID, mount and network
 * namespaces and watches nsctl; the child goes in and becomes the command.
 */
#ifndef STAGE_STAGE_H
#define STAGE_STAGE_H

#include <sys/types.h>

#include "stage/order.h"

/* A number as text, at the end of the buffer; without stdio, which would double the stage's size. */
#define STAGE_DIGITS 12
static inline char *stage_digits(char buffer[STAGE_DIGITS], unsigned int value)
{
	char *p = buffer + (STAGE_DIGITS - 1);

	*p = '\0';
	do
		*--p = (char)('0' + value % 10);
	while (value /= 10);
	return p;
}

/* The number at *at, in base 10 or 16, behind spaces and a sign that does not count; *at is left behind it. Not strtoul(), which was
 * a tenth of the stage. */
static inline unsigned long long stage_number(const char **at, unsigned int base)
{
	unsigned long long value = 0;
	unsigned int digit;

	while (**at == ' ' || **at == '\t' || **at == '-')
		(*at)++;
	for (;; (*at)++) {
		unsigned int c = (unsigned char)**at;

		digit = c - '0' < 10 ? c - '0' : (c | 0x20) - 'a' < 6 ? (c | 0x20) - 'a' + 10 : 16;
		if (digit >= base)
			return value;
		value = value * base + digit;
	}
}

/* main.c: reads the order, does what must be done before there is a child, and is the guard from then on. */

/* What the child begins with. It may share our memory: `order` is its own from then on, and nothing here goes away. */
struct birth {
	struct order *order;
	int outside;   /* of the PID namespace, which it leaves to a process that it bears there */
	pid_t *number; /* stage_clone()'s, where it is outside: as child_run() has it */
	int placed;    /* stage_clone()'s: the kernel has put it into the cgroup */
};

/* clone.c: starts child_run() in a new process, inside a new PID namespace and (if it can be had) the cgroup. Its PID, or -1 and errno;
 * *ret_pidfd is -1 where there are none. While it lives, the guard makes no call whose errno it would read: the two may share that, too. */
pid_t stage_clone(struct birth *b, int *ret_pidfd);

/* clone.c: a new child of our parent, in the PID namespace that was joined; its number is in `number`, which the
 * parent reads and of which the new process has at most a copy from before, before it runs. Returns as fork does. */
pid_t stage_reborn(pid_t *number);

/* child.c: everything up to execve. Does not return. With `number` it stays outside of the PID namespace until it has nothing left
 * that a container could want. */
void child_run(struct order *o, int placed, pid_t *number) __attribute__((noreturn));
void child_fail(struct order *o, enum order_step step, int error, int arg) __attribute__((noreturn));
/* fails, or (when the step is soft) reports and returns */
void child_check(struct order *o, int result, enum order_step step, int arg);
void child_did(const struct order *o, enum order_step step, int arg); /* reports it where that is wanted */

/* creds.c: bounding set, ids, capabilities; seccomp.c: filters */
void child_creds(struct order *o);
void child_caps(struct order *o);
void child_seccomp(struct order *o);

/* create.c: the namespaces and mounts of a new sandbox; -1 and errno */
void child_create(struct order *o);
int create_remount(const char *path, unsigned long flags);

/* root.c: CREATE_ROOT; *ret_host is the old root */
int create_root(struct order *o, const char *source, const char *target, unsigned long flags, int *ret_host);

/* root.c: after a plain chroot(2) the root is no mount point: makes it one of our mount namespace, the only one in sight */
void create_mount_point(struct order *o);

/* root.c: CREATE_FORGET */
int create_forget(int host, const char *target);

/* hold.c: the process that holds the namespaces of a pod: reaps, and waits for its end */
void child_hold(struct order *o) __attribute__((noreturn));

/* guard.c: waits for the end of the command or of nsctl. Does not return. `number`: as child_run() got it. */
void guard_run(struct order *o, pid_t child, int pidfd, pid_t *number) __attribute__((noreturn));

/* leaf.c: the cgroup of the command's own. leaf_make() gives 0 where none is wanted; -1 and errno. leaf_open() opens a file in it. */
int leaf_make(struct order *o);
int leaf_open(const struct order *o, const char *file, int flags);
int leaf_vanish(struct order *o); /* removes it where nobody is in it any more: 1, also where there is none */
void leaf_remove(const struct order *o);

/* reap.c: ends all that the command started, or gives the rest of it to the container; removes the leaf and the state */
void reap_kill(struct order *o, pid_t child);
void reap_leave(struct order *o);
void reap_remove(struct order *o);

#endif
