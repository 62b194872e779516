/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *format(const char *fmt, va_list ap)
{
	char *text = NULL;

	return vasprintf(&text, fmt, ap) < 0 ? NULL : text;
}

int err_set(struct err *err, int code, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (err->code)
		return err->code;
	err->code = code ? code : -EINVAL;
	err->kind = kind;
	va_start(ap, fmt);
	err->message = format(fmt, ap);
	va_end(ap);
	return err->code;
}

int err_no_memory(struct err *err)
{
	return err_set(err, -ENOMEM, ERR_FAILED, "out of memory");
}

int err_sys(struct err *err, int code, const char *fmt, ...)
{
	char *text;
	va_list ap;

	if (err->code)
		return err->code;
	va_start(ap, fmt);
	text = format(fmt, ap);
	va_end(ap);
	err_set(err, code, code == -EPERM || code == -EACCES ? ERR_DENIED : ERR_FAILED, "%s: %s",
		text ? text : "", strerror(-code));
	free(text);
	return err->code;
}

int err_why(struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!err->why)
		err->why = format(fmt, ap);
	va_end(ap);
	return err->code;
}

int err_hint(struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!err->hint)
		err->hint = format(fmt, ap);
	va_end(ap);
	return err->code;
}

int err_prefix(struct err *err, const char *fmt, ...)
{
	char *prefix, *joined = NULL;
	va_list ap;

	va_start(ap, fmt);
	prefix = format(fmt, ap);
	va_end(ap);
	if (prefix && asprintf(&joined, "%s: %s", prefix, err->message ? err->message : "") >= 0) {
		free(err->message);
		err->message = joined;
	}
	free(prefix);
	return err->code;
}

void err_clear(struct err *err)
{
	int saved = errno;

	free(err->message);
	free(err->why);
	free(err->hint);
	*err = (struct err){0};
	errno = saved;
}

int err_status(enum err_kind kind, int runs_command)
{
	static const struct {
		unsigned char runs_command, other;
	} status[] = {
		[ERR_FAILED] = {125, 2},
		[ERR_USAGE] = {125, 2},
		[ERR_NO_TARGET] = {125, 1},
		[ERR_DENIED] = {125, 4},
		[ERR_PARTIAL] = {125, 3},
		[ERR_TIMED_OUT] = {124, 2},
		[ERR_NOT_EXECUTABLE] = {126, 2},
		[ERR_NO_COMMAND] = {127, 2},
		[ERR_PIPE] = {141, 141},
	};

	return runs_command ? status[kind].runs_command : status[kind].other;
}
