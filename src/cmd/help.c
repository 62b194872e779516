/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "out/out.h"

#define NAMES_MAX 64

static int unknown_verb(const char *word, struct err *err)
{
	const char *names[NAMES_MAX], *nearest;
	size_t n = 0;

	for (const struct verb *const *v = verbs; *v && n < NAMES_MAX; v++)
		if ((*v)->summary)
			names[n++] = (*v)->name;
	err_set(err, -EINVAL, ERR_USAGE, "no help for %s: there is no such verb", word);
	nearest = text_nearest(word, names, n);
	if (nearest)
		return err_hint(err, "did you mean nsctl help %s?", nearest);
	return err_hint(err, "nsctl help lists the verbs");
}

static int help(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	const struct verb *verb = NULL;

	(void)s;
	(void)options;
	(void)status;
	if (words->n > 1)
		return err_set(err, -EINVAL, ERR_USAGE, "help is for one verb");
	if (words->n) {
		verb = verb_by_name(words->words[0]);
		if (verb && verb->summary)
			help_screen(&text, verb);
		else if (!help_repl_word(&text, words->words[0]))
			return unknown_verb(words->words[0], err);
	} else {
		help_all(&text);
	}
	return out_write(&text, err);
}

const struct verb verb_help = {
	.name = "help",
	.group = "use",
	.usage = "[VERB]",
	.summary = "show all verbs, or how one is used",
	.examples = "nsctl help                      # all verbs\n"
		    "nsctl help exec                 # one of them\n"
		    "nsctl exec --help               # with every option explained\n",
	.no_config = true,
	.mode = OPT_ANYWHERE,
	.run = help,
};
