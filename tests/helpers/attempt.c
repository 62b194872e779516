/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attempts what `nsctl can` answers for, and says what happened. As a container's init:
 *
 *   attempt serve DIR     reads lines from the FIFO DIR/in ("bind:80", "settime", "NET_RAW", "write:/etc/passwd",
 *                         "syscall:169") until its end, and writes "ACTION yes|no ERRNO" for each to the FIFO DIR/out
 *   attempt once DIR      the same on standard input and output, once: what exec starts
 *   attempt sleep         sleeps until it is killed
 *
 * Nothing is changed for real: the clock gets the tick that it has, reboot a magic number that is none, a module is an empty
 * file, a mount and a device file are removed at once. Each attempt is made in a child, so that it leaves no trace in the init.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_NEW_LISTENER
#define SECCOMP_FILTER_FLAG_NEW_LISTENER (1UL << 3)
#endif
#ifndef SECCOMP_RET_USER_NOTIF
#define SECCOMP_RET_USER_NOTIF 0x7fc00000U
#endif

static const char *folder;

/* Each gives 0, or the errno that it failed with. */

static int try_bind(const char *arg)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arg))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? errno : 0;
}

static int try_settime(const char *arg)
{
	struct timex t = {0};

	(void)arg;
	if (adjtimex(&t) < 0)
		return errno;
	t.modes = ADJ_TICK;
	return adjtimex(&t) < 0 ? errno : 0;
}

static int try_module(const char *arg)
{
	(void)arg;
	if (syscall(SYS_init_module, "", 0UL, "") == 0)
		return 0;
	return errno == ENOEXEC || errno == EINVAL || errno == EFAULT ? 0 : errno;
}

static int try_reboot(const char *arg)
{
	(void)arg;
	syscall(SYS_reboot, 0, 0, 0, NULL);
	return errno == EINVAL ? 0 : errno;
}

static int try_mount(const char *arg)
{
	char target[256];

	(void)arg;
	snprintf(target, sizeof(target), "%s/mnt", folder);
	if (mount("none", target, "tmpfs", 0, NULL) < 0)
		return errno;
	return umount(target) < 0 ? errno : 0;
}

static int try_chown(const char *arg)
{
	int fd = (int)syscall(SYS_memfd_create, "attempt", 0);

	(void)arg;
	return fd < 0 || fchown(fd, getuid() == 1 ? 2 : 1, (gid_t)-1) < 0 ? errno : 0;
}

static int try_kill(const char *arg)
{
	return kill(atoi(arg), 0) < 0 ? errno : 0;
}

static int try_ptrace(const char *arg)
{
	return ptrace(PTRACE_SEIZE, atoi(arg), NULL, NULL) < 0 ? errno : 0;
}

static int try_raw(const char *arg)
{
	(void)arg;
	if (socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0 || socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) >= 0)
		return 0;
	return errno;
}

static int try_chroot(const char *arg)
{
	(void)arg;
	return chroot("/") < 0 ? errno : 0;
}

static int try_mknod(const char *arg)
{
	char path[256];

	(void)arg;
	snprintf(path, sizeof(path), "%s/node.%d", folder, (int)getpid());
	if (mknod(path, S_IFCHR | 0600, makedev(1, 3)) < 0)
		return errno;
	unlink(path);
	return 0;
}

static int try_setuid(const char *arg)
{
	uid_t uid = (uid_t)strtoul(arg, NULL, 10);

	/* the wrappers of a library do more than the call */
	if (syscall(SYS_setresuid, uid, uid, uid) == 0 || syscall(SYS_setuid, uid) == 0)
		return 0;
	return errno;
}

static int try_nice(const char *arg)
{
	(void)arg;
	return setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) - 1) < 0 ? errno : 0;
}

static int try_write(const char *path)
{
	char inside[512];
	struct stat st;
	int fd, there = stat(path, &st) == 0;

	snprintf(inside, sizeof(inside), "%s/attempt.%d", path, (int)getpid());
	if (there && S_ISDIR(st.st_mode))
		path = inside;
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (path == inside || !there ? O_CREAT | O_EXCL : 0), 0600);
	if (fd < 0)
		return errno;
	if (path == inside || !there)
		unlink(path);
	return 0;
}

/* All syscalls that stand together in the list, by one child: a filter of its own, which is asked last of all, hands each call
 * to us, so what comes was let through by those of the container, whatever the kernel would say to it; we answer in the kernel's
 * place, and it makes the next one. What does not come was refused. The descriptors are shared, so ours has the listener as soon
 * as it is there. */
static struct {
	int numbers[512];
	char came[512];
	int n, from; /* from: the child begins with this one */
} calls;

#define MAGIC 0x5eed /* in the last argument: the number's place in the list is in the one before it */

static int filter_and_call(void *unused)
{
	struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)};
	struct sock_fprog program = {1, code};

	(void)unused;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program) < 0)
		_exit(99);
	for (int i = calls.from; i <= calls.n; i++)
		syscall(i < calls.n ? calls.numbers[i] : SYS_getpid, 0, 0, 0, 0, i, MAGIC);
	for (;;)
		;
}

/* What comes until the child is through (true), or was killed. */
static int listen_to(int listener, pid_t child)
{
	struct pollfd p = {.fd = listener};
	int status;

	for (;;) {
		struct seccomp_notif call = {0};
		struct seccomp_notif_resp answer = {.error = -ENOSYS};

		p.events = POLLIN;
		p.revents = 0;
		if (poll(&p, 1, 1) > 0 && p.revents & POLLIN) {
			if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
				continue;
			if (call.data.args[5] == MAGIC && call.data.args[4] >= (unsigned int)calls.n)
				return 1;
			if (call.data.args[5] == MAGIC) {
				calls.came[call.data.args[4]] = 1;
				calls.from = (int)call.data.args[4] + 1;
			}
			answer.id = call.id;
			ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
		} else if (waitpid(child, &status, WNOHANG) == child) {
			return 0;
		} else if (p.revents) { /* no listener yet: the child needs the processor more than we */
			usleep(50);
		}
	}
}

/* A filter that kills takes the child with it: the next one begins behind that call. Refused ones before it do not come, and cannot
 * be told from it: they are made again, one child each, until one comes. */
static void try_calls(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	calls.from = 0;
	while (calls.from < calls.n) {
		int listener = dup(0); /* which number is next */
		pid_t child;
		int through;

		close(listener);
		child = clone(filter_and_call, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL);
		if (child < 0)
			return;
		through = listen_to(listener, child);
		close(listener);
		if (through) {
			kill(child, SIGKILL);
			waitpid(child, NULL, 0);
			return;
		}
		calls.from++;
	}
}

/* A capability by its number: is it in the effective set, as the kernel tells the process itself? */
static int try_capability(const char *arg)
{
	unsigned long long mask = 0;
	char line[256];
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, "CapEff:", 7))
			mask = strtoull(line + 7, NULL, 16);
	return mask >> atoi(arg) & 1 ? 0 : EPERM;
}

static const struct {
	const char *name;
	int (*attempt)(const char *arg);
} actions[] = {
	{"bind", try_bind}, {"settime", try_settime}, {"module-load", try_module}, {"reboot", try_reboot},
	{"mount", try_mount}, {"chown", try_chown}, {"kill", try_kill}, {"ptrace", try_ptrace}, {"net-raw", try_raw},
	{"chroot", try_chroot}, {"mknod", try_mknod}, {"setuid", try_setuid}, {"nice", try_nice}, {"write", try_write},
	{"capability", try_capability},
};

static int attempt(const char *line)
{
	const char *colon = strchr(line, ':');
	size_t len = colon ? (size_t)(colon - line) : strlen(line);

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (strlen(actions[i].name) == len && !strncmp(actions[i].name, line, len))
			return actions[i].attempt(colon ? colon + 1 : "");
	return EBADRQC;
}

/* In a child; but whoever asks about the init itself is the init. */
static int attempt_apart(const char *line)
{
	int ends[2], error = EIO;
	pid_t child;

	if (!strncmp(line, "ptrace:", 7) && atoi(line + 7) == (int)getpid())
		return attempt(line);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	child = fork();
	if (child == 0) {
		error = attempt(line);
		_exit(write(ends[1], &error, sizeof(error)) != sizeof(error));
	}
	close(ends[1]);
	if (read(ends[0], &error, sizeof(error)) != sizeof(error))
		error = EIO;
	close(ends[0]);
	while (waitpid(-1, NULL, WNOHANG) > 0 || (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR))
		;
	return error;
}

static void say(FILE *out, const char *line, int error)
{
	fprintf(out, "%s %s %s\n", line, error ? "no" : "yes", error ? strerror(error) : "-");
}

static void answer_calls(FILE *out)
{
	char line[32];

	if (!calls.n)
		return;
	memset(calls.came, 0, sizeof(calls.came));
	try_calls();
	for (int i = 0; i < calls.n; i++) {
		snprintf(line, sizeof(line), "syscall:%d", calls.numbers[i]);
		say(out, line, calls.came[i] ? 0 : EPERM);
	}
	calls.n = 0;
}

static void answer(FILE *in, FILE *out)
{
	char line[4096];

	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "syscall:", 8) && calls.n < 512) {
			calls.numbers[calls.n++] = atoi(line + 8);
			continue;
		}
		answer_calls(out);
		say(out, line, attempt_apart(line));
	}
	answer_calls(out);
}

static void serve(void)
{
	char path[256];
	FILE *in, *out;

	snprintf(path, sizeof(path), "%s/in", folder);
	in = fopen(path, "re");
	snprintf(path, sizeof(path), "%s/out", folder);
	out = in ? fopen(path, "we") : NULL;
	if (!out)
		pause();
	answer(in, out);
	fclose(in);
	fclose(out);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	folder = argc > 2 ? argv[2] : "/tmp";
	while (argc > 2 && !strcmp(argv[1], "serve"))
		serve();
	if (argc > 2 && !strcmp(argv[1], "once")) {
		answer(stdin, stdout);
		return 0;
	}
	for (;;)
		pause();
}
