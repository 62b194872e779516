/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/caps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/caps_text.h"
#include "view/capability.h"

static const struct caps_process *process_of(const void *item)
{
	return ((const struct caps_item *)item)->process;
}

static const struct caps_process *row_process(const void *row)
{
	return process_of(((const struct caps_row *)row)->item);
}

static uint64_t row_bit(const void *row)
{
	return UINT64_C(1) << ((const struct caps_row *)row)->number;
}

static void fill_has(const void *row, uint64_t mask, struct cell *ret)
{
	if (mask & row_bit(row))
		cell_word(ret, "yes");
}

static void fill_container(const void *row, struct cell *ret)
{
	cell_text(ret, row_process(row)->container->ref);
}

static void fill_host_pid(const void *row, struct cell *ret)
{
	cell_number(ret, (uint64_t)row_process(row)->host_pid);
}

static void fill_host_tid(const void *row, struct cell *ret)
{
	cell_number(ret, (uint64_t)row_process(row)->host_tid);
}

static void fill_tid(const void *row, struct cell *ret)
{
	cell_number(ret, (uint64_t)row_process(row)->tid);
}

static void fill_capability(const void *row, struct cell *ret)
{
	caps_name(&ret->text, ((const struct caps_row *)row)->number);
	ret->kind = CELL_TEXT;
}

static void fill_effective(const void *row, struct cell *ret)
{
	fill_has(row, row_process(row)->held.effective, ret);
}

static void fill_permitted(const void *row, struct cell *ret)
{
	fill_has(row, row_process(row)->held.permitted, ret);
}

static void fill_inheritable(const void *row, struct cell *ret)
{
	fill_has(row, row_process(row)->held.inheritable, ret);
}

static void fill_bounding(const void *row, struct cell *ret)
{
	fill_has(row, row_process(row)->held.bounding, ret);
}

static void fill_ambient(const void *row, struct cell *ret)
{
	fill_has(row, row_process(row)->held.ambient, ret);
}

static void fill_against(const void *row, struct cell *ret)
{
	fill_has(row, ((const struct caps_row *)row)->item->against->mask, ret);
}

/* The widest set that the config names it in, and ambient, which it may name besides. */
static void fill_config(const void *row, struct cell *ret)
{
	const struct caps_process *p = row_process(row);
	uint64_t bit = row_bit(row);
	const char *set = p->requested.effective & bit	 ? "effective"
			  : p->requested.permitted & bit ? "permitted"
			  : p->requested.bounding & bit	 ? "bounding"
							 : NULL;

	if (!p->asked) {
		cell_unknown(ret);
		return;
	}
	cell_text(ret, set);
	if (p->requested.ambient & bit) {
		buf_printf(&ret->text, "%sambient", set ? "," : "");
		ret->kind = CELL_TEXT;
	}
}

static const struct caps_unusable *row_unusable(const void *row)
{
	const struct caps_unusable_list *list = &row_process(row)->not_usable;

	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].number == ((const struct caps_row *)row)->number)
			return &list->items[i];
	return NULL;
}

static void fill_verdict(const void *row, struct cell *ret)
{
	const struct caps_unusable *u = row_unusable(row);

	if (!u)
		return;
	buf_printf(&ret->text, "granted, not usable: %s", u->rule);
	ret->kind = CELL_TEXT;
	ret->tone = TONE_WARN;
}

static void fill_meaning(const void *row, struct cell *ret)
{
	const struct cap_text *text = caps_text(((const struct caps_row *)row)->number);

	if (text)
		cell_text(ret, text->meaning);
	else
		cell_unknown(ret);
}

static const struct column row_columns[] = {
	{VIEW_CAPS_CONTAINER, "the container", 0, 0, fill_container},
	{"HOST-PID", "the PID of its init outside", COLUMN_RIGHT | COLUMN_WIDE, 0, fill_host_pid},
	{VIEW_CAPS_HOST_TID, "the thread, outside", COLUMN_RIGHT, 0, fill_host_tid},
	{VIEW_CAPS_TID, "the thread, inside", COLUMN_RIGHT, 0, fill_tid},
	{"CAPABILITY", "its name, or its number when it is newer than nsctl's library", 0, 0, fill_capability},
	{"EFFECTIVE", "what the kernel asks for when it decides", COLUMN_NO, 0, fill_effective},
	{"PERMITTED", "what the process may make effective", COLUMN_NO, 0, fill_permitted},
	{"INHERITABLE", "what a file that carries it as inheritable gives at execve", COLUMN_NO, 0, fill_inheritable},
	{"BOUNDING", "what files, and root, can give at execve at most", COLUMN_NO, 0, fill_bounding},
	{"AMBIENT", "what execve keeps for a user other than root", COLUMN_NO, 0, fill_ambient},
	{VIEW_CAPS_AGAINST, "the host's PID 1 has it in any set; or the one that it is compared with", COLUMN_NO, 0,
		fill_against},
	{VIEW_CAPS_CONFIG, "the sets that the OCI config asks for it in", COLUMN_NO, 0, fill_config},
	{"VERDICT", "granted, but not usable: the rule that took it", COLUMN_WRAP, 0, fill_verdict},
	{"MEANING", "what it permits", COLUMN_WIDE | COLUMN_CUT, 0, fill_meaning},
	{NULL, NULL, 0, 0, NULL},
};

static void item_container(const void *item, struct cell *ret)
{
	cell_text(ret, process_of(item)->container->ref);
}

static void row_ref(const void *row, struct cell *ret)
{
	item_container(((const struct caps_row *)row)->item, ret);
}

static void item_host_pid(const void *item, struct cell *ret)
{
	cell_number(ret, (uint64_t)process_of(item)->host_pid);
}

static void item_pid(const void *item, struct cell *ret)
{
	cell_number(ret, (uint64_t)process_of(item)->pid);
}

static void item_host_tid(const void *item, struct cell *ret)
{
	cell_number(ret, (uint64_t)process_of(item)->host_tid);
}

static void item_tid(const void *item, struct cell *ret)
{
	cell_number(ret, (uint64_t)process_of(item)->tid);
}

static void item_uid(const void *item, struct cell *ret)
{
	if (process_of(item)->uid == (uid_t)-1)
		cell_unknown(ret);
	else
		cell_number(ret, process_of(item)->uid);
}

static void item_effective(const void *item, struct cell *ret)
{
	cell_number(ret, caps_count(process_of(item)->held.effective));
}

static void item_bounding(const void *item, struct cell *ret)
{
	cell_number(ret, caps_count(process_of(item)->held.bounding));
}

static void item_not_usable(const void *item, struct cell *ret)
{
	cell_number(ret, process_of(item)->not_usable.n);
}

/* What --filter and --sort-by know of the items of a document. */
static const struct column item_columns[] = {
	{VIEW_CAPS_CONTAINER, "the container", 0, 0, item_container},
	{"HOST-PID", "the PID of its init outside", COLUMN_RIGHT, 0, item_host_pid},
	{"PID", "the same inside", COLUMN_RIGHT, 0, item_pid},
	{VIEW_CAPS_HOST_TID, "the thread, outside", COLUMN_RIGHT, 0, item_host_tid},
	{VIEW_CAPS_TID, "the thread, inside", COLUMN_RIGHT, 0, item_tid},
	{"UID", "its effective uid inside", COLUMN_RIGHT, 0, item_uid},
	{"EFFECTIVE", "how many are effective", COLUMN_RIGHT, 0, item_effective},
	{"BOUNDING", "how many its bounding set has", COLUMN_RIGHT, 0, item_bounding},
	{"NOT-USABLE", "how many were granted and cannot be used", COLUMN_RIGHT, 0, item_not_usable},
	{NULL, NULL, 0, 0, NULL},
};

static void add_mask(struct json_object *to, const char *name, uint64_t mask)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, mask);
	json_add_text(to, name, text);
}

static struct json_object *masks_of(const struct cap_sets *sets)
{
	struct json_object *to = json_new_object();

	add_mask(to, "effective", sets->effective);
	add_mask(to, "permitted", sets->permitted);
	add_mask(to, "inheritable", sets->inheritable);
	add_mask(to, "bounding", sets->bounding);
	add_mask(to, "ambient", sets->ambient);
	return to;
}

static struct json_object *against_of(const struct caps_against *against, uint64_t held)
{
	struct json_object *to = json_new_object();

	json_add_text(to, "name", against->name);
	json_add(to, "added", view_capability_names(held & ~against->mask));
	json_add(to, "missing", view_capability_names(against->mask & ~held));
	return to;
}

static struct json_object *requested_of(const struct caps_process *p)
{
	struct json_object *to;

	if (!p->asked)
		return NULL;
	to = json_new_object();
	json_add(to, "bounding", view_capability_names(p->requested.bounding));
	json_add(to, "effective", view_capability_names(p->requested.effective));
	json_add(to, "ambient", view_capability_names(p->requested.ambient));
	return to;
}

static struct json_object *not_usable_of(const struct caps_unusable_list *list)
{
	struct json_object *to = json_new_array();

	for (size_t i = 0; i < list->n; i++) {
		struct json_object *one = json_new_object(), *ways = json_new_array();
		struct buf name = {0};

		caps_name(&name, list->items[i].number);
		json_add_text(one, "name", buf_text(&name));
		buf_free(&name);
		json_add_text(one, "rule", list->items[i].rule);
		json_add_text(one, "message", list->items[i].message);
		for (char **way = list->items[i].ways_out; *way; way++)
			json_append(ways, json_new_text(*way));
		json_add(one, "waysOut", ways);
		json_append(to, one);
	}
	return to;
}

static void to_json(const void *item, struct json_object *into)
{
	const struct caps_process *p = process_of(item);

	json_add_text(into, "container", p->container->ref);
	json_add(into, "hostPid", json_new_i64(p->host_pid));
	json_add(into, "pid", json_new_i64(p->pid));
	json_add(into, "tid", json_new_i64(p->tid));
	json_add(into, "hostTid", json_new_i64(p->host_tid));
	json_add(into, "userNamespace", p->userns ? json_new_u64(p->userns) : NULL);
	json_add(into, "effective", view_capability_names(p->held.effective));
	json_add(into, "permitted", view_capability_names(p->held.permitted));
	json_add(into, "inheritable", view_capability_names(p->held.inheritable));
	json_add(into, "bounding", view_capability_names(p->held.bounding));
	json_add(into, "ambient", view_capability_names(p->held.ambient));
	json_add(into, "masks", masks_of(&p->held));
	json_add(into, "against", against_of(((const struct caps_item *)item)->against, caps_any(&p->held)));
	json_add(into, "requested", requested_of(p));
	json_add(into, "notUsable", not_usable_of(&p->not_usable));
}

static void row_to_json(const void *row, struct json_object *into)
{
	to_json(((const struct caps_row *)row)->item, into);
}

const struct view view_caps = {
	.kind = "Caps",
	.plural = "caps",
	.columns = item_columns,
	.json = to_json,
	.ref = item_container,
};

const struct view view_caps_rows = {
	.kind = "Caps",
	.plural = "caps",
	.columns = row_columns,
	.json = row_to_json,
	.ref = row_ref,
};
