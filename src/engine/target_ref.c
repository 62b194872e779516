/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refs: for each container of a list the shortest text that names only it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/match.h"
#include "engine/state.h"

/* Everything that a text "A/B" or "A/B/C" could mean, with who would answer to it; sorted, so that rivals are
 * neighbours. */
struct key {
	char *text; /* owned */
	size_t owner;
};

struct keys {
	struct key *items; /* owned */
	size_t n;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->text, ((const struct key *)b)->text);
}

static void add(struct keys *keys, size_t owner, char *text)
{
	if (text)
		keys->items[keys->n++] = (struct key){.text = text, .owner = owner};
}

#define KEYS_EACH 8 /* at most this many a container */

static void add_all(struct keys *keys, size_t i, const struct container *c)
{
	const char *short_name = target_short_name(c);

	add(keys, i, state_path("%s/%s", c->engine, c->name));
	add(keys, i,
		*c->id && strcmp(c->id, c->name) ? state_path("%s://%.*s", c->engine, TARGET_ID_SHORT, c->id)
						 : NULL);
	add(keys, i, *c->id ? state_path("%s://%s", c->engine, c->id) : NULL);
	add(keys, i, *c->id && strcmp(c->id, c->name) ? state_path("%s/%s", c->engine, c->id) : NULL);
	if (!c->pod)
		return;
	add(keys, i, short_name ? state_path("%s/%s", c->engine, short_name) : NULL);
	add(keys, i, strcmp(c->pod, c->name) ? state_path("%s/%s", c->engine, c->pod) : NULL);
	if (!c->namespace)
		return;
	add(keys, i, state_path("%s/%s/%s", c->namespace, c->pod, c->name));
	add(keys, i, short_name ? state_path("%s/%s/%s", c->namespace, c->pod, short_name) : NULL);
}

/* Is this container the only one that answers to the text? */
static bool is_only(const struct keys *keys, const char *text, size_t owner)
{
	const struct key wanted = {.text = (char *)text, .owner = owner}, *found;

	found = bsearch(&wanted, keys->items, keys->n, sizeof(*keys->items), by_text);
	if (!found)
		return false;
	for (const struct key *k = found; k >= keys->items && !strcmp(k->text, text); k--)
		if (k->owner != owner)
			return false;
	for (const struct key *k = found; k < keys->items + keys->n && !strcmp(k->text, text); k++)
		if (k->owner != owner)
			return false;
	return true;
}

/* Can the word stand between slashes and be read back, by nsctl and by a shell? */
static bool is_plain(const char *word)
{
	return text_is_shell_plain(word) && !strchr(word, '/');
}

/* Words that mean something else in front of a slash. */
static bool is_taken(const char *word)
{
	return !strcmp(word, "pod") || !strcmp(word, "pid") || text_has_prefix(word, "pid:") ||
	       engine_by_name(word);
}

static char *take_if_only(const struct keys *keys, char *text, size_t owner)
{
	if (text && is_only(keys, text, owner))
		return text;
	free(text);
	return NULL;
}

/* As an ID's beginning the word of a user may be meant for one of root's: then it names neither. */
static bool is_digits_of_other(const struct container_list *list, const struct container *c, const char *word)
{
	if (!container_is_guest(c) || !*word)
		return false;
	for (size_t i = 0; i < list->n; i++) {
		const struct container *other = &list->items[i];

		if (text_is(other->engine, c->engine) && !container_is_guest(other) && text_is_hex(other->id) &&
			!strncasecmp(other->id, word, strlen(word)))
			return true;
	}
	return false;
}

/* Nor does a user's container in a pod that is called as one of root's go by that pod's name. */
static bool is_in_pod_of_other(const struct container_list *list, const struct container *c)
{
	if (!container_is_guest(c))
		return false;
	for (size_t i = 0; i < list->n; i++) {
		const struct container *other = &list->items[i];

		if (!container_is_guest(other) && text_is(other->pod, c->pod) &&
			text_is(other->namespace, c->namespace))
			return true;
	}
	return false;
}

static char *make(const struct keys *keys, const struct container_list *list, size_t i)
{
	const struct container *c = &list->items[i];
	const bool has_id = *c->id && !is_digits_of_other(list, c, c->id);
	char *ref = NULL;

	if (!strcmp(c->engine, "bare"))
		return state_path("pid/%d", (int)c->pid);
	if (c->namespace && c->pod && !c->pause && !is_taken(c->namespace) && is_plain(c->namespace) &&
		is_plain(c->pod) && is_plain(c->name) && !is_in_pod_of_other(list, c))
		ref = take_if_only(keys, state_path("%s/%s/%s", c->namespace, c->pod, c->name), i);
	if (!ref && !c->pause && is_plain(c->name) && strcmp(c->name, "pod") &&
		!is_digits_of_other(list, c, c->name))
		ref = take_if_only(keys, state_path("%s/%s", c->engine, c->name), i);
	if (!ref && has_id && text_is_hex(c->id)) /* others have no short form */
		ref = take_if_only(keys, state_path("%s://%.*s", c->engine, TARGET_ID_SHORT, c->id), i);
	if (!ref && has_id && is_plain(c->id))
		ref = take_if_only(keys, state_path("%s://%s", c->engine, c->id), i);
	if (!ref && c->pid)
		ref = state_path("pid/%d", (int)c->pid);
	return ref ? ref : state_path("%s/%s", c->engine, c->name); /* stopped, and its name is not its own */
}

void target_name_all(struct container_list *list)
{
	struct keys keys = {.items = reallocarray(NULL, list->n + 1, KEYS_EACH * sizeof(struct key))};

	if (!keys.items)
		return;
	for (size_t i = 0; i < list->n; i++)
		add_all(&keys, i, &list->items[i]);
	qsort(keys.items, keys.n, sizeof(*keys.items), by_text);
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].ref);
		list->items[i].ref = make(&keys, list, i);
	}
	for (size_t i = 0; i < keys.n; i++)
		free(keys.items[i].text);
	free(keys.items);
}
