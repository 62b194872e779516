/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/mounts.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "sys/file.h"

#define MOUNTINFO_MAX (64u << 20)

/* The kernel writes blank, tab, newline and backslash as \ooo. In place: it gets no longer. */
static void unescape(char *text)
{
	char *to = strchrnul(text, '\\');

	for (const char *from = to; *from; to++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] >= '0' && from[2] <= '7' &&
			from[3] >= '0' && from[3] <= '7') {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* Cuts the first n words off; there is an empty one where the source of a mount is empty. */
static bool split(char *text, char **words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(words[i] = strsep(&text, " ")))
			return false;
	return true;
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" */
static bool read_line(char *line, struct mount_entry *ret)
{
	char *tail = strstr(line, " - "), *words[6], *of_type[3];

	if (!tail)
		return false;
	*tail = '\0';
	if (!split(line, words, ARRAY_SIZE(words)) ||
		!split(tail + strlen(" - "), of_type, ARRAY_SIZE(of_type)))
		return false;
	unescape(words[3]);
	unescape(words[4]);
	*ret = (struct mount_entry){.id = words[0],
		.root = words[3],
		.point = words[4],
		.type = of_type[0],
		.options = of_type[2]};
	ret->read_only = !strncmp(words[5], "ro", 2) && (words[5][2] == ',' || !words[5][2]);
	return true;
}

int mounts_parse(char *text, int (*each)(const struct mount_entry *mount, void *data), void *data)
{
	int r = 0;

	for (char *line; !r && (line = strsep(&text, "\n"));) {
		struct mount_entry mount;

		if (read_line(line, &mount))
			r = each(&mount, data);
	}
	return r;
}

int mounts_each(int proc_fd, int (*each)(const struct mount_entry *mount, void *data), void *data)
{
	CLEANUP_FREE char *text = NULL;
	int r = file_read(proc_fd, "mountinfo", MOUNTINFO_MAX, &text, NULL);

	return r < 0 ? r : mounts_parse(text, each, data);
}

struct sought {
	char id[24];
	const char *type;
};

static int is_sought(const struct mount_entry *mount, void *data)
{
	const struct sought *sought = data;

	return strcmp(mount->id, sought->id) != 0 ? 0 : strcmp(mount->type, sought->type) == 0 ? 1 : 2;
}

bool mounts_is(int proc_fd, int fd, const char *type)
{
	struct sought sought = {.type = type};
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_MNT_ID, &st) < 0 ||
		!(st.stx_mask & STATX_MNT_ID))
		return false;
	snprintf(sought.id, sizeof(sought.id), "%llu", (unsigned long long)st.stx_mnt_id);
	return mounts_each(proc_fd, is_sought, &sought) == 1;
}
