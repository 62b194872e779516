/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "enter/plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/trace.h"
#include "model/caps.h"
#include "sys/cred.h"
#include "sys/feature.h"
#include "sys/file.h"
#include "sys/idmap.h"

int plan_keep(struct plan *plan, int fd)
{
	if (fd < 0)
		return fd;
	if (plan->n_fds == PLAN_FDS) { /* v1 has at most 16 hierarchies, everything else is counted */
		close_fd(&fd);
		return -EMFILE;
	}
	plan->fds[plan->n_fds++] = fd;
	return fd;
}

void plan_say(const struct plan *plan, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (plan->note && vasprintf(&text, fmt, ap) >= 0)
		plan->note(plan->note_data, text);
	else
		text = NULL; /* vasprintf() may have left anything there */
	va_end(ap);
}

static int not_running(const struct plan *plan, struct err *err)
{
	const struct container *c = plan->container;
	CLEANUP_FREE char *start = NULL;

	if (c->status == CONTAINER_TERMINATING) {
		err_set(err, -ESRCH, ERR_FAILED, "%s is terminating: its init has ended or is about to",
			c->name);
		return err_hint(err, "wait for it to stop; nothing can be started in it any more");
	}
	if (container_check_seen(c, c->name, err) < 0)
		return err->code;
	err_set(err, -ESRCH, ERR_FAILED, "%s is not running", c->name);
	start = plan->request->start ? plan->request->start(c) : NULL;
	if (start)
		return err_hint(err, "start it first: %s", start);
	if (!strcmp(c->engine, "cri")) /* the kubelet starts it again, as another one */
		return err_hint(err,
			"crictl logs %.12s shows what it wrote, crictl ps -a when and how it has ended",
			c->id);
	return err_hint(err, "nsctl get containers -a shows stopped ones too");
}

/* The init, pinned, and fit to be entered. */
static int open_init(struct plan *plan, struct err *err)
{
	struct container *c = (struct container *)plan->container;
	int error;

	if (c->status == CONTAINER_STOPPED || c->status == CONTAINER_TERMINATING)
		return not_running(plan, err);
	if (c->vm)
		return err_set(err, -ENOTSUP, ERR_FAILED,
			"%s runs in a virtual machine of its own: its namespaces are not this kernel's",
			c->name);
	error = proc_ref_open(c->pid, c->start, &plan->init);
	if (error == -ESRCH)
		return err_set(err, error, ERR_FAILED, "%s is not running: its init (%d) has ended", c->name,
			(int)c->pid);
	if (error < 0)
		return err_sys(err, error, "%s: cannot look at its init (%d)", c->name, (int)c->pid);
	error = proc_status_read(plan->init.dir, &plan->status);
	if (error < 0 && error != -ESRCH)
		return err_sys(
			err, error, "%s: cannot read the status of its init (%d)", c->name, (int)c->pid);
	if (error == -ESRCH || plan->status.state == 'Z' || plan->status.state == 'X' || !plan->status.has_vm)
		return err_set(err, -ESRCH, ERR_FAILED,
			"%s is terminating: its init (%d) has ended or is about to", c->name, (int)c->pid);
	/* here, where it is pinned: since it was found it may have become another's */
	return plan->root_caller ? container_check_owner(c, plan->init.dir, err) : 0;
}

static void order_init(struct order *o)
{
	*o = (struct order){
		.magic = ORDER_MAGIC,
		.control = -1,
		.line = -1,
		.cgroup = -1,
		.cgroup_procs = -1,
		.leaf_parent = -1,
		.parent_procs = -1,
		.userns = -1,
		.pidns = -1,
		.terminal = -1,
		.root = -1,
		.state = -1,
		.program = -1,
		.stdio = {-1, -1, -1},
		.v1_pids = -1,
	};
	if (feature_allowed(FEATURE_CLONE3))
		o->flags |= ORDER_CLONE3 | ORDER_INTO_CGROUP;
	if (feature_allowed(FEATURE_CGROUP_KILL))
		o->flags |= ORDER_CGROUP_KILL;
	if (feature_allowed(FEATURE_CLOSE_RANGE))
		o->flags |= ORDER_CLOSE_RANGE;
	if (feature_allowed(FEATURE_MOUNT_SETATTR))
		o->flags |= ORDER_MOUNT_SETATTR;
}

void plan_begin(const struct enter_request *request, plan_note_fn *note, void *note_data, struct plan *ret)
{
	*ret = (struct plan){
		.request = request,
		.container = request->container,
		.argv = request->argv,
		.note = note,
		.note_data = note_data,
		.init = PROC_REF_NONE,
		.root = -1,
		.all_caps = caps_all(),
	};
	order_init(&ret->order);
	if (request->trace && request->trace->level >= TRACE_CALL)
		ret->order.flags |= ORDER_TRACE;
	ret->root_caller = cred_permitted() >> CRED_SYS_ADMIN & 1;
}

int plan_make(const struct enter_request *request, plan_note_fn *note, void *note_data, struct plan *ret,
	struct err *err)
{
	CLEANUP_PLAN struct plan plan;
	int error;

	plan_begin(request, note, note_data, &plan);
	if ((error = open_init(&plan, err)) < 0 || (error = plan_place(&plan, err)) < 0 ||
		(error = spec_load(plan.container, plan.init.dir, &plan.status, &plan.spec, err)) < 0 ||
		(error = plan_identity(&plan, err)) < 0 || (error = plan_environment(&plan, err)) < 0 ||
		(error = plan_command(&plan, err)) < 0 || (error = plan_confine(&plan, err)) < 0)
		return error;
	if (!proc_ref_alive(&plan.init))
		return err_set(err, -ESRCH, ERR_FAILED, "%s ended just now", plan.container->name);
	*ret = plan;
	plan = (struct plan){.init = PROC_REF_NONE};
	return 0;
}

void plan_free(struct plan *plan)
{
	int saved = errno;

	file_close_all(plan->fds, plan->n_fds);
	proc_ref_close(&plan->init);
	proc_status_free(&plan->status);
	spec_free(&plan->spec);
	cgroup_free(&plan->cgroups);
	passwd_user_free(&plan->user);
	free(plan->groups);
	for (size_t i = 0; i < plan->n_env; i++)
		free(plan->env[i]);
	free(plan->env);
	free(plan->own_argv);
	free(plan->shell);
	free(plan->affinity);
	free(plan->lsm_label);
	free(plan->seccomp_code);
	free(plan->seccomp_lengths);
	for (size_t i = 0; i < plan->n_mounts; i++) {
		free(plan->mounts[i].source);
		free(plan->mounts[i].target);
		free(plan->mounts[i].type);
		free(plan->mounts[i].data);
	}
	free(plan->mounts);
	for (int i = 0; plan->maps && i < 2; i++)
		idmap_free(&plan->maps[i]);
	free(plan->maps);
	*plan = (struct plan){.init = PROC_REF_NONE};
	errno = saved;
}
