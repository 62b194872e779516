/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The areas that doctor looks at: one file each in src/cmd.
 */
#ifndef CMD_DOCTOR_H
#define CMD_DOCTOR_H

#include <stddef.h>
#include <sys/types.h>

#include "view/check.h"

struct err;
struct session;

struct doctor {
	struct session *s;
	struct check *checks; /* owned */
	size_t n;
	bool no_memory;
};

/* Appends one; `found` is made from fmt. The pointer is good until the next call, never NULL. */
struct check *doctor_add(struct doctor *d, const char *area, const char *name, enum check_status status, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* The line that mends the check. */
void doctor_fix(struct doctor *d, struct check *check, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same: installs something, by the package manager that is here. */
enum doctor_package { PACKAGE_BUSYBOX, PACKAGE_SMARTCOLS, PACKAGE_READLINE, PACKAGE_UIDMAP };
void doctor_install(struct doctor *d, struct check *check, enum doctor_package package);

/* Reads a number of /proc/sys; `missing` where there is no such file. */
long doctor_sysctl(const char *path, long missing);

void doctor_kernel(struct doctor *d);
void doctor_system(struct doctor *d);
void doctor_you(struct doctor *d);
int doctor_engines(struct doctor *d, struct err *err);
void doctor_tools(struct doctor *d);

#endif
