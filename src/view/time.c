/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/time.h"

#include <stddef.h>
#include <time.h>

void view_age(struct cell *cell, uint64_t start_unix)
{
	uint64_t now = (uint64_t)time(NULL);

	if (!start_unix)
		cell_unknown(cell);
	else
		cell_age(cell, now > start_unix ? now - start_unix : 0);
}

struct json_object *view_time(uint64_t unix_time)
{
	time_t when = (time_t)unix_time;
	struct tm tm;
	char text[32];

	if (!unix_time || !gmtime_r(&when, &tm) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return NULL;
	return json_new_text(text);
}
