/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/can.h"

#include <stddef.h>

#include "model/container.h"

static void fill_container(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct can_row *)item)->container->ref);
}

static void fill_action(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct can_row *)item)->action);
}

static void fill_answer(const void *item, struct cell *ret)
{
	static const enum cell_tone tones[] = {[CAN_YES] = TONE_PLAIN,
		[CAN_NO] = TONE_BAD,
		[CAN_DEPENDS] = TONE_WARN,
		[CAN_UNKNOWN] = TONE_WARN};
	const enum can_verdict verdict = ((const struct can_row *)item)->answer.verdict;

	cell_word(ret, can_verdict_name(verdict));
	ret->tone = tones[verdict];
}

static void fill_rule(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct can_row *)item)->answer.rule);
}

static const struct column columns[] = {
	{"CONTAINER", "the container", 0, 0, fill_container},
	{"ACTION", "what was asked", 0, 0, fill_action},
	{"ANSWER", "yes, no, depends (on arguments) or unknown", COLUMN_KEPT, 0, fill_answer},
	{"RULE", "what decides", COLUMN_WRAP, 0, fill_rule},
	{NULL, NULL, 0, 0, NULL},
};

static void to_json(const void *item, struct json_object *into)
{
	const struct can_row *row = item;

	json_add_text(into, "container", row->container->ref);
	json_add_text(into, "action", row->action);
	json_add_text(into, "answer", can_verdict_name(row->answer.verdict));
	json_add_text(into, "rule", row->answer.rule);
}

const struct view view_can = {
	.kind = "Can",
	.plural = "answers",
	.columns = columns,
	.json = to_json,
	.ref = fill_action,
	.id = fill_answer,
};
