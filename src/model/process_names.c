/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
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
};

void process_names_free(struct process_names *names)
{
	while (names) {
		struct process_names *next = names->next;

		id_names_free(&names->users);
		id_names_free(&names->groups);
		free(names);
		names = next;
	}
}

/* The tables of a root; without its files they are empty, and ids stay numbers. */
static struct process_names *tables(struct process_list *list, const struct container *of, int root)
{
	struct process_names *names = list->names;

	while (names && names->of != of)
		names = names->next;
	if (names)
		return names;
	names = calloc(1, sizeof(*names));
	if (!names)
		return NULL;
	*names = (struct process_names){.next = list->names, .of = of};
	list->names = names;
	if (root >= 0 && (passwd_names(root, &names->users) == -ENOMEM || group_names(root, &names->groups) == -ENOMEM))
		return NULL;
	return names;
}

int process_names_set(struct process_list *list, size_t first, const struct process_scope *scope)
{
	CLEANUP_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), inside_root = -1;
	CLEANUP_IDMAP struct idmap uids = {0}, gids = {0};
	struct process_names *host = tables(list, NULL, root), *inside = host;
	uint32_t id;

	if (!scope->host) {
		inside_root = openat(scope->init.dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
		inside = tables(list, scope->c, inside_root);
		if (idmap_read(scope->init.dir, false, &uids) == -ENOMEM || idmap_read(scope->init.dir, true, &gids) == -ENOMEM)
			return -ENOMEM;
	}
	if (!host || !inside)
		return -ENOMEM;
	for (size_t i = first; i < list->n; i++) {
		struct process *p = &list->items[i];

		p->euid_inside = scope->host ? p->euid : idmap_inside(&uids, p->euid, &id) ? id : PROCESS_ID_NONE;
		p->egid_inside = scope->host ? p->egid : idmap_inside(&gids, p->egid, &id) ? id : PROCESS_ID_NONE;
		p->host_user = id_names_find(&host->users, p->euid);
		p->host_group = id_names_find(&host->groups, p->egid);
		p->user = p->euid_inside == PROCESS_ID_NONE ? NULL : id_names_find(&inside->users, p->euid_inside);
		p->group = p->egid_inside == PROCESS_ID_NONE ? NULL : id_names_find(&inside->groups, p->egid_inside);
	}
	return 0;
}
