/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A map from a number that is not 0 (an inode, a PID) to another number.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map {
	struct map_slot {
		uint64_t key;
		size_t value;
	} *slots; /* owned */
	size_t n, cap;
};

/* Sets the value of a key. False without memory: the map is as before. */
bool map_put(struct map *map, uint64_t key, size_t value);

/* Where the value of a key stands, until the next map_put(); NULL when it has none. */
size_t *map_get(const struct map *map, uint64_t key);

void map_free(struct map *map);
#define CLEANUP_MAP __attribute__((cleanup(map_free)))

#endif
