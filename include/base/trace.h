/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What -v and -vv tell: which files were read and which way was taken (1), which calls of the kernel were made (2). Handed down
 * as a pointer, NULL when nobody asked: then it costs a comparison, and no text is made.
 */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include <stddef.h>

#define TRACE_READ 1u
#define TRACE_CALL 2u

struct trace {
	unsigned int level;
	void (*say)(void *data, unsigned int level, const char *text); /* escapes it: it holds names of containers */
	void *data;
};

void trace_say(const struct trace *trace, unsigned int level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The arguments are evaluated only when somebody listens. */
#define TRACE(to, at, ...)                                          \
	do {                                                        \
		const struct trace *trace_ = (to);                  \
		if (__builtin_expect(trace_ && trace_->level >= (at), 0)) \
			trace_say(trace_, at, __VA_ARGS__);         \
	} while (0)

#endif
