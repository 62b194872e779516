/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "app/session.h"
#include "base/err.h"
#include "cmd/get.h"
#include "engine/asked.h"
#include "view/container.h"

/* The containers that were named, in the order of the command line. */
static int find_targets(struct get *get, struct container_list *list, struct err *err)
{
	struct look_missed missed = {.none = false};
	int r = 0;

	for (size_t i = 0; i < get->n_targets && !r; i++) {
		CLEANUP_ERR struct err own = {0};
		struct container *c = container_list_add(list);

		if (!c) {
			r = err_no_memory(err);
		} else if (session_target(get->s, get->targets[i], NULL, c, &own) < 0) {
			r = look_miss(get->s, &missed, get->targets[i], &own, err);
			container_list_remove(list, list->n - 1);
		}
	}
	return r ? r : look_miss_end(get->s, &missed, list->n, err);
}

struct run {
	struct get *get;
	struct container_list list;
};

/* Those that ended after they were found. */
static void drop_ended(struct container_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (list->items[i].status == CONTAINER_STOPPED)
			container_free(&list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->n = kept;
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct run *run = data;
	struct get *get = run->get;
	int r = get->n_targets ? find_targets(get, &run->list, err)
			       : get_find(get, true, get->options->all || get->options->labels, &run->list, err);

	if (!r && !get->n_targets) /* who is named is meant */
		r = look_select(get->s, get->options->labels, get->options->all, &run->list, err);
	if (!r && get->out.needs & VIEW_CONTAINER_LABELS && engine_read_labels(run->list.items, run->list.n) < 0)
		r = err_no_memory(err);
	if (r < 0)
		return r;
	get_look(get, &run->list, get->out.needs & VIEW_CONTAINER_LOOK,
		get->out.needs & VIEW_CONTAINER_INSIDE);
	if (!get->n_targets && !get->options->all)
		drop_ended(&run->list);
	if (!run->list.n)
		get_none(get, "containers");
	*ret = (struct out_rows){
		.items = run->list.items, .n = run->list.n, .size = sizeof(*run->list.items)};
	return 0;
}

static void release(void *data)
{
	container_list_free(&((struct run *)data)->list);
}

int get_containers(struct get *get, struct err *err)
{
	struct run run = {.get = get};
	const struct out_source source = {gather, release, &run};

	return get_list(get, &source, "containers", err);
}
