/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/passwd.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "sys/file.h"

#define DB_SIZE_MAX (1u << 20)	/* bounds lines and entries too: a file past it is not read at all */
#define NEAREST_MAX 4096	/* names that a wrong one is compared with */
#define ID_MAX (UINT32_MAX - 1) /* 2^32-1 is "no change" to setuid and chown */
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

/* The file is the container's: looked at through O_PATH first, since even opening a device may have an
 * effect. -ENOENT: there is none. -EINVAL: no regular file. -EFBIG: too large. */
static int db_open(int root_fd, const char *path, struct db *ret)
{
	CLEANUP_FD int seen = file_open_in_root(root_fd, path, O_PATH);
	CLEANUP_FD int fd = -1;
	char self[32];
	struct stat st;
	size_t len;
	int error;

	if (seen < 0)
		return seen == -ENOTDIR ? -ENOENT : seen;
	if (fstat(seen, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", seen);
	fd = file_open(AT_FDCWD, self);
	if (fd < 0)
		return fd;
	error = file_read_fd(fd, DB_SIZE_MAX, &ret->text, &len);
	if (error < 0)
		return error;
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

	if (text_u64(text, ID_MAX, &id) < 0)
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

static int by_gid(const void *a, const void *b)
{
	gid_t left = *(const gid_t *)a, right = *(const gid_t *)b;

	return left < right ? -1 : left > right;
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
	if (n)
		qsort(groups, n, sizeof(*groups), by_gid);
	for (size_t i = 0; i < n; i++)
		if (!unique || groups[unique - 1] != groups[i])
			groups[unique++] = groups[i];
	if (unique > NGROUPS_MAX)
		return -E2BIG;
	*ret = take_ptr(&groups);
	*ret_n = unique;
	return 0;
}

/* What `text`, a user or a group, is as written: 1 a number, 0 a name, else refused. */
static int id_or_name(const char *what, const char *text, uint32_t *ret_id, struct err *err)
{
	CLEANUP_FREE char *shown = text_escaped(text);
	uint64_t id;
	int r = text_u64(text, ID_MAX, &id);

	if (!r) {
		*ret_id = (uint32_t)id;
		return 1;
	}
	if (r == -ERANGE)
		return err_set(
			err, -ERANGE, ERR_USAGE, "%s %s is out of range: 0 to %u", what, shown, ID_MAX);
	for (const char *p = text; *p; p++)
		if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p))
			r = -EBADMSG;
	if (!*text)
		return err_set(err, -EINVAL, ERR_USAGE,
			"empty %s: USER or USER:GROUP is wanted, names or numbers", what);
	if (r == -EBADMSG || *text == '+' || *text == '-')
		return err_set(
			err, -EINVAL, ERR_USAGE, "\"%s\" is no %s: neither a name nor digits", shown, what);
	return 0;
}

/* Hints at the nearest name of the file, or at numbers. */
static void hint_nearest(int root_fd, const char *path, const char *name, struct err *err)
{
	CLEANUP_DB struct db db = {0};
	CLEANUP_FREE const char **names = calloc(NEAREST_MAX, sizeof(*names));
	CLEANUP_FREE char *shown = NULL;
	const char *nearest = NULL;
	char *f[GROUP_FIELDS];
	uint32_t id;
	size_t n = 0;

	if (names) {
		if (db_open(root_fd, path, &db) < 0) {
			err_hint(err, "there is no such file inside: numbers work, UID or UID:GID");
			return;
		}
		while (n < NEAREST_MAX && db_next(&db, f, GROUP_FIELDS))
			if (read_id(f[2], &id))
				names[n++] = f[0];
		nearest = text_nearest(name, names, n);
	}
	if (nearest && (shown = text_escaped(nearest)))
		err_hint(err, "did you mean %s?", shown);
	else
		err_hint(err, "a number needs no entry: UID or UID:GID");
}

/* The error for a file that could not be used, or does not have the name. */
static int not_found(
	int root_fd, int code, const char *path, const char *what, const char *name, struct err *err)
{
	CLEANUP_FREE char *shown = text_escaped(name);

	switch (code) {
	case -ENOENT:
		err_set(err, code, ERR_USAGE, "no %s %s in the container's %s", what, shown, path);
		hint_nearest(root_fd, path, name, err);
		return code;
	case -EINVAL:
		err_set(err, code, ERR_FAILED, "cannot look up %s %s: the container's %s is no regular file",
			what, shown, path);
		break;
	case -EFBIG:
		err_set(err, code, ERR_FAILED,
			"cannot look up %s %s: the container's %s is larger than 1 MiB", what, shown, path);
		break;
	default:
		err_sys(err, code, "cannot look up %s %s in the container's %s", what, shown, path);
	}
	err_hint(err, "numbers for both need no file: UID:GID");
	return code;
}

/* The group of USER:GROUP. */
static int parse_group(int root_fd, const char *text, gid_t *ret, struct err *err)
{
	int r = id_or_name("group", text, ret, err);

	if (r)
		return r < 0 ? r : 0;
	r = group_find(root_fd, text, 0, ret, NULL);
	return r < 0 ? not_found(root_fd, r, "/etc/group", "group", text, err) : 0;
}

int passwd_user_parse(int root_fd, const char *text, struct passwd_user *ret, struct err *err)
{
	CLEANUP_USER struct passwd_user user = {0};
	CLEANUP_FREE char *name = strndup(text, strcspn(text, ":"));
	const char *group = strchr(text, ':');
	int number, r;

	if (!name)
		return err_sys(err, -ENOMEM, "cannot read a user");
	number = id_or_name("user", name, &user.uid, err);
	if (number < 0)
		return number;
	if (group && (r = parse_group(root_fd, group + 1, &user.gid, err)) < 0)
		return r;
	r = passwd_find(root_fd, number ? NULL : name, user.uid, &user.entry);
	/* a number needs no entry; but what cannot be read must not turn the entry's group into root's */
	if (r < 0 && !(number && (r == -ENOENT || group)))
		return not_found(root_fd, r, "/etc/passwd", "user", name, err);
	if (!r) {
		user.uid = user.entry.uid;
		if (!group) {
			user.gid = user.entry.gid;
			r = group_list(root_fd, user.entry.name, &user.groups, &user.n_groups);
			if (r < 0 && r != -ENOENT)
				return not_found(root_fd, r, "/etc/group", "the groups of user", name, err);
		}
	}
	*ret = user;
	user = (struct passwd_user){0};
	return 0;
}

void passwd_user_free(struct passwd_user *user)
{
	passwd_entry_free(&user->entry);
	cleanup_free(&user->groups);
	*user = (struct passwd_user){0};
}

struct id_name {
	uint32_t id;
	const char *name;
};

static int by_id(const void *a, const void *b)
{
	const struct id_name *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name; /* the first of the file wins: the names are in it */
}

/* The name is the first field, the id the third; field `other`, when it is not that one, has to be a number too. */
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
