/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What -v tells of a plan, and -vv of each step that the stage has taken.
 */
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/trace.h"
#include "enter/plan.h"
#include "enter/stage.h"
#include "model/caps.h"

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
	for (char *line = text.data ? strtok_r(text.data, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save))
		trace_say(trace, TRACE_READ, "plan: %s", line);
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
	trace_say(plan->request->trace, TRACE_CALL, "%s %s", step_infos[told->step].call, buf_text(&names));
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
	if (!step_infos[report->step].call)
		return;
	buf_str(&text, step_infos[report->step].call);
	step_detail(plan, report, &text);
	trace_say(plan->request->trace, TRACE_CALL, "%s", buf_text(&text));
}
