/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The cgroup of the command's own, below init's, so that all that it starts can be ended and nothing else. The guard makes
 * it, not nsctl: whoever makes it must be there to remove it, and nsctl can be killed at any moment.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stage/stage.h"

#define ROUNDS 500 /* of 10 ms: 5 s */

int leaf_make(struct order *o)
{
	int leaf;

	if (o->cgroup < 0 || !*o->leaf || o->flags & ORDER_DETACH)
		return 0;
	/* a sandbox's, called after its PID, can be there: left by one of this number whose guard was killed */
	if (mkdirat(o->cgroup, o->leaf, 0755) < 0 &&
		(errno != EEXIST || unlinkat(o->cgroup, o->leaf, AT_REMOVEDIR) < 0 || mkdirat(o->cgroup, o->leaf, 0755) < 0))
		return -1;
	leaf = openat(o->cgroup, o->leaf, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (leaf < 0) {
		int error = errno;

		unlinkat(o->cgroup, o->leaf, AT_REMOVEDIR);
		errno = error;
		return -1;
	}
	o->leaf_parent = o->cgroup;
	o->cgroup = leaf;
	o->cgroup_procs = -1; /* that of the leaf is opened where the kernel has not put the child into it */
	return 0;
}

int leaf_open(const struct order *o, const char *file, int flags)
{
	int leaf = openat(o->leaf_parent, o->leaf, O_PATH | O_DIRECTORY | O_CLOEXEC), fd;

	if (leaf < 0)
		return -1;
	fd = openat(leaf, file, flags | O_CLOEXEC);
	close(leaf);
	return fd;
}

int leaf_vanish(struct order *o)
{
	if (o->leaf_parent >= 0 && unlinkat(o->leaf_parent, o->leaf, AT_REMOVEDIR) < 0)
		return 0;
	o->leaf_parent = -1;
	return 1;
}

void leaf_remove(const struct order *o)
{
	if (o->leaf_parent < 0)
		return;
	/* EBUSY: what was killed is still on its way out */
	for (int i = 0; i < ROUNDS; i++) {
		if (unlinkat(o->leaf_parent, o->leaf, AT_REMOVEDIR) == 0 || errno != EBUSY)
			return;
		poll(NULL, 0, i < 10 ? 1 : 10);
	}
}
