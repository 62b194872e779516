/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the command line to the exit status. The only exit, and the only place that prints an error.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "app/verb.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "out/out.h"

/* A file that is opened later must never become standard output by accident. */
static bool open_standard_fds(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) /* the lowest that is free */
			return false;
	return true;
}

static void print_error(const struct err *err)
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

int main(int argc, char **argv)
{
	CLEANUP(session_free) struct session session = {0};
	CLEANUP_ERR struct err err = {0}, lost = {0};
	int status;

	if (!open_standard_fds())
		return 125;
	signal(SIGPIPE, SIG_IGN); /* EPIPE says the same and lets owners clean up */
	if (session_init(&session, &err) < 0)
		status = err_status(err.kind, session.runs_command);
	else
		status = dispatch(argc, argv, &session, &err);
	if (out_flush(err.code ? &lost : &err) < 0 && !lost.code)
		status = err_status(err.kind, session.runs_command);
	session_print_notes(&session);
	if (err.code && err.kind != ERR_PIPE)
		print_error(&err);
	return status;
}
