/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/below.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/aside.h"
#include "sys/feature.h"
#include "sys/file.h"
#include "sys/walk.h"

/* In one call where no other mount is on the way: what is mounted below its root is all that a container can
 * choose. */
int below_open(int root_fd, const char *path, int flags)
{
	/* openat2 refuses what open ignores: O_NOCTTY beside O_PATH */
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NOCTTY)),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
	};

	if (!aside_needless(root_fd))
		return -EXDEV;
	for (int tries = 0; feature_allowed(FEATURE_OPENAT2) && tries < 128; tries++) {
		long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

		if (fd >= 0)
			return (int)fd;
		if (errno == ENOSYS || errno == EXDEV)
			break;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return walk_open(root_fd, path, flags | O_NOCTTY, aside_check);
}

struct wanted {
	const char *path;
	size_t max;
};

/* Looked at through O_PATH first, since even opening a device may have an effect. */
static int read_pinned(int pinned, size_t max, char **ret, size_t *ret_len)
{
	CLEANUP_FD int fd = -1;
	struct stat st;

	if (fstat(pinned, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	fd = file_open_pinned(pinned);
	return fd < 0 ? fd : file_read_fd(fd, max, ret, ret_len);
}

static int copy(int root, void *data)
{
	const struct wanted *wanted = data;
	CLEANUP_FD int pinned = file_open_in_root(root, wanted->path, O_PATH);
	CLEANUP_FREE char *text = NULL;
	size_t len = 0;
	int r = pinned < 0 ? pinned : read_pinned(pinned, wanted->max, &text, &len);

	return r < 0 ? r : file_memfd("copy", text, len, false);
}

int below_read(int root_fd, const char *path, size_t max, char **ret, size_t *ret_len)
{
	CLEANUP_FD int fd = below_open(root_fd, path, O_PATH);
	CLEANUP_FD int copied = -1;
	struct wanted wanted = {path, max};

	if (fd != -EXDEV)
		return fd < 0 ? fd : read_pinned(fd, max, ret, ret_len);
	copied = aside_open(root_fd, path, copy, &wanted);
	return copied < 0 ? copied : file_read_fd(copied, max, ret, ret_len);
}
