/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files below a container's root that may never answer: who has CAP_SYS_ADMIN and /dev/fuse can mount a file
 * system of its own making over /etc, and whoever opens, reads or stats a file of it waits for its server,
 * which not even SIGKILL ends. So nsctl itself touches only what is proven to be no such file system; a child
 * does the rest, and nobody waits for that one for ever.
 */
#ifndef SYS_ASIDE_H
#define SYS_ASIDE_H

#include <stdbool.h>
#include <sys/types.h>

/* Is that file (O_PATH will do) on a file system that asks no process for its answer? Asks none itself.
 * False: it cannot be told. */
bool aside_needless(int fd);

/* The same, and -EXDEV when it cannot be told. */
int aside_check(int fd);

/* What to do, in a child that has `root` and no other descriptor: returns a descriptor to hand over, or a
 * negative errno. */
typedef int aside_fn(int root, void *data);

/* Does it in a child, with a deadline: two seconds, and half as long each time that one did not answer. A
 * root below which something did not answer is not asked again. `path` is what it is called in aside_each().
 * -ETIMEDOUT: it does not answer. */
int aside_open(int root, const char *path, aside_fn *work, void *data);

/* The same of what is answered by a number, not negative. */
int aside_ask(int root, const char *path, aside_fn *work, void *data);

/* Calls `each` for what did not answer; without `again` only for what it was not called for before. `pid` is
 * the least of the processes with that root, 0: none is found. */
void aside_each(bool again, void (*each)(void *data, pid_t pid, const char *path), void *data);

/* A new run: all may be asked again. */
void aside_forget(void);

#endif
