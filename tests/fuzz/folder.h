/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder of files that are written anew for each input: made once, removed when the program ends.
 */
#ifndef TESTS_FUZZ_FOLDER_H
#define TESTS_FUZZ_FOLDER_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define FOLDER_FILES 8

static struct folder {
	char path[32];
	int fd; /* of the folder */
	const char *names[FOLDER_FILES];
	int files[FOLDER_FILES];
	size_t n;
} folder = {.fd = -1};

static inline void folder_remove(void)
{
	for (size_t i = 0; i < folder.n; i++)
		unlinkat(folder.fd, folder.names[i], 0);
	unlinkat(folder.fd, "etc", AT_REMOVEDIR);
	rmdir(folder.path);
}

/* Makes it with the files that `names` (NULL-terminated) has, some of them below etc/. */
static inline void folder_make(const char *const *names)
{
	if (folder.fd >= 0)
		return;
	strcpy(folder.path, "/dev/shm/nsctl-fuzz.XXXXXX"); /* many times as fast as a disk */
	if (!mkdtemp(folder.path)) {
		strcpy(folder.path, "/tmp/nsctl-fuzz.XXXXXX");
		FUZZ_CHECK(mkdtemp(folder.path));
	}
	folder.fd = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	FUZZ_CHECK(folder.fd >= 0 && mkdirat(folder.fd, "etc", 0755) == 0);
	for (; *names; names++, folder.n++) {
		folder.names[folder.n] = *names;
		folder.files[folder.n] = openat(folder.fd, *names, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		FUZZ_CHECK(folder.files[folder.n] >= 0);
	}
	atexit(folder_remove);
}

static inline void folder_write(size_t i, const void *data, size_t len)
{
	FUZZ_CHECK(ftruncate(folder.files[i], 0) == 0);
	FUZZ_CHECK(pwrite(folder.files[i], data, len, 0) == (ssize_t)len);
}

/* Writes the next part of the input to each file. */
static inline void folder_fill(struct fuzz_input *in)
{
	for (size_t i = 0; i < folder.n; i++) {
		size_t len;
		char *part = fuzz_part(in, &len);

		folder_write(i, part, len);
		free(part);
	}
}

#endif
