/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests of tables, which two printers print: one must be like the other.
 */
#ifndef TESTS_PRINTERS_H
#define TESTS_PRINTERS_H

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

/* The printer without the library: this is the dlopen() that the code under test calls. */
static bool without_library;

void *dlopen(const char *name, int flags)
{
	static void *(*real)(const char *, int);
	void *symbol = dlsym(RTLD_NEXT, "dlopen");

	memcpy(&real, &symbol, sizeof(real));
	return without_library ? NULL : real(name, flags);
}

#endif
