/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Help, made from the tables: a name is written once.
 */
#include <string.h>

#include "app/session.h"
#include "app/verb.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/opt.h"

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

void help_verb(struct buf *out, const struct verb *verb)
{
	const char *name, *help = NULL;
	size_t len;

	buf_printf(out, "nsctl %s: %s\n\n  nsctl %s %s\n", verb->name, verb->summary ? verb->summary : "",
		verb->name, verb->usage ? verb->usage : "");
	if (verb->about)
		buf_printf(out, "\n%s\n", verb->about);
	for (size_t i = 0; verb->choice && (name = verb->choice(i, &help)); i++)
		buf_printf(out, "%s  %-14s %s\n", i ? "" : "\n", name, help);
	if (verb->opts && verb->opts->name) {
		buf_str(out, "\nOptions\n");
		opt_help(out, verb->opts);
	}
	if (verb->examples)
		buf_str(out, "\nExamples\n");
	for (const char *line = verb->examples; line && *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		buf_printf(out, "  %.*s\n", (int)len, line);
	}
	buf_str(out, "\nGlobal options: nsctl help. All of it: man nsctl");
	if (strcmp(verb->group, "use") != 0) /* these are told in nsctl(1) */
		buf_printf(out, "-%s", verb->name);
	buf_char(out, '\n');
}
