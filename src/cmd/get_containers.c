/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "app/session.h"
#include "base/err.h"
#include "cmd/get.h"
#include "view/container.h"

/* The containers that were named, in the order of the command line. */
static int find_targets(struct get *get, struct container_list *list, struct err *err)
{
	for (size_t i = 0; i < get->n_targets; i++) {
		struct container *c = container_list_add(list);
		int r = c ? session_target(get->s, get->targets[i], NULL, c, err)
			  : err_set(err, -ENOMEM, ERR_FAILED, "out of memory");

		if (r < 0)
			return r;
	}
	return 0;
}

int get_containers(struct get *get, struct err *err)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	int r = get->n_targets ? find_targets(get, &list, err)
			       : get_find(get, true, get->options->all, &list, err);

	if (r < 0)
		return r;
	get_look(get, &list, get->out.needs & VIEW_CONTAINER_LOOK);
	r = get_print(get, list.items, list.n, sizeof(*list.items), err);
	return r < 0 || list.n ? r : get_none(get, "containers", err);
}
