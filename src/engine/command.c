/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/command.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "engine/task.h"
#include "model/container.h"

static void add(struct buf *out, const char *text, size_t len)
{
	text_escape(out, text, len);
}

/* Its state is ROOT/TASK_DIR/NAMESPACE/ID/config.json, or the folder. */
static void add_containerd(struct buf *out, const struct container *c)
{
	const char *at = strstr(c->state, TASK_DIR "/");

	at = at ? at + strlen(TASK_DIR "/") : "default";
	add(out, at, strcspn(at, "/"));
}

static void add_part(struct buf *out, char letter, const struct container *c)
{
	const char *text = letter == 'n' ? c->name : letter == 'i' ? c->id : letter == 'p' ? c->pod : c->namespace;

	if (letter == 'c')
		add_containerd(out, c);
	else if (text)
		add(out, text, strlen(text));
}

char *engine_command(const char *format, const struct container *c)
{
	struct buf out = {0};

	if (!format)
		return NULL;
	for (const char *s = format; *s; s++) {
		if (*s == '%' && s[1])
			add_part(&out, *++s, c);
		else
			buf_char(&out, *s);
	}
	if (c->owner && c->owner != geteuid())
		buf_printf(&out, ", as uid %u, whose it is", (unsigned int)c->owner);
	return buf_take(&out);
}
