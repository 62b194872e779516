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

const char *view_time_text(uint64_t unix_time, char to[VIEW_TIME_SIZE])
{
	time_t when = (time_t)unix_time;
	struct tm tm;

	if (!unix_time || !gmtime_r(&when, &tm) || !strftime(to, VIEW_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return NULL;
	return to;
}

struct json_object *view_time(uint64_t unix_time)
{
	char text[VIEW_TIME_SIZE];

	return view_time_text(unix_time, text) ? json_new_text(text) : NULL;
}
