/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON, in and out: the only user of json-c. Documents are json-c's own objects, seen through this header.
 *
 * Reading: depth 64, a size cap, one document, nothing behind it but white space. A wrong type reads as absent, so
 * that one odd field of a foreign state file costs that field only. Strings from here are hostile text.
 */
#ifndef DATA_JSON_H
#define DATA_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct buf;
struct json_object; /* json-c's */

#define JSON_SIZE_MAX (16u << 20)

/* Parses text[0..len). The caller owns the result (json_free). `name` is for the error: "NAME:LINE:COLUMN: why". */
int json_parse(const char *name, const char *text, size_t len, struct json_object **ret, struct err *err);

/* Finds the value of the member reached by `path` (names joined by '.', objects only; a name may hold dots when
 * written as a path of its own call) without building a tree: a byte scan of about 1 ns a byte. Gives its range in
 * the text. -ENOENT when there is none, -EBADMSG when the text is not JSON as far as it had to be read. What it
 * found may still be invalid inside: json_parse() it. The first of duplicate members wins. */
int json_slice(const char *text, size_t len, const char *path, const char **ret_at, size_t *ret_len);

/* The next element of the array that `text` is: *at is NULL at first, and is moved on. -ENOENT behind the last, and for what is no array;
 * -EBADMSG as above. */
int json_slice_next(const char *text, size_t len, const char **at, const char **ret_at, size_t *ret_len);

/* Walks down members; NULL-terminated list of names. NULL when any is absent or no object. Borrowed. */
struct json_object *json_at(struct json_object *from, const char *name, ...) __attribute__((sentinel));

/* Typed reads; `fallback` (or NULL, false) when absent or of another type. Borrowed strings. */
const char *json_text(struct json_object *from, const char *name);
bool json_bool(struct json_object *from, const char *name, bool fallback);
int64_t json_i64(struct json_object *from, const char *name, int64_t fallback);
uint64_t json_u64(struct json_object *from, const char *name, uint64_t fallback); /* exact to 2^64-1 */
bool json_has(struct json_object *from, const char *name);

size_t json_length(struct json_object *array); /* 0 for what is no array */
struct json_object *json_item(struct json_object *array, size_t i);
const char *json_item_text(struct json_object *array, size_t i); /* NULL when it is no string */

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_TEXT,
	JSON_LIST,
	JSON_MAP,
};

enum json_kind json_kind(struct json_object *value);

/* The bytes of a JSON_TEXT, which may hold NULs; NULL for another kind. Borrowed. */
const char *json_string(struct json_object *value, size_t *ret_len);

/* Calls `each` for every member, in order, until it returns non-zero; returns that. */
int json_each(struct json_object *object, int (*each)(void *data, const char *name, struct json_object *value),
	void *data);

/* Writing. The add functions take ownership of `value`; a NULL text or value is null. Text is made valid UTF-8
 * first (each bad byte becomes U+FFFD), so a document is always valid; names that would become one get more of it. */
struct json_object *json_new_object(void);
struct json_object *json_new_array(void);
struct json_object *json_new_text(const char *text);
struct json_object *json_new_text_n(const char *text, size_t len);
struct json_object *json_new_i64(int64_t value);
struct json_object *json_new_u64(uint64_t value);
struct json_object *json_new_bool(bool value);
void json_add(struct json_object *object, const char *name, struct json_object *value);
void json_add_text(struct json_object *object, const char *name, const char *text);
void json_append(struct json_object *array, struct json_object *value);

/* Appends the document as text; `indent` 0 is one line, else pretty with two blanks, begun at that depth. */
void json_write(struct buf *out, struct json_object *from, bool pretty);

/* The version of json-c, static. */
const char *json_library(void);

void json_free(struct json_object **from);
#define CLEANUP_JSON __attribute__((cleanup(json_free)))

#endif
