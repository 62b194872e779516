/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/limit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "sys/cgroup.h"
#include "sys/file.h"

#define UNLIMITED "unlimited"

struct limit_file {
	const char *name, *v2, *controller, *v1, *period;
};
static const struct limit_file limit_files[LIMITS_MAX] = {
	{"memory", "memory.max", "memory", "memory.limit_in_bytes", NULL},
	{"cpu", "cpu.max", "cpu", "cpu.cfs_quota_us", "cpu.cfs_period_us"},
	{"pids", "pids.max", "pids", "pids.max", NULL},
};

/* v1 writes "no limit" as a number that is larger than any memory, and -1; v2, and pids, as max. */
static bool is_no_limit(const char *value, bool v2)
{
	uint64_t number;

	if (text_has_prefix(value, "max"))
		return true;
	return !v2 && (!strcmp(value, "-1") || (text_u64(value, UINT64_MAX, &number) == 0 && number >= INT64_MAX / 4096 * 4096));
}

/* -ENOENT where this group has no such file. */
static int read_one(const struct limit_file *file, const struct cgroup_line *line, struct limit *ret)
{
	CLEANUP_BUF struct buf path = {0}, period_path = {0};
	char value[64] = "", period[32] = "";

	*ret = (struct limit){.name = file->name}; /* also of what fails: who asked frees it */
	buf_printf(&path, "%s/%s", line->dir, line->v2 ? file->v2 : file->v1);
	if (path.failed)
		return -ENOMEM;
	if (file_read_into(AT_FDCWD, path.data, value, sizeof(value)) <= 0) {
		if (strcmp(line->path, "/") != 0)
			return -ENOENT;
		strcpy(value, UNLIMITED); /* the root of a hierarchy has no such file */
	}
	value[strcspn(value, "\n")] = '\0';
	if (is_no_limit(value, line->v2)) {
		strcpy(value, UNLIMITED);
	} else if (!line->v2 && file->period) {
		buf_printf(&period_path, "%s/%s", line->dir, file->period);
		if (!period_path.failed && file_read_into(AT_FDCWD, period_path.data, period, sizeof(period)) > 0)
			snprintf(value + strlen(value), sizeof(value) - strlen(value), " %.*s", (int)strcspn(period, "\n"), period);
	}
	ret->value = strdup(value);
	ret->file = buf_take(&path);
	return ret->value && ret->file ? 0 : -ENOMEM;
}

int limits_read(const struct cgroup_set *set, struct limit ret[LIMITS_MAX], size_t *ret_n)
{
	*ret_n = 0;
	for (size_t f = 0; f < LIMITS_MAX; f++) {
		const size_t before = *ret_n;

		/* the hierarchy of v1 that has the controller, else v2 */
		for (int v2 = 0; v2 < 2; v2++)
			for (size_t i = 0; i < set->n && *ret_n == before; i++) {
				const struct cgroup_line *line = &set->lines[i];
				int r = line->dir && (v2 ? line->v2 : cgroup_has_controller(line, limit_files[f].controller))
						? read_one(&limit_files[f], line, &ret[before])
						: -ENOENT;

				*ret_n += r != -ENOENT;
				if (r == -ENOMEM)
					return r;
			}
	}
	return 0;
}

void limit_free(struct limit *limit)
{
	free(limit->value);
	free(limit->file);
}
