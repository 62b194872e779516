/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A seccomp profile while it is compiled: shared by src/model/seccomp.c, seccomp_stub.c and seccomp_dense.c, for no one else.
 */
#ifndef MODEL_SECCOMP_PROFILE_H
#define MODEL_SECCOMP_PROFILE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECCOMP_ARCHES_MAX 8
#define SECCOMP_STUB_MAX (7 * SECCOMP_ARCHES_MAX)

struct seccomp_profile {
	void *ctx;  /* libseccomp's scmp_filter_ctx; borrowed */
	bool newer; /* the stub is wanted */
	uint32_t default_action;
	struct {
		uint32_t arch; /* SCMP_ARCH_... */
		int newest;    /* the largest syscall number that the profile names, 0: none */
	} arches[SECCOMP_ARCHES_MAX];
	size_t n_arches;
};

/* Remembers an architecture of the filter (once), and a syscall that the profile names, whatever its action.
 * All architectures come first. */
void seccomp_stub_arch(struct seccomp_profile *p, uint32_t arch);
void seccomp_stub_saw(struct seccomp_profile *p, const char *name);

/* Writes the instructions that stand before the filter; returns how many, 0 when the default action lets
 * calls through. */
size_t seccomp_stub(const struct seccomp_profile *p, struct sock_filter stub[SECCOMP_STUB_MAX]);

/* Writes a program to `ret` that answers every call as the one of `n` instructions does, and has no more than it. Returns how many. 0: it
 * found none, since it would be longer, or that one does what libseccomp's do not; or there is no memory. */
size_t seccomp_dense(const struct sock_filter *code, size_t n, struct sock_filter *ret);

#endif
