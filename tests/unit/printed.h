/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a function prints to stdout, for the tests of what is printed. Included behind cmocka.h.
 */
#ifndef TESTS_PRINTED_H
#define TESTS_PRINTED_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "out/out.h"

/* Prints the list to a file in place of stdout; returns what was printed, malloc'd. */
static inline char *printed_list(const struct out *out, const struct out_rows *rows)
{
	CLEANUP_ERR struct err err = {0};
	CLEANUP_FD int saved = dup(1);
	CLEANUP_FILE FILE *file = tmpfile();
	char *text;
	long size;
	int r;

	fflush(stdout);
	dup2(fileno(file), 1);
	r = out_list(out, rows, &err);
	fflush(stdout);
	dup2(saved, 1);
	assert_int_equal(r, 0);
	size = ftell(file) < 0 || fseek(file, 0, SEEK_END) ? 0 : ftell(file);
	rewind(file);
	text = calloc((size_t)size + 1, 1);
	assert_int_equal(fread(text, 1, (size_t)size, file), size);
	return text;
}

#endif
