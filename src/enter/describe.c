/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --dry-run: the plan in words.
 */
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "enter/plan.h"
#include "enter/sandbox.h"
#include "model/caps.h"
#include "sys/ns.h"
#include "sys/proc.h"

static void line(struct buf *out, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void line(struct buf *out, const char *name, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	buf_printf(out, "%-14s", name);
	if (text)
		text_escape(out, text, strlen(text));
	buf_char(out, '\n');
}

static void words(struct buf *out, const char *name, char *const *list)
{
	CLEANUP_BUF struct buf text = {0};

	for (; *list; list++)
		buf_printf(&text, "%s%s", text.len ? " " : "", *list);
	line(out, name, "%s", buf_text(&text));
}

/* The names only: the values are nobody's business, and a plan is kept in logs. */
static void environment(struct buf *out, char *const *env)
{
	CLEANUP_BUF struct buf text = {0};

	for (; *env; env++)
		buf_printf(&text, "%s%.*s", text.len ? " " : "", (int)strcspn(*env, "="), *env);
	line(out, "environment", "%s", buf_text(&text));
}

/* What the command will be in, against what we are in: to join one again changes nothing. */
static void namespaces(struct buf *out, const struct plan *plan)
{
	const struct order *o = &plan->order;
	CLEANUP_FD int self = proc_open_self();
	CLEANUP_BUF struct buf text = {0};
	uint32_t flags = o->pidns >= 0 ? CLONE_NEWPID : 0;
	uint64_t theirs, ours;

	if (o->flags & ORDER_USERNS_FIRST)
		flags |= CLONE_NEWUSER;
	for (uint32_t i = 0; i < o->n_ns; i++)
		flags |= o->ns[i].flags;
	for (int type = 0; type < NS_N; type++)
		if (o->new_namespaces & (uint32_t)ns_kinds[type].flag)
			buf_printf(&text, "%snew %s", text.len ? "," : "", ns_kinds[type].name);
		else if (flags & (uint32_t)ns_kinds[type].flag && ns_inode(plan->init.dir, type, &theirs) == 0 &&
			ns_inode(self, type, &ours) == 0 && theirs != ours)
			buf_printf(&text, "%s%s", text.len ? "," : "", ns_kinds[type].name);
	line(out, "namespaces", "%s", text.len ? buf_text(&text) : "none: all are the caller's own");
}

static void groups(struct buf *out, const struct plan *plan)
{
	CLEANUP_BUF struct buf text = {0};

	for (size_t i = 0; i < plan->n_groups; i++)
		buf_printf(&text, "%s%u", text.len ? " " : "", (unsigned int)plan->groups[i]);
	line(out, "user", "uid %u, gid %u, groups %s", plan->order.uid, plan->order.gid, text.len ? buf_text(&text) : "no others");
}

static void capabilities(struct buf *out, const struct order *o)
{
	const struct {
		const char *name;
		uint64_t mask;
	} sets[] = {{"effective", o->effective}, {"permitted", o->permitted}, {"inheritable", o->inheritable},
		{"bounding", o->bounding}, {"ambient", o->ambient}};

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		CLEANUP_BUF struct buf names = {0};

		caps_names(&names, sets[i].mask, ",");
		line(out, sets[i].name, "%s", buf_text(&names));
	}
}

static void cgroups(struct buf *out, const struct plan *plan)
{
	const struct cgroup_line *v2 = cgroup_v2(&plan->cgroups);

	if (plan->sandbox && plan->order.cgroup >= 0)
		line(out, "cgroup", "/%s", plan->order.leaf);
	else if (plan->order.cgroup < 0 && !plan->order.n_v1)
		line(out, "cgroup", "the caller's own");
	else if (plan->order.cgroup >= 0 && v2)
		line(out, "cgroup", "%s%s, and %u of v1", v2->path, plan->request->detach ? "" : "/nsctl.PID.RANDOM", plan->order.n_v1);
	else
		line(out, "cgroup", "%u of v1", plan->order.n_v1);
}

void plan_describe(const struct plan *plan, struct buf *out)
{
	const struct order *o = &plan->order;

	if (plan->sandbox) {
		line(out, "sandbox", "%s", plan->container->name);
		line(out, "root", "%s, read-only", plan->sandbox->rootfs ? plan->sandbox->rootfs : "/");
	} else {
		line(out, "container", "%s/%s, init %d", plan->container->engine, plan->container->name, (int)plan->init.pid);
		line(out, "source", "%s", plan->spec.from_config ? plan->container->config : "the live init");
	}
	words(out, "command", plan->argv);
	if (plan->tools)
		line(out, "program", "%s, from memory", plan->tools);
	groups(out, plan);
	line(out, "workdir", "%s", plan->cwd);
	namespaces(out, plan);
	cgroups(out, plan);
	capabilities(out, o);
	line(out, "no_new_privs", "%s", o->flags & ORDER_NO_NEW_PRIVS ? "yes" : "no");
	if (o->seccomp_n)
		line(out, "seccomp", "%u filter%s, %u instructions in the first", o->seccomp_n, o->seccomp_n == 1 ? "" : "s",
			plan->seccomp_lengths[0]);
	else
		line(out, "seccomp", "none");
	line(out, "lsm", "%s", plan->lsm_label ? plan->lsm_label : "none");
	line(out, "oom_score_adj", "%d", o->oom_score_adj);
	line(out, "umask", "%04o", o->umask);
	environment(out, plan->env);
}
