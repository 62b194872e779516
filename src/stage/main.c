/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stage: runs from a sealed memfd, so that nothing that a container could reach through /proc/PID/exe is a file of
 * the host (CVE-2019-5736). Started before there is an order, so that its own start costs
 * no time; its arguments are the numbers of the socket over which the order comes, and of that memfd.
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
#include <sys/syscall.h>
#include <unistd.h>

#include "stage/stage.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define SEAL_TRIES 20 /* of 0.15 s */

static void relocate(struct order *o, const struct order_vector *v)
{
	uint64_t *slot = order_at(o, v->offset);

	for (uint32_t i = 0; slot && i < v->n; i++)
		slot[i] += (uint64_t)(uintptr_t)o;
}

/* Right behind the program, where that is free. A mapping in another part of the address space needs page tables of its own, which
 * are filled, copied for the child and taken down: that takes longer than all that is written there. */
static void *place_near(void)
{
	extern char _end[];
	const size_t size = 4096;

	return _end + (size - (uintptr_t)_end % size);
}

static void *order_map(int fd, size_t *ret_size)
{
	struct stat st;
	void *text;

	if (fstat(fd, &st) < 0)
		return NULL;
	*ret_size = (size_t)st.st_size;
	text = mmap(place_near(), (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	return text == MAP_FAILED ? NULL : text;
}

static struct order *order_read(void *text, size_t size)
{
	struct order *o = text;

	if (!o || size < sizeof(*o) || o->magic != ORDER_MAGIC || o->size != size)
		return NULL;
	relocate(o, &o->argv);
	relocate(o, &o->env);
	relocate(o, &o->candidates);
	return o;
}

/* nsctl's numbers of what came, and ours; the order, if it came along. */
struct parcel {
	int32_t theirs[ORDER_FDS_MAX];
	int ours[ORDER_FDS_MAX];
	size_t n, size;
};
static char arrived[ORDER_INLINE] __attribute__((aligned(8)));

/* Waits for the one message that carries everything. -1 when nsctl ended without one: it had nothing to do for us. */
static int parcel_receive(int control, struct parcel *ret)
{
	char space[CMSG_SPACE(sizeof(ret->ours))] __attribute__((aligned(8)));
	struct iovec data[] = {{ret->theirs, sizeof(ret->theirs)}, {arrived, sizeof(arrived)}};
	struct msghdr message = {.msg_iov = data, .msg_iovlen = 2, .msg_control = space, .msg_controllen = sizeof(space)};
	struct cmsghdr *c;
	ssize_t n;

	do
		n = recvmsg(control, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	c = n >= (ssize_t)sizeof(ret->theirs) && !(message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) ? CMSG_FIRSTHDR(&message) : NULL;
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return -1;
	ret->n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(*ret->ours);
	ret->size = (size_t)n - sizeof(ret->theirs);
	memcpy(ret->ours, CMSG_DATA(c), ret->n * sizeof(*ret->ours));
	return 0;
}

static void translate(const struct parcel *p, int32_t *fd)
{
	if (*fd < 3) /* none, or the same in both */
		return;
	for (size_t i = 0; i < p->n; i++)
		if (p->theirs[i] == *fd) {
			*fd = p->ours[i];
			return;
		}
	*fd = -1;
}

static void translate_all(const struct parcel *p, struct order *o)
{
	int32_t *single[] = {&o->line, &o->cgroup, &o->cgroup_procs, &o->parent_procs, &o->userns, &o->pidns,
		&o->terminal, &o->root, &o->state, &o->program};

	for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++)
		translate(p, single[i]);
	for (int i = 0; i < 3; i++)
		translate(p, &o->stdio[i]);
	for (uint32_t i = 0; i < o->n_v1; i++)
		translate(p, &o->v1[i]);
	for (uint32_t i = 0; i < o->n_ns; i++)
		translate(p, &o->ns[i].fd);
}

static struct order *order_receive(int control)
{
	struct parcel p = {0};
	void *text = arrived;
	struct order *o;

	if (parcel_receive(control, &p) < 0 || !p.n)
		return NULL;
	if (!p.size) {
		text = order_map(p.ours[0], &p.size);
		close(p.ours[0]);
	}
	o = order_read(text, p.size);
	if (!o)
		return NULL;
	translate_all(&p, o);
	o->control = control;
	fcntl(control, F_SETFD, FD_CLOEXEC);
	return o;
}

static void guard_fail(const struct order *o, enum order_step step, int arg)
{
	struct order_event event = {
		.kind = EVENT_ERROR,
		.report = {.step = step, .error = errno, .arg = arg, .soft = o->soft >> step & 1},
	};

	send(o->control, &event, sizeof(event), MSG_NOSIGNAL);
	if (event.report.soft)
		return;
	leaf_remove(o);
	_exit(1);
}

/* Not once there is a child: the two may share an errno. */
static void guard_did(const struct order *o, enum order_step step, int arg)
{
	struct order_event event = {.kind = EVENT_DID, .report = {.step = step, .arg = arg, .soft = REPORT_DID}};

	if (o->flags & ORDER_TRACE)
		send(o->control, &event, sizeof(event), MSG_NOSIGNAL);
}

/* A v2 hierarchy that is read-only, or holds as many cgroups as it may: then without a leaf. */
static void make_leaf(struct order *o)
{
	if (leaf_make(o) < 0 && errno != EROFS && errno != EAGAIN && !(o->soft >> STEP_LEAF & 1))
		guard_fail(o, STEP_LEAF, 0);
	if (o->leaf_parent >= 0)
		guard_did(o, STEP_LEAF, 0);
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
		else
			guard_did(o, STEP_OOM, o->oom_score_adj);
	}
	if (o->lsm_file && write_text(order_at(o, o->lsm_file), order_at(o, o->lsm_label)) < 0)
		guard_fail(o, STEP_LSM, 0);
	else if (o->lsm_file)
		guard_did(o, STEP_LSM, 0);
}

/* The guard lives through everything but SIGKILL; its child begins with a clean slate. Both here, where there is time: nsctl is
 * still looking for the container. The system calls themselves: the library keeps some signals for itself, which its own functions
 * leave as the caller had them. */
static void block_signals(void)
{
	static const unsigned long plain[8]; /* the kernel's struct sigaction: SIG_DFL and nothing else */
	const uint64_t all = ~0ULL;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
	for (int i = 1; i <= 64; i++)
		syscall(SYS_rt_sigaction, i, plain, NULL, sizeof(all)); /* KILL and STOP refuse, and need it not */
	setsid();
}

/* What we run from, before anybody inside can reach it. EBUSY: the kernel itself holds one of its pages (sys/file.h). */
static int seal(int program)
{
	int error = EBUSY;

	for (int i = 0; i < SEAL_TRIES && error == EBUSY; i++)
		error = fcntl(program, F_ADD_SEALS, SEALS) < 0 ? errno : 0;
	close(program);
	return error ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct birth birth = {0};
	struct order *o, mine;
	int pidfd;
	pid_t child;

	block_signals();
	o = argc == 3 && seal(atoi(argv[2])) == 0 ? order_receive(atoi(argv[1])) : NULL;
	if (!o)
		return 1;
	if (o->flags & ORDER_HOLD)
		memcpy(argv[0], "nsctl-pause", strlen(argv[0])); /* what a ps of the pod shows */
	/* where a sandbox has neither a PID namespace nor a cgroup of its own, what loses its parent stays ours to find */
	if (o->new_namespaces)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	prepare_self(o);
	/* the kernel's own. Here, because fork makes the current value the child's default, to which 0 would go back */
	prctl(PR_SET_TIMERSLACK, 50000);
	/* before the first setns: no container may trace or read us. A new user namespace holds nobody else yet, and its maps can
	 * be written only while we are dumpable */
	if (!(o->new_namespaces & CLONE_NEWUSER))
		prctl(PR_SET_DUMPABLE, 0);
	make_leaf(o);
	if (o->flags & ORDER_USERNS_FIRST && setns(o->userns, CLONE_NEWUSER) < 0)
		guard_fail(o, STEP_USERNS, 0);
	if (o->flags & ORDER_USERNS_FIRST)
		guard_did(o, STEP_USERNS, 0);
	birth.outside = o->pidns >= 0 && !o->new_namespaces;
	if (!birth.outside && o->pidns >= 0 && setns(o->pidns, CLONE_NEWPID) < 0)
		guard_fail(o, STEP_PIDNS, 0);
	mine = *o;
	birth.order = o;
	child = stage_clone(&birth, &pidfd);
	if (child < 0)
		guard_fail(&mine, STEP_CLONE, 0);
	guard_run(&mine, child, pidfd, birth.number);
}
