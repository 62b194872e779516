/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/session.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/config.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "sys/aside.h"

#define ENGINES_MAX 32

const struct opt session_opts[] = {
	{'n', "namespace", "NAMESPACE", OPT_TEXT, offsetof(struct session, namespace),
		"look in this Kubernetes namespace only"},
	{0, "root", "ENGINE=DIR", OPT_LIST, offsetof(struct session, roots),
		"look for ENGINE's state in DIR too; without DIR, not in its own places"},
	{0, "data-root", "ENGINE=DIR", OPT_LIST, offsetof(struct session, data_roots),
		"ENGINE's data are in DIR"},
	{0, "color", "WHEN", OPT_TEXT, offsetof(struct session, color), "auto (default), always or never"},
	{'v', "verbose", NULL, OPT_COUNT, offsetof(struct session, verbose),
		"say what was read and which way was taken; -vv: what was called, too"},
	{0, "help", NULL, OPT_FLAG, offsetof(struct session, full_help),
		NULL}, /* before the row that help shows: the long name is this */
	{'h', "help", NULL, OPT_FLAG, offsetof(struct session, help),
		"show help: -h on one screen, --help all of it"},
	{0, "version", NULL, OPT_FLAG, offsetof(struct session, version), "show the version"},
	OPT_END,
};

void session_note(struct session *s, const char *target, int code, const char *hint, const char *fmt, ...)
{
	struct note *grown = reallocarray(s->notes, s->n_notes + 1, sizeof(*grown)), *note;
	va_list ap;

	s->notes_lost |= !grown; /* without memory: the answer is not complete all the same */
	if (!grown)
		return;
	s->notes = grown;
	note = &s->notes[s->n_notes++];
	*note = (struct note){.code = code};
	note->target = target ? strdup(target) : NULL;
	note->hint = hint ? strdup(hint) : NULL;
	va_start(ap, fmt);
	if (vasprintf(&note->message, fmt, ap) < 0)
		note->message = NULL;
	va_end(ap);
}

static void note_silent(void *data, pid_t pid, const char *path)
{
	session_note(data, NULL, -ETIMEDOUT,
		"its file system waits for a process that may be the container's own; what is there stays "
		"unknown",
		"%s below the root of process %d does not answer", path, (int)pid);
}

void session_note_silent(struct session *s, bool again)
{
	aside_each(again, note_silent, s);
}

void session_print_notes(struct session *s)
{
	CLEANUP_BUF struct buf text = {0};

	for (size_t i = 0; i < s->n_notes; i++) {
		struct note *note = &s->notes[i];
		CLEANUP_FREE char *target = text_escaped(note->target);
		CLEANUP_FREE char *message = text_escaped(note->message);
		CLEANUP_FREE char *hint = text_escaped(note->hint);

		if (note->printed)
			continue;
		note->printed = true;
		buf_printf(&text, "nsctl: %s%s%s\n", target ? target : "", target && *target ? ": " : "",
			message ? message : "");
		if (hint && *hint)
			buf_printf(&text, "  %s\n", hint);
	}
	if (text.len)
		fwrite(text.data, 1, text.len, stderr);
}

bool session_partial(const struct session *s)
{
	for (size_t i = 0; i < s->n_notes; i++)
		if (s->notes[i].code)
			return true;
	return s->notes_lost;
}

bool session_denied(const struct session *s)
{
	for (size_t i = 0; i < s->n_notes; i++)
		if (s->notes[i].code == -EACCES || s->notes[i].code == -EPERM)
			return true;
	return false;
}

/* "-v: ..." and "-vv: ...": the option that asks for it. */
static void say_trace(void *data, unsigned int level, const char *text)
{
	CLEANUP_BUF struct buf line = {0};

	(void)data;
	buf_str(&line, level == TRACE_READ ? "-v: " : "-vv: ");
	text_escape(&line, text, strlen(text));
	buf_char(&line, '\n');
	fwrite(buf_text(&line), 1, line.len, stderr);
}

const struct trace *session_trace(struct session *s)
{
	s->trace = (struct trace){.level = s->verbose, .say = say_trace};
	return s->verbose ? &s->trace : NULL;
}

static void engine_note(void *data, const char *engine, const char *path, int code, const char *message)
{
	const char *hint = NULL;

	if ((code == -EACCES || code == -EPERM) && geteuid())
		hint = "root can read more: sudo nsctl ...";
	session_note(
		data, engine, code, hint, "%s%s%s", path ? path : "", path && *path ? ": " : "", message);
}

struct engine_query session_engines(struct session *s)
{
	return (struct engine_query){
		.roots = {s->roots.items, s->roots.n, s->data_roots.items, s->data_roots.n},
		.note = engine_note,
		.note_data = s,
		.trace = session_trace(s),
	};
}

int session_target(
	struct session *s, const char *text, const char *container, struct container *ret, struct err *err)
{
	struct target_query query = {.text = text,
		.container = container,
		.namespace = s->namespace,
		.engines = session_engines(s)};
	size_t before = s->n_notes;
	int r = target_resolve(&query, ret, err);

	while (!r && !s->verbose && s->n_notes > before)
		note_free(&s->notes[--s->n_notes]);
	return r;
}

/* An ordinary user could otherwise point a nsctl that was given privileges by its file at forged state. */
int session_init(struct session *s, struct err *err)
{
	const char *roots = secure_getenv("NSCTL_ROOT");
	char *save = NULL;

	if (!roots || !*roots)
		return 0;
	s->root_words = strdup(roots);
	if (!s->root_words)
		return err_no_memory(err);
	for (char *w = strtok_r(s->root_words, ":", &save); w; w = strtok_r(NULL, ":", &save))
		if (opt_list_add(&s->roots, w))
			return err_no_memory(err);
	return 0;
}

static int check_roots(const struct opt_list *list, const char *option, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *item = list->items[i], *names[ENGINES_MAX] = {NULL}, *nearest;
		CLEANUP_FREE char *name = strndup(item, strcspn(item, "="));
		size_t n = 0;

		if (!name)
			return err_no_memory(err);
		if (!strchr(item, '='))
			return err_set(err, -EINVAL, ERR_USAGE, "%s wants ENGINE=DIR, not %s", option, item);
		if (engine_by_name(name))
			continue;
		for (; n < ENGINES_MAX && engines[n].name; n++)
			names[n] = engines[n].name;
		nearest = text_nearest(name, names, n);
		err_set(err, -EINVAL, ERR_USAGE, "%s %s: there is no such engine", option, item);
		return nearest ? err_hint(err, "did you mean %s?", nearest)
			       : err_hint(err, "nsctl get engines lists them");
	}
	return 0;
}

int session_check(const struct session *s, struct err *err)
{
	int r = check_roots(&s->roots, "--root", err);

	return r ? r : check_roots(&s->data_roots, "--data-root", err);
}

void session_free(struct session *s)
{
	for (size_t i = 0; i < s->n_notes; i++)
		note_free(&s->notes[i]);
	free(s->notes);
	free(s->root_words);
	if (s->own_config)
		config_free(s->own_config);
	free(s->own_config);
	opt_list_free(&s->roots);
	opt_list_free(&s->data_roots);
	*s = (struct session){0};
}
