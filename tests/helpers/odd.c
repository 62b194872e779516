/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * odd COMMAND [ARG...]: an odd caller. Everything that a process hands on by itself is set to what nobody has by default: descriptors
 * without close-on-exec, groups, a session keyring with a key, blocked and ignored signals, nice value, affinity, policy, umask, limits,
 * timer slack, personality, securebits, a variable. Then it runs the command.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/securebits.h>
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

static void open_files(void)
{
	for (int i = 0; i < 20; i++)
		if (open(i % 2 ? "/etc/hostname" : "/", O_RDONLY) < 0)
			perror("open");
	dup2(3, 200);
}

static void hold_key(void)
{
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "nsctl-test");
	syscall(SYS_add_key, "user", "nsctl-test-key", "secret", 6UL, KEY_SPEC_SESSION_KEYRING);
}

static void set_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGALRM);
	sigaddset(&set, SIGRTMIN + 3);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGRTMIN, SIG_IGN); /* a library may keep it for itself */
	signal(SIGRTMIN + 4, SIG_IGN);
}

static void set_scheduling(void)
{
	struct sched_param none = {0};
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &none); /* musl has none */
	setpriority(PRIO_PROCESS, 0, 7);
	syscall(SYS_ioprio_set, 1, 0, 3 << 13);
	prctl(PR_SET_TIMERSLACK, 123456789);
}

int main(int argc, char **argv)
{
	const gid_t groups[] = {0, 4711, 4712};
	struct rlimit core;

	if (argc < 2)
		return 2;
	open_files();
	hold_key();
	set_signals();
	set_scheduling();
	setgroups(3, groups);
	umask(0);
	/* the soft one only: not everyone can raise a hard one again */
	getrlimit(RLIMIT_CORE, &core);
	core.rlim_cur = 12345;
	setrlimit(RLIMIT_CORE, &core);
	personality(ADDR_NO_RANDOMIZE);
	prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS | SECBIT_NO_SETUID_FIXUP);
	setenv("NSCTL_TEST_LEAK", "leaked", 1);
	setenv("LD_PRELOAD", "", 1);
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
