/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * docker keeps what was asked beside the container's state: DATA/containers/ID/hostconfig.json. Whether the user was asked for
 * or is the image's it forgets; so the image's config is looked at, DATA/image/DRIVER/imagedb/content/sha256/IMAGE.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "data/json.h"
#include "engine/asked.h"

#define STATE "/config.v2.json"
#define DIGEST "sha256:"

static enum user_source source_of(const struct container *c, struct json_object *state, int data_len)
{
	const char *user = json_text(json_at(state, "Config", NULL), "User"), *image = json_text(state, "Image");
	const char *driver = json_text(state, "Driver");
	CLEANUP_JSON struct json_object *config = NULL;

	if (user && !*user)
		return USER_SOURCE_NONE; /* root */
	if (!user)
		return USER_SOURCE_UNKNOWN;
	if (!image || !driver || !text_has_prefix(image, DIGEST) || !text_is_hex(image + strlen(DIGEST)) ||
		strchr(driver, '/'))
		return USER_SOURCE_UNKNOWN;
	config = asked_json(c, "%.*s/image/%s/imagedb/content/sha256/%s", data_len, c->state, driver, image + strlen(DIGEST));
	if (!config)
		return USER_SOURCE_UNKNOWN;
	return asked_same_user(json_text(json_at(config, "config", NULL), "User"), user) ? USER_SOURCE_IMAGE
											 : USER_SOURCE_FLAG;
}

void asked_docker(const struct container *c, struct asked *ret)
{
	const bool known = c->state && text_has_suffix(c->state, STATE);
	const char *end = known ? c->state + strlen(c->state) - strlen(STATE) : NULL, *data = end;
	CLEANUP_JSON struct json_object *state = NULL, *host = NULL;

	/* DATA/containers/ID/config.v2.json */
	for (int up = 0; data && data > c->state && up < 2; up++)
		do
			data--;
		while (data > c->state && *data != '/');
	if (!data || data == c->state)
		return;
	host = asked_json(c, "%.*s/hostconfig.json", (int)(end - c->state), c->state);
	if (host) /* what is asked for and dropped is added in the end */
		asked_grant(json_at(host, "CapAdd", NULL), json_at(host, "CapDrop", NULL),
			json_bool(host, "Privileged", false), false, &ret->grant);
	state = asked_json(c, "%s", c->state);
	if (state)
		ret->source = source_of(c, state, (int)(data - c->state));
}
