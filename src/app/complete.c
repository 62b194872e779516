/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may stand where the cursor is: read from the tables of verbs and options. A place is known by the word
 * in capitals that the usage or an option's row has there.
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
	const struct verb *verb; /* NULL before it stands there */
	const char *word;	 /* what is there of it */
	const char *before;	 /* "--output=" stands before it in the same word */
	size_t before_len;
	struct buf *out;
};

static void offer(const struct asked *a, const char *word, const char *help)
{
	CLEANUP_FREE char *safe = text_escaped(word), *about = text_escaped(help);

	/* a name that has to be escaped or quoted would not be accepted back */
	if (safe && about && text_has_prefix(word, a->word) && !strpbrk(word, " \t\n") && !strcmp(safe, word))
		buf_printf(a->out, "%.*s%s\t%s\n", (int)a->before_len, a->before, word, about);
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

		if (c->pause ||
			(a->s->namespace && (!c->namespace || strcmp(a->s->namespace, c->namespace) != 0)))
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
			seen = list.items[j].namespace &&
			       !strcmp(list.items[j].namespace, list.items[i].namespace);
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
	static const char *const names[] = {
		"TERM", "KILL", "HUP", "INT", "QUIT", "USR1", "USR2", "STOP", "CONT"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		offer(a, names[i], "signal");
}

static const struct {
	const char *name; /* as usage lines and options have it */
	void (*offer)(const struct asked *a);
} places[] = {
	{"VERB", offer_verbs},
	{"TARGET", offer_targets},
	{"CONTAINER", offer_targets},
	{"FORMAT", offer_formats},
	{"WHEN", offer_when},
	{"ENGINE=DIR", offer_roots},
	{"CAP", offer_capabilities},
	{"CAPS", offer_capabilities},
	{"SIG", offer_signals},
	{"SIGNAL", offer_signals},
	{"NAMESPACE", offer_namespaces},
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

	if (!usage)
		return NULL;
	for (const char *s = usage; *s;) {
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

static const struct opt *find_option(const struct verb *verb, const char *name, size_t len, int letter)
{
	const struct opt *const tables[] = {verb ? verb->opts : NULL, session_opts};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct opt *o = tables[i]; o && o->name; o++)
			if (name ? strlen(o->name) == len && !strncmp(o->name, name, len)
				 : o->letter == letter)
				return o;
	return NULL;
}

/* The option that the next word is the value of, or NULL. `-it` may end in one, `-uapp` has it already. */
static const struct opt *waits_for_value(const struct verb *verb, const char *word)
{
	const struct opt *opt = NULL;

	if (text_has_prefix(word, "--")) {
		opt = find_option(verb, word + 2, strlen(word + 2), 0);
		return opt && opt->arg ? opt : NULL;
	}
	for (const char *letter = word + 1; *letter; letter++) {
		opt = find_option(verb, NULL, 0, *letter);
		if (opt && opt->arg)
			return letter[1] ? NULL : opt;
	}
	return NULL;
}

/* What stands before the cursor. */
struct place {
	const struct opt *waits; /* the word is its value */
	bool no_options;	 /* behind `--`, or within a command */
	bool unknown;		 /* there is no such verb */
	size_t words;		 /* behind the verb, without options */
};

static void walk(struct asked *a, char *const *words, size_t n, struct place *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (ret->waits) {
			if (ret->waits == find_option(NULL, "namespace", strlen("namespace"), 0))
				a->s->namespace = words[i];
			ret->waits = NULL;
		} else if (!ret->no_options && words[i][0] == '-' && words[i][1]) {
			ret->no_options = !strcmp(words[i], "--");
			ret->waits = ret->no_options ? NULL : waits_for_value(a->verb, words[i]);
		} else if (!a->verb) {
			a->verb = verb_by_name(words[i]);
			ret->no_options = false;
			ret->unknown = !a->verb;
			if (ret->unknown)
				return;
		} else if (++ret->words > 1 && a->verb->runs_command) {
			ret->no_options = true;
		}
	}
}

static void offer_any_option(const struct asked *a)
{
	if (a->verb)
		offer_options(a, a->verb->opts);
	offer_options(a, session_opts);
}

void complete(struct session *s, char *const *words, size_t n, struct buf *out)
{
	struct asked a = {.s = s, .word = n ? words[n - 1] : "", .before = "", .out = out};
	struct place place = {0};
	const char *name, *equals;
	size_t len = 0;

	walk(&a, words, n ? n - 1 : 0, &place);
	if (place.unknown)
		return;
	equals = strchr(a.word, '=');
	if (!place.waits && !place.no_options && text_has_prefix(a.word, "--") && equals) {
		place.waits = find_option(a.verb, a.word + 2, (size_t)(equals - a.word) - 2, 0);
		if (!place.waits || !place.waits->arg)
			return;
		a.before = a.word;
		a.before_len = (size_t)(equals - a.word) + 1;
		a.word = equals + 1;
	}
	if (place.waits) {
		offer_place(&a, place.waits->arg, strlen(place.waits->arg));
	} else if (a.word[0] == '-' && !place.no_options) {
		offer_any_option(&a);
	} else {
		name = a.verb ? usage_word(a.verb->usage, place.words, &len) : "VERB";
		if (name)
			offer_place(&a, name, a.verb ? len : strlen(name));
	}
}
