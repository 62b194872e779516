/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seccomp_build_for of model/seccomp.h: compiling a profile takes libseccomp milliseconds, loading the result
 * from a file a twentieth of one. A file holds the program and, as its key, the whole profile that it was
 * made from: the name is only a hash, so that two profiles of one name cost a compilation and never a wrong
 * filter.
 */
#include "model/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "sys/file.h"

#define CACHE_MAGIC                                                                                          \
	0x3342504243534e00 /* the 3 is the format and the rules of compilation: raise it when they change */
#define PROFILE_MAX (1u << 20)

struct header {
	uint64_t magic, profile_len;
	uint32_t arch, major, minor, micro; /* libseccomp's */
	uint32_t newer;			    /* of seccomp_compile */
	uint32_t flags, length, pad;	    /* length: instructions */
};

/* What the result depends on. */
struct key {
	const char *profile;
	size_t len;
	bool newer;
	char name[24]; /* of the file */
};

static struct header header_of(const struct key *key)
{
	const struct scmp_version *v = seccomp_version();

	return (struct header){CACHE_MAGIC, key->len, seccomp_arch_native(), v->major, v->minor, v->micro,
		key->newer, 0, 0, 0};
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x100000001b3;
	return hash ^ hash >> 32;
}

/* FNV-1a over words; only to spread names. */
static void name_file(struct key *key)
{
	const char *at = key->profile, *end = at + key->len;
	uint64_t hash = 0xcbf29ce484222325, word = 0;

	for (; (size_t)(end - at) >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		hash = mix(hash, word);
	}
	word = 0;
	memcpy(&word, at, (size_t)(end - at));
	hash = mix(hash, word);
	snprintf(key->name, sizeof(key->name), "%016lx%s", hash, key->newer ? "" : "n");
}

/* Ours and no one else's to write: a filter from here is loaded unseen. */
static bool ours(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type && st.st_uid == geteuid() &&
	       !(st.st_mode & 022);
}

static int open_dir(int parent, const char *name, mode_t mode, bool make)
{
	CLEANUP_FD int fd = -1;

	if (make)
		mkdirat(parent, name, mode);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return ours(fd, S_IFDIR) ? take_fd(&fd) : -EPERM;
}

static int open_cache(bool make)
{
	const char *base = geteuid() == 0 ? "/run" : getenv("XDG_RUNTIME_DIR");
	CLEANUP_FD int run = -1, nsctl = -1;

	if (!base || *base != '/')
		return -ENOENT;
	run = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (run < 0)
		return -errno;
	nsctl = open_dir(run, "nsctl", 0755, make);
	return nsctl < 0 ? nsctl : open_dir(nsctl, "seccomp", 0700, make);
}

/* Reads exactly `len` bytes. */
static bool read_whole(int fd, void *to, size_t len)
{
	return read(fd, to, len) == (ssize_t)len;
}

/* Is what follows in the file the profile, and then the end? */
static bool same_profile(int fd, const char *profile, size_t len)
{
	char part[16384];

	for (size_t at = 0; at < len;) {
		ssize_t n = read(fd, part, sizeof(part));

		if (n <= 0 || (size_t)n > len - at || memcmp(part, profile + at, (size_t)n) != 0)
			return false;
		at += (size_t)n;
	}
	return read(fd, part, 1) == 0;
}

static bool cache_get(const struct key *key, struct seccomp_programs *ret)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {.n = 1, .cached = true};
	CLEANUP_FD int dir = open_cache(false), fd = -1;
	struct header want = header_of(key), found;

	if (dir < 0)
		return false;
	fd = openat(dir, key->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || !ours(fd, S_IFREG) || !read_whole(fd, &found, sizeof(found)))
		return false;
	want.flags = found.flags;
	want.length = found.length;
	if (memcmp(&want, &found, sizeof(want)) != 0 || found.length == 0 || found.length > BPF_MAXINSNS)
		return false;
	programs.flags = found.flags;
	programs.lengths = malloc(sizeof(*programs.lengths));
	programs.code = malloc(found.length * sizeof(*programs.code));
	if (!programs.lengths || !programs.code ||
		!read_whole(fd, programs.code, found.length * sizeof(*programs.code)) ||
		!same_profile(fd, key->profile, key->len))
		return false;
	*programs.lengths = found.length;
	*ret = programs;
	programs = (struct seccomp_programs){0};
	return true;
}

/* Best effort: written aside and renamed, so that a reader sees all of it or nothing. */
static void cache_put(const struct key *key, const struct seccomp_programs *programs)
{
	CLEANUP_FD int dir = open_cache(true), fd = -1;
	struct header header = header_of(key);
	char aside[48];

	if (dir < 0 || programs->n != 1)
		return;
	header.flags = programs->flags;
	header.length = *programs->lengths;
	snprintf(aside, sizeof(aside), ".%s.%d", key->name, (int)getpid());
	unlinkat(dir, aside, 0); /* of one that was killed here, under our number */
	fd = openat(dir, aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (file_write_all(fd, &header, sizeof(header)) < 0 ||
		file_write_all(fd, programs->code, header.length * sizeof(*programs->code)) < 0 ||
		file_write_all(fd, key->profile, key->len) < 0 || renameat(dir, aside, dir, key->name) < 0)
		unlinkat(dir, aside, 0);
}

int seccomp_build_for(
	const char *engine, const char *profile, size_t len, struct seccomp_programs *ret, struct err *err)
{
	struct key key = {.profile = profile, .len = len, .newer = strcmp(engine, "crun") != 0};
	bool cached = len <= PROFILE_MAX;
	int error;

	if (cached) {
		name_file(&key);
		if (cache_get(&key, ret))
			return 0;
	}
	error = seccomp_compile(profile, len, key.newer, ret, err);
	if (error < 0)
		return error;
	if (cached)
		cache_put(&key, ret);
	return 0;
}
