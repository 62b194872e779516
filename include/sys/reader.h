/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of /proc whose read may never come back: cmdline and environ are memory of the process, and whoever reads them waits
 * for its lock (mmap_lock), which a process can make be held for as long as it likes: a thread of its in mmap(2) of a FUSE file
 * that has to be written back first, say. No flag and no signal but SIGKILL ends that wait, before Linux 4.17 not even that
 * (CVE-2018-1120). So a child reads them, many in one go, and is killed when it comes no further.
 */
#ifndef SYS_READER_H
#define SYS_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* All zero is one that has not begun: the child is made with the first read, and again after one that hung. */
struct reader {
	pid_t child; /* 0: none */
	int socket; /* -1: the child has been told to end */
	char *stack; /* the child's, and behind it `shared`: one mapping */
	struct reader_shared *shared; /* where the child leaves what it has read */
	size_t size;
	bool sent;    /* the child has files that nobody has asked for yet */
	int patience; /* milliseconds for the next one that hangs; 0: as at the beginning */
};

#define READER_BATCH 128 /* files in one go, open at the same time */
size_t reader_batch(void); /* the same where fewer may be open (RLIMIT_NOFILE): other files need some too */

struct reader_want {
	int fd;	      /* open for reading; closed when it has been read */
	char **strings; /* as proc_strings() gives them; NULL when error is not 0 */
	int error;    /* 0, -ETIMEDOUT: it hung, or another negative errno: -ESRCH when the process has ended */
};

/* Reads n of them, at most `max` bytes each. The first that hangs costs half a second, each further one half of that before: all
 * together one second, and a few milliseconds each. Without a child (no more processes allowed) they are read as they are. */
void reader_strings(struct reader *reader, struct reader_want *wants, size_t n, size_t max);

/* Lets it begin with them, if it can, while the caller does something else; reader_strings() of the same ones comes next. */
void reader_send(struct reader *reader, const struct reader_want *wants, size_t n, size_t max);

/* Nothing more is wanted for now: the child ends beside us, and reader_end() need not wait for it. What is wanted later has
 * all the time again. */
void reader_rest(struct reader *reader);

void reader_end(struct reader *reader);
#define CLEANUP_READER __attribute__((cleanup(reader_end)))

#endif
