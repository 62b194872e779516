/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files read with bounds, and paths walked so that a container cannot lead out of its root.
 */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;

/* Opens for reading with O_CLOEXEC|O_NOCTTY|O_NONBLOCK, regular files only (-EINVAL otherwise). dirfd as openat. */
int file_open(int dirfd, const char *path);

/* The same of what an O_PATH descriptor is on: looked at before it is opened, since to open a device does something already. */
int file_open_pinned(int pinned);

/* The same of an absolute path, for files that are read as `owner`'s word: root's or that user's own, and no link at its end,
 * so that a user's link shows no other's file. -EPERM when it is another's. */
int file_open_of(const char *path, uid_t owner);

/* The same of a path that may be a link, if file_trusted() holds for what it leads to. -EPERM when it does not; *ret is what
 * fstat(2) said, also then. */
struct stat;
int file_open_trusted(const char *path, struct stat *ret);

/* Reads the whole of a file into *ret (NUL-terminated, malloc'd); at most `max` bytes, else -EFBIG. Regular files
 * only, procfs included. Returns 0 or a negative errno. */
int file_read(int dirfd, const char *path, size_t max, char **ret, size_t *ret_len);
int file_read_fd(int fd, size_t max, char **ret, size_t *ret_len);

/* Reads into a buffer of the caller, NUL-terminated, cut at size - 1. Returns the length or a negative errno. */
ssize_t file_read_into(int dirfd, const char *path, char *to, size_t size);

/* The same with one read: for files of /proc that are one record (stat, cgroup) or a range of memory (cmdline), of which a
 * short read is the end. */
ssize_t file_read_once(int dirfd, const char *path, char *to, size_t size);

/* Opens `path` as if `root_fd` (O_PATH directory) were "/": symlinks stay below it, magic links are refused
 * (openat2 RESOLVE_IN_ROOT|NO_MAGICLINKS; EAGAIN is tried again; without openat2 a walk of O_NOFOLLOW steps). */
int file_open_in_root(int root_fd, const char *path, int flags);

/* True when the calling user may trust what fd holds: owned by root or by the caller, not writable by others. *ret_owner
 * (if not NULL) is who could have written it. */
bool file_trusted(int fd, uid_t *ret_owner);
bool file_stat_trusted(const struct stat *st); /* the same of what fstat(2) said */

/* Closes the descriptors from `first` on, but that one: for a child that goes on by itself. One of the caller's may be a pipe
 * that someone reads to its end. */
void file_close_but(int first, int but);

/* Writes all, through EINTR and short writes. 0 or a negative errno. */
int file_write_all(int fd, const void *data, size_t len);

/* An empty memfd to fill and then to seal, for good and for all who get it: what it holds changes no more. Executable where
 * vm.memfd_noexec wants that said. fd or negative errno. */
int file_memfd_new(const char *name, bool executable);

/* 0 or a negative errno. -EBUSY: someone has it mapped to write to it, or for three seconds one of its pages was held by someone who
 * could, or by the kernel itself, to reclaim or to move it, which it does not tell apart (memfd_wait_for_pins() in mm/memfd.c,
 * which waits for 0.15 s). */
int file_seal(int fd);

/* A sealed memfd that holds the bytes, its offset at 0. fd or negative errno. */
int file_memfd(const char *name, const void *data, size_t len, bool executable);

/* Which file it is, and by which mount: the `path` below `dir`, or with "" `dir` itself. No server of its file system is asked: of one that
 * no longer answers this does not wait. 0 or a negative errno. */
struct file_id {
	uint64_t ino, mount;
	uint32_t major, minor;
};
int file_id_read(int dir, const char *path, struct file_id *ret);
bool file_id_same(const struct file_id *a, const struct file_id *b);

/* Closes n descriptors; what follows each other in number goes in one call. */
void file_close_all(const int *fds, size_t n);

#endif
