/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#include "app/session.h"
#include "app/verb.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "out/out.h"
#include "sys/aside.h"

void command_print_error(const struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	const char *lines[] = {err->message, err->why, err->hint};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!lines[i])
			continue;
		buf_str(&text, i ? "  " : "nsctl: ");
		text_escape(&text, lines[i], strlen(lines[i]));
		buf_char(&text, '\n');
	}
	fwrite(buf_text(&text), 1, text.len, stderr);
}

static int take_over(struct session *s, const struct command_context *context, struct err *err)
{
	const struct {
		struct opt_list *to;
		const struct opt_list *from;
	} lists[] = {{&s->roots, context->roots}, {&s->data_roots, context->data_roots}};

	s->context = context->target;
	s->repl = context->repl;
	s->namespace = context->namespace;
	s->color = context->color;
	s->config = context->config;
	s->verbose = context->verbose;
	for (size_t l = 0; l < ARRAY_SIZE(lists); l++)
		for (size_t i = 0; lists[l].from && i < lists[l].from->n; i++)
			if (opt_list_add(lists[l].to, lists[l].from->items[i]) < 0)
				return err_no_memory(err);
	return 0;
}

int command_run(int argc, char **argv, const struct command_context *context)
{
	CLEANUP(session_free) struct session session = {0};
	CLEANUP_ERR struct err err = {0}, lost = {0};
	int status, r;

	aside_forget();
	r = context->repl ? take_over(&session, context, &err) : session_init(&session, &err);
	if (r < 0)
		status = err_status(err.kind, session.runs_command);
	else
		status = dispatch(argc, argv, &session, &err);
	if (out_flush(err.code ? &lost : &err) < 0 && !lost.code)
		status = err_status(err.kind, session.runs_command);
	if (context->repl) { /* what nobody took must not come out with the next command */
		__fpurge(stdout);
		clearerr(stdout);
	}
	session_note_silent(&session, false);
	session_print_notes(&session);
	if (err.code && err.kind != ERR_PIPE)
		command_print_error(&err);
	return status;
}
