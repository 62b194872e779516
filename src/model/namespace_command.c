/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command lines of the processes that a list of namespaces names, each read once: a container's init is named by most
 * of its namespaces.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "model/namespace.h"
#include "sys/reader.h"

#define COMMAND_MAX 65536

struct batch {
	struct reader *reader;
	struct reader_want wants[READER_BATCH];
	size_t places[READER_BATCH]; /* in list->commands */
	size_t n, most;
};

static void read_batch(struct batch *batch, struct namespace_list *list, struct namespace_gaps *gaps)
{
	reader_strings(batch->reader, batch->wants, batch->n, COMMAND_MAX);
	for (size_t i = 0; i < batch->n; i++) {
		list->commands[batch->places[i]] = batch->wants[i].strings;
		gaps->stuck += batch->wants[i].error == -ETIMEDOUT; /* that it has ended meanwhile is normal */
	}
	batch->n = 0;
}

static void want(struct batch *batch, int proc, pid_t pid, size_t place)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "%d/cmdline", (int)pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	batch->wants[batch->n] = (struct reader_want){.fd = fd};
	batch->places[batch->n++] = place;
}

int namespace_read_commands(int proc, struct reader *reader, struct namespace_list *list, struct namespace_gaps *gaps)
{
	CLEANUP_MAP struct map place = {0};
	struct batch batch = {.reader = reader, .most = reader_batch()};
	bool room = true;

	list->commands = calloc(list->n + 1, sizeof(*list->commands));
	for (size_t i = 0; list->commands && room && i < list->n; i++) {
		pid_t pid = list->items[i].host_pid;

		if (map_get(&place, (uint64_t)pid))
			continue;
		room = map_put(&place, (uint64_t)pid, list->n_commands);
		want(&batch, proc, pid, list->n_commands++);
		if (batch.n == batch.most)
			read_batch(&batch, list, gaps);
	}
	if (batch.n)
		read_batch(&batch, list, gaps);
	for (size_t i = 0; list->commands && room && i < list->n; i++) {
		const size_t *at = map_get(&place, (uint64_t)list->items[i].host_pid);

		list->items[i].command = at ? list->commands[*at] : NULL;
	}
	return list->commands && room ? 0 : -ENOMEM;
}
