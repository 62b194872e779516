/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a process got from whoever started it, a line each.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

static void print_fds(void)
{
	printf("fds");
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf(" %d", fd);
	printf("\n");
}

static void print_signals(void)
{
	struct sigaction action;
	sigset_t blocked;

	sigprocmask(SIG_BLOCK, NULL, &blocked);
	printf("blocked");
	for (int i = 1; i <= 64; i++)
		if (sigismember(&blocked, i) == 1)
			printf(" %d", i);
	printf("\nignored");
	for (int i = 1; i <= 64; i++)
		if (!sigaction(i, NULL, &action) && action.sa_handler == SIG_IGN)
			printf(" %d", i);
	printf("\n");
}

static void print_keys(void)
{
	long found = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "nsctl-test-key", 0);

	printf("key %s\n", found >= 0 ? "found" : errno == EPERM ? "not permitted" : strerror(errno));
}

static void print_scheduling(void)
{
	unsigned char set[512] = {0};
	long size = syscall(SYS_sched_getaffinity, 0, sizeof(set), set);

	printf("nice %d\npolicy %ld\naffinity", getpriority(PRIO_PROCESS, 0), syscall(SYS_sched_getscheduler, 0));
	for (long i = 0; i < size; i++)
		if (set[i])
			printf(" %ld:%02x", i, set[i]);
	printf("\nioprio %ld\ntimerslack %d\n", syscall(SYS_ioprio_get, 1, 0), prctl(PR_GET_TIMERSLACK));
}

int main(void)
{
	gid_t groups[64];
	struct rlimit core;
	mode_t mask = umask(0);
	int death = 0, tty, n = getgroups(64, groups);
	char cwd[4096];

	print_fds();
	print_signals();
	print_keys();
	print_scheduling();
	printf("umask %04o\ngroups", (unsigned int)mask);
	for (int i = 0; i < n; i++)
		printf(" %u", (unsigned int)groups[i]);
	getrlimit(RLIMIT_CORE, &core);
	prctl(PR_GET_PDEATHSIG, &death);
	tty = open("/dev/tty", O_RDWR | O_NOCTTY);
	printf("\ncore %llu %llu\n", (unsigned long long)core.rlim_cur, (unsigned long long)core.rlim_max);
	printf("personality %x\n", (unsigned int)personality(0xffffffff));
	printf("securebits %d\ndumpable %d\ndeath %d\nsubreaper %d\n", prctl(PR_GET_SECUREBITS), prctl(PR_GET_DUMPABLE), death,
		prctl(PR_GET_CHILD_SUBREAPER, &n) ? -1 : n);
	printf("tty %s\nleader %d\n", tty < 0 ? "none" : "one", getsid(0) == getpid());
	printf("uid %u %u\n", (unsigned int)getuid(), (unsigned int)geteuid());
	printf("cwd %s\n", getcwd(cwd, sizeof(cwd)) ? cwd : "?");
	for (char **e = environ; *e; e++)
		printf("env %s\n", *e);
	return 0;
}
