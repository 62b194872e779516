/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the reading of a manifest is, and how it says what it found there.
 */
#include "model/manifest_reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"

size_t manifest_down(struct manifest_reader *r, const char *fmt, ...)
{
	CLEANUP_FREE char *step = NULL;
	size_t mark = r->path.len;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&step, fmt, ap);
	va_end(ap);
	if (len < 0)
		return mark; /* a path that is short: only messages have it */
	buf_str(&r->path, mark || *step != '.' ? step : step + 1);
	return mark;
}

void manifest_up(struct manifest_reader *r, size_t mark)
{
	if (!r->path.data || mark > r->path.len)
		return;
	r->path.len = mark;
	r->path.data[mark] = '\0';
}

int manifest_fail(struct manifest_reader *r, const struct yaml_node *at, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return err_sys(r->err, -ENOMEM, "%s", r->file);
	return err_set(r->err, -EINVAL, ERR_USAGE, "%s:%u:%u: %s", r->file, at ? at->line : 1,
		at ? at->column : 1, text);
}

int manifest_add_remark(struct manifest_reader *r, enum manifest_severity severity, unsigned int line,
	unsigned int column, const char *fmt, ...)
{
	struct manifest_remark **list = r->pod ? &r->pod->remarks : &r->into->remarks, *grown;
	size_t *n = r->pod ? &r->pod->n_remarks : &r->into->n_remarks;
	struct manifest_remark remark = {.severity = severity, .line = line, .column = column};
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&remark.message, fmt, ap);
	va_end(ap);
	remark.field = strdup(buf_text(&r->path));
	grown = *list;
	if (len >= 0 && remark.field && !(*n & (*n - 1))) /* full at each power of two */
		grown = reallocarray(*list, *n ? 2 * *n : 1, sizeof(**list));
	if (len < 0 || !remark.field || !grown) {
		free(remark.field);
		if (len >= 0)
			free(remark.message);
		return err_sys(r->err, -ENOMEM, "%s", r->file);
	}
	*list = grown;
	grown[(*n)++] = remark;
	return 0;
}
