/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The child: from clone to execve. The order of the steps is the whole point; each says why it stands where it does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stage/stage.h"

static void report(const struct order *o, enum order_step step, int error, int arg, int soft)
{
	struct order_report r = {.step = step, .error = error, .arg = arg, .soft = (uint32_t)soft};

	while (write(o->line, &r, sizeof(r)) < 0 && errno == EINTR)
		;
}

void child_fail(struct order *o, enum order_step step, int error, int arg)
{
	report(o, step, error, arg, 0);
	_exit(125);
}

void child_did(const struct order *o, enum order_step step, int arg)
{
	if (o->flags & ORDER_TRACE)
		report(o, step, 0, arg, REPORT_DID);
}

void child_check(struct order *o, int result, enum order_step step, int arg)
{
	if (result >= 0) {
		child_did(o, step, arg);
		return;
	}
	if (!(o->soft >> step & 1))
		child_fail(o, step, errno, arg);
	report(o, step, errno, arg, 1);
}

static void join_cgroup(struct order *o, int i)
{
	child_check(o, write(o->v1[i], "0", 1) == 1 ? 0 : -1, STEP_TASKS, i);
}

static void join_cgroups(struct order *o, int placed, int later)
{
	const int leaf = o->leaf_parent >= 0;

	if (leaf && !placed)
		o->cgroup_procs = leaf_open(o, "cgroup.procs", O_WRONLY); /* closed with the others */
	if (!placed && (leaf || o->cgroup_procs >= 0))
		child_check(o, o->cgroup_procs >= 0 && write(o->cgroup_procs, "0", 1) == 1 ? 0 : -1, STEP_CGROUP, 0);
	/* `tasks`, not cgroup.procs: that one takes a global lock and waits 10 ms for it */
	for (int i = 0; i < (int)o->n_v1; i++)
		if (i != later)
			join_cgroup(o, i);
}

/* Nothing of the host stays within reach of a container that may trace (CAP_SYS_PTRACE): its cgroups, the way to nsctl. */
static void leave_host_files(const struct order *o, int later)
{
	const int32_t files[] = {o->control, o->cgroup, o->cgroup_procs, o->leaf_parent, o->parent_procs};

	for (unsigned int i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (files[i] > 2)
			close(files[i]);
	for (int i = 0; i < (int)o->n_v1; i++)
		if (i != later)
			close(o->v1[i]);
}

/* Raising a limit needs CAP_SYS_RESOURCE in the initial user namespace: before another one is joined. */
static void set_limits(struct order *o)
{
	for (unsigned int i = 0; i < ORDER_RLIMITS; i++)
		if (o->rlimit_mask >> i & 1)
			child_check(o, (int)syscall(SYS_prlimit64, 0, i, &o->rlimits[i], NULL), STEP_RLIMIT, (int)i);
}

/* Nothing of the caller's scheduling arrives: policy and nice value here, before the cgroups, since one of v1's cpu takes no real-time
 * process; affinity and personality behind them. */
static void set_policy(struct order *o)
{
	struct sched_param none = {0};

	if (syscall(SYS_sched_getscheduler, 0) != SCHED_OTHER)
		child_check(o, (int)syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &none), STEP_SCHED, 0);
	if (getpriority(PRIO_PROCESS, 0) != o->nice)
		child_check(o, setpriority(PRIO_PROCESS, 0, o->nice), STEP_SCHED, 1);
}

/* nsctl and all that it starts stay on one processor until here (sys/processor.h). That init's have gone away meanwhile is no reason
 * to fail, then any will do; to stay there is, and a note where nobody stayed. */
static void set_affinity(struct order *o)
{
	void *mask = order_at(o, o->affinity);

	if (!mask || syscall(SYS_sched_setaffinity, 0, o->affinity_size, mask) >= 0)
		return;
	memset(mask, 0xff, o->affinity_size);
	if (syscall(SYS_sched_setaffinity, 0, o->affinity_size, mask) < 0)
		child_check(o, -1, STEP_AFFINITY, 0);
}

static void set_rest(struct order *o)
{
	if (!(o->flags & ORDER_AFFINITY_LATE))
		set_affinity(o);
	syscall(SYS_ioprio_set, 1, 0, 0);
	personality(PER_LINUX);
}

/* fchdir first: init may be chrooted below the root of its mount namespace, and its root's text is "/" for us too. */
static void enter_root(struct order *o)
{
	if (o->root < 0)
		return;
	if (fchdir(o->root) < 0 || chroot(".") < 0)
		child_fail(o, STEP_ROOT, errno, 0);
	child_did(o, STEP_ROOT, 0);
}

static void enter_cwd(struct order *o)
{
	char path[4096];
	long n;

	if (!o->cwd)
		return;
	if (chdir(order_at(o, o->cwd)) < 0)
		child_fail(o, STEP_CWD, errno, 0);
	/* a directory that is not below our root reads "(unreachable)/..." (CVE-2024-21626) */
	n = syscall(SYS_getcwd, path, sizeof(path));
	if (n < 0 && errno != ERANGE)
		child_fail(o, STEP_CWD_OUTSIDE, errno, 0);
	if (n > 0 && path[0] != '/')
		child_fail(o, STEP_CWD_OUTSIDE, EXDEV, 0);
	child_did(o, STEP_CWD, 0);
}

static void take_stdio(struct order *o)
{
	/* a descriptor of ours could itself stand at 0 to 2: first all of them out of the way */
	for (int i = 0; i < 3; i++) {
		o->stdio[i] = fcntl(o->stdio[i], F_DUPFD_CLOEXEC, 3 + (int)o->preserve_fds);
		if (o->stdio[i] < 0)
			child_fail(o, STEP_STDIO, errno, i);
	}
	for (int i = 0; i < 3; i++)
		if (dup2(o->stdio[i], i) < 0)
			child_fail(o, STEP_STDIO, errno, i);
	child_did(o, STEP_STDIO, 0);
}

static void take_session(struct order *o)
{
	setsid();
	if (o->flags & ORDER_TTY)
		child_check(o, ioctl(0, TIOCSCTTY, 0), STEP_TTY, 0);
}

/* The caller's session keyring stays behind: a new, empty one. EPERM is a filter's that we are under ourselves: then nobody who comes
 * from here can use a key. */
static void leave_keyring(struct order *o)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS && errno != EPERM)
		child_check(o, -1, STEP_KEYRING, 0);
	child_did(o, STEP_KEYRING, 0);
}

/* What the caller ignored was forgotten at the very beginning: see main.c. */
static void unblock_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_between(const struct order *o, unsigned int first, unsigned int last)
{
	if (first > last || (o->flags & ORDER_CLOSE_RANGE && !syscall(SYS_close_range, first, last, 0)))
		return;
	/* before 5.9: all of ours were born close-on-exec; the table is small */
	for (unsigned int fd = first; fd <= last && fd < 4096; fd++)
		close((int)fd);
}

/* Last of all: whatever is open beside 0 to 2 (and what was asked for) is closed, not left to execve: what the caller left open
 * would be there for who traces us. But for the line to nsctl and the program, which execve closes, and one cgroup's file. */
static void seal_fds(struct order *o, int later)
{
	const unsigned int keep[] = {(unsigned int)o->line, (unsigned int)o->program,
		later < 0 ? ~0U : (unsigned int)o->v1[later]};
	unsigned int first = 3 + o->preserve_fds, next;

	for (unsigned int fd = 3; fd < first; fd++)
		if (fcntl((int)fd, F_SETFD, 0) < 0)
			child_fail(o, STEP_FDS, errno, (int)fd);
	do {
		next = ~0U;
		for (unsigned int i = 0; i < sizeof(keep) / sizeof(*keep); i++)
			if (keep[i] >= first && keep[i] < next)
				next = keep[i];
		close_between(o, first, next - 1);
		first = next + 1;
	} while (next != ~0U);
	child_did(o, STEP_FDS, 0);
}

static void wait_for_go(const struct order *o)
{
	char word;
	ssize_t n;

	report(o, STEP_READY, 0, 0, 0);
	do
		n = read(o->line, &word, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(125); /* nsctl saw more than was planned, or is gone */
}

/* execve, along PATH when the name has no slash; EACCES is remembered, as every shell does. */
static void execute(struct order *o)
{
	char **argv = order_at(o, o->argv.offset), **env = order_at(o, o->env.offset);
	char **candidate = order_at(o, o->candidates.offset);
	int error = ENOENT;

	if (o->program >= 0) { /* no script, so nothing has to be found behind a descriptor that is closed by then */
		syscall(SYS_execveat, o->program, "", argv, env, AT_EMPTY_PATH);
		child_fail(o, STEP_EXEC, errno, 0);
	}
	if (strchr(argv[0], '/')) {
		execve(argv[0], argv, env);
		child_fail(o, STEP_EXEC, errno, 0);
	}
	for (; *candidate; candidate++) {
		execve(*candidate, argv, env);
		if (errno == EACCES)
			error = EACCES;
		else if (errno != ENOENT && errno != ENOTDIR)
			child_fail(o, STEP_EXEC, errno, 0);
	}
	child_fail(o, STEP_EXEC, error, 0);
}

/* Who is in a PID namespace can be traced by all in it that have CAP_SYS_PTRACE there, dumpable or not, and would give them what it
 * holds (CVE-2016-9962). So this process, root of the host, stays outside; inside appears only what it has become by now:
 * the command's user and capabilities, under its filter, in its namespaces and root. */
static void appear(struct order *o, pid_t *number, int later)
{
	pid_t born = stage_reborn(number);

	if (born < 0)
		child_fail(o, STEP_CLONE, errno, 0);
	if (born > 0)
		_exit(0); /* what is born says that it is there: nsctl need not wait for the guard to notice */
	child_did(o, STEP_CLONE, CLONE_BORN);
	if (later >= 0) {
		join_cgroup(o, later);
		close(o->v1[later]);
	}
	take_session(o);
}

void child_run(struct order *o, int placed, pid_t *number)
{
	/* a number of processes that is used up refuses a birth, but nobody who joins. Who takes that file from us can move what he
	 * sees into his own cgroup, no more */
	int later = number ? o->v1_pids : -1;

	child_did(o, STEP_CLONE, placed);
	set_policy(o);
	/* here and by itself: to move another process takes the global lock, and 10 ms on a quiet machine */
	join_cgroups(o, placed, later);
	leave_host_files(o, later);
	set_limits(o);
	set_rest(o);
	leave_keyring(o);
	if (o->flags & ORDER_GROUPS_FIRST)
		child_check(o, (int)syscall(SYS_setgroups, o->n_groups, order_at(o, o->groups)), STEP_GROUPS, 0);
	if (number)
		child_check(o, setns(o->pidns, CLONE_NEWPID), STEP_PIDNS, 0); /* of the children only */
	for (uint32_t i = 0; i < o->n_ns; i++)
		child_check(o, setns(o->ns[i].fd, (int)o->ns[i].flags), STEP_NS, (int)i);
	if (o->new_namespaces)
		child_create(o);
	enter_root(o);
	take_stdio(o);
	if (!number)
		take_session(o);
	/* before the ids change: a directory that only root may search is still a working directory, as in runc */
	enter_cwd(o);
	umask(o->umask);
	/* without no_new_privs a filter needs CAP_SYS_ADMIN, so it goes before the capabilities; with it, last */
	if (!(o->flags & ORDER_NO_NEW_PRIVS))
		child_seccomp(o);
	child_creds(o);
	if (o->flags & ORDER_NO_NEW_PRIVS) {
		child_check(o, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), STEP_NO_NEW_PRIVS, 0);
		child_seccomp(o);
	}
	unblock_signals();
	/* behind the change of ids, which clears it: a sandbox ends with its guard */
	if (o->new_namespaces)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	seal_fds(o, later);
	if (number)
		appear(o, number, later);
	wait_for_go(o);
	if (o->flags & ORDER_HOLD)
		child_hold(o);
	if (o->flags & ORDER_AFFINITY_LATE)
		set_affinity(o);
	execute(o);
	_exit(125);
}
