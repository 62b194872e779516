/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Owners that let go at the end of their scope, and how to give away what they own.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Closes *fd if it is one, keeps errno, leaves -1. The only close() in the program. */
static inline void close_fd(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

/* Gives the descriptor away: the caller of take_fd() owns it, *fd is -1. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Gives a pointer away: returns *pointer and leaves NULL. */
#define take_ptr(p)                    \
	({                             \
		__auto_type taken_ = *(p); \
		*(p) = NULL;           \
		taken_;                \
	})

static inline void cleanup_free(void *p)
{
	int saved = errno;

	free(*(void **)p);
	errno = saved;
}

static inline void cleanup_dir(DIR **dir)
{
	int saved = errno;

	if (*dir)
		closedir(*dir);
	*dir = NULL;
	errno = saved;
}

static inline void cleanup_file(FILE **file)
{
	int saved = errno;

	if (*file)
		fclose(*file);
	*file = NULL;
	errno = saved;
}

#define CLEANUP_FD CLEANUP(close_fd)
#define CLEANUP_FREE CLEANUP(cleanup_free)
#define CLEANUP_DIR CLEANUP(cleanup_dir)
#define CLEANUP_FILE CLEANUP(cleanup_file)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
