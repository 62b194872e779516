/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frozen cgroups: of one process, and of many in turn.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sys/cgroup.h"
#include "sys/file.h"
#include "sys/proc.h"

static bool file_says(const char *dir, const char *file, const char *word, const char *or)
{
	char path[4096], text[256];

	if (snprintf(path, sizeof(path), "%s/%s", dir, file) >= (int)sizeof(path))
		return false;
	return file_read_once(AT_FDCWD, path, text, sizeof(text)) > 0 &&
	       (strstr(text, word) || (or && strstr(text, or)));
}

static bool dir_frozen(const char *dir, bool v2)
{
	if (v2)
		return file_says(dir, "cgroup.events", "frozen 1", NULL) ||
		       file_says(dir, "cgroup.freeze", "1", NULL);
	/* FREEZING: not all have stopped yet, but who enters will */
	return file_says(dir, "freezer.state", "FROZEN", "FREEZING");
}

/* Who began it: the cgroup itself, or the lowest above it that is frozen by its own setting. */
static char *freezing_dir(const char *dir, bool v2)
{
	char *at = strdup(dir), *slash;

	while (at && !file_says(at, v2 ? "cgroup.freeze" : "freezer.self_freezing", "1", NULL)) {
		slash = strrchr(at, '/');
		if (!slash || slash == at)
			break;
		*slash = '\0';
		if (!dir_frozen(at, v2)) { /* no one says it: the cgroup's own state is all there is */
			free(at);
			return strdup(dir);
		}
	}
	return at;
}

bool cgroup_frozen(const struct cgroup_set *set, char **ret_path)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct cgroup_line *line = &set->lines[i];

		if (!line->dir || (!line->v2 && !cgroup_has_controller(line, "freezer")))
			continue;
		if (dir_frozen(line->dir, line->v2)) {
			if (ret_path)
				*ret_path = freezing_dir(line->dir, line->v2);
			return true;
		}
	}
	return false;
}

void cgroup_memo_free(struct cgroup_memo *memo)
{
	free(memo->text);
	free(memo->v2.mount);
	free(memo->freezer.mount);
	*memo = (struct cgroup_memo){0};
}

/* Is the cgroup of this line frozen? False in *ret_usual when the hierarchy is not mounted in its usual place. */
static bool line_frozen(const struct cgroup_line *line, struct cgroup_memo *memo, bool *ret_usual)
{
	struct cgroup_place *place = line->v2 ? &memo->v2 : &memo->freezer;
	CLEANUP_FREE char *dir = NULL;

	if (!strcmp(line->path, "/")) /* a root cannot be frozen */
		return false;
	if (!place->known)
		place->mount = cgroup_usual_mount(line);
	place->known = true;
	dir = place->mount && line->path[0] == '/' && strncmp(line->path, "/..", 3)
		      ? cgroup_dir(place->mount, line->path)
		      : NULL;
	*ret_usual = *ret_usual && dir;
	/* what is only asked to freeze matters to who enters, not to a list */
	return dir && (line->v2 ? file_says(dir, "cgroup.events", "frozen 1", NULL) : dir_frozen(dir, false));
}

/* Where the hierarchies are mounted elsewhere: as exec reads it. */
static int ask_everywhere(pid_t pid)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	CLEANUP_FD int dir = proc_open(pid);
	int r = dir < 0 ? dir : cgroup_read(dir, &set);

	return r < 0 ? r : cgroup_frozen(&set, NULL);
}

/* What the memo does not know. */
static int ask_frozen(pid_t pid, const char *text, struct cgroup_memo *memo)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	bool usual = true, frozen = false;
	int r = cgroup_parse(text, &set);

	for (size_t i = 0; i < set.n && usual && !frozen; i++)
		if (set.lines[i].v2 || cgroup_has_controller(&set.lines[i], "freezer"))
			frozen = line_frozen(&set.lines[i], memo, &usual);
	if (r == 0 && !usual)
		return ask_everywhere(pid);
	return r < 0 ? r : frozen;
}

int cgroup_is_frozen(pid_t pid, struct cgroup_memo *memo)
{
	char small[16384], path[32];
	CLEANUP_FREE char *large = NULL;
	const char *text = small;
	ssize_t n;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
	n = file_read_once(AT_FDCWD, path, small, sizeof(small));
	if (n == sizeof(small) - 1) {
		n = file_read(AT_FDCWD, path, 1u << 20, &large, NULL);
		text = large;
	}
	if (n < 0)
		return n == -ENOENT ? -ESRCH : (int)n;
	if (memo->text && !strcmp(memo->text, text))
		return memo->frozen;
	r = ask_frozen(pid, text, memo);
	if (r < 0)
		return r;
	free(memo->text);
	memo->text = strdup(text);
	memo->frozen = r;
	return r;
}
