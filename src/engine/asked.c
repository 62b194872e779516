/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/asked.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "engine/state.h"
#include "sys/file.h"

#define SCALAR_MAX (256u << 10)

static const struct {
	const char *engine;
	void (*ask)(const struct container *c, struct asked *ret);
	int (*labels)(struct container *c, struct asked_index *index); /* NULL: known when it was found */
} askers[] = {
	{"docker", asked_docker, NULL},
	{"cri", asked_cri, asked_cri_labels},
	{"podman", asked_podman, asked_podman_labels},
};

struct json_object *asked_slice(const char *text, size_t len, const char *path)
{
	CLEANUP_BUF struct buf document = {0};
	CLEANUP_ERR struct err err = {0};
	struct json_object *ret = NULL;
	const char *at;
	size_t n;

	if (json_slice(text, len, path, &at, &n) < 0)
		return NULL;
	if (*at != '{' && *at != '[')
		buf_printf(&document, "{\"v\":%.*s}", (int)(n < SCALAR_MAX ? n : 0), at);
	else
		buf_add(&document, at, n);
	return json_parse("state", buf_text(&document), document.len, &ret, &err) < 0 ? NULL : ret;
}

struct json_object *asked_json(const struct container *c, const char *fmt, ...)
{
	CLEANUP_FREE char *path = NULL, *text = NULL;
	CLEANUP_ERR struct err err = {0};
	struct json_object *ret = NULL;
	CLEANUP_FD int fd = -1;
	size_t len = 0;
	va_list args;
	int r;

	va_start(args, fmt);
	r = vasprintf(&path, fmt, args);
	va_end(args);
	if (r < 0) {
		path = NULL;
		return NULL;
	}
	fd = file_open_of(path, c->owner);
	if (fd < 0 || file_read_fd(fd, JSON_SIZE_MAX, &text, &len) < 0 || json_parse(path, text, len, &ret, &err) < 0)
		return NULL;
	return ret;
}

/* Names that nobody knows are left out; "ALL" comes back as *all. */
static uint64_t read_list(struct json_object *list, bool *all)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < json_length(list); i++) {
		const char *name = json_item_text(list, i);
		CLEANUP_ERR struct err err = {0};
		unsigned int number;

		if (!name)
			continue;
		if (!strcasecmp(name, "ALL") || !strcasecmp(name, "CAP_ALL"))
			*all = true;
		else if (!caps_parse(name, &number, &err))
			mask |= UINT64_C(1) << number;
	}
	return mask;
}

void asked_grant(struct json_object *add, struct json_object *drop, bool privileged, bool drop_wins,
	struct caps_grant *ret)
{
	bool all = privileged, none = false;
	uint64_t added = read_list(add, &all), dropped = read_list(drop, &none);

	*ret = (struct caps_grant){true, all ? caps_all() : added};
	if ((all && !privileged) || drop_wins)
		ret->add &= ~dropped;
}

bool asked_same_user(const char *image, const char *user)
{
	return !strcmp(image ? image : "", user ? user : "");
}

/* The OCI config's own word for the user. */
static void read_uid(const struct container *c, struct asked *ret)
{
	CLEANUP_JSON struct json_object *value = NULL;
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FD int fd = c->config ? file_open_of(c->config, c->owner) : -1;
	size_t len = 0;
	int64_t uid;

	if (fd < 0 || file_read_fd(fd, JSON_SIZE_MAX, &text, &len) < 0)
		return;
	value = asked_slice(text, len, "process.user.uid");
	uid = json_i64(value, "v", -1);
	ret->has_uid = uid >= 0 && uid < UINT32_MAX;
	ret->uid = (uid_t)uid;
}

void engine_asked(const struct container *c, struct asked *ret)
{
	*ret = (struct asked){.source = USER_SOURCE_UNKNOWN};
	read_uid(c, ret);
	for (size_t i = 0; i < ARRAY_SIZE(askers); i++)
		if (!strcmp(askers[i].engine, c->engine))
			askers[i].ask(c, ret);
}

int asked_take_labels(struct container *c, const char *record, size_t len, const char *beside, const char *path)
{
	CLEANUP_JSON struct json_object *labels = NULL;
	const char *at;
	size_t n;
	int r;

	if (json_slice(record, len, beside, &at, &n) < 0)
		return 0;
	r = json_slice(record, len, path, &at, &n);
	labels = r == 0 ? asked_slice(record, len, path) : NULL;
	if (labels)
		return state_labels(c, labels);
	c->labels_known = r == -ENOENT;
	return 0;
}

int engine_read_labels(struct container *items, size_t n)
{
	CLEANUP(asked_index_free) struct asked_index *index = n > 1 ? asked_index_new() : NULL;
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		for (size_t k = 0; k < ARRAY_SIZE(askers) && !r; k++)
			if (!items[i].labels_known && askers[k].labels && !strcmp(askers[k].engine, items[i].engine))
				r = askers[k].labels(&items[i], index);
	return r;
}
