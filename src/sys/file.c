/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "sys/feature.h"

#define WALK_LINKS 40 /* as the kernel's MAXSYMLINKS */

int file_open(int dirfd, const char *path)
{
	/* O_NONBLOCK: a FIFO in the place of the file must not hang us */
	CLEANUP_FD int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return take_fd(&fd);
}

int file_read_fd(int fd, size_t max, char **ret, size_t *ret_len)
{
	CLEANUP_FREE char *data = NULL;
	size_t len = 0, cap = 0;
	struct stat st;

	/* procfs says size 0; one more byte tells the end without another round */
	if (!fstat(fd, &st) && st.st_size > 0 && (uint64_t)st.st_size < max)
		cap = (size_t)st.st_size + 1;
	if (cap < 4096)
		cap = 4096;
	for (;;) {
		char *grown = len + 1 < cap && data ? data : realloc(data, (cap = data ? cap * 2 : cap) + 1);
		ssize_t n;

		if (!grown)
			return -ENOMEM;
		data = grown;
		n = read(fd, data + len, cap - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len > max)
			return -EFBIG;
	}
	data[len] = '\0';
	*ret = take_ptr(&data);
	if (ret_len)
		*ret_len = len;
	return 0;
}

int file_read(int dirfd, const char *path, size_t max, char **ret, size_t *ret_len)
{
	CLEANUP_FD int fd = file_open(dirfd, path);

	return fd < 0 ? fd : file_read_fd(fd, max, ret, ret_len);
}

ssize_t file_read_into(int dirfd, const char *path, char *to, size_t size)
{
	CLEANUP_FD int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t len = 0;

	if (fd < 0)
		return -errno;
	while (len < size - 1) {
		ssize_t n = read(fd, to + len, size - 1 - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	to[len] = '\0';
	return (ssize_t)len;
}

/* One component of the walk: opens it below dir without following; a symlink's text replaces it in `rest`. */
static int walk_step(int dir, const char *name, char *rest, size_t size, int *links)
{
	CLEANUP_FD int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char target[PATH_MAX], joined[2 * PATH_MAX + 2];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISLNK(st.st_mode))
		return take_fd(&fd);
	if (++*links > WALK_LINKS)
		return -ELOOP;
	n = readlinkat(fd, "", target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	if ((size_t)n + 1 + strlen(rest) >= size)
		return -ENAMETOOLONG;
	strcpy(joined, target);
	strcat(joined, "/");
	strcat(joined, rest);
	strcpy(rest, joined);
	return -EAGAIN; /* go on with what the link says */
}

/* The walk for kernels before openat2. The depth is counted, so that ".." stays at the root; every directory on the
 * way is held open, so that a rename cannot move us out. Magic links of a procfs read like symlinks here, as text. */
static int open_walking(int root_fd, const char *path, int flags)
{
	CLEANUP_FREE char *rest = malloc(2 * PATH_MAX + 2);
	int stack[128] = {0}, depth = 0, links = 0, fd = -1;

	if (!rest)
		return -ENOMEM;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	strcpy(rest, path);
	for (;;) {
		char name[NAME_MAX + 1], *p = rest;
		size_t len;

		if (*p == '/' && links)
			while (depth > 0) /* an absolute link begins at the root again */
				close_fd(&stack[--depth]);
		p += strspn(p, "/");
		len = strcspn(p, "/");
		if (!len)
			break;
		if (len > NAME_MAX) {
			fd = -ENAMETOOLONG;
			break;
		}
		memcpy(name, p, len);
		name[len] = '\0';
		memmove(rest, p + len, strlen(p + len) + 1);
		if (!strcmp(name, "."))
			continue;
		if (!strcmp(name, "..")) {
			if (depth > 0)
				close_fd(&stack[--depth]);
			continue;
		}
		fd = walk_step(depth ? stack[depth - 1] : root_fd, name, rest, 2 * PATH_MAX + 2, &links);
		if (fd == -EAGAIN)
			continue;
		if (fd < 0 || depth == (int)ARRAY_SIZE(stack)) {
			if (fd >= 0)
				close_fd(&fd);
			fd = fd < 0 ? fd : -ENAMETOOLONG;
			break;
		}
		stack[depth++] = fd;
		fd = -1;
	}
	if (fd == -1) {
		char self[32];

		snprintf(self, sizeof(self), "/proc/self/fd/%d", depth ? stack[depth - 1] : root_fd);
		fd = flags & O_PATH ? fcntl(depth ? stack[depth - 1] : root_fd, F_DUPFD_CLOEXEC, 3)
				    : open(self, flags | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	}
	while (depth > 0)
		close_fd(&stack[--depth]);
	return fd;
}

int file_open_in_root(int root_fd, const char *path, int flags)
{
	/* openat2 refuses what open ignores: O_NOCTTY beside O_PATH */
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NOCTTY)),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	for (int tries = 0; feature_allowed(FEATURE_OPENAT2) && tries < 128; tries++) {
		long fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

		if (fd >= 0)
			return (int)fd;
		if (errno == ENOSYS)
			break;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return open_walking(root_fd, path, flags | O_NOCTTY);
}

bool file_stat_trusted(const struct stat *st)
{
	return (st->st_uid == 0 || st->st_uid == geteuid()) && !(st->st_mode & S_IWOTH) &&
	       (!(st->st_mode & S_IWGRP) || st->st_gid == 0 || st->st_gid == getegid());
}

bool file_trusted(int fd, uid_t *ret_owner)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	if (ret_owner)
		*ret_owner = st.st_uid;
	return file_stat_trusted(&st);
}

int file_write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_memfd(const char *name, const void *data, size_t len, bool executable)
{
	unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	CLEANUP_FD int fd = -1;
	int error;

#ifdef MFD_EXEC /* 6.3: with vm.memfd_noexec set, an executable one must be asked for */
	fd = memfd_create(name, flags | (executable ? MFD_EXEC : MFD_NOEXEC_SEAL));
#else
	fd = memfd_create(name, flags | (executable ? 0x10u : 0x8u));
#endif
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, flags);
	if (fd < 0)
		return -errno;
	error = file_write_all(fd, data, len);
	if (error < 0)
		return error;
	if (lseek(fd, 0, SEEK_SET) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return -errno;
	return take_fd(&fd);
}
