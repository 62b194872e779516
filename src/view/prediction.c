/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/prediction.h"

#include <stddef.h>

#include "base/cleanup.h"
#include "model/predict.h"
#include "view/capability.h"

static void fill_container(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct prediction *)item)->container);
}

static void fill_engine(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct prediction *)item)->request->engine->name);
}

static void fill_uid(const void *item, struct cell *ret)
{
	cell_number(ret, ((const struct prediction *)item)->uid);
}

static void fill_gid(const void *item, struct cell *ret)
{
	const struct prediction *p = item;

	if (p->gid_known)
		cell_number(ret, p->gid);
	else
		cell_unknown(ret);
}

static const char *user_from(const struct prediction *p)
{
	static const char *const names[] = {
		[PREDICT_MANIFEST] = "manifest", [PREDICT_IMAGE] = "image", [PREDICT_ASSUMED] = "assumed"};

	return names[p->user_from];
}

static void fill_from(const void *item, struct cell *ret)
{
	const struct prediction *p = item;

	cell_text(ret, user_from(p));
	ret->tone = p->user_from == PREDICT_ASSUMED ? TONE_WARN : TONE_PLAIN;
}

static void fill_nnp(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct prediction *)item)->no_new_privs ? "yes" : "no");
}

/* Fourteen names say less than how a set differs from the one that everybody gets. */
static void fill_set(const struct prediction *p, uint64_t mask, struct cell *ret)
{
	uint64_t defaults = p->request->defaults, more = mask & ~defaults, less = defaults & ~mask;

	if (!mask)
		return;
	ret->kind = CELL_TEXT;
	if (mask == p->request->all) {
		buf_str(&ret->text, "all");
	} else if (!defaults || caps_count(less) >= caps_count(defaults & mask)) {
		caps_names(&ret->text, mask, ",");
	} else {
		buf_str(&ret->text, "default");
		if (more) {
			buf_str(&ret->text, " +");
			caps_names(&ret->text, more, ",");
		}
		if (less) {
			buf_str(&ret->text, " -");
			caps_names(&ret->text, less, ",");
		}
	}
}

static void fill_effective(const void *item, struct cell *ret)
{
	fill_set(item, ((const struct prediction *)item)->caps.effective, ret);
}

static void fill_permitted(const void *item, struct cell *ret)
{
	fill_set(item, ((const struct prediction *)item)->caps.permitted, ret);
}

static void fill_inheritable(const void *item, struct cell *ret)
{
	fill_set(item, ((const struct prediction *)item)->caps.inheritable, ret);
}

static void fill_bounding(const void *item, struct cell *ret)
{
	fill_set(item, ((const struct prediction *)item)->caps.bounding, ret);
}

static void fill_ambient(const void *item, struct cell *ret)
{
	fill_set(item, ((const struct prediction *)item)->caps.ambient, ret);
}

static const struct column columns[] = {
	{"CONTAINER", "its name in the manifest", 0, 0, fill_container},
	{"ENGINE", "whose rules these are", COLUMN_WIDE, 0, fill_engine},
	{"UID", "who it will be", COLUMN_RIGHT, 0, fill_uid},
	{"GID", "its group; ? when the image's /etc/passwd decides", COLUMN_RIGHT, 0, fill_gid},
	{"FROM", "where the uid comes from: manifest, image, or assumed", 0, 0, fill_from},
	{"NO-NEW-PRIVS", "set by allowPrivilegeEscalation: false", 0, 0, fill_nnp},
	{"EFFECTIVE", "what the kernel will ask for when it decides", 0, 0, fill_effective},
	{"PERMITTED", "what it may make effective", 0, 0, fill_permitted},
	{"INHERITABLE", "what a file that carries it as inheritable gives", 0, 0, fill_inheritable},
	{"BOUNDING", "what files, and root, can give at execve at most", 0, 0, fill_bounding},
	{"AMBIENT", "what execve keeps for a user other than root", 0, 0, fill_ambient},
	{NULL, NULL, 0, 0, NULL},
};

static struct json_object *unusable_of(const struct caps_unusable_list *list)
{
	struct json_object *items = json_new_array();

	for (size_t i = 0; i < list->n; i++) {
		struct json_object *item = json_new_object(), *ways = json_new_array();
		CLEANUP_BUF struct buf name = {0};

		caps_name(&name, list->items[i].number);
		for (char **way = list->items[i].ways_out; way && *way; way++)
			json_append(ways, json_new_text(*way));
		json_add_text(item, "name", buf_text(&name));
		json_add_text(item, "rule", list->items[i].rule);
		json_add_text(item, "message", list->items[i].message);
		json_add(item, "waysOut", ways);
		json_append(items, item);
	}
	return items;
}

static void to_json(const void *item, struct json_object *into)
{
	const struct prediction *p = item;

	json_add_text(into, "container", p->container);
	json_add_text(into, "engine", p->request->engine->name);
	json_add_text(into, "versions", p->request->engine->versions);
	json_add(into, "uid", json_new_u64(p->uid));
	json_add(into, "gid", p->gid_known ? json_new_u64(p->gid) : NULL);
	json_add_text(into, "userFrom", user_from(p));
	json_add(into, "privileged", json_new_bool(p->privileged));
	json_add(into, "noNewPrivs", json_new_bool(p->no_new_privs));
	json_add(into, "effective", view_capability_names(p->caps.effective));
	json_add(into, "permitted", view_capability_names(p->caps.permitted));
	json_add(into, "inheritable", view_capability_names(p->caps.inheritable));
	json_add(into, "bounding", view_capability_names(p->caps.bounding));
	json_add(into, "ambient", view_capability_names(p->caps.ambient));
	json_add(into, "notUsable", unusable_of(&p->unusable));
}

const struct view view_prediction = {
	.kind = "Prediction",
	.plural = "predictions",
	.columns = columns,
	.json = to_json,
	.ref = fill_container,
};
