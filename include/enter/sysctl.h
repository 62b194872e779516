/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Settings of a network namespace (/proc/sys/net), which the kernel shows from inside of it only. The stage goes there.
 */
#ifndef ENTER_SYSCTL_H
#define ENTER_SYSCTL_H

#include <stddef.h>

#define SYSCTL_LINE 256

/* Reads one line each of `n` files, "/proc/sys/net/ipv4/ip_unprivileged_port_start", in the network namespace of net_fd, into
 * ret; "" for what the kernel does not have. Needs CAP_SYS_ADMIN over that namespace: -EPERM otherwise. 0 or a negative errno. */
int sysctl_read_in(int net_fd, const char *const *files, size_t n, char ret[][SYSCTL_LINE]);

#endif
