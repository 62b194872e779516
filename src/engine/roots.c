/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/roots.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

#define RUN_USER "/run/user"

struct roots {
	char **items;
	size_t n;
};

/* Takes the path; NULL is lack of memory. A path that is there already is not taken twice. */
static int add(struct roots *roots, char *path)
{
	char **grown;

	for (size_t i = 0; path && i < roots->n; i++) {
		if (!strcmp(roots->items[i], path)) {
			free(path);
			return 0;
		}
	}
	grown = path ? reallocarray(roots->items, roots->n + 2, sizeof(*grown)) : NULL;
	if (!grown) {
		free(path);
		return -ENOMEM;
	}
	roots->items = grown;
	grown[roots->n++] = path;
	grown[roots->n] = NULL;
	return 0;
}

static int add_joined(struct roots *roots, const char *folder, const char *rest)
{
	char *path = NULL;

	return add(roots, asprintf(&path, "%s%s", folder, rest) < 0 ? NULL : path);
}

static int list_users(struct roots_users *users)
{
	CLEANUP_DIR DIR *dir = NULL;
	struct dirent *entry;
	struct stat st;

	if (stat(RUN_USER, &st) == 0 &&
		st.st_nlink == 2) /* no folder in it, where links to folders are counted */
		return 0;
	dir = opendir(RUN_USER);
	if (!dir)
		return errno != ENOENT && errno != EACCES ? -errno : 0;
	while ((entry = readdir(dir)))
		if (strspn(entry->d_name, "0123456789") == strlen(entry->d_name) &&
			strlen(entry->d_name) <= 10)
			buf_add(&users->names, entry->d_name, strlen(entry->d_name) + 1);
	return users->names.failed ? -ENOMEM : 0;
}

/* root sees every user that is logged in. */
static int add_users(struct roots *roots, struct roots_users *users, const char *rest)
{
	int r = users->listed ? 0 : list_users(users);

	users->listed = r == 0;
	for (size_t at = 0; at < users->names.len && r == 0; at += strlen(users->names.data + at) + 1) {
		char folder[sizeof(RUN_USER) + 32];

		snprintf(folder, sizeof(folder), RUN_USER "/%.10s", users->names.data + at);
		r = add_joined(roots, folder, rest);
	}
	return r;
}

void roots_users_free(struct roots_users *users)
{
	buf_free(&users->names);
	users->listed = false;
}

static int add_default(struct roots *roots, struct roots_users *users, const char *root)
{
	char folder[32], *path = NULL;
	const char *from = NULL, *uid = strstr(root, "%u");

	if (text_has_prefix(root, "%r")) {
		if (geteuid() == 0)
			return add_users(roots, users, root + 2);
		from = getenv("XDG_RUNTIME_DIR");
		snprintf(folder, sizeof(folder), RUN_USER "/%u", (unsigned int)geteuid());
		return add_joined(roots, from && *from == '/' ? from : folder, root + 2);
	}
	if (text_has_prefix(root, "%h")) {
		from = getenv("HOME");
		return from && *from == '/' ? add_joined(roots, from, root + 2) : 0;
	}
	if (!uid)
		return add_joined(roots, root, "");
	return add(roots,
		asprintf(&path, "%.*s%u%s", (int)(uid - root), root, (unsigned int)geteuid(), uid + 2) < 0
			? NULL
			: path);
}

/* The folder of "ENGINE=DIR", or NULL when it is another engine's. */
static const char *given_for(const char *text, const char *engine)
{
	size_t len = strlen(engine);

	return !strncmp(text, engine, len) && text[len] == '=' ? text + len + 1 : NULL;
}

int roots_of(
	const struct engine *engine, const struct engine_roots *given, struct roots_users *users, char ***ret)
{
	CLEANUP(roots_users_free) struct roots_users own = {.listed = false};
	struct roots roots = {.items = calloc(1, sizeof(char *))};
	bool dropped = false;
	int r = roots.items ? 0 : -ENOMEM;

	for (size_t i = 0; i < given->n_roots; i++) {
		const char *folder = given_for(given->roots[i], engine->name);

		dropped |= folder && !*folder;
	}
	for (size_t i = 0; engine->roots[i] && !dropped && r == 0; i++)
		r = add_default(&roots, users ? users : &own, engine->roots[i]);
	for (size_t i = 0; i < given->n_roots && r == 0; i++) {
		const char *folder = given_for(given->roots[i], engine->name);

		if (folder && *folder)
			r = add_joined(&roots, folder, "");
	}
	if (r < 0) {
		roots_free(roots.items);
		return r;
	}
	*ret = roots.items;
	return 0;
}

void roots_free(char **roots)
{
	for (size_t i = 0; roots && roots[i]; i++)
		free(roots[i]);
	free(roots);
}

uid_t roots_user_of(const char *path)
{
	char folder[sizeof(RUN_USER) + 32];
	struct stat st;

	if (!text_has_prefix(path, RUN_USER "/"))
		return 0;
	snprintf(folder, sizeof(folder), RUN_USER "/%.*s", (int)strcspn(path + strlen(RUN_USER "/"), "/"),
		path + strlen(RUN_USER "/"));
	return stat(folder, &st) == 0 ? st.st_uid : 0;
}
