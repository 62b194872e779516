/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many files for a reader: a batch is read by its child while the next one is opened.
 */
#ifndef SYS_READER_QUEUE_H
#define SYS_READER_QUEUE_H

#include "sys/reader.h"

/* All zero is an empty one. */
struct reader_queue {
	struct reader_queue_batch {
		struct reader_want wants[READER_BATCH];
		size_t at[READER_BATCH];    /* what each is for: the caller's */
		int *results[READER_BATCH]; /* the caller's too; may be NULL */
		size_t n;
	} batches[2];
	unsigned int filling;
	size_t limit; /* files in a batch */
};

/* Opens `path` below dir and puts it at the end. It is open from then on: that of this process, whoever has its number later.
 * A negative errno, -ESRCH for -ENOENT. reader_queue_read() comes between two of these. */
int reader_queue_add(struct reader_queue *queue, int dir, const char *path, size_t at, int *result);

/* Told of each, in order: strings and error are there, and the strings are its own. A negative errno is given on, the first of several. */
typedef int reader_take_fn(void *data, struct reader_want *want, size_t at, int *result);

/* When it is time to, tells what came of a batch and has the next one read; with `all`, tells all the rest. At most `max` bytes each. */
int reader_queue_read(
	struct reader_queue *queue, struct reader *reader, size_t max, bool all, reader_take_fn *take, void *data);

void reader_queue_free(struct reader_queue *queue); /* closes what was not read */
#define CLEANUP_READER_QUEUE __attribute__((cleanup(reader_queue_free)))

#endif
