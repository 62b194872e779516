/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paths into the JSON of an item, for custom-columns, as kubectl writes them: .pod.name, .command[0], .command[-1],
 * .capabilities[*], .labels['app.kubernetes.io/name'], .labels.app\.kubernetes\.io/name, {.pod.name}.
 */
#ifndef OUT_PATH_H
#define OUT_PATH_H

#include <stddef.h>

#include "out/columns.h"

struct err;

/* HEAD:.path of custom-columns; both point into the option's text. */
struct path_column {
	const char *head, *path;
	size_t head_len, path_len;
};

/* Reads HEAD:.path,... ERR_USAGE says what is wrong; the number of columns, up to `max`. */
int path_columns(const char *text, struct path_column *ret, size_t max, struct err *err);

/* Is it a path at all? ERR_USAGE. */
int path_check(const char *path, size_t len, struct err *err);

/* The value at the path in an item: none for null and what lies below a null; a list joined by commas; an object as JSON.
 * Every item has every key, so one that an object does not have is an error that names the nearest; only the objects of
 * view->maps may lack one. */
int path_read(const char *path, size_t len, const struct view *view, struct json_object *item, struct cell *ret,
	struct err *err);

#endif
