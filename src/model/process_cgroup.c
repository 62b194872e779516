/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/process_parts.h"
#include "sys/cgroup.h"
#include "sys/file.h"

#define TEXT_MAX 8192

void process_cgroup_free(struct process_cgroup *cgroup)
{
	cleanup_free(&cgroup->line);
	cleanup_free(&cgroup->dir);
}

/* Is `path` the same as, or above, `other`? */
static bool is_above(const char *path, const char *other)
{
	size_t len = strlen(path);

	return !strncmp(path, other, len) && (other[len] == '\0' || other[len] == '/');
}

static const char *path_in(const struct cgroup_set *set, const char *controllers)
{
	for (size_t i = 0; i < set->n; i++)
		if (!strcmp(set->lines[i].controllers, controllers))
			return set->lines[i].path;
	return NULL;
}

static void read_other(const char *name, struct cgroup_set *ret)
{
	CLEANUP_FREE char *text = NULL;
	char path[48];

	snprintf(path, sizeof(path), "/proc/%s/cgroup", name);
	if (file_read(AT_FDCWD, path, TEXT_MAX, &text, NULL) == 0)
		cgroup_parse(text, ret);
}

void process_cgroup_find(const struct container *c, int init_dir, pid_t parent, struct process_cgroup *ret)
{
	CLEANUP_CGROUP struct cgroup_set set = {0}, own = {0}, above = {0};
	const struct cgroup_line *best = NULL;
	char name[16], id[CGROUP_ID_LEN + 1];

	snprintf(name, sizeof(name), "%d", (int)parent);
	if (cgroup_read(init_dir, &set) < 0)
		return;
	read_other("self", &own);
	if (parent > 0)
		read_other(name, &above);
	for (size_t i = 0; i < set.n; i++) {
		const struct cgroup_line *line = &set.lines[i];
		const char *ours = path_in(&own, line->controllers), *starter = path_in(&above, line->controllers);

		if (!line->dir || !strcmp(line->path, "/") || (ours && is_above(line->path, ours)) ||
			(starter && is_above(line->path, starter)))
			continue;
		/* of a group that no engine known to us made, only what carries an engine's ID: else it may be a session's */
		if (!strcmp(c->engine, "bare") && !cgroup_id(line->path, id))
			continue;
		if (!best || line->v2 || (!best->v2 && !strcmp(line->controllers, "name=systemd")))
			best = line;
	}
	if (!best)
		return;
	ret->dir = strdup(best->dir);
	ret->v2 = best->v2;
	if (!ret->dir || asprintf(&ret->line, ":%s:%s", best->controllers, best->path) < 0)
		ret->line = NULL;
}

bool process_cgroup_holds(const char *line, int dir)
{
	char text[TEXT_MAX], *save = NULL;

	if (file_read_into(dir, "cgroup", text, sizeof(text)) <= 0)
		return false;
	for (char *one = strtok_r(text, "\n", &save); one; one = strtok_r(NULL, "\n", &save)) {
		const char *rest = strchr(one, ':');

		if (rest && is_above(line, rest))
			return true;
	}
	return false;
}
