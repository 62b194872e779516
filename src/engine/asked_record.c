/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records in the databases of engines: boltdb and SQLite keep JSON text as it is, in pages of a file that its
 * engine goes on writing to. It is read as bytes, and what is found in it is checked by whoever parses it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/map.h"
#include "engine/asked.h"
#include "engine/database.h"
#include "sys/file.h"

#define RECORD_MAX (256u << 10)
#define KEY_DIGITS 15 /* of an ID, as a key: 60 bits */

struct file {
	char *path;
	struct map
		at; /* by the first digits of an ID: where its mark begins, plus one; of several the first */
};

struct asked_index {
	struct file *files;
	size_t n;
};

struct asked_index *asked_index_new(void)
{
	return calloc(1, sizeof(struct asked_index));
}

void asked_index_free(struct asked_index **index)
{
	for (size_t i = 0; *index && i < (*index)->n; i++) {
		free((*index)->files[i].path);
		map_free(&(*index)->files[i].at);
	}
	if (*index)
		free((*index)->files);
	free(*index);
	*index = NULL;
}

static uint64_t key_of(const char *id)
{
	char digits[KEY_DIGITS + 1];

	snprintf(digits, sizeof(digits), "%.*s", KEY_DIGITS, id);
	return strtoull(digits, NULL, 16) | UINT64_C(1) << 60; /* no map has a 0 */
}

struct pass {
	struct map *at;
	int fd;
	size_t before; /* bytes in front of the ID */
};

static bool take_mark(void *data, off_t at)
{
	struct pass *pass = data;
	char id[KEY_DIGITS + 1] = "";

	if (pread(pass->fd, id, KEY_DIGITS, at + (off_t)pass->before) != KEY_DIGITS ||
		strspn(id, "0123456789abcdef") != KEY_DIGITS)
		return false;
	return !map_get(pass->at, key_of(id)) && !map_put(pass->at, key_of(id), (size_t)at + 1);
}

/* The file's place in the index, read with the first question about it; NULL without memory. */
static struct file *file_of(
	struct asked_index *index, int fd, const char *path, const struct asked_mark *mark)
{
	struct file *grown, *file;

	for (size_t i = 0; i < index->n; i++)
		if (!strcmp(index->files[i].path, path))
			return &index->files[i];
	grown = reallocarray(index->files, index->n + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	index->files = grown;
	file = &grown[index->n];
	*file = (struct file){.path = strdup(path)};
	if (!file->path)
		return NULL;
	index->n++;
	database_each(fd, mark->before, take_mark, &(struct pass){&file->at, fd, strlen(mark->before)});
	return file;
}

static char *find_text(int fd, struct file *file, const char *id, const char *needle, size_t *ret_len)
{
	const size_t *known = file ? map_get(&file->at, key_of(id)) : NULL;
	char *text = known ? database_read(fd, (off_t)*known - 1, needle, RECORD_MAX, ret_len) : NULL;

	if (text || (file && !known))
		return text;
	/* another record's ID may begin like it, and the engine may have written over it meanwhile */
	return database_find(fd, needle, RECORD_MAX, ret_len);
}

char *asked_record(const struct container *c, struct asked_index *index, const char *path,
	const struct asked_mark *mark, const char *id, size_t *ret_len)
{
	CLEANUP_FREE char *needle = NULL;
	CLEANUP_FD int fd = file_open_of(path, c->owner);
	char *text;

	if (fd < 0)
		return NULL;
	if (asprintf(&needle, "%s%s%s", mark->before, id, mark->after) < 0) {
		needle = NULL;
		return NULL;
	}
	text = find_text(fd, index ? file_of(index, fd, path, mark) : NULL, id, needle, ret_len);
	if (!text)
		return NULL;
	*ret_len -= mark->skip;
	return memmove(text, text + mark->skip, *ret_len + 1);
}
