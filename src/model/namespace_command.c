/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command lines of the processes that a list of namespaces names, each read once: a container's init is named by most
 * of its namespaces.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "model/namespace.h"
#include "sys/reader_queue.h"

#define COMMAND_MAX 65536

struct given {
	struct namespace_list *list;
	struct namespace_gaps *gaps;
};

static int take(void *data, struct reader_want *want, size_t at, int *result)
{
	struct given *given = data;

	(void)result;
	given->list->commands[at] = want->strings;
	given->gaps->stuck += want->error == -ETIMEDOUT; /* that it has ended meanwhile is normal */
	return 0;
}

int namespace_read_commands(int proc, struct reader *reader, struct namespace_list *list, struct namespace_gaps *gaps)
{
	CLEANUP_MAP struct map place = {0};
	CLEANUP_READER_QUEUE struct reader_queue queue = {0};
	struct given given = {.list = list, .gaps = gaps};
	bool room = true;

	list->commands = calloc(list->n + 1, sizeof(*list->commands));
	for (size_t i = 0; list->commands && room && i < list->n; i++) {
		pid_t pid = list->items[i].host_pid;
		char path[32];

		if (map_get(&place, (uint64_t)pid))
			continue;
		room = map_put(&place, (uint64_t)pid, list->n_commands);
		snprintf(path, sizeof(path), "%d/cmdline", (int)pid);
		reader_queue_add(&queue, proc, path, list->n_commands++, NULL);
		reader_queue_read(&queue, reader, COMMAND_MAX, false, take, &given);
	}
	if (list->commands)
		reader_queue_read(&queue, reader, COMMAND_MAX, true, take, &given);
	for (size_t i = 0; list->commands && room && i < list->n; i++) {
		const size_t *at = map_get(&place, (uint64_t)list->items[i].host_pid);

		list->items[i].command = at ? list->commands[*at] : NULL;
	}
	return list->commands && room ? 0 : -ENOMEM;
}
