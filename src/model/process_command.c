/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Command lines: opened when the process is looked at, and read a batch later, by a child that can be left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/process_parts.h"
#include "sys/file.h"

int process_comm_read(struct process *p)
{
	char path[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)p->host_pid);
	n = file_read_into(AT_FDCWD, path, p->comm, sizeof(p->comm));
	p->comm[strcspn(p->comm, "\n")] = '\0';
	return n < 0 ? (int)n : 0;
}

/* One of the host without a command is a kernel thread, or a zombie: its name then. */
static int settle(struct process_commands *commands, struct reader_want *want, struct process *p)
{
	p->command = take_ptr(&want->strings);
	if (want->error == -ETIMEDOUT) {
		p->command_lost = true;
		if (!commands->lost++)
			commands->first_lost = p->host_pid;
	}
	if (!*p->comm && (!p->command || !*p->command) && want->error != -ESRCH)
		want->error = process_comm_read(p);
	return want->error == -ENOENT ? -ESRCH : want->error;
}

/* Processes that are `size` bytes apart. */
struct items {
	struct process_commands *commands;
	char *first;
	size_t size;
};

static int take(void *data, struct reader_want *want, size_t at, int *result)
{
	const struct items *items = data;
	struct process *p = (struct process *)(items->first + at * items->size);
	int error = settle(items->commands, want, p);

	if (error == -ESRCH)
		p->state = 'X';
	if (error == -ESRCH && result)
		*result = error;
	return error == -ENOMEM ? error : 0;
}

int process_commands_read(struct process_commands *commands, void *items, size_t size, bool all)
{
	struct items given = {.commands = commands, .first = items, .size = size};

	return reader_queue_read(&commands->queue, &commands->reader, PROCESS_COMMAND_MAX, all, take, &given);
}

int process_commands_want(struct process_commands *commands, int dir, const char *path, size_t at, int *result)
{
	return reader_queue_add(&commands->queue, dir, path, at, result);
}

void process_commands_free(struct process_commands *commands)
{
	reader_queue_free(&commands->queue);
	reader_end(&commands->reader);
}
