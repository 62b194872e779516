/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file that the first word of the command means, and what no_new_privs keeps from it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "enter/plan.h"
#include "model/caps.h"
#include "sys/below.h"
#include "sys/filecaps.h"
#include "sys/idmap.h"
#include "sys/program.h"

/* A negative errno: it is not there, or (-EXDEV) where it may be that nobody answers. */
static int open_file(const struct plan *plan, const char *path)
{
	CLEANUP_FREE char *full = NULL;

	if (*path != '/' && asprintf(&full, "%s/%s", plan->cwd, path) < 0)
		full = NULL;
	return *path == '/' || full ? below_open(plan->root, full ? full : path, O_PATH) : -ENOMEM;
}

int plan_open_program(const struct plan *plan)
{
	const char *name = plan->argv[0];
	CLEANUP_FREE char **candidates = strchr(name, '/') ? NULL : plan_candidates(plan->path, name);
	int fd = -ENOENT;

	if (strchr(name, '/'))
		return open_file(plan, name);
	for (char **file = candidates; file && *file && fd < 0 && fd != -EXDEV; file++)
		fd = open_file(plan, *file);
	return fd;
}

/* The owner as the container sees it; one that it has no number for gives nothing (bprm_fill_uid() in the
 * kernel). */
static bool owner_inside(const struct plan *plan, uint32_t owner, uint32_t *ret)
{
	CLEANUP_IDMAP struct idmap map = {0};

	*ret = owner;
	return !plan->own_userns ||
	       (idmap_read(plan->init.dir, false, &map) == 0 && idmap_inside(&map, owner, ret));
}

/* What the file would give to a user other than root. */
static uint64_t caps_of_file(const struct plan *plan, int fd)
{
	struct filecaps caps = {0};
	uint32_t root = 0;

	if (plan->order.uid == 0 || filecaps_read(fd, &caps) < 0)
		return 0;
	if (caps.has_root && caps.root != 0 && (!owner_inside(plan, caps.root, &root) || root != 0))
		return 0;
	return caps.permitted & plan->order.bounding & ~plan->order.permitted;
}

static const char *who_has_set_it(const struct plan *plan)
{
	if (plan->request->no_new_privs)
		return ", by --no-new-privs";
	return strcmp(plan->container->engine, "cri") ? " in this container"
						      : ", by allowPrivilegeEscalation: false";
}

/* The kernel says nothing of it: the program runs, and fails later, in words of its own ("effective uid is
 * not 0"). */
void plan_say_withheld(const struct plan *plan)
{
	CLEANUP_FD int fd =
		plan->order.flags & ORDER_NO_NEW_PRIVS && !plan->tools ? plan_open_program(plan) : -1;
	CLEANUP_BUF struct buf names = {0};
	char head[PROGRAM_HEAD];
	uint32_t owner = plan->order.uid;
	uint64_t caps;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return;
	if (st.st_mode & S_ISUID && !owner_inside(plan, st.st_uid, &owner))
		owner = plan->order.uid;
	caps = caps_of_file(plan, fd);
	if ((owner == plan->order.uid && !caps) || filecaps_nosuid(fd))
		return;
	/* a script is its interpreter's, which has no such bits */
	if (program_head(fd, head, sizeof(head)) < 2 || !memcmp(head, "#!", 2))
		return;
	if (owner != plan->order.uid) {
		plan_say(plan, "%s runs as uid %u, not as its owner %u: no_new_privs is set%s", plan->argv[0],
			plan->order.uid, owner, who_has_set_it(plan));
		return;
	}
	caps_names(&names, caps, ", ");
	plan_say(plan, "%s runs without the %s that its file carries: no_new_privs is set%s", plan->argv[0],
		buf_text(&names), who_has_set_it(plan));
}
