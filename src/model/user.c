/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/user.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sys/ns.h"
#include "sys/proc.h"

static void place_free(struct user_place *place)
{
	idmap_free(&place->uids);
	idmap_free(&place->gids);
	id_names_free(&place->groups);
	id_names_free(&place->host_groups);
	free(place);
}

static struct user_place *place_add(struct user_list *list, const struct container *c)
{
	struct user_place **grown = reallocarray(list->places, list->n_places + 1, sizeof(struct user_place *));
	struct user_place *place;

	if (!grown)
		return NULL;
	list->places = grown;
	place = calloc(1, sizeof(*place));
	if (!place)
		return NULL;
	place->container = c;
	grown[list->n_places++] = place;
	return place;
}

/* Names are looked up below the root of init, from outside; the host's below ours. Without the files ids stay numbers. */
static int place_read(struct user_place *place)
{
	CLEANUP_FD int ours = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), root = -1;
	CLEANUP_PROC struct proc_ref init = PROC_REF_NONE;
	int r = proc_ref_open(place->container->pid, place->container->start, &init);

	if (r < 0)
		return r;
	if (idmap_read(init.dir, false, &place->uids) == -ENOMEM || idmap_read(init.dir, true, &place->gids) == -ENOMEM)
		return -ENOMEM;
	if (ns_inode(init.dir, NS_USER, &place->userns) == 0)
		place->own_userns = place->userns && !ns_is_initial(NS_USER, place->userns);
	else
		place->own_userns = !idmap_is_identity(&place->uids);
	root = openat(init.dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	place->closed = root < 0 ? -errno : 0;
	if (root >= 0 && group_names(root, &place->groups) == -ENOMEM)
		return -ENOMEM;
	return group_names(ours, &place->host_groups) == -ENOMEM ? -ENOMEM : 0;
}

static bool is_one(const struct user *user, const struct process *p)
{
	if (user->host_uid != p->euid || user->host_gid != p->egid || user->n_groups != p->n_groups)
		return false;
	for (size_t i = 0; i < p->n_groups; i++)
		if (user->groups[i].host_gid != p->groups[i])
			return false;
	return true;
}

static int set_groups(const struct user_place *place, const struct process *p, struct user *user)
{
	user->groups = calloc(p->n_groups + 1, sizeof(*user->groups));
	if (!user->groups)
		return -ENOMEM;
	for (size_t i = 0; i < p->n_groups; i++) {
		struct user_group *group = &user->groups[user->n_groups++];
		uint32_t gid;

		group->host_gid = p->groups[i];
		group->gid = idmap_inside(&place->gids, p->groups[i], &gid) ? gid : PROCESS_ID_NONE;
		if (group->gid != PROCESS_ID_NONE)
			group->name = id_names_find(&place->groups, group->gid);
	}
	return 0;
}

static int add(const struct user_place *place, const struct process *p, struct user_list *list)
{
	struct user *user;

	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 16;
		struct user *grown = reallocarray(list->items, cap, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		list->items = grown;
		list->cap = cap;
	}
	user = &list->items[list->n++];
	*user = (struct user){
		.place = place,
		.uid = p->euid_inside,
		.host_uid = p->euid,
		.gid = p->egid_inside,
		.host_gid = p->egid,
		.user = p->user,
		.group = p->group,
		.host_user = p->host_user,
		.host_group = p->host_group,
		.first = p->host_pid,
	};
	return set_groups(place, p, user);
}

static int compare(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	if (x->init != y->init)
		return y->init - x->init;
	if (x->host_uid != y->host_uid)
		return (x->host_uid > y->host_uid) - (x->host_uid < y->host_uid);
	if (x->host_gid != y->host_gid)
		return (x->host_gid > y->host_gid) - (x->host_gid < y->host_gid);
	return (x->first > y->first) - (x->first < y->first);
}

static int group_by_user(const struct user_place *place, size_t first_process, struct user_list *list)
{
	size_t first = list->n;

	for (size_t i = first_process; i < list->processes.n; i++) {
		const struct process *p = &list->processes.items[i];
		size_t at = first;

		while (at < list->n && !is_one(&list->items[at], p))
			at++;
		if (at == list->n && add(place, p, list) < 0)
			return -ENOMEM;
		list->items[at].processes++;
		list->items[at].init |= p->host_pid == place->container->pid;
	}
	if (list->n > first)
		qsort(list->items + first, list->n - first, sizeof(*list->items), compare);
	return 0;
}

int user_list_of(const struct container *c, struct user_list *ret, struct err *err)
{
	size_t first = ret->processes.n;
	struct user_place *place;
	int r = process_list_of(c, PROCESS_STATUS | PROCESS_NAMES, &ret->processes, err);

	if (r < 0)
		return r;
	place = place_add(ret, c);
	r = place ? place_read(place) : -ENOMEM;
	if (!r)
		r = group_by_user(place, first, ret);
	if (r == -ENOMEM)
		return err_no_memory(err);
	return r < 0 ? err_set(err, r, ERR_NO_TARGET, "%s: its init has ended", c->ref) : 0;
}

void user_list_free(struct user_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].groups);
	for (size_t i = 0; i < list->n_places; i++)
		place_free(list->places[i]);
	free(list->items);
	free(list->places);
	process_list_free(&list->processes);
	*list = (struct user_list){.items = NULL};
}

bool user_maps_overlap(const struct idmap *a, const struct idmap *b, struct idmap_range *ret)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < b->n; k++) {
			const struct idmap_range *x = &a->ranges[i], *y = &b->ranges[k];
			uint64_t begin = x->outside > y->outside ? x->outside : y->outside;
			uint64_t x_end = (uint64_t)x->outside + x->count, y_end = (uint64_t)y->outside + y->count;
			uint64_t end = x_end < y_end ? x_end : y_end;

			if (begin >= end)
				continue;
			*ret = (struct idmap_range){0, (uint32_t)begin, (uint32_t)(end - begin)};
			return true;
		}
	return false;
}
