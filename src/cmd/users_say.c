/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a table of users does not say by itself, in sentences: the same one of many containers once, with their names.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/users.h"

#define NAMES_MAX 6

struct sentence {
	struct buf text;
	struct buf who; /* the first NAMES_MAX refs */
	size_t n;
	const struct user_place *last;
};

struct saying {
	const struct user_list *list;
	struct sentence *items;
	size_t n;
	bool failed;
};

static void add_name(struct sentence *sentence, const struct user_place *place)
{
	if (sentence->last == place)
		return;
	sentence->last = place;
	if (++sentence->n <= NAMES_MAX)
		buf_printf(&sentence->who, "%s%s", sentence->n > 1 ? ", " : "", place->container->ref);
}

/* Takes the text. */
static void say(struct saying *s, const struct user_place *place, struct buf *text)
{
	struct sentence *grown;

	s->failed |= text->failed;
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(buf_text(&s->items[i].text), buf_text(text))) {
			add_name(&s->items[i], place);
			buf_free(text);
			return;
		}
	grown = reallocarray(s->items, s->n + 1, sizeof(*grown));
	if (!grown) {
		s->failed = true;
		buf_free(text);
		return;
	}
	s->items = grown;
	grown[s->n] = (struct sentence){.text = *text};
	*text = (struct buf){0};
	add_name(&grown[s->n++], place);
}

static void say_root(struct saying *s, const struct user_place *place, bool has_root)
{
	struct buf text = {0};
	uint32_t outside = 0;

	if (!place->own_userns && !has_root)
		return;
	if (place->own_userns && !idmap_outside(&place->uids, 0, &outside))
		buf_str(&text, "nobody is root inside: the user namespace does not map uid 0.");
	else if (outside)
		buf_printf(&text, "root inside is uid %u outside.", outside);
	else
		buf_str(&text, "root inside is root outside.");
	say(s, place, &text);
}

static void say_names(struct saying *s, const struct user *user)
{
	struct buf text = {0};

	if (user->uid == PROCESS_ID_NONE)
		buf_printf(&text, "uid %u outside is nobody inside: the user namespace does not map it.",
			(unsigned int)user->host_uid);
	else if (!user->user && !user->place->closed)
		buf_printf(&text, "uid %u has no name inside: no line of /etc/passwd there has that number.",
			(unsigned int)user->uid);
	else if (user->user && user->host_user && user->uid == user->host_uid &&
		 strcmp(user->user, user->host_user) != 0)
		buf_printf(&text, "uid %u is %s inside; tools of the host show it as %s.", (unsigned int)user->uid,
			user->user, user->host_user);
	if (text.len)
		say(s, user->place, &text);
}

/* Those that lead to common ids outside, directly or by others between them, belong together. */
static void join(const struct user_list *list, size_t *cluster)
{
	struct idmap_range range;

	for (size_t i = 0; i < list->n_places; i++)
		cluster[i] = i;
	for (size_t i = 0; i < list->n_places; i++)
		for (size_t k = i + 1; k < list->n_places && list->places[i]->own_userns; k++) {
			size_t from = cluster[k], to = cluster[i];

			if (from == to || !list->places[k]->own_userns ||
				!user_maps_overlap(&list->places[i]->uids, &list->places[k]->uids, &range))
				continue;
			for (size_t j = 0; j < list->n_places; j++)
				if (cluster[j] == from)
					cluster[j] = to;
		}
}

static void say_cluster(struct saying *s, const size_t *cluster, size_t first)
{
	const struct user_place *one = s->list->places[first];
	struct idmap_range range = {0}, at;
	bool same = one->userns != 0;
	size_t n = 0;

	for (size_t i = 0; i < s->list->n_places; i++) {
		if (cluster[i] != first)
			continue;
		n++;
		same &= s->list->places[i]->userns == one->userns;
		if (i != first && !range.count && user_maps_overlap(&one->uids, &s->list->places[i]->uids, &at))
			range = at;
	}
	for (size_t i = 0; i < s->list->n_places && n > 1; i++) {
		struct buf text = {0};

		if (cluster[i] != first)
			continue;
		if (same)
			buf_printf(&text, "in one user namespace, %llu: a uid is the same user in all of them.",
				(unsigned long long)one->userns);
		else
			buf_printf(&text, "they share a host uid range (%u%s): what those users may do, they may do across these "
					  "containers.",
				range.outside, range.count > 1 ? " and on" : "");
		say(s, s->list->places[i], &text);
	}
}

static void say_initial(const struct user_list *list, struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n_places; i++)
		n += !list->places[i]->own_userns;
	if (n > 1)
		buf_printf(out, "%zu of %zu have no user namespace of their own: a uid is the same user in all of them, "
				"and on the host.\n",
			n, list->n_places);
}

/* The same uid may be in several rows of a container, with other groups. */
static bool is_said(const struct user *first, const struct user *user)
{
	for (const struct user *u = first; u < user; u++)
		if (u->host_uid == user->host_uid)
			return true;
	return false;
}

static void say_places(struct saying *s)
{
	const struct user_list *list = s->list;
	const struct user *user = list->items, *end = user + list->n;

	for (size_t i = 0; i < list->n_places; i++) {
		const struct user *first = user;
		bool has_root = false;

		for (; user < end && user->place == list->places[i]; user++)
			has_root |= user->uid == 0;
		say_root(s, list->places[i], has_root);
		for (const struct user *u = first; u < user; u++)
			if (!is_said(first, u))
				say_names(s, u);
	}
}

static void print(const struct saying *s, struct buf *out)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct sentence *sentence = &s->items[i];

		if (s->list->n_places > 1)
			buf_str(out, buf_text(&sentence->who));
		if (sentence->n > NAMES_MAX)
			buf_printf(out, " and %zu more", sentence->n - NAMES_MAX);
		buf_printf(out, "%s%s\n", s->list->n_places > 1 ? ": " : "", buf_text(&sentence->text));
		out->failed |= sentence->who.failed;
	}
}

void users_say(const struct user_list *list, struct buf *out)
{
	CLEANUP_FREE size_t *cluster = calloc(list->n_places + 1, sizeof(*cluster));
	struct saying s = {.list = list, .failed = !cluster};

	if (cluster) {
		join(list, cluster);
		say_places(&s);
		for (size_t i = 0; i < list->n_places; i++)
			if (cluster[i] == i)
				say_cluster(&s, cluster, i);
		print(&s, out);
		say_initial(list, out);
	}
	out->failed |= s.failed;
	for (size_t i = 0; i < s.n; i++) {
		buf_free(&s.items[i].text);
		buf_free(&s.items[i].who);
	}
	free(s.items);
}
