/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json_slice of data/json.h: finds one value in a large document without a tree. State files are tens of
 * kilobytes and a listing needs three words of each, so the bytes between are only counted through.
 */
#include "data/json.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

#define SLICE_DEPTH_MAX 64

struct scan {
	const char *at, *end;
};

static void skip_space(struct scan *scan)
{
	while (scan->at < scan->end &&
		(*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
		scan->at++;
}

/* Eight bytes at a time: the top bit of each that is a quote, a backslash or below 0x20. A borrow may set it for the neighbour above
 * one, so the lowest alone is sure: the first in memory, little endian as all our machines are. */
static uint64_t specials(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
	uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');

	return (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & tops;
}

/* Stands on the opening quote; leaves behind the closing one. */
static int skip_string(struct scan *scan)
{
	const char *at = scan->at + 1, *end = scan->end;
	uint64_t word, found = 0;

	for (;;) {
		while (end - at >= 8 && !found) {
			memcpy(&word, at, sizeof(word));
			found = specials(word);
			at += found ? __builtin_ctzll(found) / 8 : 8;
		}
		found = 0;
		if (at >= end)
			return -EBADMSG;
		if (*at == '"')
			break;
		if ((unsigned char)*at < 0x20)
			return -EBADMSG;
		if (*at == '\\' && ++at == end)
			return -EBADMSG;
		at++;
	}
	scan->at = at + 1;
	return 0;
}

/* A number or a word: whatever stands up to the next sign of structure. */
static int skip_scalar(struct scan *scan)
{
	const char *begin = scan->at;

	if (begin == scan->end || !strchr("-0123456789tfn", *begin) || *begin == '\0')
		return -EBADMSG;
	while (scan->at < scan->end) {
		char c = *scan->at;

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '+' || c == '-' ||
			    c == 'E'))
			break;
		scan->at++;
	}
	return 0;
}

/* Stands on a bracket. `kinds` has a bit a level, set for an object. */
static int skip_nested(struct scan *scan)
{
	uint64_t kinds = 0;
	unsigned int depth = 0;

	while (scan->at < scan->end) {
		char c = *scan->at;

		/* indentation, by eights */
		if (c == ' ' && scan->end - scan->at >= 8 && !memcmp(scan->at, "        ", 8)) {
			scan->at += 8;
			continue;
		}
		if (c == '"') {
			if (skip_string(scan))
				return -EBADMSG;
			continue;
		}
		scan->at++;
		/* brackets and braces differ from all else in JSON's structure by (c | 0x20) being 0x7b or
		 * 0x7d */
		if ((c | 0x20) == '{') {
			if (depth == SLICE_DEPTH_MAX)
				return -EBADMSG;
			kinds = kinds << 1 | (c == '{');
			depth++;
		} else if ((c | 0x20) == '}') {
			if ((kinds & 1) != (c == '}'))
				return -EBADMSG;
			kinds >>= 1;
			if (--depth == 0)
				return 0;
		}
	}
	return -EBADMSG;
}

static int skip_value(struct scan *scan)
{
	if (scan->at == scan->end)
		return -EBADMSG;
	if (*scan->at == '"')
		return skip_string(scan);
	if (*scan->at == '{' || *scan->at == '[')
		return skip_nested(scan);
	return skip_scalar(scan);
}

/* Four hex digits at `at`, -1 when they are not there. */
static int hex4(const char *at, const char *end)
{
	int value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef", *found;
		char c = at[i];

		if (c >= 'A' && c <= 'F')
			c = (char)(c | 0x20);
		found = c ? strchr(digits, c) : NULL;
		if (!found)
			return -1;
		value = value << 4 | (int)(found - digits);
	}
	return value;
}

/* Reads one character of a string's inside as UTF-8 into `to`; returns its bytes, or -EBADMSG. */
static int next_char(const char **at, const char *end, char to[4])
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	const char *found;
	int high, low;
	uint32_t code;

	if (**at != '\\') {
		to[0] = *(*at)++;
		return 1;
	}
	if (++*at == end)
		return -EBADMSG;
	if (**at != 'u') {
		found = **at ? strchr(from, **at) : NULL;
		if (!found)
			return -EBADMSG;
		to[0] = into[found - from];
		++*at;
		return 1;
	}
	high = hex4(*at + 1, end);
	if (high < 0)
		return -EBADMSG;
	*at += 5;
	code = (uint32_t)high;
	if (high >= 0xd800 && high < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
		low = hex4(*at + 2, end);
		if (low >= 0xdc00 && low < 0xe000) {
			code = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
			*at += 6;
		}
	}
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | code >> 18);
	to[1] = (char)(0x80 | (code >> 12 & 0x3f));
	to[2] = (char)(0x80 | (code >> 6 & 0x3f));
	to[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* Is the inside of a string, escapes and all, the wanted name? */
static bool name_is(const char *at, size_t len, const char *want, size_t want_len)
{
	const char *end = at + len;
	char c[4];

	if (!memchr(at, '\\', len))
		return len == want_len && memcmp(at, want, len) == 0;
	while (at < end) {
		int n = next_char(&at, end, c);

		if (n < 0 || (size_t)n > want_len || memcmp(c, want, (size_t)n) != 0)
			return false;
		want += n;
		want_len -= (size_t)n;
	}
	return want_len == 0;
}

/* Reads `"name" :` and leaves on the value. */
static int read_name(struct scan *scan, const char **ret_name, size_t *ret_len)
{
	skip_space(scan);
	if (scan->at == scan->end || *scan->at != '"')
		return -EBADMSG;
	*ret_name = scan->at + 1;
	if (skip_string(scan))
		return -EBADMSG;
	*ret_len = (size_t)(scan->at - 1 - *ret_name);
	skip_space(scan);
	if (scan->at == scan->end || *scan->at != ':')
		return -EBADMSG;
	scan->at++;
	skip_space(scan);
	return 0;
}

/* Stands on `{`; leaves on the value of the member that is the whole of `path`, or its first name (*path then
 * moves on to the rest, else it becomes ""). */
static int find_member(struct scan *scan, const char **path)
{
	size_t whole = strlen(*path), first = strcspn(*path, "."), len;
	const char *name;
	int r;

	scan->at++;
	skip_space(scan);
	if (scan->at < scan->end && *scan->at == '}')
		return -ENOENT;
	for (;;) {
		r = read_name(scan, &name, &len);
		if (r)
			return r;
		if (name_is(name, len, *path, whole)) {
			*path += whole;
			return 0;
		}
		if (first < whole && name_is(name, len, *path, first)) {
			*path += first + 1;
			return 0;
		}
		r = skip_value(scan);
		if (r)
			return r;
		skip_space(scan);
		if (scan->at == scan->end || (*scan->at != ',' && *scan->at != '}'))
			return -EBADMSG;
		if (*scan->at++ == '}')
			return -ENOENT;
	}
}

int json_slice(const char *text, size_t len, const char *path, const char **ret_at, size_t *ret_len)
{
	struct scan scan = {text, text + len};
	const char *begin;
	int r;

	do {
		skip_space(&scan);
		if (scan.at == scan.end)
			return -EBADMSG;
		if (*scan.at != '{')
			return skip_value(&scan) ? -EBADMSG : -ENOENT;
		r = find_member(&scan, &path);
		if (r)
			return r;
	} while (*path);
	begin = scan.at;
	r = skip_value(&scan);
	if (r)
		return r;
	*ret_at = begin;
	*ret_len = (size_t)(scan.at - begin);
	return 0;
}

int json_slice_next(const char *text, size_t len, const char **at, const char **ret_at, size_t *ret_len)
{
	const bool first = !*at;
	struct scan scan = {first ? text : *at, text + len};

	skip_space(&scan);
	if (scan.at == scan.end)
		return -EBADMSG;
	if (*scan.at != (first ? '[' : ','))
		return first || *scan.at == ']' ? -ENOENT : -EBADMSG;
	scan.at++;
	skip_space(&scan);
	if (first && scan.at < scan.end && *scan.at == ']')
		return -ENOENT;
	*ret_at = scan.at;
	if (skip_value(&scan))
		return -EBADMSG;
	*ret_len = (size_t)(scan.at - *ret_at);
	*at = scan.at;
	return 0;
}
