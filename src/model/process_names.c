/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "model/process_parts.h"
#include "sys/idmap.h"
#include "sys/passwd.h"

struct process_names {
	struct process_names *next;
	const struct container *of; /* NULL: the host's */
	struct id_names users, groups;
	struct idmap uids, gids; /* unused for the host's */
};

void process_names_join(struct process_names **all, struct process_names *more)
{
	while (*all)
		all = &(*all)->next;
	*all = more;
}

void process_names_free(struct process_names *names)
{
	while (names) {
		struct process_names *next = names->next;

		id_names_free(&names->users);
		id_names_free(&names->groups);
		idmap_free(&names->uids);
		idmap_free(&names->gids);
		free(names);
		names = next;
	}
}

/* Without its files a root has no names, and ids stay numbers; a map that cannot be read has no ids. */
static int read_tables(struct process_names *names, int init_dir)
{
	CLEANUP_FD int root = -1, opened = -1;

	if (names->of && init_dir < 0)
		init_dir = opened = proc_open(names->of->pid);
	if (!names->of)
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	else if (init_dir >= 0)
		root = openat(init_dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root >= 0 && (passwd_names(root, &names->users) == -ENOMEM || group_names(root, &names->groups) == -ENOMEM))
		return -ENOMEM;
	if (names->of && init_dir >= 0 &&
		(idmap_read(init_dir, false, &names->uids) == -ENOMEM || idmap_read(init_dir, true, &names->gids) == -ENOMEM))
		return -ENOMEM;
	return 0;
}

const struct process_names *process_names_of(struct process_names **all, const struct container *c, int init_dir)
{
	struct process_names *names = *all;

	while (names && names->of != c)
		names = names->next;
	if (names)
		return names;
	names = calloc(1, sizeof(*names));
	if (!names)
		return NULL;
	*names = (struct process_names){.next = *all, .of = c};
	*all = names;
	return read_tables(names, init_dir) < 0 ? NULL : names;
}

static uint32_t id_inside(const struct process_names *names, const struct idmap *map, uint32_t id)
{
	uint32_t inside;

	if (!names->of)
		return id;
	return idmap_inside(map, id, &inside) ? inside : PROCESS_ID_NONE;
}

void process_names_set(struct process *p, const struct process_names *inside, const struct process_names *host)
{
	p->euid_inside = id_inside(inside, &inside->uids, p->euid);
	p->egid_inside = id_inside(inside, &inside->gids, p->egid);
	p->host_user = id_names_find(&host->users, p->euid);
	p->host_group = id_names_find(&host->groups, p->egid);
	p->user = p->euid_inside == PROCESS_ID_NONE ? NULL : id_names_find(&inside->users, p->euid_inside);
	p->group = p->egid_inside == PROCESS_ID_NONE ? NULL : id_names_find(&inside->groups, p->egid_inside);
}
