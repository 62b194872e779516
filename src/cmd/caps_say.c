/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a table of capabilities does not say by itself, in sentences.
 */
#include "cmd/caps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cmd/look.h"

static void add_line(struct caps_lines *lines, const char *text, size_t len)
{
	char **grown = reallocarray(lines->items, lines->n + 1, sizeof(*grown));

	lines->failed |= !grown;
	if (!grown)
		return;
	lines->items = grown;
	grown[lines->n] = strndup(text, len);
	lines->failed |= !grown[lines->n];
	lines->n += grown[lines->n] != NULL;
}

void caps_lines_add(struct caps_lines *lines, const struct buf *text)
{
	lines->failed |= text->failed;
	for (const char *line = buf_text(text); *line;) {
		size_t len = strcspn(line, "\n");

		add_line(lines, line, len);
		line += len + (line[len] != '\0');
	}
}

void caps_lines_free(struct caps_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		free(lines->items[i]);
	free(lines->items);
	*lines = (struct caps_lines){.items = NULL};
}

/* "init", or for host and self what they are. */
static void say_who(const struct caps_process *p, struct buf *out)
{
	buf_printf(out, "PID %d is ", (int)p->host_pid);
	if (p->uid == (uid_t)-1)
		buf_printf(out, "uid %u outside, which is not mapped inside", (unsigned int)p->host_uid);
	else if (p->uid != p->host_uid)
		buf_printf(out, "uid %u inside and %u outside", (unsigned int)p->uid, (unsigned int)p->host_uid);
	else
		buf_printf(out, "uid %u inside and outside", (unsigned int)p->uid);
	if (p->no_new_privs)
		buf_str(out, ", with no_new_privs");
	buf_str(out, ".\n");
}

static void say_owner(const struct caps_process *p, struct buf *out)
{
	if (p->own_userns) {
		buf_str(out, "Its capabilities count in ");
		if (p->userns)
			buf_printf(out, "user namespace %" PRIu64, p->userns);
		else
			buf_str(out, "a user namespace other than the initial one");
		if (p->root_outside != (uid_t)-1)
			buf_printf(out, ", where root is uid %u outside", (unsigned int)p->root_outside);
	} else {
		buf_str(out, "Its capabilities count in the initial user namespace: root inside is root outside");
	}
	buf_str(out, ".\n");
}

/* Fourteen complaints about what nobody asked for would hide the one that matters. */
static void say_unasked(const struct caps_process *p, struct buf *out)
{
	uint64_t unasked = p->held.bounding & ~p->granted;

	if (!p->held.bounding && !p->held.permitted && p->uid == 0)
		buf_str(out, "Root without capabilities: its bounding set is empty (drop: ALL).\n");
	if (p->uid != 0 && unasked && !(p->held.effective & unasked))
		buf_printf(out, "Not root, so it can use none of the %u%s that its bounding set has%s.\n",
			caps_count(unasked), p->not_usable.n ? " others" : "",
			p->not_usable.n || !caps_default(caps_engine_of(p->container)) ? "" : " unasked");
}

static void say_against(const struct caps_item *item, bool chosen, struct buf *out)
{
	const struct caps_against *against = item->against;
	uint64_t held = caps_any(&item->process->held), missing = against->mask & ~held,
		 added = held & ~against->mask;

	if (!chosen) {
		if (missing)
			buf_printf(out, "%u that the %s has are in none of its sets: --all shows them.\n",
				caps_count(missing), against->name);
		return;
	}
	if (!missing && !added) {
		buf_printf(out, "The same as %s.\n", against->name);
		return;
	}
	if (added) {
		buf_printf(out, "Beyond %s: ", against->name);
		caps_names(out, added, ", ");
		buf_str(out, ".\n");
	}
	if (missing) {
		buf_printf(out, "Less than %s: ", against->name);
		caps_names(out, missing, ", ");
		buf_str(out, ".\n");
	}
}

static void say_threads(size_t others, size_t hidden, struct buf *out)
{
	if (!others)
		buf_str(out, "It has one thread.\n");
	else if (hidden == others)
		buf_printf(out, "Its %zu other thread%s the same.\n", others, others == 1 ? " holds" : "s hold");
	else
		buf_printf(out, "%zu of its %zu other threads %s otherwise: they are shown by their TID.\n",
			others - hidden, others, others - hidden == 1 ? "is" : "are");
}

void caps_say(struct caps_lines *lines, const struct caps_item *items, size_t n, size_t hidden, bool named, bool chosen)
{
	const struct caps_process *p = items[0].process;
	CLEANUP_BUF struct buf text = {0};

	if (named)
		buf_printf(&text, "%s:\n", p->container->ref);
	caps_unusable_say(&p->not_usable, &text);
	say_unasked(p, &text);
	say_who(p, &text);
	say_owner(p, &text);
	if (hidden != (size_t)-1)
		say_threads(n - 1, hidden, &text);
	say_against(&items[0], chosen, &text);
	caps_lines_add(lines, &text);
}
