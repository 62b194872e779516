/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput(): `make fuzz` links it with
 * libFuzzer, `make unit` with replay.c, which feeds it tests/fuzz/corpus/TARGET/.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input. */
#define FUZZ_CHECK(cond)                                                                                     \
	do {                                                                                                 \
		if (!(cond)) {                                                                               \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #cond);            \
			abort();                                                                             \
		}                                                                                            \
	} while (0)

/* Parts of an input are cut by this byte; a seed file stays text with it. */
#define FUZZ_CUT 0x1e

struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

static inline char *fuzz_copy(const void *data, size_t len)
{
	char *text = malloc(len + 1); /* of its own, so that a sanitizer sees a step over its end */

	if (!text)
		abort();
	if (len)
		memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

/* The next part, NUL-terminated; "" when there is none left. The caller frees it. */
static inline char *fuzz_part(struct fuzz_input *in, size_t *ret_len)
{
	const uint8_t *cut = in->left ? memchr(in->at, FUZZ_CUT, in->left) : NULL;
	size_t len = cut ? (size_t)(cut - in->at) : in->left;
	char *text = fuzz_copy(in->at, len);

	in->at += len + (cut != NULL);
	in->left -= len + (cut != NULL);
	if (ret_len)
		*ret_len = len;
	return text;
}

static inline bool fuzz_is_utf8(const void *data, size_t len)
{
	const char *text = data;

	for (size_t i = 0, n; i < len; i += n) {
		n = text_utf8(text + i, len - i, NULL);
		if (!n)
			return false;
	}
	return true;
}

/* Would a terminal show the text and obey none of it? What print to a person must be so. */
static inline void fuzz_check_shown(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	for (size_t i = 0, n; i < len; i += n) {
		uint32_t code = 0;

		n = text_utf8(text + i, len - i, &code);
		FUZZ_CHECK(n > 0);
		FUZZ_CHECK(!text_is_invisible(code));
	}
}

/* A function that failed has set the error, one that did not has left it alone. */
static inline void fuzz_check_err(int code, const struct err *err)
{
	FUZZ_CHECK(code <= 0);
	FUZZ_CHECK(code == err->code);
	FUZZ_CHECK((code < 0) == (err->message != NULL));
}

#endif
