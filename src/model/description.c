/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/description.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "data/json.h"
#include "model/inside.h"
#include "sys/cgroup.h"
#include "sys/file.h"
#include "sys/mounts.h"
#include "sys/proc.h"

#define CONFIG_MAX (16u << 20)
#define ENVIRON_MAX (1u << 20)
#define MOUNTS_MAX 4096

/* Appends a copy to a NULL-terminated vector that is full at each power of two. */
static bool add_text(char ***list, size_t *n, const char *text, size_t len)
{
	if (!(*n & (*n + 1))) {
		char **grown = reallocarray(*list, 2 * (*n + 1) + 1, sizeof(*grown));

		if (!grown)
			return false;
		*list = grown;
	}
	(*list)[*n] = strndup(text, len);
	(*list)[*n + 1] = NULL;
	return (*list)[(*n)++];
}

/* File systems that every container has and the engine makes: what matters are the others. A tmpfs is one of
 * them below /dev, and as what covers paths of /proc and /sys; elsewhere someone asked for a place to write.
 */
static bool is_usual(const struct mount_entry *entry)
{
	static const char *const usual[] = {
		"proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2", "devtmpfs"};
	static const char *const folders[] = {"/dev", "/proc", "/sys"};

	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		if (!strcmp(entry->type, usual[i]))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(folders) && !strcmp(entry->type, "tmpfs"); i++) {
		const size_t len = strlen(folders[i]);

		if (text_has_prefix(entry->point, folders[i]) &&
			(!entry->point[len] || entry->point[len] == '/'))
			return true;
	}
	return false;
}

struct mount_reader {
	struct description *d;
	struct json_object *binds; /* of the config, or NULL */
};

/* The host's path that the config mounts there. */
static const char *bind_at(struct json_object *mounts, const char *point)
{
	for (size_t i = 0; i < json_length(mounts); i++) {
		struct json_object *mount = json_item(mounts, i);
		const char *destination = json_text(mount, "destination"),
			   *source = json_text(mount, "source");

		if (destination && source && *source == '/' && !strcmp(destination, point))
			return source;
	}
	return NULL;
}

static int take_mount(const struct mount_entry *entry, void *data)
{
	struct mount_reader *r = data;
	struct description *d = r->d;
	const char *host_path = bind_at(r->binds, entry->point);
	struct description_mount *grown;

	if ((is_usual(entry) && !host_path && strcmp(entry->point, "/") != 0) || d->n_mounts == MOUNTS_MAX)
		return 0;
	grown = reallocarray(d->mounts, d->n_mounts + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	d->mounts = grown;
	grown[d->n_mounts] = (struct description_mount){
		.point = strdup(entry->point),
		.type = strdup(entry->type),
		.host_path = host_path ? strdup(host_path) : NULL,
		.read_only = entry->read_only,
	};
	d->failed |= !grown[d->n_mounts].point || !grown[d->n_mounts].type;
	d->n_mounts++;
	return 0;
}

static void read_mounts(struct description *d, int dir)
{
	const struct container *c = d->container;
	CLEANUP_JSON struct json_object *config = NULL;
	CLEANUP_FREE char *text = NULL;
	CLEANUP_ERR struct err ignored = {0};
	struct mount_reader r = {.d = d};
	size_t len = 0;

	if (c->config && c->trusted && file_read(AT_FDCWD, c->config, CONFIG_MAX, &text, &len) == 0 &&
		json_parse(c->config, text, len, &config, &ignored) == 0)
		r.binds = json_at(config, "mounts", NULL);
	d->failed |= mounts_each(dir, take_mount, &r) == -ENOMEM;
}

static void read_cgroups(struct description *d, int dir)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	const struct cgroup_line *own;

	if (cgroup_read(dir, &set) < 0)
		return;
	own = cgroup_v2(&set);
	for (size_t i = 0; i < set.n && (!own || !strcmp(own->path, "/")); i++)
		if (!strcmp(set.lines[i].controllers, "name=systemd") ||
			cgroup_has_controller(&set.lines[i], "pids"))
			own = &set.lines[i];
	d->cgroup = own ? strdup(own->path) : NULL;
	d->failed |= limits_read(&set, d->limits, &d->n_limits) < 0;
}

/* Names only: a value may be a secret. */
static void read_environment(struct description *d, int dir)
{
	CLEANUP_FREE char **vector = NULL;
	size_t n = 0;

	if (proc_strings(dir, "environ", ENVIRON_MAX, &vector) < 0)
		return;
	d->environment = calloc(1, sizeof(*d->environment));
	for (char **text = vector; *text; text++)
		if (strchr(*text, '=') && !add_text(&d->environment, &n, *text, strcspn(*text, "=")))
			d->failed = true;
}

struct device_reader {
	struct description *d;
	size_t n;
};

static void take_device(void *data, const char *name, enum inside_kind kind)
{
	struct device_reader *r = data;

	if (kind == INSIDE_DEVICE && !add_text(&r->d->devices, &r->n, name, strlen(name)))
		r->d->failed = true;
}

static void read_devices(struct description *d)
{
	CLEANUP_FD int root = inside_open(d->container);
	struct device_reader r = {.d = d};

	if (root < 0)
		return;
	d->devices = calloc(1, sizeof(*d->devices));
	if (inside_names(root, "/dev", take_device, &r) < 0 && !add_text(&d->devices, &r.n, "?", 1))
		d->failed = true;
}

static void read_label(struct description *d, int dir)
{
	char label[512];
	ssize_t n = file_read_into(dir, "attr/current", label, sizeof(label));

	label[n > 0 ? strcspn(label, "\n") : 0] = '\0';
	d->lsm = *label ? strdup(label) : NULL;
}

static void say_read(const struct description *d)
{
	const struct container *c = d->container;

	drift_facts_trace(&d->sides, d->trace);
	TRACE(d->trace, TRACE_READ,
		"%s: read cgroup, limits, environ (its names), attr/current of /proc/%d; list /dev of its "
		"root",
		c->ref, (int)c->pid);
	for (size_t i = 0; i < d->n_limits; i++)
		TRACE(d->trace, TRACE_READ, "%s: read %s", c->ref, d->limits[i].file);
}

int description_read(const struct container *c, const struct namespace_index *index, struct description *ret,
	struct err *err)
{
	CLEANUP_PROC struct proc_ref init = PROC_REF_NONE;
	CLEANUP_ERR struct err ignored = {0};
	int r = proc_ref_open(c->pid, c->start, &init);

	*ret = (struct description){.container = c, .trace = ret->trace, .processes.trace = ret->trace};
	if (r < 0)
		return err_sys(err, r, "%s: cannot look at its init (%d)", c->ref, (int)c->pid);
	r = drift_facts_read(c, NULL, 0, &ret->sides, err);
	if (r < 0)
		return r;
	(void)caps_process_list_of(c, NULL, false, &ret->caps, &ignored);
	(void)namespace_list_of(c, index, (1u << NS_N) - 1, NAMESPACE_OWNER, &ret->namespaces, &ignored);
	(void)process_list_of(c, PROCESS_STATUS | PROCESS_COMMAND | PROCESS_NAMES | PROCESS_SESSION,
		&ret->processes, &ignored);
	read_cgroups(ret, init.dir);
	ret->has_rlimits = proc_limits(init.dir, ret->rlimits) == 0;
	read_mounts(ret, init.dir);
	read_environment(ret, init.dir);
	read_devices(ret);
	read_label(ret, init.dir);
	say_read(ret);
	description_make_facts(ret);
	return ret->failed ? err_no_memory(err) : 0;
}

static void free_texts(char **list)
{
	for (char **text = list; text && *text; text++)
		free(*text);
	free(list);
}

void description_free(struct description *d)
{
	drift_facts_free(&d->sides);
	caps_process_list_free(&d->caps);
	namespace_list_free(&d->namespaces);
	process_list_free(&d->processes);
	free(d->cgroup);
	for (size_t i = 0; i < d->n_limits; i++) {
		limit_free(&d->limits[i]);
	}
	for (size_t i = 0; i < d->n_mounts; i++) {
		free(d->mounts[i].point);
		free(d->mounts[i].type);
		free(d->mounts[i].host_path);
	}
	free(d->mounts);
	free_texts(d->devices);
	free_texts(d->environment);
	free(d->lsm);
	for (size_t i = 0; i < d->n_facts; i++) {
		free(d->facts[i].name);
		free(d->facts[i].value);
		free(d->facts[i].source);
	}
	free(d->facts);
	*d = (struct description){0};
}
