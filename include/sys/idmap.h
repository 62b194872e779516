/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * uid_map and gid_map of a user namespace. user_namespaces(7).
 */
#ifndef SYS_IDMAP_H
#define SYS_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idmap_range {
	uint32_t inside, outside, count;
};

struct idmap {
	struct idmap_range *ranges; /* owned */
	size_t n;
};

/* Reads dirfd/uid_map or gid_map (dirfd is /proc/PID). */
int idmap_read(int dirfd, bool gid, struct idmap *ret);
void idmap_free(struct idmap *map);
#define CLEANUP_IDMAP __attribute__((cleanup(idmap_free)))

/* Is it that of the initial user namespace: every id is itself? */
bool idmap_is_identity(const struct idmap *map);

bool idmap_outside(const struct idmap *map, uint32_t inside, uint32_t *ret);
bool idmap_inside(const struct idmap *map, uint32_t outside, uint32_t *ret);

#endif
