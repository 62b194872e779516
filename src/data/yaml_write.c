/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The writing half of data/yaml.h: a JSON tree goes through libyaml's emitter.
 */
#define json_bool json_c_bool /* a type of json-c's has the name of a function of ours */
#include <json-c/json.h>
#undef json_bool
#include "data/yaml.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "data/json.h"

struct writer {
	yaml_emitter_t emitter;
	int code;
};

static int append(void *data, unsigned char *text, size_t len)
{
	struct buf *out = data;

	buf_add(out, text, len);
	return !out->failed;
}

static void emit(struct writer *w, yaml_event_t *event, int made)
{
	/* the emitter owns the event from here on, also when it fails */
	if (!made || !yaml_emitter_emit(&w->emitter, event))
		w->code = made && w->emitter.error != YAML_MEMORY_ERROR ? -EINVAL : -ENOMEM;
}

/* Would any reader, of YAML 1.1 or 1.2, take the text for something else? Whatever begins like a number or a
 * time and has none but their letters is quoted too: a container ID may look like a float. */
static bool must_quote(const char *text)
{
	if (yaml_plain_type(text, NULL, NULL) != YAML_TEXT || !strcmp(text, "=") || !strcmp(text, "<<"))
		return true;
	return strchr("+-.0123456789", *text) && !text[strspn(text, "0123456789abcdefABCDEFxXoO_.:+-TtZz ")];
}

static void write_scalar(struct writer *w, const char *text, size_t len, bool is_text)
{
	yaml_scalar_style_t style = YAML_PLAIN_SCALAR_STYLE;
	yaml_event_t event;

	if (is_text && (must_quote(text) || strpbrk(text, "\n\r\t") || strlen(text) != len))
		style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	emit(w, &event,
		yaml_scalar_event_initialize(
			&event, NULL, NULL, (const yaml_char_t *)text, (int)len, 1, 1, style));
}

static void write_text(struct writer *w, const char *text, size_t len)
{
	CLEANUP_JSON struct json_object *valid = json_new_text_n(text, len);

	if (!valid) {
		w->code = -ENOMEM;
		return;
	}
	write_scalar(w, json_object_get_string(valid), (size_t)json_object_get_string_len(valid), true);
}

static void write_value(struct writer *w, struct json_object *from);

static void write_object(struct writer *w, struct json_object *from)
{
	yaml_event_t event;

	emit(w, &event, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
	json_object_object_foreach(from, name, value)
	{
		if (w->code)
			return;
		write_text(w, name, strlen(name));
		if (!w->code)
			write_value(w, value);
	}
	if (!w->code)
		emit(w, &event, yaml_mapping_end_event_initialize(&event));
}

static void write_array(struct writer *w, struct json_object *from)
{
	size_t n = json_object_array_length(from);
	yaml_event_t event;

	emit(w, &event,
		yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
	for (size_t i = 0; i < n && !w->code; i++)
		write_value(w, json_object_array_get_idx(from, i));
	if (!w->code)
		emit(w, &event, yaml_sequence_end_event_initialize(&event));
}

static void write_value(struct writer *w, struct json_object *from)
{
	const char *text;

	switch (json_object_get_type(from)) {
	case json_type_object:
		write_object(w, from);
		break;
	case json_type_array:
		write_array(w, from);
		break;
	case json_type_string:
		write_text(w, json_object_get_string(from), (size_t)json_object_get_string_len(from));
		break;
	default:
		text = json_object_to_json_string(from); /* "null" for NULL */
		if (json_object_is_type(from, json_type_double) && !isfinite(json_object_get_double(from)))
			text = "null";
		write_scalar(w, text, strlen(text), false);
	}
}

/* The emitter's choice between raw and escaped is one for the whole document. */
static bool has_unsafe(const char *text, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t c = 0;

		n = text_utf8(text + i, len - i, &c);
		if (!n)
			n = 1;
		else if (text_is_invisible(c) && c != '\n' && c != '\t')
			return true;
	}
	return false;
}

static bool tree_has_unsafe(struct json_object *from)
{
	if (json_object_is_type(from, json_type_string))
		return has_unsafe(json_object_get_string(from), (size_t)json_object_get_string_len(from));
	if (json_object_is_type(from, json_type_object)) {
		json_object_object_foreach(from, name, value)
		{
			if (has_unsafe(name, strlen(name)) || tree_has_unsafe(value))
				return true;
		}
	}
	for (size_t i = 0; i < json_length(from); i++)
		if (tree_has_unsafe(json_item(from, i)))
			return true;
	return false;
}

static void write_document(struct writer *w, struct json_object *from)
{
	yaml_event_t event;

	emit(w, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
	if (!w->code)
		emit(w, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
	if (!w->code)
		write_value(w, from);
	if (!w->code)
		emit(w, &event, yaml_document_end_event_initialize(&event, 1));
	if (!w->code)
		emit(w, &event, yaml_stream_end_event_initialize(&event));
}

int yaml_write(struct buf *out, struct json_object *from)
{
	struct writer w = {0};

	if (!yaml_emitter_initialize(&w.emitter))
		return -ENOMEM;
	yaml_emitter_set_output(&w.emitter, append, out);
	yaml_emitter_set_encoding(&w.emitter, YAML_UTF8_ENCODING);
	yaml_emitter_set_width(&w.emitter, -1);
	yaml_emitter_set_indent(&w.emitter, 2);
	yaml_emitter_set_unicode(&w.emitter, !tree_has_unsafe(from));
	write_document(&w, from);
	yaml_emitter_delete(&w.emitter);
	return w.code;
}
