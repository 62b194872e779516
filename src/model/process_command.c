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

static int take(struct process_commands *commands, struct process_command_batch *batch, void *items, size_t size)
{
	int r = 0;

	reader_strings(&commands->reader, batch->wants, batch->n, PROCESS_COMMAND_MAX);
	for (size_t i = 0; i < batch->n; i++) {
		struct process *p = (struct process *)((char *)items + batch->at[i] * size);
		int error = settle(commands, &batch->wants[i], p);

		if (error == -ESRCH)
			p->state = 'X';
		if (error == -ESRCH && batch->results[i])
			*batch->results[i] = error;
		if (error == -ENOMEM)
			r = error;
	}
	batch->n = 0;
	return r;
}

int process_commands_read(struct process_commands *commands, void *items, size_t size, bool all)
{
	struct process_command_batch *full = &commands->batches[commands->filling];
	struct process_command_batch *other = &commands->batches[!commands->filling];
	int r, error;

	if (!all && full->n < commands->limit)
		return 0;
	r = take(commands, other, items, size);
	if (!all && r == 0) {
		reader_send(&commands->reader, full->wants, full->n, PROCESS_COMMAND_MAX);
		commands->filling = !commands->filling;
		return 0;
	}
	error = take(commands, full, items, size);
	return r ? r : error;
}

int process_commands_want(struct process_commands *commands, int dir, const char *path, size_t at, int *result)
{
	struct process_command_batch *batch = &commands->batches[commands->filling];
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	batch->wants[batch->n] = (struct reader_want){.fd = fd};
	batch->at[batch->n] = at;
	batch->results[batch->n++] = result;
	commands->limit = commands->limit ? commands->limit : reader_batch();
	return 0;
}

void process_commands_free(struct process_commands *commands)
{
	for (size_t b = 0; b < ARRAY_SIZE(commands->batches); b++) {
		for (size_t i = 0; i < commands->batches[b].n; i++)
			close_fd(&commands->batches[b].wants[i].fd);
		commands->batches[b].n = 0;
	}
	reader_end(&commands->reader);
}
