/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may stand where the cursor is: read from the tables of verbs and options. A place is known by the word in capitals
 * that the usage or an option's row has there.
 */
#include <ctype.h>
#include <string.h>

#include "app/session.h"
#include "app/verb.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/caps.h"
#include "out/out.h"

struct asked {
	struct session *s;
	const struct verb *verb;  /* NULL before it stands there */
	const char *word;         /* what is there of it */
	struct buf *out;
};

static void offer(const struct asked *a, const char *word, const char *help)
{
	CLEANUP_FREE char *safe = text_escaped(word), *about = text_escaped(help);

	/* a name that had to be escaped would not be accepted back */
	if (safe && about && text_has_prefix(word, a->word) && !strcmp(safe, word))
		buf_printf(a->out, "%s\t%s\n", word, about);
}

static void offer_verbs(const struct asked *a)
{
	for (const struct verb *const *v = verbs; *v; v++)
		if ((*v)->summary)
			offer(a, (*v)->name, (*v)->summary);
}

static void offer_options(const struct asked *a, const struct opt *table)
{
	char text[64];

	for (; table && table->name; table++) {
		if (!table->help)
			continue;
		snprintf(text, sizeof(text), "--%s", table->name);
		offer(a, text, table->help);
		snprintf(text, sizeof(text), "-%c", table->letter);
		if (table->letter && !a->word[1])
			offer(a, text, table->help);
	}
}

static void offer_targets(const struct asked *a)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP_ERR struct err err = {0};
	struct engine_query query = session_engines(a->s);

	query.note = NULL;
	query.note_data = NULL;
	if (engine_list(&query, &list, &err) < 0)
		return;
	target_name_all(&list);
	for (size_t i = 0; i < list.n; i++) {
		const struct container *c = &list.items[i];
		size_t alike = 0;

		if (c->pause || (a->s->namespace && (!c->namespace || strcmp(a->s->namespace, c->namespace))))
			continue;
		for (size_t j = 0; j < list.n; j++)
			alike += !strcmp(list.items[j].name, c->name);
		if (alike == 1)
			offer(a, c->name, c->engine);
		if (c->ref && (alike > 1 || (*a->word && !text_has_prefix(c->name, a->word))))
			offer(a, c->ref, c->engine);
	}
}

static void offer_namespaces(const struct asked *a)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP_ERR struct err err = {0};
	struct engine_query query = session_engines(a->s);

	query.note = NULL;
	query.note_data = NULL;
	if (engine_list(&query, &list, &err) < 0)
		return;
	for (size_t i = 0; i < list.n; i++) {
		bool seen = !list.items[i].namespace;

		for (size_t j = 0; j < i && !seen; j++)
			seen = list.items[j].namespace && !strcmp(list.items[j].namespace, list.items[i].namespace);
		if (!seen)
			offer(a, list.items[i].namespace, "Kubernetes namespace");
	}
}

static void offer_formats(const struct asked *a)
{
	const char *name, *help = NULL;

	for (size_t i = 0; (name = out_format_name(i, &help)); i++)
		offer(a, name, help);
}

static void offer_when(const struct asked *a)
{
	offer(a, "auto", "on a terminal");
	offer(a, "always", "");
	offer(a, "never", "");
}

static void offer_roots(const struct asked *a)
{
	char text[64];

	for (const struct engine *e = engines; e->name; e++) {
		snprintf(text, sizeof(text), "%s=", e->name);
		offer(a, text, e->title ? e->title : "");
	}
}

/* The last of a list that is joined by commas. */
static void offer_capabilities(const struct asked *a)
{
	const char *comma = strrchr(a->word, ',');
	size_t kept = comma ? (size_t)(comma - a->word) + 1 : 0;
	uint64_t all = caps_all();

	for (unsigned int i = 0; i < 64; i++) {
		CLEANUP_BUF struct buf text = {0};

		if (!(all & UINT64_C(1) << i))
			continue;
		buf_add(&text, a->word, kept);
		caps_name(&text, i);
		offer(a, buf_text(&text), "capability");
	}
}

static void offer_signals(const struct asked *a)
{
	static const char *const names[] = {"TERM", "KILL", "HUP", "INT", "QUIT", "USR1", "USR2", "STOP", "CONT"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		offer(a, names[i], "signal");
}

static const struct {
	const char *name; /* as usage lines and options have it */
	void (*offer)(const struct asked *a);
} places[] = {
	{"VERB", offer_verbs},      {"TARGET", offer_targets}, {"CONTAINER", offer_targets},
	{"FORMAT", offer_formats},  {"WHEN", offer_when},      {"ENGINE=DIR", offer_roots},
	{"CAP", offer_capabilities}, {"CAPS", offer_capabilities}, {"SIG", offer_signals},
	{"SIGNAL", offer_signals},  {"NAMESPACE", offer_namespaces},
};

static void offer_place(const struct asked *a, const char *place, size_t len)
{
	const char *name, *help = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (strlen(places[i].name) == len && !strncmp(places[i].name, place, len)) {
			places[i].offer(a);
			return;
		}
	/* a word of the verb's own, "NOUN" or "SHELL" */
	for (size_t i = 0; a->verb && a->verb->choice && (name = a->verb->choice(i, &help)); i++)
		offer(a, name, help);
}

/* Finds the n-th word of the usage that is no option; the last one with "..." stands for all that follow. */
static const char *usage_word(const char *usage, size_t n, size_t *ret_len)
{
	const char *last = NULL;
	size_t i = 0;

	for (const char *s = usage; s && *s;) {
		size_t skip = strspn(s, " []"), len;
		bool option;

		s += skip;
		len = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ=|-");
		option = *s == '-' || !strncmp(s, "OPTIONS", 7);
		if (option) { /* with its value */
			s += strcspn(s, "]");
			continue;
		}
		if (!len)
			break;
		*ret_len = len;
		last = s;
		if (i++ == n)
			return last;
		s += len;
		if (!strncmp(s, "...", 3))
			return last;
	}
	return NULL;
}

static const struct opt *find_option(const struct opt *table, const char *word)
{
	for (; table && table->name; table++) {
		if (word[1] == '-' && !strcmp(word + 2, table->name))
			return table;
		if (word[1] != '-' && table->letter == word[strlen(word) - 1])
			return table;
	}
	return NULL;
}

/* The option that `word` ends in and that waits for its value, or NULL. */
static const struct opt *waits_for_value(const struct verb *verb, const char *word)
{
	const struct opt *opt;

	if (word[0] != '-' || !word[1] || !strcmp(word, "--"))
		return NULL;
	opt = verb ? find_option(verb->opts, word) : NULL;
	if (!opt)
		opt = find_option(session_opts, word);
	return opt && opt->arg ? opt : NULL;
}

void complete(struct session *s, char *const *words, size_t n, struct buf *out)
{
	struct asked a = {.s = s, .word = n ? words[n - 1] : "", .out = out};
	const struct opt *waits = NULL;
	bool ended = false;
	size_t plain = 0, len = 0;
	const char *place;

	for (size_t i = 0; i + 1 < n; i++) {
		if (waits) {
			if (!strcmp(waits->name, "namespace") && waits->letter == 'n')
				s->namespace = words[i];
			waits = NULL;
		} else if (!ended && words[i][0] == '-' && words[i][1]) {
			ended = !strcmp(words[i], "--");
			waits = waits_for_value(a.verb, words[i]);
		} else if (!a.verb) {
			a.verb = verb_by_name(words[i]);
			if (!a.verb)
				return;
		} else {
			plain++;
		}
	}
	if (waits) {
		offer_place(&a, waits->arg, strlen(waits->arg));
		return;
	}
	if (a.word[0] == '-' && !ended && !(a.verb && a.verb->runs_command && plain > 1)) {
		if (a.verb)
			offer_options(&a, a.verb->opts);
		offer_options(&a, session_opts);
		return;
	}
	place = a.verb ? usage_word(a.verb->usage, plain, &len) : "VERB";
	if (place)
		offer_place(&a, place, a.verb ? len : strlen(place));
}
