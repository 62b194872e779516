/* SPDX-License-Identifier: GPL-3.0-or-later */
#define json_bool json_c_bool /* a type of json-c's has the name of a function of ours */
#include <json-c/json.h>
#undef json_bool
#include "data/json.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

#define JSON_DEPTH_MAX 64

static void free_tokener(struct json_tokener **tok)
{
	if (*tok)
		json_tokener_free(*tok);
	*tok = NULL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A column is counted in bytes, as compilers do. */
static int set_position(
	struct err *err, const char *name, const char *text, size_t at, int code, const char *why)
{
	size_t line = 1, begin = 0;

	for (size_t i = 0; i < at; i++) {
		if (text[i] == '\n') {
			line++;
			begin = i + 1;
		}
	}
	return err_set(err, code, ERR_FAILED, "%s:%zu:%zu: %s", name, line, at - begin + 1, why);
}

/* Is this run of a number's characters JSON, and if it is whole, exact in 64 bits? */
static bool number_is_exact(const char *at, size_t len)
{
	uint64_t value = 0, limit = UINT64_MAX;

	if (*at == '-') {
		at++;
		len--;
		limit = (uint64_t)INT64_MAX + 1;
	}
	if (len > 1 && at[0] == '0' && at[1] >= '0' && at[1] <= '9')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (at[i] < '0' || at[i] > '9')
			return at[i] != '.' || (i + 1 < len && at[i + 1] >= '0' && at[i + 1] <= '9');
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(at[i] - '0'), &value) || value > limit)
			return memchr(at + i, '.', len - i) || memchr(at + i, 'e', len - i) ||
			       memchr(at + i, 'E', len - i);
	}
	return true;
}

/* What json-c takes even when it is strict, in a text that it took: names in single quotes, NaN and Infinity,
 * bare control characters in strings, and whole numbers that do not fit, which become the largest that does.
 * Returns the offset, or `len` when there is nothing of that. */
static size_t find_loose(const char *text, size_t len, const char **ret_why)
{
	bool string = false;

	for (size_t i = 0, n; i < len; i++) {
		if (string) {
			if (text[i] == '\\') {
				i++;
			} else if (text[i] == '"') {
				string = false;
			} else if ((unsigned char)text[i] < 0x20) {
				*ret_why = "control character in a string";
				return i;
			}
		} else if (text[i] == '"') {
			string = true;
		} else if (text[i] == '\'' || text[i] == 'N' || text[i] == 'I') {
			*ret_why = "unexpected character";
			return i;
		} else if (text[i] == '-' || (text[i] >= '0' && text[i] <= '9')) {
			n = 1;
			while (i + n < len && text[i + n] && strchr("0123456789.eE+-", text[i + n]))
				n++;
			if (!number_is_exact(text + i, n)) {
				*ret_why = "number out of range";
				return i;
			}
			i += n - 1;
		}
	}
	return len;
}

int json_parse(const char *name, const char *text, size_t len, struct json_object **ret, struct err *err)
{
	CLEANUP(free_tokener) struct json_tokener *tok = NULL;
	CLEANUP_JSON struct json_object *parsed = NULL;
	enum json_tokener_error what;
	const char *why = NULL;
	size_t end, loose;

	*ret = NULL;
	if (len > JSON_SIZE_MAX)
		return err_set(err, -EFBIG, ERR_FAILED, "%s: larger than %u bytes", name, JSON_SIZE_MAX);
	if (memchr(text, '\0', len)) /* json-c would end there */
		return set_position(err, name, text, strlen(text), -EBADMSG, "NUL byte");
	tok = json_tokener_new_ex(JSON_DEPTH_MAX);
	if (!tok)
		return err_sys(err, -ENOMEM, "%s", name);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
	parsed = json_tokener_parse_ex(tok, text, (int)len);
	what = json_tokener_get_error(tok);
	end = json_tokener_get_parse_end(tok);
	if (what == json_tokener_continue) {
		/* a bare number could go on: the NUL says that it does not */
		parsed = json_tokener_parse_ex(tok, "", 1);
		what = json_tokener_get_error(tok);
		if (what == json_tokener_continue || what == json_tokener_error_parse_eof)
			return set_position(err, name, text, len, -EBADMSG, "unexpected end of data");
		end = len;
	}
	if (what == json_tokener_error_depth)
		return set_position(err, name, text, end, -EBADMSG, "nested too deep");
	if (what != json_tokener_success)
		return set_position(err, name, text, end, -EBADMSG, json_tokener_error_desc(what));
	loose = find_loose(text, end, &why);
	if (loose < end)
		return set_position(err, name, text, loose, -EBADMSG, why);
	while (end < len && is_space(text[end]))
		end++;
	if (end < len)
		return set_position(err, name, text, end, -EBADMSG, "data behind the document");
	*ret = take_ptr(&parsed);
	return 0;
}

static struct json_object *member(struct json_object *from, const char *name)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(from, json_type_object))
		return NULL;
	return json_object_object_get_ex(from, name, &value) ? value : NULL;
}

struct json_object *json_at(struct json_object *from, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) ; va_start stands above */
	for (; from && name; name = va_arg(ap, const char *))
		from = member(from, name);
	va_end(ap);
	return from;
}

/* A string with a NUL inside would be read as a shorter one: it counts as absent. */
static const char *text_of(struct json_object *value)
{
	const char *text;

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	text = json_object_get_string(value);
	return strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

const char *json_text(struct json_object *from, const char *name)
{
	return text_of(member(from, name));
}

bool json_bool(struct json_object *from, const char *name, bool fallback)
{
	struct json_object *value = member(from, name);

	return json_object_is_type(value, json_type_boolean) ? json_object_get_boolean(value) : fallback;
}

/* json-c keeps numbers as int64 or uint64 and saturates when the other is asked for. */
int64_t json_i64(struct json_object *from, const char *name, int64_t fallback)
{
	struct json_object *value = member(from, name);
	int64_t number;

	if (!json_object_is_type(value, json_type_int))
		return fallback;
	number = json_object_get_int64(value);
	return number == INT64_MAX && json_object_get_uint64(value) > INT64_MAX ? fallback : number;
}

uint64_t json_u64(struct json_object *from, const char *name, uint64_t fallback)
{
	struct json_object *value = member(from, name);

	if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
		return fallback;
	return json_object_get_uint64(value);
}

bool json_has(struct json_object *from, const char *name)
{
	return json_object_is_type(from, json_type_object) && json_object_object_get_ex(from, name, NULL);
}

size_t json_length(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

struct json_object *json_item(struct json_object *array, size_t i)
{
	return i < json_length(array) ? json_object_array_get_idx(array, i) : NULL;
}

const char *json_item_text(struct json_object *array, size_t i)
{
	return text_of(json_item(array, i));
}

enum json_kind json_kind(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_boolean:
		return JSON_BOOL;
	case json_type_int:
	case json_type_double:
		return JSON_NUMBER;
	case json_type_string:
		return JSON_TEXT;
	case json_type_array:
		return JSON_LIST;
	case json_type_object:
		return JSON_MAP;
	case json_type_null:
		break;
	}
	return JSON_NULL;
}

const char *json_string(struct json_object *value, size_t *ret_len)
{
	if (!json_object_is_type(value, json_type_string))
		return NULL;
	*ret_len = (size_t)json_object_get_string_len(value);
	return json_object_get_string(value);
}

int json_each(struct json_object *object,
	int (*each)(void *data, const char *name, struct json_object *value), void *data)
{
	if (!json_object_is_type(object, json_type_object))
		return 0;
	for (struct lh_entry *e = json_object_get_object(object)->head, *next; e; e = next) {
		int stop = each(data, lh_entry_k(e), ((next = e->next), (struct json_object *)lh_entry_v(e)));

		if (stop)
			return stop;
	}
	return 0;
}

void json_free(struct json_object **from)
{
	int saved = errno;

	json_object_put(*from);
	*from = NULL;
	errno = saved;
}

const char *json_library(void)
{
	return json_c_version();
}
