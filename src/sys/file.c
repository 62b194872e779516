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
#include "sys/walk.h"

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

int file_open_pinned(int pinned)
{
	char link[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", pinned);
	return file_open(AT_FDCWD, link);
}

int file_open_trusted(const char *path, struct stat *ret)
{
	CLEANUP_FD int pinned = open(path, O_PATH | O_CLOEXEC);

	if (pinned < 0 || fstat(pinned, ret) < 0)
		return -errno;
	if (!S_ISREG(ret->st_mode))
		return -EINVAL;
	return file_stat_trusted(ret) ? file_open_pinned(pinned) : -EPERM;
}

int file_open_of(const char *path, uid_t owner)
{
	CLEANUP_FD int pinned = open(path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (pinned < 0 || fstat(pinned, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_uid != 0 && st.st_uid != owner)
		return -EPERM;
	return file_open_pinned(pinned);
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
		char *grown = len < cap && data ? data : realloc(data, (cap = data ? cap * 2 : cap) + 1);
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

ssize_t file_read_once(int dirfd, const char *path, char *to, size_t size)
{
	CLEANUP_FD int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = -1;

	if (fd < 0)
		return -errno;
	do
		n = read(fd, to, size - 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	to[n] = '\0';
	return n;
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
	return walk_open(root_fd, path, flags | O_NOCTTY, NULL);
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

void file_close_but(int first, int but)
{
#ifdef SYS_close_range
	if (feature_allowed(FEATURE_CLOSE_RANGE) &&
		(but == first ||
			syscall(SYS_close_range, (unsigned int)first, (unsigned int)but - 1, 0U) == 0) &&
		syscall(SYS_close_range, (unsigned int)but + 1, ~0U, 0U) == 0)
		return;
#endif
	for (int fd = first; fd < 4096; fd++) {
		int one = fd;

		if (fd != but)
			close_fd(&one);
	}
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

#ifndef MFD_EXEC /* 6.3 */
#define MFD_NOEXEC_SEAL 0x8U
#define MFD_EXEC 0x10U
#endif

int file_memfd_new(const char *name, bool executable)
{
	const unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create(name, flags | (executable ? MFD_EXEC : MFD_NOEXEC_SEAL));

	/* before 6.3 they are always executable */
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, flags);
	return fd < 0 ? -errno : fd;
}

int file_id_read(int dir, const char *path, struct file_id *ret)
{
	const int flags = AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT | (*path ? 0 : AT_EMPTY_PATH);
	struct statx st;

	if (statx(dir, path, flags, STATX_INO | STATX_MNT_ID, &st) < 0)
		return -errno;
	*ret = (struct file_id){
		.ino = st.stx_ino, .mount = st.stx_mnt_id, .major = st.stx_dev_major, .minor = st.stx_dev_minor};
	return 0;
}

bool file_id_same(const struct file_id *a, const struct file_id *b)
{
	return a->ino == b->ino && a->mount == b->mount && a->major == b->major && a->minor == b->minor;
}

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define SEAL_TRIES 20

int file_seal(int fd)
{
	for (int i = 0; i < SEAL_TRIES; i++) {
		if (fcntl(fd, F_ADD_SEALS, SEALS) == 0)
			return 0;
		if (errno != EBUSY)
			return -errno;
	}
	return -EBUSY;
}

int file_memfd(const char *name, const void *data, size_t len, bool executable)
{
	CLEANUP_FD int fd = file_memfd_new(name, executable);
	int error = fd < 0 ? fd : file_write_all(fd, data, len);

	if (!error && lseek(fd, 0, SEEK_SET) < 0)
		error = -errno;
	if (!error)
		error = file_seal(fd);
	return error < 0 ? error : take_fd(&fd);
}

#define RUN_MIN 4 /* fewer are closed one by one */

void file_close_all(const int *fds, size_t n)
{
	for (size_t at = 0, run; at < n; at += run) {
		for (run = 1; at + run < n && fds[at + run] == fds[at] + (int)run; run++)
			;
		if (run >= RUN_MIN && feature_allowed(FEATURE_CLOSE_RANGE) &&
			syscall(SYS_close_range, fds[at], fds[at + run - 1], 0) == 0)
			continue;
		for (size_t i = at; i < at + run; i++)
			close(fds[i]);
	}
}
