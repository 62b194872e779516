/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seccomp profiles: the `linux.seccomp` of an OCI config (runtime-spec, config-linux.md) made into the filter
 * that runc makes of it.
 */
#ifndef MODEL_SECCOMP_H
#define MODEL_SECCOMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/seccomp.h"

struct err;

/* The filter for a profile's JSON text as the runtime of an engine makes it (a row's name in the table of engines):
 * crun answers a syscall that is newer than the profile with the profile's default action, where runc says ENOSYS.
 * From the cache when it was made before: /run/nsctl/seccomp for root, else nsctl/seccomp below XDG_RUNTIME_DIR. A
 * cache that cannot be used is no error. -EOPNOTSUPP for SCMP_ACT_NOTIFY, which needs the engine's agent; -EBADMSG
 * for a profile that is not understood. */
int seccomp_build_for(
	const char *engine, const char *profile, size_t len, struct seccomp_programs *ret, struct err *err);

/* Without the cache. With `newer` a syscall newer than the profile answers ENOSYS. */
int seccomp_compile(
	const char *profile, size_t len, bool newer, struct seccomp_programs *ret, struct err *err);

/* The profile `nsctl-default` of a sandbox as such a JSON text: a deny list, made smaller by the capabilities
 * that were granted (`bounding`, a bit a capability). malloc'd, NULL without memory. */
char *seccomp_default_profile(uint64_t bounding, size_t *ret_len);

/* The version of libseccomp. */
struct buf;
void seccomp_library(struct buf *out);

#endif
