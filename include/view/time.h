/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Times as views show them.
 */
#ifndef VIEW_TIME_H
#define VIEW_TIME_H

#include <stdint.h>

#include "out/columns.h"

/* Time since then; unknown when it is 0. Seconds since 1970. */
void view_age(struct cell *cell, uint64_t start_unix);

/* RFC 3339 in UTC: writes it to `to` and returns that; NULL when it is 0. */
#define VIEW_TIME_SIZE 32
const char *view_time_text(uint64_t unix_time, char to[VIEW_TIME_SIZE]);

/* The same in JSON; null when it is 0. */
struct json_object *view_time(uint64_t unix_time);

#endif
