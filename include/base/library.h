/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared libraries that are opened when something of them is needed, because every start of nsctl would pay for them.
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct library_symbol {
	const char *name;
	void *pointer; /* of the pointer that becomes the symbol's address */
};

/* Opens `file`, as dlopen(3) finds it, and looks up the n symbols. NULL when it is not here, lacks one of them, or when this
 * program cannot open any (app/companion.h). The handle is the caller's to close; `kept`: closing leaves it loaded. */
void *library_open(const char *file, const struct library_symbol *symbols, size_t n, bool kept);
void library_close(void *handle); /* NULL is fine */

bool library_can_open(void); /* any, in this program */

#endif
