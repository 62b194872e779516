/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of the REPL's own: use, set, source, quit.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/repl.h"
#include "app/session.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "engine/target.h"

const struct repl_setting repl_settings[REPL_SETTINGS] = {
	{"output", "the format of lists: table, wide, json, ..."},
	{"columns", "the columns of lists"},
	{"color", "auto, always or never"},
	{"namespace", "the Kubernetes namespace to look in"},
};

static int take_text(char **to, const char *text, struct err *err)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		return err_no_memory(err);
	free(*to);
	*to = copy;
	return 0;
}

static int run_use(struct repl *repl, const struct repl_line *line, int *status, struct err *err)
{
	struct container c = {0};
	int r;

	(void)status;
	if (line->n == 1) {
		CLEANUP_FREE char *shown = text_escaped(repl->target);

		printf("%s\n", repl->target ? shown : "-");
		return 0;
	}
	if (line->n > 2)
		return err_set(err, -EINVAL, ERR_USAGE, "use takes one target, or - for none");
	if (!strcmp(line->words[1], "-"))
		return take_text(&repl->target, NULL, err);
	r = session_target(repl->s, line->words[1], NULL, &c, err);
	if (!r)
		r = take_text(&repl->target, c.ref ? c.ref : c.name, err);
	container_free(&c);
	return r;
}

static int unknown_setting(const char *word, struct err *err)
{
	const char *names[REPL_SETTINGS], *nearest;

	for (size_t i = 0; i < REPL_SETTINGS; i++)
		names[i] = repl_settings[i].name;
	nearest = text_nearest(word, names, REPL_SETTINGS);
	err_set(err, -EINVAL, ERR_USAGE, "there is no setting %s", word);
	return nearest ? err_hint(err, "did you mean %s?", nearest) : err_hint(err, "set lists them");
}

static int run_set(struct repl *repl, const struct repl_line *line, int *status, struct err *err)
{
	(void)status;
	for (size_t i = 0; line->n == 1 && i < REPL_SETTINGS; i++) {
		CLEANUP_FREE char *shown = text_escaped(repl->values[i]);

		printf("%-10s %-10s %s\n", repl_settings[i].name, repl->values[i] ? shown : "-", repl_settings[i].help);
	}
	if (line->n == 1)
		return 0;
	if (line->n > 3)
		return err_set(err, -EINVAL, ERR_USAGE, "set takes a name and a value; without a value it unsets");
	for (size_t i = 0; i < REPL_SETTINGS; i++)
		if (!strcmp(line->words[1], repl_settings[i].name))
			return take_text(&repl->values[i], line->n == 3 ? line->words[2] : NULL, err);
	return unknown_setting(line->words[1], err);
}

static int run_quit(struct repl *repl, const struct repl_line *line, int *status, struct err *err)
{
	(void)status;
	if (line->n > 1)
		return err_set(err, -EINVAL, ERR_USAGE, "%s takes no words", line->words[0]);
	repl->quit = true;
	return 0;
}

static int run_source(struct repl *repl, const struct repl_line *line, int *status, struct err *err)
{
	int before = repl->status, r;

	if (line->n != 2)
		return err_set(err, -EINVAL, ERR_USAGE, "source takes one file");
	repl->status = 0;
	r = repl_run_file(repl, line->words[1], err);
	*status = repl->status;
	repl->status = before;
	return r;
}

static const struct repl_word repl_words[] = {
	{"use", "use [TARGET | -]", "the target of what follows; - is none again", run_use},
	{"set", "set [NAME [VALUE]]", "a setting of what follows", run_set},
	{"source", "source FILE", "run the lines of a file", run_source},
	{"quit", "quit", "leave; Ctrl-D does too", run_quit},
	{"exit", "exit", "the same", run_quit},
};

const struct repl_word *repl_word_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(repl_words); i++)
		if (!strcmp(repl_words[i].name, name))
			return &repl_words[i];
	return NULL;
}

const struct repl_word *repl_word_at(size_t i)
{
	return i < ARRAY_SIZE(repl_words) ? &repl_words[i] : NULL;
}

bool repl_help(const struct repl_line *line)
{
	const struct repl_word *one = line->n == 2 ? repl_word_by_name(line->words[1]) : NULL;

	if (strcmp(line->words[0], "help") != 0 || (line->n == 2 && !one) || line->n > 2)
		return false;
	if (!one)
		puts("\nHere, besides the verbs");
	for (size_t i = 0; i < ARRAY_SIZE(repl_words); i++)
		if (!one || one == &repl_words[i])
			printf("  %-20s %s\n", repl_words[i].usage, repl_words[i].help);
	if (!one)
		puts("  !COMMAND             run a command of the host\n"
		     "  VERB | COMMAND       hand the output to a command of the host; VERB > FILE too\n"
		     "With a target in use, ps, caps, exec and their like need none: exec whoami.");
	return one;
}

