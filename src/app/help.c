/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Help, made from the tables: a name is written once.
 */
#include <string.h>

#include "app/repl.h"
#include "app/session.h"
#include "app/verb.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/opt.h"
#include "base/text.h"

static const struct {
	const char *name;
	const char *title;
} groups[] = {
	{"enter", "Enter"},
	{"look", "Look"},
	{"compare", "Compare"},
	{"use", "Use"},
};

static void list_verbs(struct buf *out, const char *group, const char *title)
{
	bool any = false;

	for (const struct verb *const *v = verbs; *v; v++) {
		if (!(*v)->summary || strcmp((*v)->group, group) != 0)
			continue;
		if (!any)
			buf_printf(out, "\n%s\n", title);
		any = true;
		buf_printf(out, "  %-12s %s\n", (*v)->name, (*v)->summary);
	}
}

void help_all(struct buf *out)
{
	buf_str(out, "nsctl shows and enters the kernel's side of the containers that run here, whatever "
		     "engine started them.\n"
		     "\n"
		     "  nsctl [GLOBAL] VERB [OPTIONS] [TARGET...] [-- COMMAND [ARG...]]\n");
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		list_verbs(out, groups[i].name, groups[i].title);
	buf_str(out, "\nGlobal options, before the verb or among its own\n");
	opt_help(out, session_opts);
	buf_str(out, "\nTARGET is a name, the beginning of an ID, ENGINE/NAME, pod/POD, NAMESPACE/POD, "
		     "POD/CONTAINER,\n"
		     "NAMESPACE/POD/CONTAINER, docker://ID and its like, or pid/N for the container of a "
		     "host PID.\n"
		     "\n"
		     "  nsctl get containers            # what runs here\n"
		     "  nsctl exec web -- id            # a command in the container web\n"
		     "  nsctl help exec                 # more about one verb\n");
}

void help_short(struct buf *out)
{
	buf_str(out, "usage: nsctl [GLOBAL] VERB [OPTIONS] [TARGET...] [-- COMMAND [ARG...]]\n");
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		size_t begin = out->len;

		for (const struct verb *const *v = verbs; *v; v++) {
			if (!(*v)->summary || strcmp((*v)->group, groups[i].name) != 0)
				continue;
			if (out->len == begin)
				buf_printf(out, "  %-9s", groups[i].name);
			buf_printf(out, " %s", (*v)->name);
		}
		if (out->len > begin)
			buf_char(out, '\n');
	}
	buf_str(out, "nsctl help says what each does; a good start is nsctl get containers\n");
}

static void examples(struct buf *out, const struct verb *verb)
{
	size_t len;

	for (const char *line = verb->examples; line && *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		buf_printf(out, "  %.*s\n", (int)len, line);
	}
}

static void fill(struct buf *out, const char *text, size_t indent)
{
	text_wrap(out, text, indent, indent, OPT_WIDTH);
	buf_char(out, '\n');
}

static void title(struct buf *out, const struct verb *verb, const char *between)
{
	size_t begin = out->len;

	buf_printf(out, "nsctl %s: ", verb->name);
	text_wrap(out, verb->summary ? verb->summary : "", out->len - begin, 2, OPT_WIDTH);
	buf_str(out, between);
	begin = out->len;
	buf_printf(out, "  nsctl %s ", verb->name);
	text_wrap(out, verb->usage ? verb->usage : "", out->len - begin, 4, OPT_WIDTH);
	buf_char(out, '\n');
}

void help_verb(struct buf *out, const struct verb *verb)
{
	const char *name, *help = NULL;

	title(out, verb, "\n\n");
	if (verb->about) {
		buf_char(out, '\n');
		fill(out, verb->about, 0);
	}
	for (size_t i = 0; verb->choice && (name = verb->choice(i, &help)); i++) {
		buf_printf(out, "%s  %-14s ", i ? "" : "\n", name);
		fill(out, help, 17);
	}
	if (verb->opts && verb->opts->name) {
		buf_str(out, "\nOptions\n");
		opt_help(out, verb->opts);
	}
	if (verb->examples)
		buf_str(out, "\nExamples\n");
	examples(out, verb);
	buf_printf(out, "\nGlobal options: nsctl help. All of it: man nsctl-%s\n", verb->name);
}

/* "ACTION is a capability, or one of": it leads to the words. */
static const char *last_sentence(const char *text)
{
	const char *last = text ? text : "one of";

	for (const char *at = last; *at; at++)
		if (*at == '.' && (at[1] == ' ' || at[1] == '\n') && at[2])
			last = at + 2;
	return last;
}

/* The words that may stand first, without what they mean. */
static void choices(struct buf *out, const struct verb *verb)
{
	CLEANUP_BUF struct buf words = {0};
	const char *name, *help = NULL;

	for (size_t i = 0; verb->choice && (name = verb->choice(i, &help)); i++)
		buf_printf(&words, "%s %s", i ? "," : last_sentence(verb->about), name);
	if (!words.len)
		return;
	buf_str(out, "  ");
	fill(out, buf_text(&words), 2);
}

/* Without the sentence that leads to the words: they stand further up. */
static void screen_about(struct buf *out, const struct verb *verb)
{
	const char *about = verb->about ? verb->about : "";
	size_t len = verb->choice && *about ? (size_t)(last_sentence(about) - about) : strlen(about);
	CLEANUP_FREE char *text = strndup(about, len);

	if (!text || !text[strspn(text, " \n")])
		return;
	buf_char(out, '\n');
	fill(out, text, 0);
}

/* The prompt needs the last line. What a person came for first: the examples. */
#define SCREEN_LINES 23

void help_screen(struct buf *out, const struct verb *verb)
{
	CLEANUP_BUF struct buf about = {0}, options = {0};
	const bool has_options = verb->opts && verb->opts->name;
	size_t begin = out->len, used, room;

	title(out, verb, "\n");
	choices(out, verb);
	buf_char(out, '\n');
	examples(out, verb);
	used = buf_lines(&(struct buf){.data = out->data + begin, .len = out->len - begin}) + 2 + has_options;
	room = used < SCREEN_LINES ? SCREEN_LINES - used : 0;
	if (has_options)
		opt_help_short(&options, verb->opts, room);
	screen_about(&about, verb);
	/* what it is about, where everything else has its place */
	if (buf_lines(&options) + buf_lines(&about) <= room && !strstr(buf_text(&options), "  also "))
		buf_add(out, buf_text(&about), about.len);
	buf_printf(out, "%s%s\n", has_options ? "\n" : "", buf_text(&options));
	if (has_options)
		buf_printf(out, "Each option explained: nsctl %s --help. ", verb->name);
	buf_printf(out, "All of it: man nsctl-%s\n", verb->name);
}

bool help_repl_word(struct buf *out, const char *word)
{
	const struct repl_word *own = repl_word_by_name(word);

	if (!own)
		return false;
	buf_printf(out, "%s, a word of the REPL: %s\n  %s\n\nStart it with nsctl repl. All of it: man nsctl-repl\n", own->name,
		own->help, own->usage);
	return true;
}
