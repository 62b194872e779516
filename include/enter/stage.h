/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Carrying a plan out: the stage is started, its child read back, let go, and waited for.
 */
#ifndef ENTER_STAGE_H
#define ENTER_STAGE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "enter/plan.h"

struct buf;
struct relay;
struct wake;

/* What of many calls of one step is not yet told. */
struct stage_told {
	uint32_t step;
	uint64_t caps;
};

/* What has been reported so far: what comes next must be possible behind it. */
struct stage_heard {
	uint16_t times[STEP_N];
	bool let_go; /* nothing but execve is left to fail */
};

/* A started stage. */
struct stage {
	pid_t guard;    /* -1: not started, or waited for */
	pid_t child;    /* host PID of the command, 0: not known yet */
	int control;    /* struct order_event both ways */
	int line;       /* struct order_report from the child; a byte lets it go on */
	int wait_status; /* of the command */
	bool exited;
	bool leaving;   /* our process ends right behind the command: a guard that is done need not be waited for */
	struct wake *wake; /* start.c's; owned */
	struct stage_told told; /* trace.c's */
	struct stage_heard heard; /* report.c's */
	int64_t deadline; /* ms of CLOCK_MONOTONIC until which the command must run, and when it is ended; 0: none */
	const sigset_t *before; /* the signal mask while there is no command yet; NULL: leave it. stage.c's, unless it stood there already */
};
#define STAGE_NONE {.guard = -1, .control = -1, .line = -1}

/* start.c: starts the program of the stage, which then waits for its order: worth it before a plan is made, since both
 * take time. Nothing is decided by it. The caller hands it on in plan->woken, or ends it with stage_end(). */
int stage_wake(struct stage *stage, struct err *err);
void stage_end(struct stage *stage);
#define CLEANUP_STAGE __attribute__((cleanup(stage_end)))

/* start.c: sends the order, the descriptors with it. */
int stage_send(struct stage *stage, struct plan *plan, struct err *err);

/* The error that it has gone without a word. */
int stage_vanished(const struct plan *plan, struct err *err);

/* Runs the plan to its end. *ret_status is the exit status: the command's own, 128+N for signal N, 124 when it timed out. Errors carry
 * 125, 126 or 127 by their kind. */
int stage_run(struct plan *plan, int *ret_status, struct err *err);

/* Starts a plan without a command (the holder of a pod) and comes back when it stands; then ends it and all that it holds. The
 * caller frees the plan behind that. */
int stage_hold(struct plan *plan, struct stage *ret, struct err *err);
void stage_release(struct stage *stage, const struct plan *plan);

/* begin.c: waits until the child stands before execve, reads it back, lets it go. On error nothing of it is left. */
int stage_begin(struct stage *stage, struct plan *plan, struct err *err);

/* report.c: can the stage have said that, as its order is and behind what was heard? If so, it has been heard. Where the container has
 * CAP_SYS_PTRACE its processes can make the child say anything. */
bool report_is_possible(const struct plan *plan, const struct order_report *r, struct stage_heard *heard);

/* For stage.c and relay.c. */
int stage_signal(const struct stage *stage, int signal);
int stage_kill_all(const struct stage *stage);

/* step.c: the words for each step. */
struct step_info {
	const char *failed;  /* "cannot join the cgroup" */
	const char *call;    /* what is called, for -vv; NULL: it is not told */
	const char *without; /* the option that does without it, or NULL */
};
extern const struct step_info step_infos[STEP_N];

/* step.c: what a step was about, behind `failed`: " (nofile)", " /srv"; and behind `call`. */
void step_subject(const struct plan *plan, const struct order_report *r, struct buf *out);
void step_detail(const struct plan *plan, const struct order_report *r, struct buf *out);
const char *step_label(const char *label); /* the name in what is written for a security label */

/* explain.c: why execve failed, from the file itself. Fills err with the status 126 or 127. */
int explain_exec(const struct plan *plan, int error, struct err *err);
/* explain.c: which step failed, in words. */
int explain_step(const struct plan *plan, const struct order_report *report, struct err *err);

/* trace.c: tells a step that was taken, to who asked for it */
void step_trace(const struct plan *plan, const struct order_report *report, struct stage_told *told);

/* readback.c: what the kernel says of the waiting child; more than planned is an error. */
int readback_check(const struct plan *plan, pid_t child, struct err *err);

/* readback_place.c: the part of it that is about where the child stands: namespaces, root, cgroups, limits. `dir` is /proc/CHILD. */
int readback_place(const struct plan *plan, int dir, struct err *err);
int readback_more(const struct plan *plan, const char *what, struct err *err); /* sets the error, returns it */

#endif
