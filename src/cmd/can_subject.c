/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the facts of `nsctl can` come from: the live init, or what exec would have by its plan.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/trace.h"
#include "cmd/can.h"
#include "cmd/look.h"
#include "engine/target.h"
#include "model/seccomp.h"
#include "sys/sysctl.h"

/* Who is in the subject's namespaces, and lets us look. */
static const struct proc_ref *where_of(const struct can_subject *s)
{
	return s->self.dir >= 0 ? &s->self : &s->init;
}

static int copy_text(char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
	return *to ? 0 : -ENOMEM;
}

/* The init's filters: as the profile of its config makes them, if it carries that one and no other; else they
 * are copied from it, which stops it for some microseconds. */
static int read_filters(struct can_subject *s, struct err *err)
{
	CLEANUP_SPEC struct spec spec = {0};
	const struct container *c = s->container;
	int error = spec_load(c, s->init.dir, NULL, &spec, err);

	if (error < 0)
		return error;
	if (spec.seccomp == SPEC_SECCOMP_PROFILE && spec.seccomp_filters == 1) {
		TRACE(s->trace, TRACE_READ, "%s: seccomp: read %s: its one filter, as its profile makes it", c->ref, c->config);
		return seccomp_build_for(
			c->engine, spec.seccomp_profile, spec.seccomp_len, &s->facts.filters, err);
	}
	TRACE(s->trace, TRACE_READ, "%s: seccomp: its %u filters, copied from the live init", c->ref, spec.seccomp_filters);
	TRACE(s->trace, TRACE_CALL, "ptrace PTRACE_SEIZE, PTRACE_SECCOMP_GET_FILTER: %d", (int)s->init.pid);
	return seccomp_copy(s->init.pid, &s->facts.filters, err);
}

static int need_filters(struct can_subject *s, struct err *err)
{
	CLEANUP_ERR struct err one = {0};

	if (s->filters_read || s->facts.seccomp != 2 || s->request)
		return 0;
	s->filters_read = true;
	s->facts.filters_known = read_filters(s, &one) == 0;
	if (s->facts.filters_known || !copy_text(&s->facts.filters_why, one.message))
		return 0;
	return err_no_memory(err);
}

static int need_net(struct can_subject *s, struct err *err)
{
	CLEANUP_FREE char *port_start = NULL, *ping_range = NULL;
	int error;

	if (s->net_read)
		return 0;
	s->net_read = true;
	error = sysctl_read_of(where_of(s)->dir, "net.ipv4.ip_unprivileged_port_start", &port_start);
	if (!error)
		error = sysctl_read_of(where_of(s)->dir, "net.ipv4.ping_group_range", &ping_range);
	TRACE(s->trace, TRACE_READ, "%s: network namespace: net.ipv4.ip_unprivileged_port_start %s, net.ipv4.ping_group_range %s",
		s->container->ref, port_start ? port_start : "?", ping_range ? ping_range : "?");
	if (!error)
		can_set_net(&s->facts, port_start, ping_range);
	else if (error == -ENOMEM || copy_text(&s->facts.net.why, strerror(-error)) < 0)
		return err_no_memory(err);
	return 0;
}

static int need_path(struct can_subject *s, const char *path, struct err *err)
{
	CLEANUP_FD int root = openat(where_of(s)->dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);

	int error;

	if (root < 0)
		return err_sys(err, -errno, "cannot open the root of process %d", (int)s->init.pid);
	error = can_gather_path(where_of(s)->dir, root, path, &s->facts, err);
	for (size_t i = 0; !error && i < s->facts.path.n; i++)
		TRACE(s->trace, TRACE_READ, "%s: looked at %s below its root: mode %o, owner %u:%u", s->container->ref,
			s->facts.path.inodes[i].name, s->facts.path.inodes[i].mode & 07777, s->facts.path.inodes[i].uid,
			s->facts.path.inodes[i].gid);
	return error;
}

static int need_devices(struct can_subject *s, struct err *err)
{
	int error;

	if (s->devices_read)
		return 0;
	s->devices_read = true;
	error = can_gather_devices(&s->init, &s->facts, err);
	TRACE(s->trace, TRACE_READ, "%s: devices: read cgroup of /proc/%d, and %zu rules of its devices.list", s->container->ref,
		(int)s->init.pid, s->facts.devices.n);
	return error;
}

static int need_target(struct can_subject *s, pid_t inside, struct err *err)
{
	int error = can_gather_target(&s->init, where_of(s), inside, &s->facts, err);

	TRACE(s->trace, TRACE_READ, "%s: PID %d inside: %s", s->container->ref, (int)inside,
		s->facts.target.found ? "read its status and user namespace" : "there is none");
	return error;
}

static int outside(const struct idmap *map, uint32_t inside, uint32_t *ret, struct err *err)
{
	if (idmap_outside(map, inside, ret))
		return 0;
	return err_set(err, -EINVAL, ERR_FAILED, "%u is not mapped in the user namespace", inside);
}

/* capabilities(7), "Transformation of capabilities during execve()", for a file without capabilities of its
 * own. */
static void after_execve(const struct order *o, struct can_facts *f)
{
	uint64_t gained = o->uid ? o->ambient : o->inheritable | o->bounding | o->ambient;

	if (o->flags & ORDER_NO_NEW_PRIVS)
		gained &= o->permitted;
	f->caps = (struct cap_sets){
		.inheritable = o->inheritable,
		.permitted = gained,
		.effective = gained,
		.bounding = o->bounding,
		.ambient = o->ambient,
	};
}

static int take_ids(const struct plan *plan, struct can_facts *f, struct err *err)
{
	gid_t *groups = calloc(plan->n_groups + 1, sizeof(*groups));

	if (!groups)
		return err_no_memory(err);
	free(f->groups);
	f->groups = groups;
	f->n_groups = plan->n_groups;
	for (size_t i = 0; i < plan->n_groups; i++)
		if (outside(&f->gids, plan->groups[i], &groups[i], err) < 0)
			return err->code;
	if (outside(&f->uids, plan->order.uid, &f->uid, err) < 0 ||
		outside(&f->gids, plan->order.gid, &f->gid, err) < 0)
		return err->code;
	f->euid = f->suid = f->fsuid = f->uid;
	f->egid = f->sgid = f->fsgid = f->gid;
	return 0;
}

static int take_label(const struct plan *plan, struct can_facts *f, struct err *err)
{
	const char *label = plan->lsm_label;
	CLEANUP_FREE char *old = f->confined;

	f->confined = NULL;
	if (!label || (strncmp(label, "exec ", 5) != 0 && !(f->confined = can_confined_by(label))))
		return 0;
	if (!f->confined && asprintf(&f->confined, "AppArmor profile %s", label + 5) < 0) {
		f->confined = NULL;
		return err_no_memory(err);
	}
	return 0;
}

/* What exec would start, in place of the init. */
static int take_plan(struct can_subject *s, struct err *err)
{
	CLEANUP_PLAN struct plan plan = {.init = PROC_REF_NONE};
	struct can_facts *f = &s->facts;
	int error = plan_make(s->request, s->note, s->note_data, &plan, err);

	if (error < 0 || (error = take_ids(&plan, f, err)) < 0 || (error = take_label(&plan, f, err)) < 0)
		return error;
	plan_trace(&plan);
	after_execve(&plan.order, f);
	f->no_new_privs = plan.order.flags & ORDER_NO_NEW_PRIVS;
	f->pid = 0;
	f->nice = plan.order.nice;
	f->nice_limit = plan.spec.rlimits[RLIMIT_NICE];
	f->seccomp = plan.order.seccomp_n ? 2 : 0;
	f->filters_known = true;
	f->filters.n = plan.order.seccomp_n;
	f->filters.lengths = take_ptr(&plan.seccomp_lengths);
	f->filters.code = take_ptr(&plan.seccomp_code);
	return 0;
}

static void say_facts(const struct can_subject *s)
{
	const struct can_facts *f = &s->facts;

	TRACE(s->trace, TRACE_READ, "%s: read status, uid_map, gid_map, limits, ns and the security label of /proc/%d", s->container->ref,
		(int)s->init.pid);
	TRACE(s->trace, TRACE_READ, "kernel: kernel.yama.ptrace_scope %d, kernel.modules_disabled %d (-1: it has none), %d capabilities",
		f->yama, f->modules_disabled, __builtin_popcountll(f->all_caps));
}

int can_subject_begin(struct can_subject *s, struct err *err)
{
	const struct container *c = s->container;
	const bool self = look_is_host(c) && !strcmp(c->name, "self");
	int error = proc_ref_open(self ? getpid() : c->pid, self ? 0 : c->start, &s->init);

	if (error == -ESRCH)
		return err_set(err, error, ERR_FAILED, "%s is not running", c->ref);
	if (error < 0)
		return err_sys(err, error, "%s: cannot look at its init (%d)", c->ref, (int)c->pid);
	if (look_is_host(c))
		error = proc_ref_open(getpid(), 0, &s->self);
	if (!error)
		error = can_gather(&s->init, where_of(s), &s->facts, err);
	if (!error)
		say_facts(s);
	if (!error && s->request)
		error = take_plan(s, err);
	return error < 0 ? err_prefix(err, "%s", c->ref) : 0;
}

void can_subject_end(struct can_subject *s)
{
	proc_ref_close(&s->init);
	proc_ref_close(&s->self);
	can_facts_free(&s->facts);
}

int can_subject_ask(struct can_subject *s, const struct can_query *q, struct can_answer *ret, struct err *err)
{
	const unsigned int needs = q->action->needs;
	int error = 0;

	if (needs & CAN_NEEDS_NET)
		error = need_net(s, err);
	if (!error && needs & CAN_NEEDS_TARGET)
		error = need_target(s, (pid_t)q->number, err);
	if (!error && needs & CAN_NEEDS_PATH)
		error = need_path(s, q->arg, err);
	if (!error && needs & CAN_NEEDS_DEVICES)
		error = need_devices(s, err);
	if (!error && (needs & CAN_NEEDS_SECCOMP || q->action->calls))
		error = need_filters(s, err);
	if (!error && can_decide(&s->facts, q, ret) < 0)
		error = err_no_memory(err);
	return error < 0 ? err_prefix(err, "%s", s->container->ref) : 0;
}
