/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the PID that a process has inside a container to the process.
 */
#ifndef MODEL_PID_H
#define MODEL_PID_H

#include <sys/types.h>

#include "sys/proc.h"

/* Finds and pins what has the PID `inside` in the PID namespace `pidns` (a descriptor), which is that of init_dir, its init's
 * /proc/PID. -ESRCH when there is none. The caller closes *ret. */
int pid_open(int pidns, int init_dir, pid_t inside, struct proc_ref *ret);

#endif
