/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may stand where the cursor is: read from the tables of verbs and options. A place is known by the word
 * in capitals that the usage or an option's row has there.
 */
#include "app/complete.h"

#include <stdio.h>
#include <string.h>

#include "app/session.h"
#include "base/cleanup.h"
#include "base/opt.h"
#include "base/text.h"

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
		return opt && opt->arg && opt->type != OPT_MAYBE ? opt : NULL;
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

static bool is_target(const struct verb *verb, size_t at)
{
	size_t len = 0;
	const char *word = usage_word(verb->usage, at, &len);

	return word && len == strlen("TARGET") && !strncmp(word, "TARGET", len);
}

/* With a target in use all words of exec and its like are the command, unless a `--` stands there: then one names another. */
static size_t words_in_use(const struct asked *a, char *const *words, size_t n)
{
	if (!a->s->context || a->verb->mode != OPT_AROUND_TARGET)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(words[i], "--"))
			return 0;
	return 1;
}

static void take_value(struct asked *a, const struct opt *opt, const char *value)
{
	if (opt == find_option(NULL, "namespace", strlen("namespace"), 0)) {
		a->s->namespace = value;
	} else if (!strcmp(opt->name, "container")) {
		a->container = value;
	} else if (!strcmp(opt->name, "inside")) { /* who's TARGET */
		a->target = value;
		a->inside = true;
	}
}

/* An option that stands there whole: --inside=web has its value, --inside waits for it. */
static void take_option(struct asked *a, const char *word, struct place *ret)
{
	const char *equals = text_has_prefix(word, "--") ? strchr(word, '=') : NULL;
	const struct opt *opt = equals ? find_option(a->verb, word + 2, (size_t)(equals - word) - 2, 0) : NULL;

	ret->no_options = !strcmp(word, "--");
	if (opt && opt->arg)
		take_value(a, opt, equals + 1);
	else if (!ret->no_options && !equals)
		ret->waits = waits_for_value(a->verb, word);
}

static void walk(struct asked *a, char *const *words, size_t n, struct place *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (ret->waits) {
			take_value(a, ret->waits, words[i]);
			ret->waits = NULL;
		} else if (!ret->no_options && words[i][0] == '-' && words[i][1]) {
			take_option(a, words[i], ret);
		} else if (!a->verb) {
			a->verb = verb_by_name(words[i]);
			ret->no_options = false;
			ret->unknown = !a->verb;
			if (ret->unknown)
				return;
			ret->words = words_in_use(a, words, n);
		} else {
			if (!ret->words)
				a->first = words[i];
			if (is_target(a->verb, ret->words)) {
				a->target = words[i];
				a->inside = true;
			}
			ret->no_options |= ++ret->words > 1 && a->verb->runs_command;
		}
	}
}

static void offer_any_option(const struct asked *a)
{
	if (a->verb)
		offer_options(a, a->verb->opts);
	offer_options(a, session_opts);
}

void complete(struct session *s, char *const *words, size_t n, complete_fn *each, void *data)
{
	struct asked a = {.s = s, .word = n ? words[n - 1] : "", .before = "", .target = s->context, .each = each, .data = data};
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
	a.option = place.waits;
	if (place.waits) {
		offer_place(&a, place.waits->arg, strlen(place.waits->arg));
	} else if (a.word[0] == '-' && !place.no_options) {
		offer_any_option(&a);
	} else {
		name = a.verb ? usage_word(a.verb->usage, place.words, &len) : "VERB";
		if (a.verb && a.verb->takes && a.first) {
			name = a.verb->takes(a.first);
			len = name ? strlen(name) : 0;
		}
		if (name)
			offer_place(&a, name, a.verb ? len : strlen(name));
	}
}
