/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/capability.h"

#include <stddef.h>

#include "base/buf.h"
#include "model/caps.h"
#include "model/caps_text.h"

static unsigned int number_of(const void *item)
{
	return ((const struct capability *)item)->number;
}

static void fill_number(const void *item, struct cell *ret)
{
	cell_number(ret, number_of(item));
}

static void fill_name(const void *item, struct cell *ret)
{
	caps_name(&ret->text, number_of(item));
	ret->kind = CELL_TEXT;
}

/* A field of the table; "?" for a capability that is newer than it. */
static void fill_text(const void *item, size_t offset, struct cell *ret)
{
	const struct cap_text *text = caps_text(number_of(item));

	if (text)
		cell_text(ret, *(const char *const *)((const char *)text + offset));
	else
		cell_unknown(ret);
}

static void fill_meaning(const void *item, struct cell *ret)
{
	fill_text(item, offsetof(struct cap_text, meaning), ret);
}

static void fill_since(const void *item, struct cell *ret)
{
	fill_text(item, offsetof(struct cap_text, since), ret);
}

static void fill_page(const void *item, struct cell *ret)
{
	fill_text(item, offsetof(struct cap_text, page), ret);
}

static const char *reach_name(const struct cap_text *text)
{
	static const char *const names[] = {
		[CAP_REACH_OWN] = "own", [CAP_REACH_INITIAL] = "initial", [CAP_REACH_PART] = "part"};

	return text ? names[text->reach] : NULL;
}

static void fill_reach(const void *item, struct cell *ret)
{
	const char *name = reach_name(caps_text(number_of(item)));

	if (name)
		cell_text(ret, name);
	else
		cell_unknown(ret);
}

static const struct column columns[] = {
	{"NUMBER", "its number in the kernel's interface", COLUMN_RIGHT, 0, fill_number},
	{"NAME", "its name, without CAP_", 0, 0, fill_name},
	{"MEANING", "what it permits", COLUMN_CUT, 0, fill_meaning},
	{"REACH", "own: counts in a user namespace of the container's own; initial: in the host's only; part: some of it", COLUMN_WIDE,
		0, fill_reach},
	{"SINCE", "the first kernel that has it", COLUMN_WIDE, 0, fill_since},
	{"PAGE", "the manual page that says more", COLUMN_WIDE, 0, fill_page},
	{NULL, NULL, 0, 0, NULL},
};

static void to_json(const void *item, struct json_object *into)
{
	const struct cap_text *text = caps_text(number_of(item));
	struct cell name = {0};

	fill_name(item, &name);
	json_add(into, "number", json_new_i64(number_of(item)));
	json_add_text(into, "name", buf_text(&name.text));
	json_add_text(into, "meaning", text ? text->meaning : NULL);
	json_add_text(into, "inside", text ? text->inside : NULL);
	json_add_text(into, "reach", reach_name(text));
	json_add_text(into, "since", text ? text->since : NULL);
	json_add_text(into, "page", text ? text->page : NULL);
	cell_free(&name);
}

const struct view view_capability = {
	.kind = "Capability",
	.plural = "capabilities",
	.columns = columns,
	.json = to_json,
	.ref = fill_name,
	.id = fill_number,
};

struct json_object *view_capability_names(uint64_t mask)
{
	CLEANUP_BUF struct buf name = {0};
	struct json_object *list = json_new_array();

	for (unsigned int number = 0; number < CAP_BITS; number++) {
		if (!(mask >> number & 1))
			continue;
		name.len = 0;
		caps_name(&name, number);
		json_append(list, json_new_text(buf_text(&name)));
	}
	return list;
}
