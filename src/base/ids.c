/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/ids.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct place {
	uint32_t id;
	size_t at;
};

int ids_append(uint32_t **list, size_t *n, const uint32_t *more, size_t n_more)
{
	uint32_t *grown;

	if (!n_more)
		return 0;
	grown = reallocarray(*list, *n + n_more, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memcpy(grown + *n, more, n_more * sizeof(*more));
	*list = grown;
	*n += n_more;
	return 0;
}

static int by_id_and_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

int ids_unique(uint32_t *list, size_t *n)
{
	CLEANUP_FREE struct place *sorted = NULL;
	CLEANUP_FREE bool *again = NULL;
	size_t kept = 0;

	if (*n < 2)
		return 0;
	sorted = calloc(*n, sizeof(*sorted));
	again = calloc(*n, sizeof(*again));
	if (!sorted || !again)
		return -ENOMEM;
	for (size_t i = 0; i < *n; i++)
		sorted[i] = (struct place){list[i], i};
	qsort(sorted, *n, sizeof(*sorted), by_id_and_place);
	for (size_t i = 1; i < *n; i++)
		again[sorted[i].at] = sorted[i].id == sorted[i - 1].id;
	for (size_t i = 0; i < *n; i++)
		if (!again[i])
			list[kept++] = list[i];
	*n = kept;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void ids_sort(uint32_t *list, size_t n)
{
	if (n)
		qsort(list, n, sizeof(*list), by_id);
}

bool ids_has(const uint32_t *sorted, size_t n, uint32_t id)
{
	return n && bsearch(&id, sorted, n, sizeof(*sorted), by_id);
}
