/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of the stage: what each is called when it fails, when it is told, and what stands behind its name.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "enter/plan.h"
#include "enter/stage.h"
#include "model/caps.h"
#include "sys/ns.h"

const struct step_info step_infos[STEP_N] = {
	[STEP_NONE] = {"nothing", NULL, NULL},
	[STEP_ORDER] = {"cannot read the order", NULL, NULL},
	[STEP_OOM] = {"cannot set oom_score_adj", "write /proc/self/oom_score_adj", NULL},
	[STEP_LSM] = {"cannot set the security label", "write the security label of what is executed next:", "--no-lsm"},
	[STEP_LEAF] = {"cannot make a cgroup of the command's own", "mkdirat", "--no-cgroup"},
	[STEP_USERNS] = {"cannot join the user namespace", "setns: user", NULL},
	[STEP_PIDNS] = {"cannot join the PID namespace", "setns: pid, of what is born from here on", NULL},
	[STEP_CLONE] = {"cannot start a process in the PID namespace", "clone", NULL},
	[STEP_CGROUP] = {"cannot join the cgroup", "write cgroup.procs", "--no-cgroup"},
	[STEP_TASKS] = {"cannot join a v1 cgroup", "write", "--no-cgroup"},
	[STEP_RLIMIT] = {"cannot set a limit", "prlimit64", NULL},
	[STEP_SCHED] = {"cannot set the scheduling", "sched_setscheduler, setpriority", NULL},
	[STEP_NS] = {"cannot join the namespaces", "setns:", NULL},
	[STEP_CREATE] = {"cannot set up the sandbox", "make a part of the sandbox", NULL},
	[STEP_ROOT] = {"cannot take the container's root", "fchdir, chroot: init's root", NULL},
	[STEP_CWD] = {"cannot change to the working directory", "chdir", NULL},
	[STEP_CWD_OUTSIDE] = {"the working directory is not inside the container", NULL, NULL},
	[STEP_STDIO] = {"cannot set up standard input and output", "dup2: 0, 1, 2", NULL},
	[STEP_TTY] = {"cannot take the terminal", "ioctl TIOCSCTTY", NULL},
	[STEP_KEYRING] = {"cannot start a session keyring of its own", "keyctl KEYCTL_JOIN_SESSION_KEYRING: a new one", NULL},
	[STEP_SECCOMP] = {"cannot load the seccomp filter", "seccomp SECCOMP_SET_MODE_FILTER:", "--no-seccomp"},
	[STEP_BOUNDING] = {"cannot cut the bounding set", "prctl PR_CAPBSET_DROP:", NULL},
	[STEP_GROUPS] = {"cannot set the groups", "setgroups:", NULL},
	[STEP_GID] = {"cannot set the group id", "setresgid:", NULL},
	[STEP_UID] = {"cannot set the user id", "setresuid:", NULL},
	[STEP_CAPS] = {"cannot set the capabilities", "capset:", NULL},
	[STEP_AMBIENT] = {"cannot set the ambient capabilities", "prctl PR_CAP_AMBIENT_RAISE:", NULL},
	[STEP_NO_NEW_PRIVS] = {"cannot set no_new_privs", "prctl PR_SET_NO_NEW_PRIVS", NULL},
	[STEP_FDS] = {"cannot keep a descriptor open", "close_range: all but 0 to 2 and what is preserved", NULL},
	[STEP_READY] = {"ready", "ready for execve, as", NULL},
	[STEP_AFFINITY] = {"cannot set the CPU affinity", NULL, NULL},
	[STEP_EXEC] = {"cannot execute", NULL, NULL},
};

/* AppArmor takes "exec PROFILE". */
const char *step_label(const char *label)
{
	return strncmp(label, "exec ", 5) ? label : label + 5;
}

void step_subject(const struct plan *plan, const struct order_report *r, struct buf *out)
{
	static const char *const limits[] = {"cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock",
		"as", "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime"};

	if ((r->step == STEP_CWD || r->step == STEP_CWD_OUTSIDE) && plan->cwd) {
		buf_printf(out, " %s", plan->cwd);
	} else if (r->step == STEP_RLIMIT && (unsigned int)r->arg < ARRAY_SIZE(limits)) {
		buf_printf(out, " (%s)", limits[r->arg]);
	} else if (r->step == STEP_BOUNDING || r->step == STEP_AMBIENT) {
		buf_str(out, " (");
		caps_name(out, (unsigned int)r->arg);
		buf_char(out, ')');
	} else if (r->step == STEP_UID) {
		buf_printf(out, " %u", plan->order.uid);
	} else if (r->step == STEP_GID) {
		buf_printf(out, " %u", plan->order.gid);
	} else if (r->step == STEP_LSM && plan->lsm_label) {
		buf_printf(out, " %s", step_label(plan->lsm_label));
	} else if (r->step == STEP_OOM) {
		buf_printf(out, " %d", plan->order.oom_score_adj);
	}
}

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

void step_detail(const struct plan *plan, const struct order_report *r, struct buf *out)
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
		buf_str(out, arg == CLONE_BORN ? ": born inside" : arg == CLONE_PLACED ? "3: into the cgroup" : "3: where nsctl is");
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
	case STEP_READY:
		buf_printf(out, " %d out here", r->arg);
		break;
	default:
		step_subject(plan, r, out);
	}
}
