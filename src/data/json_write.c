/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The writing half of data/json.h. The text is made here and not by json-c, because a document must be valid
 * UTF-8 and harmless to a terminal whatever was put into it or was read from elsewhere.
 */
#define json_bool json_c_bool /* a type of json-c's has the name of a function of ours */
#include <json-c/json.h>
#undef json_bool
#include "data/json.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static void add_valid(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		n = text_utf8(text + i, len - i, NULL);
		if (n) {
			buf_add(out, text + i, n);
		} else {
			buf_str(out, REPLACEMENT);
			n = 1;
		}
	}
}

static bool is_valid(const char *text, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		n = text_utf8(text + i, len - i, NULL);
		if (!n)
			return false;
	}
	return true;
}

struct json_object *json_new_object(void)
{
	return json_object_new_object();
}

struct json_object *json_new_array(void)
{
	return json_object_new_array();
}

struct json_object *json_new_text_n(const char *text, size_t len)
{
	CLEANUP_BUF struct buf valid = {0};

	if (!text)
		return NULL;
	if (is_valid(text, len))
		return json_object_new_string_len(text, (int)len);
	add_valid(&valid, text, len);
	return valid.failed ? NULL : json_object_new_string_len(valid.data, (int)valid.len);
}

struct json_object *json_new_text(const char *text)
{
	return text ? json_new_text_n(text, strlen(text)) : NULL;
}

struct json_object *json_new_i64(int64_t value)
{
	return json_object_new_int64(value);
}

struct json_object *json_new_u64(uint64_t value)
{
	return json_object_new_uint64(value);
}

struct json_object *json_new_bool(bool value)
{
	return json_object_new_boolean(value);
}

void json_add(struct json_object *object, const char *name, struct json_object *value)
{
	CLEANUP_BUF struct buf valid = {0};

	if (!is_valid(name, strlen(name)) || strstr(name, REPLACEMENT)) {
		add_valid(&valid, name, strlen(name));
		/* two names that differ in what cannot be written must not become one */
		while (!valid.failed && json_object_object_get_ex(object, buf_text(&valid), NULL))
			buf_str(&valid, REPLACEMENT);
		name = buf_text(&valid);
	}
	if (!object || json_object_object_add(object, name, value))
		json_object_put(value);
}

void json_add_text(struct json_object *object, const char *name, const char *text)
{
	json_add(object, name, json_new_text(text));
}

void json_append(struct json_object *array, struct json_object *value)
{
	if (!array || json_object_array_add(array, value))
		json_object_put(value);
}

/* Any code may be written as \uXXXX, so nothing is lost by it. */
static void write_code(struct buf *out, uint32_t c)
{
	switch (c) {
	case '\b':
		buf_str(out, "\\b");
		break;
	case '\f':
		buf_str(out, "\\f");
		break;
	case '\n':
		buf_str(out, "\\n");
		break;
	case '\r':
		buf_str(out, "\\r");
		break;
	case '\t':
		buf_str(out, "\\t");
		break;
	default:
		if (c < 0x10000)
			buf_printf(out, "\\u%04x", c);
		else
			buf_printf(
				out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
	}
}

static void write_string(struct buf *out, const char *text, size_t len)
{
	buf_char(out, '"');
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t c = 0;

		n = text_utf8(text + i, len - i, &c);
		if (!n) {
			buf_str(out, REPLACEMENT);
			n = 1;
		} else if (text_is_invisible(c)) {
			write_code(out, c);
		} else {
			if (c == '"' || c == '\\')
				buf_char(out, '\\');
			buf_add(out, text + i, n);
		}
	}
	buf_char(out, '"');
}

static void new_line(struct buf *out, bool pretty, unsigned int depth)
{
	if (!pretty)
		return;
	buf_char(out, '\n');
	while (depth--)
		buf_str(out, "  ");
}

static void write_value(struct buf *out, struct json_object *from, bool pretty, unsigned int depth);

static void write_object(struct buf *out, struct json_object *from, bool pretty, unsigned int depth)
{
	bool first = true;

	buf_char(out, '{');
	json_object_object_foreach(from, name, value)
	{
		if (!first)
			buf_char(out, ',');
		first = false;
		new_line(out, pretty, depth + 1);
		write_string(out, name, strlen(name));
		buf_str(out, pretty ? ": " : ":");
		write_value(out, value, pretty, depth + 1);
	}
	if (!first)
		new_line(out, pretty, depth);
	buf_char(out, '}');
}

static void write_array(struct buf *out, struct json_object *from, bool pretty, unsigned int depth)
{
	size_t n = json_object_array_length(from);

	buf_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(out, ',');
		new_line(out, pretty, depth + 1);
		write_value(out, json_object_array_get_idx(from, i), pretty, depth + 1);
	}
	if (n)
		new_line(out, pretty, depth);
	buf_char(out, ']');
}

static void write_value(struct buf *out, struct json_object *from, bool pretty, unsigned int depth)
{
	switch (json_object_get_type(from)) {
	case json_type_object:
		write_object(out, from, pretty, depth);
		break;
	case json_type_array:
		write_array(out, from, pretty, depth);
		break;
	case json_type_string:
		write_string(out, json_object_get_string(from), (size_t)json_object_get_string_len(from));
		break;
	case json_type_double:
		/* JSON has no word for the others */
		buf_str(out,
			isfinite(json_object_get_double(from)) ? json_object_to_json_string(from) : "null");
		break;
	default:
		buf_str(out, json_object_to_json_string(from)); /* "null" for NULL */
	}
}

void json_write(struct buf *out, struct json_object *from, bool pretty)
{
	write_value(out, from, pretty, 0);
}
