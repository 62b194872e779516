/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls 46 system calls with arguments that can do no harm, two of them with numbers that no kernel knows, and prints
 * "name errno" a line. What a seccomp filter lets through answers as the kernel does; what it does not, as the filter says.
 * In a child each, so that a filter that kills is seen too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#define SYS_fsopen 430
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#define SYS_pidfd_getfd 438
#define SYS_faccessat2 439
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

#define BAD (-1L)

static const struct call {
	const char *name;
	long number, args[6];
} calls[] = {
	{"unknown", 1000000, {0}},
	{"newest", 600, {0}},
	{"acct", SYS_acct, {1}},
	{"add_key", SYS_add_key, {0}},
	{"bpf", SYS_bpf, {BAD}},
	{"clock_adjtime", SYS_clock_adjtime, {BAD, 0}},
	{"clock_settime", SYS_clock_settime, {BAD, 0}},
	{"clone3", SYS_clone3, {0, 1}},
	{"delete_module", SYS_delete_module, {0}},
	{"faccessat2", SYS_faccessat2, {BAD, 0, 0, BAD}},
	{"fanotify_init", SYS_fanotify_init, {BAD, 0}},
	{"finit_module", SYS_finit_module, {BAD}},
	{"fsopen", SYS_fsopen, {0, BAD}},
	{"getcpu", SYS_getcpu, {0}},
	{"init_module", SYS_init_module, {0}},
	{"io_setup", SYS_io_setup, {0, 0}},
	{"io_cancel", SYS_io_cancel, {0, 0, 0}},
	{"kcmp", SYS_kcmp, {BAD, BAD, BAD}},
	{"kexec_load", SYS_kexec_load, {0, BAD, 0, BAD}},
	{"keyctl", SYS_keyctl, {BAD}},
	{"lookup_dcookie", SYS_lookup_dcookie, {0}},
	{"mbind", SYS_mbind, {1, 0, BAD}},
	{"mount", SYS_mount, {0, 0, 0, 0, 0}},
	{"mount_setattr", SYS_mount_setattr, {BAD, 0, BAD}},
	{"move_mount", SYS_move_mount, {BAD, 0, BAD, 0, BAD}},
	{"name_to_handle_at", SYS_name_to_handle_at, {BAD, 0, 0, 0, BAD}},
	{"open_by_handle_at", SYS_open_by_handle_at, {BAD, 0, 0}},
	{"open_tree", SYS_open_tree, {BAD, 0, BAD}},
	{"openat2", SYS_openat2, {BAD, 0, 0, 0}},
	{"perf_event_open", SYS_perf_event_open, {0, BAD, BAD, BAD, BAD}},
	{"personality", SYS_personality, {0x20000000}},
	{"pidfd_getfd", SYS_pidfd_getfd, {BAD, BAD, BAD}},
	{"pivot_root", SYS_pivot_root, {0, 0}},
	{"process_vm_readv", SYS_process_vm_readv, {BAD, 0, 0, 0, 0, BAD}},
	{"ptrace", SYS_ptrace, {BAD, BAD}},
	{"quotactl", SYS_quotactl, {BAD, 0}},
	{"reboot", SYS_reboot, {0, 0, 0}},
	{"request_key", SYS_request_key, {0}},
	{"setns", SYS_setns, {BAD, 0}},
	{"settimeofday", SYS_settimeofday, {1, 1}},
	{"swapon", SYS_swapon, {0}},
	{"syslog", SYS_syslog, {BAD, 0, 0}},
	{"umount2", SYS_umount2, {0, BAD}},
	{"unshare", SYS_unshare, {0x10000000 | 1}},
	{"userfaultfd", SYS_userfaultfd, {BAD}},
	{"vmsplice", SYS_vmsplice, {BAD, 0, 0, 0}},
};

static int try_call(const struct call *c)
{
	const long *a = c->args;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		errno = 0;
		syscall(c->number, a[0], a[1], a[2], a[3], a[4], a[5]);
		_exit(errno);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		printf("%s %d\n", calls[i].name, try_call(&calls[i]));
	return 0;
}
