/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Security modules that give processes a label: AppArmor and SELinux. Which is there, and where the label of
 * the next execve is written (proc_pid_attr(5)).
 */
#ifndef SYS_LSM_H
#define SYS_LSM_H

#include <stdbool.h>

/* `root` is the folder that has proc and sys: "" is the machine's. One that is built in and turned off is not
 * there. */
bool lsm_apparmor(const char *root);
bool lsm_selinux(const char *root);

/* The file that takes the label. AppArmor's own is there since Linux 5.8; the older one is of the first
 * module that has labels. */
const char *lsm_apparmor_file(const char *root);
const char *lsm_selinux_file(void);

#endif
