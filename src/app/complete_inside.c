/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What has to be looked up: in a container, and in this folder.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/complete.h"
#include "app/session.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/text.h"
#include "model/inside.h"
#include "sys/program.h"

struct folder {
	const struct asked *asked;
	const char *path; /* as written, with its slash; "" for none */
	const char *help;
	bool manifests; /* only what may be one, and folders */
};

/* The root of the line's container; -1: none can be told. */
static int open_target(const struct asked *a)
{
	struct container c = {0};
	CLEANUP_ERR struct err err = {0};
	int root = -1;

	if (a->target && session_target(a->s, a->target, a->container, &c, &err) == 0)
		root = inside_open(&c);
	container_free(&c);
	return root;
}

static bool may_be_manifest(const char *name)
{
	static const char *const ends[] = {".yaml", ".yml", ".json"};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (text_has_suffix(name, ends[i]))
			return true;
	return false;
}

static void offer_name(void *data, const char *name, enum inside_kind kind)
{
	const bool is_folder = kind == INSIDE_FOLDER;
	const struct folder *folder = data;
	CLEANUP_BUF struct buf word = {0};

	if (folder->manifests && !is_folder && !may_be_manifest(name))
		return;
	buf_printf(&word, "%s%s%s", folder->path, name, is_folder ? "/" : "");
	if (!word.failed)
		offer(folder->asked, buf_text(&word), is_folder ? "folder" : folder->help);
}

/* The part of the word up to its last slash; malloc'd. */
static char *folder_of(const char *word)
{
	const char *slash = strrchr(word, '/');

	return strndup(word, slash ? (size_t)(slash - word) + 1 : 0);
}

void offer_paths_inside(const struct asked *a)
{
	CLEANUP_FD int root = a->word[0] == '/' ? open_target(a) : -1;
	CLEANUP_FREE char *path = folder_of(a->word);
	struct folder folder = {.asked = a, .path = path, .help = "inside"};

	if (root >= 0 && path)
		(void)inside_names(root, path, offer_name, &folder);
}

void offer_commands_inside(const struct asked *a)
{
	CLEANUP_FREE char *path = strdup(PROGRAM_PATH); /* the container's own is not known */
	CLEANUP_FD int root = -1;
	struct folder folder = {.asked = a, .path = "", .help = "command"};
	char *rest = path, *dir;

	if (a->word[0] == '/') {
		offer_paths_inside(a);
		return;
	}
	root = open_target(a);
	while (root >= 0 && (dir = strsep(&rest, ":")))
		(void)inside_names(root, dir, offer_name, &folder);
}

static void offer_user(void *data, const char *name, const char *uid)
{
	offer(data, name, uid);
}

void offer_users_inside(const struct asked *a)
{
	CLEANUP_FD int root = open_target(a);

	if (root >= 0)
		(void)inside_users(root, offer_user, (void *)a);
}

/* Files of the host, from where nsctl was started. */
void offer_files(const struct asked *a)
{
	CLEANUP_FREE char *path = folder_of(a->word);
	CLEANUP_DIR DIR *dir = path ? opendir(*path ? path : ".") : NULL;
	struct folder folder = {.asked = a,
		.path = path,
		.help = "",
		.manifests = a->option && !strcmp(a->option->name, "filename")};
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		struct stat st;
		bool hidden = entry->d_name[0] == '.' && a->word[strlen(path)] != '.';

		if (!hidden && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			offer_name(&folder, entry->d_name,
				fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode));
	}
}

/* -w is inside, --rootfs is not. */
void offer_folders(const struct asked *a)
{
	if (a->option && !strcmp(a->option->name, "workdir"))
		offer_paths_inside(a);
	else
		offer_files(a);
}
