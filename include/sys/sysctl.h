/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kernel settings of other namespaces. /proc/sys shows those of the reader's own network, IPC and UTS namespaces, whoever
 * mounted it, so who wants another's has to be in them: a child joins these three, reads, and ends. It stays in our PID, mount
 * and user namespaces, where nobody of the container sees it, and executes nothing.
 */
#ifndef SYS_SYSCTL_H
#define SYS_SYSCTL_H

#include <stddef.h>

/* The value of `name` ("net.ipv4.ip_forward" or "net/ipv4/ip_forward") as the process of `proc_fd` (/proc/PID) has it, blanks
 * and tabs between numbers as one blank each. *ret is malloc'd. -errno: -ENOENT for a name that there is not, -EPERM and
 * -EACCES without the right to join, -EINVAL for a name that is none. */
int sysctl_read_of(int proc_fd, const char *name, char **ret);

/* The same spelling of all that mean the same: slashes; NULL for a name that would leave /proc/sys, or without memory. */
char *sysctl_path(const char *name);

#endif
