/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last part of sys/passwd.h: USER[:GROUP] as somebody typed it, and why it is none.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "sys/passwd.h"

#define PASSWD "/etc/passwd"
#define GROUP "/etc/group"
#define NEAREST_MAX 4096 /* names that a wrong one is compared with */

/* What `text`, a user or a group, is as written: 1 a number, 0 a name, else refused. */
static int id_or_name(const char *what, const char *text, uint32_t *ret_id, struct err *err)
{
	CLEANUP_FREE char *shown = text_escaped(text);
	uint64_t id;
	int r = text_u64(text, PASSWD_ID_MAX, &id);

	if (!r) {
		*ret_id = (uint32_t)id;
		return 1;
	}
	if (r == -ERANGE)
		return err_set(
			err, -ERANGE, ERR_USAGE, "%s %s is out of range: 0 to %u", what, shown, PASSWD_ID_MAX);
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
static void hint_nearest(int root_fd, bool groups, const char *name, struct err *err)
{
	CLEANUP_NAMES struct id_names all = {0};
	CLEANUP_FREE const char **names = calloc(NEAREST_MAX, sizeof(*names));
	CLEANUP_FREE char *shown = NULL;
	const char *nearest = NULL;
	size_t n = 0;

	if ((groups ? group_names : passwd_names)(root_fd, &all) < 0) {
		err_hint(err, "there is no such file inside: numbers work, UID or UID:GID");
		return;
	}
	for (; names && n < all.n && n < NEAREST_MAX; n++)
		names[n] = all.items[n].name;
	if (n)
		nearest = text_nearest(name, names, n);
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
		hint_nearest(root_fd, !strcmp(path, GROUP), name, err);
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
	return r < 0 ? not_found(root_fd, r, GROUP, "group", text, err) : 0;
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
		return not_found(root_fd, r, PASSWD, "user", name, err);
	if (!r) {
		user.uid = user.entry.uid;
		if (!group) {
			user.gid = user.entry.gid;
			r = group_list(root_fd, user.entry.name, &user.groups, &user.n_groups);
			if (r < 0 && r != -ENOENT)
				return not_found(root_fd, r, GROUP, "the groups of user", name, err);
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
