/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ENOSYS for what a profile cannot know. A profile that denies by default answers EPERM to every syscall that
 * is newer than itself; a libc that tries a new call first and falls back on ENOSYS alone then breaks inside
 * (faccessat2, clone3). So a few instructions stand before the filter: a number above the largest that the
 * profile names is "not implemented".
 */
#include "model/seccomp_profile.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#define X32_BIT 0x40000000u /* __X32_SYSCALL_BIT: x32 has x86-64's architecture and this bit in its numbers  \
			     */

void seccomp_stub_arch(struct seccomp_profile *p, uint32_t arch)
{
	for (size_t i = 0; i < p->n_arches; i++)
		if (p->arches[i].arch == arch)
			return;
	if (p->n_arches < SECCOMP_ARCHES_MAX)
		p->arches[p->n_arches++].arch = arch;
}

void seccomp_stub_saw(struct seccomp_profile *p, const char *name)
{
	for (size_t i = 0; i < p->n_arches; i++) {
		int call = seccomp_syscall_resolve_name_arch(p->arches[i].arch, name);

		/* negative: unknown, or one that this architecture does not have */
		if (call > p->arches[i].newest)
			p->arches[i].newest = call;
	}
}

/* One architecture's part. Each begins with its own test, and what it does not decide falls through to the
 * next: no jump is longer than this. */
static size_t one_arch(uint32_t arch, uint32_t newest, struct sock_filter *at)
{
	const struct sock_filter load_arch =
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	const struct sock_filter load_call =
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	const struct sock_filter newer = BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, newest, 0, 1);
	const struct sock_filter enosys = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
	size_t n = 0;

	at[n++] = load_arch;
	at[n++] = (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, arch == SCMP_ARCH_X32 ? SCMP_ARCH_X86_64 : arch, 0, 3);
	at[n++] = load_call;
	if (arch == SCMP_ARCH_X86_64 || arch == SCMP_ARCH_X32) {
		at[1].jf++;
		at[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, X32_BIT,
			arch == SCMP_ARCH_X32 ? 0 : 2, arch == SCMP_ARCH_X32 ? 2 : 0);
	} else if (arch == SCMP_ARCH_S390 || arch == SCMP_ARCH_S390X) {
		/* a number that the kernel does not know arrives as 0, setup(2), which nobody calls */
		at[1].jf++;
		at[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	}
	at[n++] = newer;
	at[n++] = enosys;
	return n;
}

size_t seccomp_stub(const struct seccomp_profile *p, struct sock_filter stub[SECCOMP_STUB_MAX])
{
	size_t n = 0;

	switch (p->default_action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_TRACE: /* a tracer answers for itself */
		return 0;
	}
	for (size_t i = 0; i < p->n_arches; i++)
		if (p->arches[i].newest)
			n += one_arch(p->arches[i].arch, (uint32_t)p->arches[i].newest, stub + n);
	return n;
}
