/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A byte buffer that grows. Always ends in a NUL that is not counted, so `data` of a non-empty one is a string.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data; /* owned; NULL while empty */
	size_t len;
	size_t cap;
	bool failed; /* memory ran out: what follows was not added */
};

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_str(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_fill(struct buf *buf, char c, size_t n); /* n times c */
void buf_printf(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for `len` more bytes and returns where they begin, or NULL without memory. */
char *buf_reserve(struct buf *buf, size_t len);

/* The text, "" when empty. Valid until the next change. */
const char *buf_text(const struct buf *buf);

size_t buf_lines(const struct buf *buf); /* how many line feeds it holds */

/* Gives the text away (malloc'd, never NULL unless memory ran out); the buffer is empty. */
char *buf_take(struct buf *buf);

void buf_free(struct buf *buf);
#define CLEANUP_BUF __attribute__((cleanup(buf_free)))

#endif
