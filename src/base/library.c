/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Built twice: in the static program, with NSCTL_STATIC, no library can be opened. The C library's own dlopen() would bring
 * a second C library in there.
 */
#include "base/library.h"

#include <string.h>

#ifdef NSCTL_STATIC

void *library_open(const char *file, const struct library_symbol *symbols, size_t n, bool kept)
{
	(void)file, (void)symbols, (void)n, (void)kept;
	return NULL;
}

void library_close(void *handle)
{
	(void)handle;
}

bool library_can_open(void)
{
	return false;
}

#else
#include <dlfcn.h>

static bool find(void *handle, const struct library_symbol *symbols, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		void *symbol = dlsym(handle, symbols[i].name);

		if (!symbol)
			return false;
		memcpy(symbols[i].pointer, &symbol, sizeof(symbol)); /* ISO C has no cast from data to code */
	}
	return true;
}

void *library_open(const char *file, const struct library_symbol *symbols, size_t n, bool kept)
{
	void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | (kept ? RTLD_NODELETE : 0));

	if (handle && !find(handle, symbols, n)) {
		dlclose(handle);
		return NULL;
	}
	return handle;
}

void library_close(void *handle)
{
	if (handle)
		dlclose(handle);
}

bool library_can_open(void)
{
	return true;
}

#endif
