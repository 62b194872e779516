/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/command.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "engine/engine.h"
#include "engine/roots.h"
#include "engine/task.h"
#include "model/container.h"

/* Its state is ROOT/TASK_DIR/NAMESPACE/ID/config.json, or the folder. */
static void add_containerd(struct buf *out, const struct container *c)
{
	const char *at = strstr(c->state, TASK_DIR "/");

	at = at ? at + strlen(TASK_DIR "/") : "default";
	text_shell(out, at, strcspn(at, "/"));
}

/* Does the engine look there when it is not told where? */
static bool is_usual(const struct engine *engine, const char *root, size_t len)
{
	const struct engine_roots none = {.roots = NULL};
	char **roots = NULL;
	bool found = false;

	if (roots_of(engine, &none, NULL, &roots) < 0)
		return true;
	for (size_t i = 0; roots[i] && !found; i++)
		found = strlen(roots[i]) == len && !strncmp(roots[i], root, len);
	roots_free(roots);
	return found;
}

/* Its state is ROOT/NAME or ROOT/NAME/FILE. */
static void add_root(struct buf *out, const char *option, const struct container *c)
{
	const struct engine *engine = engine_by_name(c->engine);
	const char *name = c->id && *c->id ? c->id : c->name, *at = NULL, *next = c->state;

	while (next && name && *name && (next = strstr(next, name))) {
		const char *end = next + strlen(name);

		if (next > c->state && next[-1] == '/' && (*end == '/' || !*end))
			at = next - 1;
		next = end;
	}
	if (!engine || !at || is_usual(engine, c->state, (size_t)(at - c->state)))
		return;
	buf_str(out, option);
	text_shell(out, c->state, (size_t)(at - c->state));
}

/* Names and IDs that somebody else chose may look like options, but not where one is an option's value. */
static void add_text(struct buf *out, const char *text)
{
	if (*text == '-' && !text_has_suffix(buf_text(out), " -n "))
		buf_str(out, "-- ");
	text_shell(out, text, strlen(text));
}

static void add_part(struct buf *out, char letter, const struct container *c)
{
	const char *text = letter == 'n' ? c->name : letter == 'i' ? c->id : letter == 'p' ? c->pod : c->namespace;

	if (letter == 'c')
		add_containerd(out, c);
	else if (letter == 'r' || letter == 'P')
		add_root(out, letter == 'r' ? " --root " : " -P ", c);
	else if (text)
		add_text(out, text);
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
	if (container_is_guest(c))
		buf_printf(&out, ", as uid %u, whose it is", (unsigned int)c->owner);
	return buf_take(&out);
}
