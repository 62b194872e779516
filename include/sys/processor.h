/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which processors this process runs on.
 *
 * The start of a command is a chain of short steps of several processes, each of which waits for the one before. Where they share a
 * processor a hand-over is a change of context; where they do not, it is the wake of a processor that has gone idle, which takes
 * some 50 to 100 us in a virtual machine.
 */
#ifndef SYS_PROCESSOR_H
#define SYS_PROCESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* From here on this thread, and what it starts, runs where it runs now. sched_setaffinity(2); where that cannot be had, nothing
 * happens. */
void processor_stay(void);
bool processor_stays(void);
bool processor_stayed(void); /* what was started meanwhile still does */

/* Back to where it might run before. What was started meanwhile is given the same by processor_let(); errors have no consequence. */
void processor_leave(void);
void processor_let(pid_t pid);

/* How many processors are open to us, those before processor_stay(); 1 where that is not known. */
size_t processor_count(void);

#endif
