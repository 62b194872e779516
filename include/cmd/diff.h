/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * diff: what is compared with what. src/cmd/diff.c reads the command line, one file a kind of comparison does the rest.
 */
#ifndef CMD_DIFF_H
#define CMD_DIFF_H

#include <stdbool.h>

#include "base/opt.h"
#include "out/out.h"

struct err;
struct session;

struct diff_options {
	const char *file;      /* -f */
	const char *container; /* -c */
	bool strict;
	struct out_options out;
};

/* diff_manifest.c: a manifest with the containers that it made, or with those of the one TARGET. */
int diff_manifest(struct session *s, const struct diff_options *o, const struct opt_words *words, int *status,
	struct err *err);

#endif
