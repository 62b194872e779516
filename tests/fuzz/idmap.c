/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * uid_map: an ID goes out and comes back.
 */
#include "fuzz.h"

#include "base/cleanup.h"
#include "folder.h"
#include "sys/idmap.h"

/* Outside the first range that has it decides, so what comes back may be another one of overlapping ranges,
 * which a kernel does not have; but it leads out to the same. */
static void check_id(const struct idmap *map, uint32_t inside)
{
	uint32_t outside, back, again;

	if (!idmap_outside(map, inside, &outside))
		return;
	FUZZ_CHECK(idmap_inside(map, outside, &back) || outside < inside);
	if (map->n == 1 && UINT32_MAX - map->ranges[0].outside >= map->ranges[0].count - 1)
		FUZZ_CHECK(back == inside && idmap_outside(map, back, &again) && again == outside);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"uid_map", "gid_map", NULL};
	CLEANUP_IDMAP struct idmap map = {0}, gids = {0};
	struct fuzz_input in = {data, size};
	uint32_t id;

	folder_make(names);
	folder_fill(&in);
	idmap_read(folder.fd, true, &gids);
	if (idmap_read(folder.fd, false, &map) < 0) {
		FUZZ_CHECK(!map.n && !map.ranges);
		return 0;
	}
	for (size_t i = 0; i < map.n; i++) {
		check_id(&map, map.ranges[i].inside);
		check_id(&map, map.ranges[i].inside + map.ranges[i].count - 1);
		check_id(&map, map.ranges[i].inside + map.ranges[i].count);
	}
	idmap_inside(&map, UINT32_MAX, &id);
	check_id(&map, 0);
	check_id(&map, UINT32_MAX);
	return 0;
}
