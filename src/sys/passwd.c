/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/passwd.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/ids.h"
#include "base/err.h"
#include "base/text.h"
#include "sys/below.h"

#define DB_SIZE_MAX (1u << 20) /* bounds lines and entries too: a file past it is not read at all */
#define PASSWD_FIELDS 7
#define GROUP_FIELDS 4

/* A file of lines with fields, cut up in place while it is read. */
struct db {
	char *text; /* owned */
	char *next, *end;
};

static void db_close(struct db *db)
{
	cleanup_free(&db->text);
}
#define CLEANUP_DB CLEANUP(db_close)

/* -ENOENT: there is none. -EINVAL: no regular file. -EFBIG: too large. -ETIMEDOUT: it does not answer. */
static int db_open(int root_fd, const char *path, struct db *ret)
{
	size_t len;
	int error = below_read(root_fd, path, DB_SIZE_MAX, &ret->text, &len);

	if (error < 0)
		return error == -ENOTDIR ? -ENOENT : error;
	ret->next = ret->text;
	ret->end = ret->text + len;
	return 0;
}

/* The fields of the next line; those that it lacks are "". What has no name, is a comment, an entry of the
 * old network services (+, -) or holds a NUL is passed over. */
static bool db_next(struct db *db, char **fields, size_t n)
{
	while (db->next < db->end) {
		char *line = db->next, *end = memchr(line, '\n', (size_t)(db->end - line));
		bool whole;

		if (!end)
			end = db->end; /* file_read_fd() left a NUL there */
		*end = '\0';
		db->next = end + 1;
		whole = strlen(line) == (size_t)(end - line);
		if (whole && end > line && end[-1] == '\r')
			*--end = '\0';
		line += strspn(line, " \t");
		if (!whole || !*line || strchr("#+-:", *line))
			continue;
		for (size_t i = 0; i < n; i++) {
			char *field = strsep(&line, ":");

			fields[i] = field ? field : end;
		}
		return true;
	}
	return false;
}

static bool read_id(const char *text, uint32_t *ret)
{
	uint64_t id;

	if (text_u64(text, PASSWD_ID_MAX, &id) < 0)
		return false;
	*ret = (uint32_t)id;
	return true;
}

int passwd_find(int root_fd, const char *name, uid_t uid, struct passwd_entry *ret)
{
	CLEANUP_PASSWD struct passwd_entry entry = {0};
	CLEANUP_DB struct db db = {0};
	char *f[PASSWD_FIELDS];
	int error = db_open(root_fd, "/etc/passwd", &db);

	if (error < 0)
		return error;
	while (db_next(&db, f, PASSWD_FIELDS)) {
		if (name && strcmp(f[0], name) != 0)
			continue;
		if (!read_id(f[2], &entry.uid) || !read_id(f[3], &entry.gid) || (!name && entry.uid != uid))
			continue;
		entry.name = strdup(f[0]);
		entry.home = strdup(f[5]);
		entry.shell = strdup(f[6]);
		if (!entry.name || !entry.home || !entry.shell)
			return -ENOMEM;
		*ret = entry;
		entry = (struct passwd_entry){0};
		return 0;
	}
	return -ENOENT;
}

void passwd_entry_free(struct passwd_entry *entry)
{
	cleanup_free(&entry->name);
	cleanup_free(&entry->home);
	cleanup_free(&entry->shell);
}

int group_find(int root_fd, const char *name, gid_t gid, gid_t *ret_gid, char **ret_name)
{
	CLEANUP_DB struct db db = {0};
	char *f[GROUP_FIELDS];
	gid_t found;
	int error = db_open(root_fd, "/etc/group", &db);

	if (error < 0)
		return error;
	while (db_next(&db, f, GROUP_FIELDS)) {
		if ((name && strcmp(f[0], name) != 0) || !read_id(f[2], &found) || (!name && found != gid))
			continue;
		if (ret_name && !(*ret_name = strdup(f[0])))
			return -ENOMEM;
		if (ret_gid)
			*ret_gid = found;
		return 0;
	}
	return -ENOENT;
}

static bool is_member(char *members, const char *user)
{
	char *member;

	while ((member = strsep(&members, ",")))
		if (!strcmp(member, user))
			return true;
	return false;
}

int group_list(int root_fd, const char *user, gid_t **ret, size_t *ret_n)
{
	CLEANUP_DB struct db db = {0};
	CLEANUP_FREE gid_t *groups = NULL;
	size_t n = 0, cap = 0, unique = 0;
	char *f[GROUP_FIELDS];
	gid_t gid;
	int error = db_open(root_fd, "/etc/group", &db);

	if (error < 0)
		return error;
	while (db_next(&db, f, GROUP_FIELDS)) {
		if (!read_id(f[2], &gid) || !is_member(f[3], user))
			continue;
		if (n == cap) {
			gid_t *grown = reallocarray(groups, cap = cap ? cap * 2 : 16, sizeof(*grown));

			if (!grown)
				return -ENOMEM;
			groups = grown;
		}
		groups[n++] = gid;
	}
	ids_sort(groups, n);
	for (size_t i = 0; i < n; i++)
		if (!unique || groups[unique - 1] != groups[i])
			groups[unique++] = groups[i];
	if (unique > NGROUPS_MAX)
		return -E2BIG;
	*ret = take_ptr(&groups);
	*ret_n = unique;
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct id_name *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->name < y->name ? -1
				 : x->name > y->name; /* the first of the file wins: the names are in it */
}

/* The name is the first field, the id the third; field `other`, when it is not that one, has to be a number
 * too. */
static int read_names(int root_fd, const char *path, size_t n, size_t other, struct id_names *ret)
{
	CLEANUP_DB struct db db = {0};
	CLEANUP_FREE struct id_name *items = NULL;
	size_t used = 0, cap = 0;
	char *f[PASSWD_FIELDS];
	uint32_t id, unused;
	int error = db_open(root_fd, path, &db);

	if (error < 0)
		return error;
	while (db_next(&db, f, n)) {
		if (!read_id(f[2], &id) || !read_id(f[other], &unused))
			continue;
		if (used == cap) {
			struct id_name *grown = reallocarray(items, cap = cap ? cap * 2 : 32, sizeof(*grown));

			if (!grown)
				return -ENOMEM;
			items = grown;
		}
		items[used++] = (struct id_name){id, f[0]};
	}
	if (used)
		qsort(items, used, sizeof(*items), by_id);
	ret->items = take_ptr(&items);
	ret->n = used;
	ret->text = take_ptr(&db.text);
	return 0;
}

int passwd_names(int root_fd, struct id_names *ret)
{
	return read_names(root_fd, "/etc/passwd", PASSWD_FIELDS, 3, ret);
}

int group_names(int root_fd, struct id_names *ret)
{
	return read_names(root_fd, "/etc/group", GROUP_FIELDS, 2, ret);
}

const char *id_names_find(const struct id_names *names, unsigned int id)
{
	size_t from = 0, to = names->n;

	while (from < to) { /* the first of that id */
		size_t middle = from + (to - from) / 2;

		if (names->items[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from < names->n && names->items[from].id == id ? names->items[from].name : NULL;
}

void id_names_free(struct id_names *names)
{
	cleanup_free(&names->items);
	cleanup_free(&names->text);
	names->n = 0;
}
