/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second half of engine/state.h: containers that an engine found, and whether it may name their init.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "data/json.h"
#include "engine/state.h"
#include "sys/file.h"
#include "sys/proc.h"

static void take_owner(struct container *c, const struct stat *st)
{
	c->trusted = c->trusted && file_stat_trusted(st);
	c->owner = c->owner ? c->owner : st->st_uid;
}

/* Takes who could have written `path` below dir into account: every folder on the way; false when one is
 * missing. The file is the caller's to look at. */
static bool take_folders(struct container *c, const struct state_dir *dir, const char *path)
{
	char part[PATH_MAX];
	struct stat st;

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		if (snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path) >= (int)sizeof(part) ||
			fstatat(dir->fd, part, &st, 0) < 0)
			return false;
		take_owner(c, &st);
	}
	return true;
}

/* The same of the file, too. */
static bool take_way(struct container *c, const struct state_dir *dir, const char *path)
{
	struct stat st;

	if (!take_folders(c, dir, path) || fstatat(dir->fd, path, &st, 0) < 0)
		return false;
	take_owner(c, &st);
	return true;
}

struct container *state_add(const struct finder *f, const char *name, const char *id,
	const struct state_dir *dir, const struct state_file *file)
{
	struct container *c = container_list_add(f->list);

	if (!c) {
		state_no_memory(f);
		return NULL;
	}
	c->engine = f->engine->name;
	c->labels_known = !f->engine->labels;
	c->name = strdup(name);
	c->id = strdup(id);
	c->state = strdup(file ? file->path : dir->path);
	c->owner = dir->owner ? dir->owner : file ? file->owner : 0;
	c->trusted = dir->trusted && (!file || file->trusted);
	if (file && !take_folders(c, file->dir, file->path + strlen(file->dir->path) + 1))
		c->trusted = false;
	if (!c->name || !c->id || !c->state) {
		container_list_remove(f->list, f->list->n - 1);
		state_no_memory(f);
		return NULL;
	}
	return c;
}

static bool has_ended(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	return access(path, F_OK) < 0 && (errno == ENOENT || errno == ESRCH);
}

static int refuse(const struct finder *f, struct container *c)
{
	state_note(f, c->state, -EPERM,
		"user %u could write this, and it names process %d, which is not that user's",
		(unsigned int)c->owner, (int)c->pid);
	container_list_remove(f->list, (size_t)(c - f->list->items));
	return -EPERM;
}

int state_set_init(const struct finder *f, struct container *c, pid_t pid, uint64_t start)
{
	int r = container_set_init(c, pid, start);

	if (r < 0)
		state_note(f, c->state, r, "whether process %d lives cannot be read: %s", (int)pid,
			strerror(-r));
	if (!c->pid || container_may_name(c, c->pid))
		return 0;
	if (has_ended(c->pid)) /* and was not seen for that reason */
		return container_set_init(c, 0, 0);
	return refuse(f, c);
}

void state_take_back(struct container *c, uid_t lister)
{
	CLEANUP_FD int dir = -1;

	if (lister != 0 || c->owner == 0)
		return;
	dir = c->pid ? proc_open(c->pid) : -1;
	if (!c->pid || (dir >= 0 && container_is_within(dir, c->owner)))
		c->owner = 0;
}

/* Does /proc/PID/cgroup carry the ID? */
static bool cgroup_has(pid_t pid, const char *id)
{
	char path[32], text[8192];

	if (!*id)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	return file_read_into(AT_FDCWD, path, text, sizeof(text)) > 0 && strstr(text, id);
}

/* In a nested PID namespace the number that was written down may be another process's, one of the caller's
 * own namespace. */
static bool is_namesake(const struct finder *f, const struct container *c)
{
	struct stat its, ours;
	char path[32];

	if (!f->nested || cgroup_has(c->pid, c->id))
		return false;
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)c->pid);
	return stat("/proc/self/ns/pid", &ours) == 0 && stat(path, &its) == 0 && ours.st_ino == its.st_ino;
}

int state_set_init_written(const struct finder *f, struct container *c, const struct state_file *file)
{
	const pid_t pid = state_pid(file->text);
	int r;

	if (!pid)
		state_note(f, file->path, -EINVAL, "no PID in it");
	r = state_set_init(f, c, pid, 0);
	if (r < 0 || !c->pid)
		return r;
	c->start_unix = proc_start_unix(c->start);
	/* both are rounded: a second each way */
	if ((c->start_unix > (uint64_t)file->written.tv_sec + 2 && !cgroup_has(c->pid, c->id)) ||
		is_namesake(f, c)) {
		container_set_init(c, 0, 0);
		c->start_unix = 0;
		c->unseen = true;
	}
	return 0;
}

void state_set_config(
	const struct finder *f, struct container *c, const struct state_dir *dir, const char *path)
{
	c->trusted = c->trusted && dir->trusted;
	c->owner = c->owner ? c->owner : dir->owner;
	if (!take_way(c, dir, path))
		return;
	c->config = state_path("%s/%s", dir->path, path);
	if (!c->config)
		state_no_memory(f);
}

void state_set_bundle(const struct finder *f, struct container *c, const char *bundle)
{
	CLEANUP_FREE char *config = state_path("%s/config.json", bundle);
	struct stat folder, file;

	if (!config) {
		state_no_memory(f);
		return;
	}
	if (stat(bundle, &folder) < 0 || stat(config, &file) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			state_note(f, config, -errno, "%s", strerror(errno));
		return;
	}
	/* a bundle anywhere: who could write it has not named the init */
	c->trusted = c->trusted && file_stat_trusted(&folder) && file_stat_trusted(&file);
	c->config = take_ptr(&config);
}

bool state_knows(const struct finder *f, const struct state_dir *dir, const char *id)
{
	for (size_t i = 0; i < f->list->n; i++) {
		const struct container *c = &f->list->items[i];

		if (c->engine == f->engine->name && (!c->owner || c->owner == dir->owner) && !strcmp(c->id, id))
			return true;
	}
	return false;
}

static void keep_stopped(const struct finder *f, const struct container *last)
{
	*f->unseen |= last->unseen;
	if (!f->query->stopped)
		container_list_remove(f->list, f->list->n - 1);
}

void state_keep(const struct finder *f)
{
	struct container *last = f->list->n ? &f->list->items[f->list->n - 1] : NULL;

	if (last && container_is_astray(last))
		refuse(f, last);
	else if (last && last->status == CONTAINER_STOPPED)
		keep_stopped(f, last);
}

struct label_source {
	struct container *c;
	struct json_object *object;
};

static int add_label(void *data, const char *name, struct json_object *value)
{
	struct label_source *source = data;
	struct container *c = source->c;
	const char *text = json_text(source->object, name);
	struct label *grown;

	(void)value;
	if (!text)
		return 0;
	grown = reallocarray(c->labels, c->n_labels + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	c->labels = grown;
	grown[c->n_labels] = (struct label){.key = strdup(name), .value = strdup(text)};
	if (!grown[c->n_labels].key || !grown[c->n_labels].value) {
		free(grown[c->n_labels].key);
		free(grown[c->n_labels].value);
		return -ENOMEM;
	}
	c->n_labels++;
	return 0;
}

int state_labels(struct container *c, struct json_object *object)
{
	struct label_source source = {.c = c, .object = object};
	int r = json_each(object, add_label, &source);

	c->labels_known = r == 0;
	return r;
}

bool state_shim_is_vm(const char *shim)
{
	const char *base = strrchr(shim, '/');

	base = base ? base + 1 : shim;
	return strstr(base, "kata") || strstr(base, "runsc") || strstr(base, "firecracker");
}
