/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What seccomp filters say to one syscall, without running it: the program is followed along every way that it can take
 * when some arguments are not known. seccomp(2), "SECCOMP_SET_MODE_FILTER".
 */
#ifndef MODEL_SECCOMP_EVAL_H
#define MODEL_SECCOMP_EVAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sys/seccomp.h"

#define SECCOMP_EVAL_ARGS 6

struct seccomp_call {
	int number;         /* on the native architecture */
	unsigned int known; /* bit N: args[N] is; the others can be anything */
	uint64_t args[SECCOMP_EVAL_ARGS];
};

enum seccomp_verdict {
	SECCOMP_ALLOWED, /* whatever the unknown arguments are; logging it counts as that */
	SECCOMP_REFUSED, /* likewise */
	SECCOMP_DEPENDS, /* on the unknown arguments */
	SECCOMP_ASKED,   /* an agent or a tracer decides, in user space */
};

struct seccomp_outcome {
	enum seccomp_verdict verdict;
	uint32_t refusal; /* of REFUSED and DEPENDS: what it answers, SECCOMP_RET_... with its data */
};

/* Asks all filters; the strictest answer wins, as in the kernel. No filters: allowed. -EBADMSG for a program that the kernel
 * would not have taken, -ENOMEM. */
int seccomp_eval(const struct seccomp_programs *programs, const struct seccomp_call *call, struct seccomp_outcome *ret);

/* The number of a syscall on the native architecture by its name or its digits; -ENOENT when there is none. */
int seccomp_number(const char *name);

/* The name of a number; NULL when libseccomp does not know it. malloc'd. */
char *seccomp_name(int number);

/* The nearest name that libseccomp knows, for a hint, or NULL. malloc'd. */
char *seccomp_nearest(const char *name);

/* Appends what a refusal means: "EPERM", "it is killed", "SIGSYS". */
void seccomp_refusal(struct buf *out, uint32_t action);

#endif
