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

int process_commands_read(struct process_commands *commands, void *items, size_t size)
{
	int r = 0;

	reader_strings(&commands->reader, commands->wants, commands->n, PROCESS_COMMAND_MAX);
	for (size_t i = 0; i < commands->n; i++) {
		struct process *p = (struct process *)((char *)items + commands->at[i] * size);
		int error = settle(commands, &commands->wants[i], p);

		if (error == -ESRCH)
			p->state = 'X';
		if (error == -ESRCH && commands->results[i])
			*commands->results[i] = error;
		if (error == -ENOMEM)
			r = error;
	}
	commands->n = 0;
	return r;
}

int process_commands_want(struct process_commands *commands, int dir, const char *path, size_t at, int *result)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	commands->wants[commands->n] = (struct reader_want){.fd = fd};
	commands->at[commands->n] = at;
	commands->results[commands->n++] = result;
	commands->limit = commands->limit ? commands->limit : reader_batch();
	return 0;
}

bool process_commands_full(const struct process_commands *commands)
{
	return commands->limit && commands->n >= commands->limit;
}

void process_commands_free(struct process_commands *commands)
{
	for (size_t i = 0; i < commands->n; i++)
		close_fd(&commands->wants[i].fd);
	commands->n = 0;
	reader_end(&commands->reader);
}
