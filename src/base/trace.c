/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void trace_say(const struct trace *trace, unsigned int level, const char *fmt, ...)
{
	int saved = errno; /* it stands between a call and who looks at how it went */
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0) {
		trace->say(trace->data, level, text);
		free(text);
	}
	va_end(ap);
	errno = saved;
}
