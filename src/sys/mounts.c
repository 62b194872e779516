/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/mounts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sys/file.h"

#define MOUNTINFO_MAX (4u << 20)

/* The kernel writes blank, tab, newline and backslash as \ooo. In place: it gets no longer. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
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

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" */
static bool read_line(char *line, struct mount_entry *ret)
{
	char *save = NULL, *words[6], *word;
	size_t n = 0;

	for (word = strtok_r(line, " ", &save); word && n < ARRAY_SIZE(words);
		word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	while (word && strcmp(word, "-") != 0)
		word = strtok_r(NULL, " ", &save);
	word = word ? strtok_r(NULL, " ", &save) : NULL;
	if (!word)
		return false;
	unescape(words[4]);
	*ret = (struct mount_entry){.point = words[4], .type = word};
	ret->read_only = !strncmp(words[5], "ro", 2) && (words[5][2] == ',' || !words[5][2]);
	return true;
}

int mounts_each(int proc_fd, int (*each)(const struct mount_entry *mount, void *data), void *data)
{
	CLEANUP_FREE char *text = NULL;
	char *save = NULL;
	int r = file_read(proc_fd, "mountinfo", MOUNTINFO_MAX, &text, NULL);

	for (char *line = r < 0 ? NULL : strtok_r(text, "\n", &save); line && !r;
		line = strtok_r(NULL, "\n", &save)) {
		struct mount_entry mount;

		if (read_line(line, &mount))
			r = each(&mount, data);
	}
	return r;
}
