/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * podman keeps a container's own configuration as JSON in its database, the command that made it included; the image's config
 * is a file of its storage, named by what it is in base64. The storage is known by the OCI config,
 * STORAGE/DRIVER-containers/ID/userdata/config.json.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "data/json.h"
#include "engine/asked.h"
#include "engine/podman.h"

#define CONTAINERS "-containers/"

/* Where STORAGE/DRIVER ends in the path of the config; NULL where there is none. */
static const char *driver_end(const struct container *c)
{
	const char *id = c->config && *c->id ? strstr(c->config, c->id) : NULL;
	size_t tail = strlen(CONTAINERS);

	return id && (size_t)(id - c->config) > tail && !strncmp(id - tail, CONTAINERS, tail) ? id - tail : NULL;
}

/* {"id":"ID","name":...}: the rest of the object that has the container's OCI config as its first member. */
static char *find_record(const struct container *c, struct asked_index *index, size_t *ret_len)
{
	static const struct asked_mark mark = {",\"id\":\"", "\",\"name\":\"", 0};
	char path[PATH_MAX];
	const char *slash = driver_end(c);

	while (slash && slash > c->config && *slash != '/')
		slash--;
	if (!slash || !text_is_hex(c->id))
		return NULL;
	for (const char *const *file = podman_databases; *file; file++) {
		char *found;

		snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - c->config), c->config, *file);
		found = asked_record(c, index, path, &mark, c->id, ret_len);
		if (found) {
			*found = '{'; /* in the comma's place */
			return found;
		}
	}
	return NULL;
}

static void add_base64(struct buf *out, const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t len = strlen(text); len;) {
		size_t n = len < 3 ? len : 3;
		unsigned int bits = 0;

		for (size_t i = 0; i < 3; i++)
			bits = bits << 8 | (i < n ? (unsigned char)text[i] : 0);
		for (size_t i = 0; i < 4; i++)
			buf_char(out, i <= n ? digits[bits >> (18 - 6 * i) & 63] : '=');
		text += n;
		len -= n;
	}
}

static struct json_object *image_config(const struct container *c, int dir_len, const char *id)
{
	CLEANUP_BUF struct buf name = {0};
	char digest[80];

	if (!id || !text_is_hex(id) || snprintf(digest, sizeof(digest), "sha256:%s", id) >= (int)sizeof(digest))
		return NULL;
	add_base64(&name, digest);
	return asked_json(c, "%.*s-images/%s/=%s", dir_len, c->config, id, buf_text(&name));
}

static enum user_source source_of(const struct container *c, const char *record, size_t len, int dir_len, bool by_command)
{
	CLEANUP_JSON struct json_object *user = asked_slice(record, len, "user");
	CLEANUP_JSON struct json_object *id = asked_slice(record, len, "rootfsImageID");
	CLEANUP_JSON struct json_object *image = NULL;
	const char *text = json_text(user, "v");

	if (!text || !*text)
		return USER_SOURCE_NONE; /* root */
	image = image_config(c, dir_len, json_text(id, "v"));
	if (!image)
		return USER_SOURCE_UNKNOWN;
	if (asked_same_user(json_text(json_at(image, "config", NULL), "User"), text))
		return USER_SOURCE_IMAGE;
	/* without a command it was made from a manifest, or by a client of the service: by which level nobody wrote down */
	return by_command ? USER_SOURCE_FLAG : USER_SOURCE_UNKNOWN;
}

/* Of the words of `podman run`: the values of one option, as a list. */
static struct json_object *values_of(struct json_object *command, const char *option)
{
	struct json_object *list = json_new_array();
	size_t len = strlen(option);

	for (size_t i = 0; i < json_length(command); i++) {
		const char *word = json_item_text(command, i), *value = NULL;
		CLEANUP_FREE char *copy = NULL;
		char *rest, *one;

		if (word && !strcmp(word, option))
			value = json_item_text(command, ++i);
		else if (word && !strncmp(word, option, len) && word[len] == '=')
			value = word + len + 1;
		rest = copy = value ? strdup(value) : NULL;
		while (rest && (one = strsep(&rest, ",")))
			json_append(list, json_new_text(one));
	}
	return list;
}

void asked_podman(const struct container *c, struct asked *ret)
{
	CLEANUP_JSON struct json_object *command = NULL, *privileged = NULL, *add = NULL, *drop = NULL;
	CLEANUP_FREE char *record = NULL;
	size_t len = 0;

	record = find_record(c, NULL, &len);
	if (!record)
		return;
	command = asked_slice(record, len, "CreateCommand");
	privileged = asked_slice(record, len, "privileged");
	if (json_length(command)) {
		add = values_of(command, "--cap-add");
		drop = values_of(command, "--cap-drop");
		asked_grant(add, drop, json_bool(privileged, "v", false), true, &ret->grant);
	}
	ret->source = source_of(c, record, len, (int)(driver_end(c) - c->config), json_length(command) != 0);
}

int asked_podman_labels(struct container *c, struct asked_index *index)
{
	size_t len = 0;
	CLEANUP_FREE char *record = find_record(c, index, &len);

	return record ? asked_take_labels(c, record, len, "createdTime", "labels") : 0;
}
