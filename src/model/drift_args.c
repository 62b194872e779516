/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * command and args against the words of the config. The kubelet replaces $(NAME) by the variable's value; one
 * that does not stand in the manifest may be a Service's, or come from elsewhere, and leaves the word
 * unknown.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/drift_reader.h"

struct environment {
	const struct manifest_value *env;
	bool unknown;
};

static const char *look_up(void *data, const char *name, size_t len)
{
	struct environment *e = data;

	for (size_t i = e->env->n_items; i-- > 0;) {
		const struct manifest_item *item = &e->env->items[i];

		/* one that is made of others, or comes from elsewhere, is not worked out */
		if (!strncmp(item->name, name, len) && !item->name[len] && *item->text &&
			!strchr(item->text, '$'))
			return item->text;
	}
	e->unknown = true;
	return NULL;
}

static size_t count(char *const *words)
{
	size_t n = 0;

	while (words[n])
		n++;
	return n;
}

static const struct manifest_value *command_of(const struct drift_context *c)
{
	return &c->facts->wanted->command;
}

/* Are the words of the manifest these? */
static enum drift_answer same_words(const struct drift_context *c, char *const *words)
{
	struct environment e = {.env = &c->facts->wanted->env};

	for (size_t i = 0; i < c->value->n_items; i++) {
		CLEANUP_FREE char *word = NULL;
		bool before = e.unknown;

		e.unknown = false;
		word = manifest_expand(c->value->items[i].text, look_up, &e);
		*c->failed |= !word;
		if (word && !e.unknown && strcmp(word, words[i]) != 0)
			return DRIFT_NO;
		e.unknown |= before;
	}
	return e.unknown ? DRIFT_CANNOT : DRIFT_YES;
}

enum drift_answer drift_command_agrees(const struct drift_context *c, const struct drift_side *side)
{
	size_t n = side->args ? count(side->args) : 0, wanted = c->value->n_items;
	bool more = c->facts->wanted->args.n_items != 0;

	if (!side->args)
		return DRIFT_CANNOT;
	if (!wanted) /* as if it were not set */
		return DRIFT_YES;
	if (n < wanted || (n > wanted && !more))
		return DRIFT_NO;
	return same_words(c, side->args);
}

/* They stand at the end, behind the command's words or the image's own. Where there are more or less words
 * than that makes, it is theirs to differ, unless the command differs already. */
enum drift_answer drift_args_agree(const struct drift_context *c, const struct drift_side *side)
{
	size_t n = side->args ? count(side->args) : 0, wanted = c->value->n_items,
	       before = command_of(c)->n_items;

	if (!side->args)
		return DRIFT_CANNOT;
	if (!wanted)
		return DRIFT_YES;
	if (n < wanted)
		return DRIFT_NO;
	if (before && n != before + wanted) {
		struct drift_context command = *c;

		command.value = command_of(c);
		if (drift_command_agrees(&command, side) != DRIFT_NO)
			return DRIFT_NO;
	}
	return same_words(c, side->args + n - wanted);
}

void drift_args_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	if (!side->args)
		return;
	ret->words = true;
	drift_value_list(ret);
	for (char **word = side->args; *word; word++)
		drift_value_item(c, ret, *word);
}

void drift_args_judge(const struct drift_context *c, struct drift_row *row)
{
	if (row->verdict == DRIFT_UNKNOWN)
		drift_say(c, row, "%s",
			c->facts->oci.known
				? "it names variables that do not stand in the manifest"
				: "there is no config, and a process may write over its command line");
}
