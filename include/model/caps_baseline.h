/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sets to compare with: what each engine gives a container that asks for nothing, and what the Pod Security Standards let a
 * container ask for.
 */
#ifndef MODEL_CAPS_BASELINE_H
#define MODEL_CAPS_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct caps_baseline {
	const char *name; /* "docker" */
	const char *help; /* one line, without a full stop */
	uint64_t mask;    /* or, of `all_but`, what it leaves out of all that the kernel has */
	bool all_but;
	const char *engines[3]; /* whose default it is: names in the table of engines, "crio" for CRI-O */
};

extern const struct caps_baseline caps_baselines[]; /* ends with a NULL name */

uint64_t caps_baseline_set(const struct caps_baseline *row);

/* -EINVAL names the nearest. */
int caps_baseline_by_name(const char *name, const struct caps_baseline **ret, struct err *err);

#endif
