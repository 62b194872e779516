/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/reader_queue.h"

#include <errno.h>
#include <fcntl.h>

#include "base/cleanup.h"

int reader_queue_add(struct reader_queue *queue, int dir, const char *path, size_t at, int *result)
{
	struct reader_queue_batch *batch = &queue->batches[queue->filling];
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	batch->wants[batch->n] = (struct reader_want){.fd = fd};
	batch->at[batch->n] = at;
	batch->results[batch->n++] = result;
	queue->limit = queue->limit ? queue->limit : reader_batch();
	return 0;
}

static int tell(struct reader_queue_batch *batch, struct reader *reader, size_t max, reader_take_fn *take, void *data)
{
	int first = 0;

	reader_strings(reader, batch->wants, batch->n, max);
	for (size_t i = 0; i < batch->n; i++) {
		int r = take(data, &batch->wants[i], batch->at[i], batch->results[i]);

		first = first ? first : r;
	}
	batch->n = 0;
	return first;
}

int reader_queue_read(
	struct reader_queue *queue, struct reader *reader, size_t max, bool all, reader_take_fn *take, void *data)
{
	struct reader_queue_batch *full = &queue->batches[queue->filling], *other = &queue->batches[!queue->filling];
	int r, error;

	if (!all && full->n < queue->limit)
		return 0;
	r = tell(other, reader, max, take, data);
	if (!all && r == 0) {
		reader_send(reader, full->wants, full->n, max);
		queue->filling = !queue->filling;
		return 0;
	}
	error = tell(full, reader, max, take, data);
	return r ? r : error;
}

void reader_queue_free(struct reader_queue *queue)
{
	for (size_t b = 0; b < ARRAY_SIZE(queue->batches); b++) {
		for (size_t i = 0; i < queue->batches[b].n; i++)
			close_fd(&queue->batches[b].wants[i].fd);
		queue->batches[b].n = 0;
	}
}
