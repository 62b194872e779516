/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *buf_reserve(struct buf *buf, size_t len)
{
	size_t want, cap = buf->cap ? buf->cap : 64;
	char *grown;

	if (buf->failed || __builtin_add_overflow(buf->len, len, &want) || want > SIZE_MAX / 4) {
		buf->failed = true;
		return NULL;
	}
	while (cap <= want)
		cap *= 2;
	if (cap != buf->cap) {
		grown = realloc(buf->data, cap);
		if (!grown) {
			buf->failed = true;
			return NULL;
		}
		buf->data = grown;
		buf->cap = cap;
	}
	return buf->data + buf->len;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	char *end = buf_reserve(buf, len);

	if (!end)
		return;
	if (len)
		memcpy(end, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_str(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_fill(struct buf *buf, char c, size_t n)
{
	char *end = buf_reserve(buf, n);

	if (!end)
		return;
	memset(end, c, n);
	buf->len += n;
	buf->data[buf->len] = '\0';
}

void buf_printf(struct buf *buf, const char *fmt, ...)
{
	char *end = buf_reserve(buf, 32); /* enough for a number or a short word: no call more */
	va_list ap;
	int len;

	if (!end)
		return;
	va_start(ap, fmt);
	len = vsnprintf(end, buf->cap - buf->len, fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len >= buf->cap - buf->len) {
		end = buf_reserve(buf, (size_t)len);
		if (!end)
			return;
		va_start(ap, fmt);
		len = vsnprintf(end, buf->cap - buf->len, fmt, ap);
		va_end(ap);
	}
	if (len < 0)
		buf->failed = true;
	else
		buf->len += (size_t)len;
	buf->data[buf->len] = '\0';
}

const char *buf_text(const struct buf *buf)
{
	return buf->len ? buf->data : "";
}

size_t buf_lines(const struct buf *buf)
{
	size_t n = 0;

	for (size_t i = 0; i < buf->len; i++)
		n += buf->data[i] == '\n';
	return n;
}

char *buf_take(struct buf *buf)
{
	char *text = buf->failed ? NULL : buf->data;

	if (!text && !buf->failed)
		text = strdup("");
	else if (buf->failed)
		free(buf->data);
	*buf = (struct buf){0};
	return text;
}

void buf_free(struct buf *buf)
{
	int saved = errno;

	free(buf->data);
	*buf = (struct buf){0};
	errno = saved;
}
