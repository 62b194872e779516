/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/map.h"

#include <stdlib.h>

#define FIRST_CAP 64 /* a power of two */

/* The slot of the key, or the free one where it would stand: at most three of four are taken. */
static struct map_slot *find(const struct map *map, uint64_t key)
{
	size_t i = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (map->cap - 1);

	while (map->slots[i].key && map->slots[i].key != key)
		i = (i + 1) & (map->cap - 1);
	return &map->slots[i];
}

static bool grow(struct map *map)
{
	struct map grown = {.n = map->n, .cap = map->cap ? map->cap * 2 : FIRST_CAP};

	grown.slots = calloc(grown.cap, sizeof(*grown.slots));
	if (!grown.slots)
		return false;
	for (size_t i = 0; i < map->cap; i++)
		if (map->slots[i].key)
			*find(&grown, map->slots[i].key) = map->slots[i];
	free(map->slots);
	*map = grown;
	return true;
}

bool map_put(struct map *map, uint64_t key, size_t value)
{
	struct map_slot *slot;

	if ((map->n + 1) * 4 > map->cap * 3 && !grow(map))
		return false;
	slot = find(map, key);
	map->n += !slot->key;
	*slot = (struct map_slot){key, value};
	return true;
}

size_t *map_get(const struct map *map, uint64_t key)
{
	struct map_slot *slot = map->n ? find(map, key) : NULL;

	return slot && slot->key ? &slot->value : NULL;
}

void map_free(struct map *map)
{
	free(map->slots);
	*map = (struct map){0};
}
