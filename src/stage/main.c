/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stage: runs from a sealed memfd, so that nothing that a container could reach through /proc/PID/exe is a file of
 * the host (CVE-2019-5736). Its one argument is the number of the descriptor that holds the order.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stage/stage.h"

static void relocate(struct order *o, const struct order_vector *v)
{
	uint64_t *slot = order_at(o, v->offset);

	for (uint32_t i = 0; slot && i < v->n; i++)
		slot[i] += (uint64_t)(uintptr_t)o;
}

static struct order *order_map(int fd)
{
	struct stat st;
	struct order *o;

	if (fstat(fd, &st) < 0 || st.st_size < (off_t)sizeof(*o))
		return NULL;
	o = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (o == MAP_FAILED || o->magic != ORDER_MAGIC || o->size != (uint64_t)st.st_size)
		return NULL;
	close(fd);
	relocate(o, &o->argv);
	relocate(o, &o->env);
	relocate(o, &o->path);
	return o;
}

static void guard_fail(const struct order *o, enum order_step step, int arg)
{
	struct order_event event = {
		.kind = EVENT_ERROR,
		.report = {.step = step, .error = errno, .arg = arg, .soft = o->soft >> step & 1},
	};

	send(o->control, &event, sizeof(event), MSG_NOSIGNAL);
	if (!event.report.soft)
		_exit(1);
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ok;

	if (fd < 0)
		return -1;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok ? 0 : -1;
}

/* What /proc/self takes only from the task itself, and what fork hands on: done while the host's /proc is ours. */
static void prepare_self(struct order *o)
{
	char text[STAGE_DIGITS + 1] = "-", *p;

	if (o->has_oom) {
		p = stage_digits(text + 1, (unsigned int)abs(o->oom_score_adj));
		if (o->oom_score_adj < 0)
			*--p = '-';
		if (write_text("/proc/self/oom_score_adj", p) < 0)
			guard_fail(o, STEP_OOM, o->oom_score_adj);
	}
	if (o->lsm_file && write_text(order_at(o, o->lsm_file), order_at(o, o->lsm_label)) < 0)
		guard_fail(o, STEP_LSM, 0);
}

/* The guard lives through everything but SIGKILL; its child begins with a clean slate. */
static void block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
}

int main(int argc, char **argv)
{
	struct order *o = argc == 2 ? order_map(atoi(argv[1])) : NULL;
	int pidfd, placed;
	pid_t child;

	if (!o)
		return 1;
	block_signals();
	prepare_self(o);
	/* before the first setns: no container may trace or read us. A new user namespace holds nobody else yet, and its maps can
	 * be written only while we are dumpable */
	if (!(o->new_namespaces & CLONE_NEWUSER))
		prctl(PR_SET_DUMPABLE, 0);
	if (o->flags & ORDER_USERNS_FIRST && setns(o->userns, CLONE_NEWUSER) < 0)
		guard_fail(o, STEP_USERNS, 0);
	if (o->pidns >= 0 && setns(o->pidns, CLONE_NEWPID) < 0)
		guard_fail(o, STEP_PIDNS, 0);
	child = stage_clone(o, &pidfd, &placed);
	if (child < 0)
		guard_fail(o, STEP_CLONE, 0);
	if (child == 0)
		child_run(o, placed);
	guard_run(o, child, pidfd);
}
