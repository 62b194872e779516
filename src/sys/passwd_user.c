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

/* What is looked up, and how hints speak of it. */
struct kind {
	const char *what, *empty;
	const char *numbers; /* how one is written that needs no file */
	bool group;
};
static const struct kind user_kind = {"user", "USER or USER:GROUP is wanted, names or numbers", ": UID or UID:GID", false};
static const struct kind users_group = {"group", "USER or USER:GROUP is wanted, names or numbers", ": UID or UID:GID", true};
static const struct kind group_kind = {"group", "a name or a number is wanted", "", true};

/* What `text`, a user or a group, is as written: 1 a number, 0 a name, else refused. */
static int id_or_name(const struct kind *kind, const char *text, uint32_t *ret_id, struct err *err)
{
	uint64_t id;
	int r = text_u64(text, PASSWD_ID_MAX, &id);

	if (!r) {
		*ret_id = (uint32_t)id;
		return 1;
	}
	if (r == -ERANGE)
		return err_set(
			err, -ERANGE, ERR_USAGE, "%s %s is out of range: 0 to %u", kind->what, text, PASSWD_ID_MAX);
	for (const char *p = text; *p; p++)
		if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p))
			r = -EBADMSG;
	if (!*text)
		return err_set(err, -EINVAL, ERR_USAGE, "empty %s: %s", kind->what, kind->empty);
	if (r == -EBADMSG || *text == '+' || *text == '-')
		return err_set(
			err, -EINVAL, ERR_USAGE, "\"%s\" is no %s: neither a name nor digits", text, kind->what);
	return 0;
}

/* Hints at the nearest name of the file, or at numbers. */
static void hint_nearest(int root_fd, const struct kind *kind, const char *name, struct err *err)
{
	CLEANUP_NAMES struct id_names all = {0};
	CLEANUP_FREE const char **names = calloc(NEAREST_MAX, sizeof(*names));
	const char *nearest = NULL;
	size_t n = 0;

	if ((kind->group ? group_names : passwd_names)(root_fd, &all) < 0) {
		err_hint(err, "there is no such file inside, but numbers work%s", kind->numbers);
		return;
	}
	for (; names && n < all.n && n < NEAREST_MAX; n++)
		names[n] = all.items[n].name;
	if (n)
		nearest = text_nearest(name, names, n);
	if (nearest)
		err_hint(err, "did you mean %s?", nearest);
	else
		err_hint(err, "a number needs no entry%s", kind->numbers);
}

/* The error for a file that could not be used, or does not have the name. `what` as kind says it, or in more words. */
static int not_found(
	int root_fd, int code, const struct kind *kind, const char *what, const char *name, struct err *err)
{
	const char *path = kind->group ? GROUP : PASSWD;

	switch (code) {
	case -ENOENT:
		err_set(err, code, ERR_USAGE, "no %s %s in the container's %s", what, name, path);
		hint_nearest(root_fd, kind, name, err);
		return code;
	case -EINVAL:
		err_set(err, code, ERR_FAILED, "cannot look up %s %s: the container's %s is no regular file",
			what, name, path);
		break;
	case -EFBIG:
		err_set(err, code, ERR_FAILED,
			"cannot look up %s %s: the container's %s is larger than 1 MiB", what, name, path);
		break;
	default:
		err_sys(err, code, "cannot look up %s %s in the container's %s", what, name, path);
	}
	err_hint(err, *kind->numbers ? "numbers for both need no file: UID:GID" : "a number needs no file");
	return code;
}

static int parse_group(int root_fd, const struct kind *kind, const char *text, gid_t *ret, struct err *err)
{
	int r = id_or_name(kind, text, ret, err);

	if (r)
		return r < 0 ? r : 0;
	r = group_find(root_fd, text, 0, ret, NULL);
	return r < 0 ? not_found(root_fd, r, kind, kind->what, text, err) : 0;
}

int group_parse(int root_fd, const char *text, gid_t *ret, struct err *err)
{
	return parse_group(root_fd, &group_kind, text, ret, err);
}

int passwd_user_parse(int root_fd, const char *text, struct passwd_user *ret, struct err *err)
{
	CLEANUP_USER struct passwd_user user = {0};
	CLEANUP_FREE char *name = strndup(text, strcspn(text, ":"));
	const char *group = strchr(text, ':');
	int number, r;

	if (!name)
		return err_sys(err, -ENOMEM, "cannot read a user");
	number = id_or_name(&user_kind, name, &user.uid, err);
	if (number < 0)
		return number;
	if (group && (r = parse_group(root_fd, &users_group, group + 1, &user.gid, err)) < 0)
		return r;
	r = passwd_find(root_fd, number ? NULL : name, user.uid, &user.entry);
	/* a number needs no entry; but what cannot be read must not turn the entry's group into root's */
	if (r < 0 && !(number && (r == -ENOENT || group)))
		return not_found(root_fd, r, &user_kind, "user", name, err);
	if (!r) {
		user.uid = user.entry.uid;
		if (!group) {
			user.gid = user.entry.gid;
			r = group_list(root_fd, user.entry.name, &user.groups, &user.n_groups);
			if (r < 0 && r != -ENOENT)
				return not_found(root_fd, r, &users_group, "the groups of user", name, err);
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
