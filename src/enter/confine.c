/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What holds the command: seccomp, label, limits, oom_score_adj, scheduling.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/trace.h"
#include "enter/plan.h"
#include "model/seccomp.h"
#include "model/seccomp_eval.h"
#include "sys/cred.h"
#include "sys/proc.h"
#include "sys/processor.h"

static int take_seccomp(struct plan *plan, struct err *err)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	int error;

	if (plan->request->privileged || plan->request->no_seccomp || plan->spec.seccomp == SPEC_SECCOMP_NONE)
		return 0;
	if (plan->spec.seccomp == SPEC_SECCOMP_PROFILE)
		error = seccomp_build_for(plan->container->engine, plan->spec.seccomp_profile, plan->spec.seccomp_len,
			&programs, err);
	else
		error = seccomp_copy(plan->init.pid, &programs, err);
	if (error < 0) {
		err_prefix(err, "%s", plan->container->name);
		return err_hint(err, "--no-seccomp runs the command without the container's filter");
	}
	TRACE(plan->request->trace, TRACE_READ, "seccomp: %s: %zu filters, %u instructions in the first",
		plan->spec.seccomp != SPEC_SECCOMP_PROFILE ? "copied from the live init by ptrace"
		: programs.cached			   ? "the profile of its config, compiled by an earlier run"
							   : "the profile of its config, as the runtime compiles it",
		programs.n, programs.n ? programs.lengths[0] : 0);
	plan->order.seccomp_n = (uint32_t)programs.n;
	plan->order.seccomp_flags = programs.flags;
	plan->seccomp_code = take_ptr(&programs.code);
	plan->seccomp_lengths = take_ptr(&programs.lengths);
	return 0;
}

/* Only what differs is set: raising a hard limit needs CAP_SYS_RESOURCE. */
static void take_limits(struct plan *plan)
{
	struct order *o = &plan->order;

	for (int i = 0; i < SPEC_RLIMITS; i++) {
		struct rlimit own;

		o->rlimits[i] = plan->spec.rlimits[i];
		if (getrlimit(i, &own) < 0 || own.rlim_cur != o->rlimits[i].rlim_cur || own.rlim_max != o->rlimits[i].rlim_max)
			o->rlimit_mask |= 1u << i;
	}
}

static int take_affinity(struct plan *plan, struct err *err)
{
	plan->affinity_size = CPU_ALLOC_SIZE(4096);
	plan->affinity = calloc(1, plan->affinity_size);
	if (!plan->affinity)
		return err_no_memory(err);
	if (sched_getaffinity(plan->init.pid, plan->affinity_size, plan->affinity) < 0)
		memset(plan->affinity, 0xff, plan->affinity_size); /* any: ours is not to arrive */
	return 0;
}

/* Where the filter lets it, the affinity is set when nothing is left to wait for: until then all stay on one processor. */
static bool affinity_can_wait(const struct plan *plan)
{
	const struct seccomp_call call = {
		.number = SYS_sched_setaffinity,
		.known = 1 << 0 | 1 << 1,
		.args = {0, plan->affinity_size},
	};
	const struct seccomp_programs filter = {
		.n = plan->order.seccomp_n,
		.lengths = plan->seccomp_lengths,
		.code = plan->seccomp_code,
	};
	struct seccomp_outcome outcome;

	return processor_stays() && seccomp_eval(&filter, &call, &outcome) == 0 && outcome.verdict == SECCOMP_ALLOWED;
}

/* To write what is there already takes longer than to read it. But by a write with CAP_SYS_RESOURCE the kernel also sets the lowest value
 * that the process may go back to, and our caller's is not to arrive. */
static bool has_oom_score_adj(int wanted)
{
	CLEANUP_FD int self = cred_permitted() >> CRED_SYS_RESOURCE & 1 ? -1 : proc_open_self();
	int own;

	return self >= 0 && proc_oom_score_adj(self, &own) == 0 && own == wanted;
}

int plan_confine(struct plan *plan, struct err *err)
{
	int error;

	if ((error = take_seccomp(plan, err)) < 0)
		return error;
	if (!plan->request->privileged && !plan->request->no_lsm &&
		(error = plan_label(&plan->spec, "", &plan->lsm_file, &plan->lsm_label, err)) < 0)
		return error;
	take_limits(plan);
	if ((error = take_affinity(plan, err)) < 0)
		return error;
	if (affinity_can_wait(plan))
		plan->order.flags |= ORDER_AFFINITY_LATE;
	if (!processor_stayed())
		plan->order.soft |= 1u << STEP_AFFINITY;
	plan->order.umask = plan->spec.umask;
	plan->order.oom_score_adj = plan->spec.oom_score_adj;
	plan->order.has_oom = !has_oom_score_adj(plan->spec.oom_score_adj);
	errno = 0;
	plan->order.nice = getpriority(PRIO_PROCESS, (id_t)plan->init.pid);
	if (errno)
		plan->order.nice = 0;
	/* not root: what only root may raise is left as it is, with a note */
	if (!plan->root_caller)
		plan->order.soft |= 1u << STEP_RLIMIT | 1u << STEP_OOM | 1u << STEP_SCHED;
	return 0;
}
