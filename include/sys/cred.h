/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The caller's own capabilities. capget(2), credentials(7).
 */
#ifndef SYS_CRED_H
#define SYS_CRED_H

#include <stdbool.h>
#include <stdint.h>

#define CRED_SYS_PTRACE 19
#define CRED_SYS_ADMIN 21
#define CRED_SYS_RESOURCE 24

uint64_t cred_permitted(void);
uint64_t cred_effective(void);
uint64_t cred_bounding(uint64_t of); /* those of `of` that are in it: each is a system call */
bool cred_no_new_privs(void);

#endif
