/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /proc/PID/cgroup and mountinfo. Input: the one, CUT, the other.
 */
#include "fuzz.h"

#include "base/cleanup.h"
#include "engine/state.h"
#include "sys/cgroup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	CLEANUP_FREE char *text = fuzz_part(&in, NULL), *mounts = fuzz_part(&in, NULL);
	CLEANUP_CGROUP struct cgroup_set set = {.n = 0};
	char id[STATE_ID_LEN + 1];
	int r = cgroup_parse(text, &set);

	if (cgroup_id(text, id))
		FUZZ_CHECK(strlen(id) == STATE_ID_LEN && text_is_hex(id) && strstr(text, id));
	FUZZ_CHECK(r <= 0 && set.n <= CGROUP_MAX);
	FUZZ_CHECK(r == 0 || set.n == 0);
	cgroup_find_dirs(&set, mounts);
	for (size_t i = 0; i < set.n; i++) {
		const struct cgroup_line *line = &set.lines[i];

		FUZZ_CHECK(line->controllers && line->path);
		FUZZ_CHECK(!line->v2 || !*line->controllers);
		FUZZ_CHECK(!strpbrk(line->controllers, ":\n") && !strchr(line->path, '\n'));
	}
	cgroup_v2(&set);
	return 0;
}
