/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a container stands: its mounts, its environment, its control groups.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/difference_parts.h"
#include "sys/cgroup.h"
#include "sys/mounts.h"
#include "sys/proc.h"

#define ENVIRON_MAX (1u << 20)

struct side {
	bool right;
	struct difference_list *list;
	struct difference_list seen; /* of this side alone, so that what covers another mount replaces it */
};

static int take_mount(const struct mount_entry *mount, void *data)
{
	struct side *side = data;
	CLEANUP_BUF struct buf value = {0};

	buf_printf(&value, "%s, %s", mount->type, mount->read_only ? "read-only" : "writable");
	/* on the right side of a list of its own a key stands once: the last one, which is on top */
	return value.failed ? -ENOMEM : difference_add(&side->seen, "mounts", true, mount->point, "mount", buf_text(&value));
}

int difference_mounts(const struct container *c, int proc_fd, bool right, struct difference_list *list)
{
	struct side side = {.right = right, .list = list};
	int r = mounts_each(proc_fd, take_mount, &side);

	(void)c;
	for (size_t i = 0; i < side.seen.n && !r; i++)
		r = difference_add(list, "mounts", right, side.seen.items[i].key, "mount", side.seen.items[i].right);
	difference_free(&side.seen);
	return r;
}

int difference_environment(const struct container *c, int proc_fd, bool right, struct difference_list *list)
{
	CLEANUP_FREE char **vector = NULL;
	int r = proc_strings(proc_fd, "environ", ENVIRON_MAX, &vector);

	(void)c;
	for (char **text = vector; !r && *text; text++) {
		char *equals = strchr(*text, '=');

		if (!equals)
			continue;
		*equals = '\0';
		r = difference_add(list, "env", right, *text, "value", equals + 1);
	}
	return r;
}

int difference_cgroups(const struct container *c, int proc_fd, bool right, struct difference_list *list)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	int r = cgroup_read(proc_fd, &set);

	(void)c;
	for (size_t i = 0; i < set.n && !r; i++)
		r = difference_add(list, "cgroup", right, set.lines[i].v2 ? "v2" : set.lines[i].controllers, "path",
			set.lines[i].path);
	return r;
}
