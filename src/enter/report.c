/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which reports of the stage are believed. Nothing of one is used before it has come through here: the child
 * stands among the container's processes, and one that may trace it (CAP_SYS_PTRACE) can send anything in its
 * name.
 */
#include <stdbool.h>
#include <stdint.h>

#include "enter/plan.h"
#include "enter/stage.h"
#include "stage/create.h"

#define ERRNO_MAX 4095 /* the kernel's */
#define CAPS_MAX 64    /* of a set */

/* How many arguments a step has, counted from 0; it is taken once with each. */
static uint32_t arguments(const struct order *o, uint32_t step)
{
	switch (step) {
	case STEP_SCHED:
		return 2;
	case STEP_CLONE:
	case STEP_STDIO:
		return 3;
	case STEP_TASKS:
		return o->n_v1;
	case STEP_RLIMIT:
		return ORDER_RLIMITS;
	case STEP_NS:
		return o->n_ns;
	case STEP_SECCOMP:
		return o->seccomp_n;
	case STEP_BOUNDING:
	case STEP_AMBIENT:
		return CAPS_MAX;
	default:
		return 1;
	}
}

static bool has_argument(const struct plan *plan, const struct order_report *r)
{
	const struct order *o = &plan->order;

	switch (r->step) {
	case STEP_OOM:
		return r->arg == o->oom_score_adj;
	case STEP_LSM:
		return !r->arg && plan->lsm_label;
	case STEP_CREATE:
		return r->arg >= CREATE_AT_CHROOT && r->arg < (int64_t)plan->n_mounts;
	case STEP_FDS:
		return r->arg >= 0 && (uint32_t)r->arg < 3 + o->preserve_fds;
	default:
		return r->arg >= 0 && (uint32_t)r->arg < arguments(o, r->step);
	}
}

/* Taken, failed, or failed and gone on; each where the order lets it. */
static bool has_outcome(const struct order *o, const struct order_report *r)
{
	const bool failed = r->error > 0 && r->error <= ERRNO_MAX;

	if (r->step == STEP_READY)
		return !r->error && !r->soft;
	if (r->soft == REPORT_DID)
		return !r->error && o->flags & ORDER_TRACE && r->step < STEP_AFFINITY;
	return failed && (!r->soft || (r->soft == 1 && o->soft >> r->step & 1));
}

/* Behind the word to go on, and not before. */
static bool is_of_the_end(const struct order *o, uint32_t step)
{
	return step == STEP_EXEC || (step == STEP_AFFINITY && o->flags & ORDER_AFFINITY_LATE);
}

bool report_is_possible(const struct plan *plan, const struct order_report *r, struct stage_heard *heard)
{
	if (r->step == STEP_NONE || r->step >= STEP_N || is_of_the_end(&plan->order, r->step) != heard->let_go)
		return false;
	if (!has_argument(plan, r) || !has_outcome(&plan->order, r))
		return false;
	return heard->times[r->step]++ < arguments(&plan->order, r->step);
}
