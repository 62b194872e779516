/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of model/explain.h: for src/model/explain*.c.
 */
#ifndef MODEL_EXPLAIN_PARTS_H
#define MODEL_EXPLAIN_PARTS_H

#include "model/explain.h"

/* Appends a part; one without memory has a NULL text. */
void explain_add(struct explanation *e, const char *label, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* explain_manifest.c: a field by its path. -ENOENT when there is none; with err when it exists at another level. */
int explain_manifest(const char *path, struct explanation *e, struct err *err);

#endif
