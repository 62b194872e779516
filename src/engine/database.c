/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/database.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#define DATABASE_MAX (256u << 20)
#define CHUNK (64u << 10) /* as much as stays in the caches, and is no mapping of its own for malloc() */

bool database_each(int fd, const char *needle, bool (*each)(void *data, off_t at), void *data)
{
	CLEANUP_FREE char *chunk = malloc(CHUNK);
	size_t want = strlen(needle);
	off_t at = 0;

	while (chunk && at < (off_t)DATABASE_MAX) {
		ssize_t n = pread(fd, chunk, CHUNK, at);
		const char *found = chunk, *end = chunk + (n > 0 ? n : 0);

		while ((found = memmem(found, (size_t)(end - found), needle, want)))
			if (each(data, at + (found++ - chunk)))
				return true;
		if (n < (ssize_t)want)
			return false;
		at += n - (ssize_t)want + 1; /* it may begin at the end of this chunk */
	}
	return false;
}

char *database_read(int fd, off_t at, const char *needle, size_t max, size_t *ret_len)
{
	CLEANUP_FREE char *text = malloc(max + 1);
	size_t len = strlen(needle);
	ssize_t n = text ? pread(fd, text, max, at) : -1;

	if (n < (ssize_t)len || !text || memcmp(text, needle, len) != 0)
		return NULL;
	*ret_len = (size_t)n;
	text[n] = '\0';
	return take_ptr(&text);
}

static bool take_first(void *data, off_t at)
{
	*(off_t *)data = at;
	return true;
}

char *database_find(int fd, const char *needle, size_t max, size_t *ret_len)
{
	off_t at = -1;

	return database_each(fd, needle, take_first, &at) ? database_read(fd, at, needle, max, ret_len) : NULL;
}
