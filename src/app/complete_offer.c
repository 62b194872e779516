/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may stand at a place, which is known by the word in capitals that the usage or an option's row has there.
 */
#include <stdio.h>
#include <string.h>

#include "app/complete.h"
#include "app/session.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/can.h"
#include "model/caps.h"
#include "model/caps_baseline.h"
#include "model/difference.h"
#include "model/explain.h"
#include "out/out.h"
#include "sys/ns.h"

void offer(const struct asked *a, const char *word, const char *help)
{
	CLEANUP_BUF struct buf whole = {0};

	if (!text_has_prefix(word, a->word) || (*word == '-' && *a->word != '-')) /* nor what somebody named like an option */
		return;
	buf_add(&whole, a->before, a->before_len);
	buf_str(&whole, word);
	if (!whole.failed)
		a->each(a->data, buf_text(&whole), help ? help : "");
}

static void offer_verbs(const struct asked *a)
{
	for (const struct verb *const *v = verbs; *v; v++)
		if ((*v)->summary)
			offer(a, (*v)->name, (*v)->summary);
}

static void offer_formats(const struct asked *a)
{
	bool lists = a->verb && (a->verb->view || a->verb->view_of), document = false;
	const char *name, *help = NULL;

	for (size_t i = 0; (name = out_format_name(i, &help, &document)); i++)
		if (lists || document) /* what is no list is a document in two of them */
			offer(a, name, help);
}

/* Columns behind what is kept of the word: up to the last one of some letters. */
static void offer_columns_behind(const struct asked *a, const char *letters, const char *end)
{
	const struct view *view = a->verb ? verb_view(a->verb, a->first) : NULL;
	size_t kept = 0;

	for (size_t i = 0; a->word[i]; i++)
		if (strchr(letters, a->word[i]))
			kept = i + 1;
	for (const struct column *c = view ? view->columns : NULL; c && c->name; c++) {
		CLEANUP_BUF struct buf text = {0};

		buf_add(&text, a->word, kept);
		buf_str(&text, c->name);
		buf_str(&text, end);
		offer(a, buf_text(&text), c->help);
	}
}

static void offer_columns(const struct asked *a)
{
	offer_columns_behind(a, "+,", "");
	offer(a, "help", "what columns there are");
}

static void offer_column(const struct asked *a)
{
	offer_columns_behind(a, a->word[0] == '-' ? "-" : "", "");
}

static void offer_filter(const struct asked *a)
{
	offer_columns_behind(a, ",", "==");
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

	for (unsigned int i = 0; i < CAP_BITS; i++) {
		CLEANUP_BUF struct buf text = {0};

		if (!(all & UINT64_C(1) << i))
			continue;
		buf_add(&text, a->word, kept);
		caps_name(&text, i);
		offer(a, buf_text(&text), "capability");
	}
}

/* A word behind those of a list that stand there, joined by commas. */
static void offer_behind_comma(const struct asked *a, const char *word, const char *help)
{
	const char *comma = strrchr(a->word, ',');
	CLEANUP_BUF struct buf text = {0};

	buf_add(&text, a->word, comma ? (size_t)(comma - a->word) + 1 : 0);
	buf_str(&text, word);
	offer(a, buf_text(&text), help);
}

static void offer_types(const struct asked *a)
{
	for (int type = 0; type < NS_N; type++)
		offer_behind_comma(a, ns_kinds[type].name, ns_kinds[type].long_name);
}

static void offer_views(const struct asked *a)
{
	for (const struct difference_view *view = difference_views; view->name; view++)
		offer_behind_comma(a, view->name, view->help);
}

static void offer_baselines(const struct asked *a)
{
	for (const struct caps_baseline *row = caps_baselines; row->name; row++)
		offer(a, row->name, row->help);
}

static void offer_actions(const struct asked *a)
{
	size_t n;
	const struct can_action *actions = can_actions(&n);

	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf text = {0};

		buf_printf(&text, "%s%s", actions[i].name, actions[i].arg ? ":" : "");
		offer(a, buf_text(&text), actions[i].help);
	}
	offer_capabilities(a);
}

static void offer_topics(const struct asked *a)
{
	for (size_t i = 0;; i++) {
		const char *help;
		CLEANUP_FREE char *topic = explain_topic(i, &help);

		if (!topic)
			return;
		offer(a, topic, help);
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
	{"POD", offer_pods},
	{"NAME", offer_containers_of_pod},
	{"FORMAT", offer_formats},
	{"WHEN", offer_when},
	{"ENGINE=DIR", offer_roots},
	{"ACTION", offer_actions},
	{"TOPIC", offer_topics},
	{"CAP", offer_capabilities},
	{"CAPS", offer_capabilities},
	{"BASELINE", offer_baselines},
	{"TYPES", offer_types},
	{"VIEWS", offer_views},
	{"COLUMNS", offer_columns},
	{"COLUMN", offer_column},
	{"EXPR", offer_filter},
	{"SIG", offer_signals},
	{"SIGNAL", offer_signals},
	{"NAMESPACE", offer_namespaces},
	{"PID", offer_pids},
	{"USER[:GROUP]", offer_users_inside},
	{"DIR", offer_folders},
	{"COMMAND", offer_commands_inside},
	{"ARG", offer_paths_inside},
	{"FILE", offer_files},
};

void offer_place(const struct asked *a, const char *place, size_t len)
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

