/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The limits of a process's control groups: memory, cpu and pids, of v1 and of v2 in the same words.
 */
#ifndef MODEL_LIMIT_H
#define MODEL_LIMIT_H

#include <stddef.h>

struct cgroup_set;

/* The value as its file has it, in v2's form ("50000 100000" is cpu's quota and period); no limit is "unlimited". */
struct limit {
	const char *name; /* "memory", "cpu", "pids"; static */
	char *value, *file; /* owned */
};

#define LIMITS_MAX 3

/* Those that can be read, of the groups themselves and not of those above; *ret_n at most LIMITS_MAX. -ENOMEM. The caller frees each
 * with limit_free(), on errors too. */
int limits_read(const struct cgroup_set *set, struct limit ret[LIMITS_MAX], size_t *ret_n);
void limit_free(struct limit *limit);

#endif
