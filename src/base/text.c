/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

#define WORD_MAX 64 /* longer words are never near to anything */

size_t text_utf8(const char *text, size_t len, uint32_t *ret_code)
{
	const unsigned char *s = (const unsigned char *)text;
	uint32_t code;
	size_t n;

	if (!len)
		return 0;
	if (s[0] < 0x80) {
		n = 1;
		code = s[0];
	} else if (s[0] >= 0xc2 && s[0] <= 0xdf) {
		n = 2;
		code = s[0] & 0x1fu;
	} else if ((s[0] & 0xf0) == 0xe0) {
		n = 3;
		code = s[0] & 0x0fu;
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		n = 4;
		code = s[0] & 0x07u;
	} else {
		return 0;
	}
	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3fu);
	}
	/* too long a form, a surrogate, or past the end of Unicode */
	if ((n == 3 && code < 0x800) || (n == 4 && code < 0x10000) || code > 0x10ffff ||
		(code >= 0xd800 && code <= 0xdfff))
		return 0;
	if (ret_code)
		*ret_code = code;
	return n;
}

/* The variation selectors of emoji (FE00 to FE0F) are not among them: they only choose a glyph. */
bool text_is_invisible(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x0000, 0x001f},
		{0x007f, 0x009f},
		{0x00ad, 0x00ad},
		{0x034f, 0x034f},
		{0x061c, 0x061c},
		{0x115f, 0x1160},
		{0x17b4, 0x17b5},
		{0x180b, 0x180f},
		{0x200b, 0x200f},
		{0x2028, 0x202e},
		{0x2060, 0x206f},
		{0x3164, 0x3164},
		{0xfeff, 0xfeff},
		{0xffa0, 0xffa0},
		{0xfff0, 0xfffb},
		{0x13430, 0x1343f},
		{0x1bca0, 0x1bca3},
		{0x1d173, 0x1d17a},
		{0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

static void escape_code(struct buf *out, uint32_t code)
{
	switch (code) {
	case '\n':
		buf_str(out, "\\n");
		return;
	case '\t':
		buf_str(out, "\\t");
		return;
	case '\r':
		buf_str(out, "\\r");
		return;
	case 0x1b:
		buf_str(out, "\\e");
		return;
	}
	buf_printf(out, code < 0x80 ? "\\x%02X" : code <= 0xffff ? "\\u%04X" : "\\U%08X", code);
}

size_t text_ascii(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= 0x20 && text[n] < 0x7f)
		n++;
	return n;
}

void text_escape(struct buf *out, const char *text, size_t len)
{
	size_t plain = 0, at = 0; /* text[plain..at) goes out as it is */

	while ((at += text_ascii(text + at, len - at)) < len) {
		uint32_t code = 0;
		size_t n = text_utf8(text + at, len - at, &code);

		if (n && !text_is_invisible(code)) {
			at += n;
			continue;
		}
		buf_add(out, text + plain, at - plain);
		if (n)
			escape_code(out, code);
		else
			buf_printf(out, "\\x%02X", (unsigned char)text[at]);
		at += n ? n : 1;
		plain = at;
	}
	buf_add(out, text + plain, at - plain);
}

char *text_escaped(const char *text)
{
	CLEANUP_BUF struct buf out = {0};

	if (text)
		text_escape(&out, text, strlen(text));
	return buf_take(&out);
}

bool text_is_shell_plain(const char *text)
{
	return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/,+@=-")];
}

void text_shell(struct buf *out, const char *text, size_t len)
{
	CLEANUP_BUF struct buf shown = {0};

	text_escape(&shown, text, len);
	/* as a command's first word one with = would be an assignment, and what begins with it zsh looks up in PATH */
	if (text_is_shell_plain(buf_text(&shown)) && !strchr(buf_text(&shown), '=')) {
		buf_add(out, shown.data, shown.len);
		return;
	}
	buf_char(out, '\'');
	for (size_t i = 0; i < shown.len; i++) {
		if (shown.data[i] == '\'')
			buf_str(out, "'\\'");
		buf_char(out, shown.data[i]);
	}
	buf_char(out, '\'');
}

int text_u64(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;
	bool over = false;

	if (!text || !*text)
		return -EINVAL;
	for (const char *s = text; *s; s++) {
		if (*s < '0' || *s > '9')
			return -EINVAL;
		over |= __builtin_mul_overflow(value, 10, &value);
		over |= __builtin_add_overflow(value, (uint64_t)(*s - '0'), &value);
	}
	if (over || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int text_duration(const char *text, uint64_t *ret_ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60000}, {"h", 3600000}};
	const uint64_t nano = 1000000000;
	uint64_t whole = 0, part = 0, scale = nano, ms;
	const char *s = text;
	size_t digits = 0;
	bool more = false; /* than 0 behind the point */

	for (; *s >= '0' && *s <= '9'; s++, digits++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
			__builtin_add_overflow(whole, (uint64_t)(*s - '0'), &whole))
			return -ERANGE;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++, digits++) {
			scale /= 10;
			part += scale * (uint64_t)(*s - '0'); /* past nine digits: nothing */
			more |= *s != '0';
		}
	part += more && !whole && !part;
	if (!digits)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(s, units[i].name) != 0)
			continue;
		if (__builtin_mul_overflow(whole, units[i].ms, &ms) ||
			__builtin_add_overflow(ms, (part * units[i].ms + nano - 1) / nano, &ms))
			return -ERANGE;
		*ret_ms = ms; /* rounded up: a span that is not 0 never becomes 0 */
		return 0;
	}
	return -EINVAL;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Optimal string alignment: insert, delete, replace, and swap of two neighbours, each counts one. */
unsigned int text_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned char rows[3][WORD_MAX + 1];
	unsigned char *before = rows[0], *above = rows[1], *row = rows[2], *spare;

	if (n > WORD_MAX || m > WORD_MAX)
		return n == m && !strcmp(a, b) ? 0 : WORD_MAX + 1;
	for (size_t j = 0; j <= m; j++)
		above[j] = (unsigned char)j;
	for (size_t i = 1; i <= n; i++) {
		row[0] = (unsigned char)i;
		for (size_t j = 1; j <= m; j++) {
			int best = above[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));

			best = above[j] + 1 < best ? above[j] + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
				lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = (unsigned char)best;
		}
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[m];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t n)
{
	const char *nearest = NULL;
	unsigned int best = 3, distance;
	size_t len = strlen(word);

	for (size_t i = 0; i < n; i++) {
		if (!candidates[i])
			continue;
		distance = text_distance(word, candidates[i]);
		if (distance < best && 2 * (size_t)distance <= len) {
			best = distance;
			nearest = candidates[i];
		}
	}
	return nearest;
}

size_t text_wrap(struct buf *out, const char *text, size_t column, size_t indent, size_t width)
{
	bool first = true;

	for (size_t len; *(text += strspn(text, " \n")); text += len) {
		len = strcspn(text, " \n");
		if (!first && column + 1 + len > width) {
			buf_char(out, '\n');
			buf_fill(out, ' ', indent);
			column = indent;
		} else if (!first) {
			buf_char(out, ' ');
			column++;
		}
		first = false;
		buf_add(out, text, len);
		column += len;
	}
	return column;
}

bool text_same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

bool text_is(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

bool text_has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

bool text_has_suffix(const char *text, const char *suffix)
{
	size_t len = strlen(text), tail = strlen(suffix);

	return len >= tail && !strcmp(text + len - tail, suffix);
}

bool text_is_hex(const char *text)
{
	return *text && !text[strspn(text, "0123456789abcdef")];
}
