/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Work over many things, in parts that run beside each other.
 */
#ifndef SYS_THREADS_H
#define SYS_THREADS_H

#include <stddef.h>

#define THREADS_MAX 4

/* How many parts n things are worth, 1 at least: `least` of them for each thread more, and no more than there are CPUs for us. */
size_t threads_parts(size_t n, size_t least);

/* Runs work(data, part) for each part, the first in the caller's own thread, and comes back when all are done. The other threads
 * have descriptors of their own, as those that share them wait for each other at each open: a copy of the caller's, so one that a
 * part opens is closed by it. A part whose thread cannot be made is run by the caller too. */
void threads_run(size_t parts, void (*work)(void *data, size_t part), void *data);

#endif
