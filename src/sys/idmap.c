/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/idmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sys/file.h"

#define MAP_SIZE_MAX 65536 /* 340 lines at most (UID_GID_MAP_MAX_EXTENTS), about 33 bytes each */

/* The next number of a line, which the kernel pads with blanks. */
static bool read_number(char **p, uint32_t *ret)
{
	unsigned long value;
	char *end;

	*p += strspn(*p, " \t");
	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	value = strtoul(*p, &end, 10);
	if (errno || value > UINT32_MAX)
		return false;
	*p = end;
	*ret = (uint32_t)value;
	return true;
}

int idmap_read(int dirfd, bool gid, struct idmap *ret)
{
	CLEANUP_IDMAP struct idmap map = {0};
	CLEANUP_FREE char *text = NULL;
	char *p;
	size_t lines = 0;
	int error = file_read(dirfd, gid ? "gid_map" : "uid_map", MAP_SIZE_MAX, &text, NULL);

	if (error < 0)
		return error;
	for (p = text; *p; p++)
		lines += *p == '\n';
	map.ranges = calloc(lines + 1, sizeof(*map.ranges));
	if (!map.ranges)
		return -ENOMEM;
	for (p = text; *p && map.n < lines; map.n++) {
		struct idmap_range *range = &map.ranges[map.n];

		if (!read_number(&p, &range->inside) || !read_number(&p, &range->outside) ||
			!read_number(&p, &range->count) || *p++ != '\n')
			return -EBADMSG;
	}
	*ret = map;
	map = (struct idmap){0};
	return 0;
}

void idmap_free(struct idmap *map)
{
	free(map->ranges);
	*map = (struct idmap){0};
}

bool idmap_is_identity(const struct idmap *map)
{
	return map->n == 1 && map->ranges[0].inside == 0 && map->ranges[0].outside == 0 &&
	       map->ranges[0].count == UINT32_MAX;
}

/* Differences, not sums: inside + count may be 2^32. */
bool idmap_outside(const struct idmap *map, uint32_t inside, uint32_t *ret)
{
	for (size_t i = 0; i < map->n; i++)
		if (inside >= map->ranges[i].inside &&
			inside - map->ranges[i].inside < map->ranges[i].count) {
			*ret = map->ranges[i].outside + (inside - map->ranges[i].inside);
			return true;
		}
	return false;
}

bool idmap_inside(const struct idmap *map, uint32_t outside, uint32_t *ret)
{
	for (size_t i = 0; i < map->n; i++)
		if (outside >= map->ranges[i].outside &&
			outside - map->ranges[i].outside < map->ranges[i].count) {
			*ret = map->ranges[i].inside + (outside - map->ranges[i].outside);
			return true;
		}
	return false;
}
