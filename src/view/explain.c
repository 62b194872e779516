/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/explain.h"

#include <string.h>

#include "base/buf.h"
#include "model/explain.h"

#define WIDTH 80
#define INDENT 2
#define LABEL 12

/* Appends words up to the width; lines after the first begin at `indent`. */
static void wrap(const char *text, size_t indent, size_t width, struct buf *out)
{
	size_t at = indent;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (at > indent && at + 1 + len > width) {
			buf_printf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			buf_char(out, ' ');
			at++;
		}
		buf_add(out, text, len);
		at += len;
		text += len + (text[len] == ' ');
	}
	buf_char(out, '\n');
}

void view_explanation(const struct explanation *e, size_t width, struct buf *out)
{
	const char *before = "";

	if (!width)
		width = WIDTH;
	wrap(e->title, 0, width, out);
	buf_char(out, '\n');
	for (size_t i = 0; i < e->n; i++) {
		const struct explain_part *part = &e->parts[i];

		if (!part->label) {
			buf_printf(out, "%*s", INDENT, "");
			wrap(part->text, INDENT, width, out);
			before = "\n";
			continue;
		}
		/* a label that goes on is not said again */
		buf_printf(out, "%s%*s%-*s ", before, INDENT, "", LABEL,
			i && e->parts[i - 1].label && !strcmp(e->parts[i - 1].label, part->label)
				? ""
				: part->label);
		before = "";
		wrap(part->text, INDENT + LABEL + 1, width, out);
	}
}
