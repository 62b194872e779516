/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What -v tells of a plan, and -vv of each step that the stage has taken.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "base/trace.h"
#include "enter/plan.h"
#include "enter/stage.h"
#include "model/caps.h"
#include "sys/ns.h"

static bool listens(const struct plan *plan, unsigned int level)
{
	return plan->request->trace && plan->request->trace->level >= level;
}

static void say_source(const struct plan *plan)
{
	const struct trace *trace = plan->request->trace;
	const struct container *c = plan->container;

	trace_say(trace, TRACE_READ, "init %d: read status, ns, cgroup, root of /proc/%d, held by %s", (int)plan->init.pid, (int)plan->init.pid,
		plan->init.pidfd >= 0 ? "a pidfd" : "its folder, for there are no pidfds");
	if (plan->spec.from_config)
		trace_say(trace, TRACE_READ, "config: read %s: it says user, capabilities, seccomp, limits, environment", c->config);
	else
		trace_say(trace, TRACE_READ, "config: %s: all of it is copied from the live init", spec_config_missing(c));
}

void plan_trace(const struct plan *plan)
{
	CLEANUP_BUF struct buf text = {0};
	const struct trace *trace = plan->request->trace;
	char *save = NULL;

	if (!listens(plan, TRACE_READ))
		return;
	if (!plan->sandbox)
		say_source(plan);
	plan_describe(plan, &text);
	/* the values of the environment are nobody's business; --dry-run is asked for them */
	for (char *line = text.data ? strtok_r(text.data, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save))
		if (!text_has_prefix(line, "environment"))
			trace_say(trace, TRACE_READ, "plan: %s", line);
}

static const char *const calls[STEP_N] = {
	[STEP_OOM] = "write /proc/self/oom_score_adj",
	[STEP_LSM] = "write the security label of what is executed next:",
	[STEP_LEAF] = "mkdirat",
	[STEP_USERNS] = "setns: user",
	[STEP_PIDNS] = "setns: pid, of what is born from here on",
	[STEP_CLONE] = "clone3",
	[STEP_CGROUP] = "write cgroup.procs",
	[STEP_TASKS] = "write",
	[STEP_RLIMIT] = "prlimit64",
	[STEP_SCHED] = "sched_setscheduler, setpriority",
	[STEP_NS] = "setns:",
	[STEP_CREATE] = "make a part of the sandbox",
	[STEP_ROOT] = "fchdir, chroot: init's root",
	[STEP_CWD] = "chdir",
	[STEP_STDIO] = "dup2: 0, 1, 2",
	[STEP_TTY] = "ioctl TIOCSCTTY",
	[STEP_KEYRING] = "keyctl KEYCTL_JOIN_SESSION_KEYRING: a new one",
	[STEP_SECCOMP] = "seccomp SECCOMP_SET_MODE_FILTER:",
	[STEP_BOUNDING] = "prctl PR_CAPBSET_DROP:",
	[STEP_GROUPS] = "setgroups:",
	[STEP_GID] = "setresgid:",
	[STEP_UID] = "setresuid:",
	[STEP_CAPS] = "capset:",
	[STEP_AMBIENT] = "prctl PR_CAP_AMBIENT_RAISE:",
	[STEP_NO_NEW_PRIVS] = "prctl PR_SET_NO_NEW_PRIVS",
	[STEP_FDS] = "close_range: all but 0 to 2 and what is preserved",
	[STEP_BORN] = "clone: born inside, as",
};

/* As the kernel calls it: the file behind a descriptor of ours. */
static void name_file(int fd, const char *below, struct buf *out)
{
	char link[32], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path));
	if (n > 0)
		buf_printf(out, " %.*s%s%s", (int)n, path, below ? "/" : "", below ? below : "");
}

static void name_namespaces(uint32_t flags, struct buf *out)
{
	const char *between = " ";

	for (int type = 0; type < NS_N; type++) {
		if (!(flags & (uint32_t)ns_kinds[type].flag))
			continue;
		buf_printf(out, "%s%s", between, ns_kinds[type].name);
		between = ",";
	}
}

static void name_groups(const struct plan *plan, struct buf *out)
{
	for (size_t i = 0; i < plan->n_groups; i++)
		buf_printf(out, "%s%u", i ? "," : " ", (unsigned int)plan->groups[i]);
	if (!plan->n_groups)
		buf_str(out, " none");
}

static void name_more(const struct plan *plan, const struct order_report *r, struct buf *out)
{
	const struct order *o = &plan->order;
	const uint32_t arg = (uint32_t)r->arg;

	switch (r->step) {
	case STEP_LEAF:
		name_file(o->cgroup, o->leaf, out);
		break;
	case STEP_TASKS:
		name_file(arg < o->n_v1 ? o->v1[arg] : -1, NULL, out);
		break;
	case STEP_CLONE:
		buf_str(out, arg ? ": into the cgroup" : ": where nsctl is");
		break;
	case STEP_NS:
		name_namespaces(arg < o->n_ns ? o->ns[arg].flags : 0, out);
		break;
	case STEP_LSM:
		buf_printf(out, " %s", plan->lsm_label);
		break;
	case STEP_SECCOMP:
		buf_printf(out, " filter %u of %u, %u instructions", arg + 1, o->seccomp_n, plan->seccomp_lengths[arg]);
		break;
	case STEP_GROUPS:
		name_groups(plan, out);
		break;
	case STEP_CAPS:
		buf_printf(out, " effective %016llx, permitted %016llx, inheritable %016llx", (unsigned long long)o->effective,
			(unsigned long long)o->permitted, (unsigned long long)o->inheritable);
		break;
	case STEP_BORN:
		buf_printf(out, " %d out here", r->arg);
		break;
	default:
		step_subject(plan, r, out);
	}
}

/* A call for each capability would be a page: they are told together, once another step follows. */
static bool is_of_many(uint32_t step)
{
	return step == STEP_BOUNDING || step == STEP_AMBIENT;
}

static void say_many(const struct plan *plan, struct stage_told *told)
{
	CLEANUP_BUF struct buf names = {0};

	if (!told->caps)
		return;
	caps_names(&names, told->caps, ",");
	trace_say(plan->request->trace, TRACE_CALL, "%s %s", calls[told->step], buf_text(&names));
	*told = (struct stage_told){0};
}

void step_trace(const struct plan *plan, const struct order_report *report, struct stage_told *told)
{
	CLEANUP_BUF struct buf text = {0};

	if (!listens(plan, TRACE_CALL) || report->step >= STEP_N)
		return;
	if (told->step != report->step)
		say_many(plan, told);
	if (is_of_many(report->step)) {
		told->step = report->step;
		told->caps |= 1ULL << (report->arg & 63);
		return;
	}
	if (!calls[report->step])
		return;
	buf_str(&text, calls[report->step]);
	name_more(plan, report, &text);
	trace_say(plan->request->trace, TRACE_CALL, "%s", buf_text(&text));
}
