/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/companion.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/file.h"

#define ARGUMENTS_MAX (8u << 20)

/* put into the static program by the linker, and into no other */
extern const char _binary_nsctl_shared_start[] __attribute__((weak)), _binary_nsctl_shared_end[] __attribute__((weak));

/* The arguments as they were given: getopt(3) has moved those in argv. */
static char **arguments(char *text, size_t len)
{
	char **argv = calloc(len + 1, sizeof(*argv));
	size_t n = 0;

	for (size_t at = 0; argv && at < len; at += strlen(text + at) + 1)
		argv[n++] = text + at;
	return argv;
}

void companion_run(void)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char **argv = NULL;
	CLEANUP_FD int fd = -1;
	size_t len = 0, size;

	if (!_binary_nsctl_shared_start || file_read(AT_FDCWD, "/proc/self/cmdline", ARGUMENTS_MAX, &text, &len) < 0)
		return;
	argv = arguments(text, len);
	/* cppcheck-suppress comparePointers ; the linker's two ends of one object */
	size = (size_t)(_binary_nsctl_shared_end - _binary_nsctl_shared_start);
	fd = file_memfd("nsctl", _binary_nsctl_shared_start, size, true);
	if (argv && argv[0] && fd >= 0)
		execveat(fd, "", argv, environ, AT_EMPTY_PATH);
}
