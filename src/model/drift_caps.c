/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * capabilities.add and .drop against the bounding set, and what privileged is made of.
 *
 * The set that is expected is the engine's default with add and drop applied as that engine does. A
 * capability too much or too little belongs to one of the two rows: to add's, when add names it or the
 * default set has it not, else to drop's.
 */
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/caps_process.h"
#include "model/drift_reader.h"

static const struct manifest_value *add_of(const struct drift_context *c)
{
	return &c->effective->capabilities_add;
}

static const struct manifest_value *drop_of(const struct drift_context *c)
{
	return &c->effective->capabilities_drop;
}

static uint64_t added(const struct drift_context *c)
{
	return (add_of(c)->all ? c->pod->host.caps : 0) | add_of(c)->mask;
}

static uint64_t dropped(const struct drift_context *c)
{
	return (drop_of(c)->all ? c->pod->host.caps : 0) | drop_of(c)->mask;
}

/* The pause container asked for nothing, so it has what the engine gives by default, its settings included.
 * One that has everything is privileged and says nothing. */
void drift_defaults(struct drift_context *c)
{
	const struct drift_side *pause = c->pod->pause;
	const char *engine = caps_engine_of(c->facts->container);

	c->engine = predict_engine_of(engine);
	c->defaults = c->engine->settings ? 0 : caps_default(engine);
	if (pause && pause->known && pause->has_caps &&
		(pause->spec.caps.bounding & c->pod->host.caps) != c->pod->host.caps)
		c->defaults = pause->spec.caps.bounding;
	c->has_defaults = c->defaults != 0;
}

/* Every capability, but for those that are dropped by name: nsctl's own sandboxes take them from a privileged
 * one, too. nsctl mounts a /sys of its own kind, whoever it is for. */
enum drift_answer drift_privileged_of(const struct drift_context *c, const struct drift_side *side)
{
	uint64_t all = c->pod->host.caps & ~drop_of(c)->mask;
	bool own = !strcmp(c->facts->container->engine, "nsctl");

	if (!side->known || !side->has_caps)
		return DRIFT_CANNOT;
	return drift_answer_of((side->spec.caps.bounding & all) == all && side->filtered != DRIFT_YES &&
			       side->masked != DRIFT_YES && (own || side->sys_locked != DRIFT_YES));
}

static void say_lacks(const struct drift_context *c, const struct drift_side *side, struct buf *out)
{
	uint64_t lacks = c->pod->host.caps & ~drop_of(c)->mask & ~side->spec.caps.bounding;
	const char *sign = "";

	if (lacks) {
		buf_printf(out, "it lacks %u capabilities", caps_count(lacks));
		sign = ", ";
	}
	if (side->filtered == DRIFT_YES) {
		buf_printf(out, "%sa seccomp filter is on", sign);
		sign = ", ";
	}
	if (side->masked == DRIFT_YES) {
		buf_printf(out, "%sparts of /proc are masked", sign);
		sign = ", ";
	}
	if (side->sys_locked == DRIFT_YES)
		buf_printf(out, "%s/sys is read-only", sign);
}

void drift_privileged_judge(const struct drift_context *c, struct drift_row *row)
{
	CLEANUP_BUF struct buf lacks = {0};

	if (row->verdict != DRIFT_DRIFT)
		return;
	if (!c->value->truth) {
		drift_say(c, row,
			"%sit has every capability, no seccomp filter, and nothing of /proc and /sys is kept "
			"from it",
			c->value->set ? "" : "not set, and the default is false: ");
		return;
	}
	say_lacks(c, &c->facts->kernel, &lacks);
	drift_say(c, row, "%s", lacks.len ? buf_text(&lacks) : "the config does not ask for it");
}

/* What differs from the set that is expected, as far as that is known. */
static uint64_t difference(const struct drift_context *c, const struct drift_side *side)
{
	struct manifest_context as_is = *c->effective;
	uint64_t expected, known = UINT64_MAX;

	as_is.privileged.set = as_is.privileged.truth = c->privileged;
	expected = predict_granted(c->engine, c->defaults, c->pod->host.caps, &as_is);
	if (c->privileged) /* the engines do not look at the lists then; nsctl does */
		known = ~dropped(c);
	else if (!c->has_defaults && !drop_of(c)->all && !add_of(c)->all)
		known = added(c) | dropped(c);
	return (expected ^ side->spec.caps.bounding) & known & c->pod->host.caps;
}

static uint64_t of_add(const struct drift_context *c)
{
	return added(c) | ~c->defaults;
}

enum drift_answer drift_add_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return side->has_caps ? drift_answer_of(!(difference(c, side) & of_add(c))) : DRIFT_CANNOT;
}

enum drift_answer drift_drop_agrees(const struct drift_context *c, const struct drift_side *side)
{
	return side->has_caps ? drift_answer_of(!(difference(c, side) & ~of_add(c))) : DRIFT_CANNOT;
}

void drift_add_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	uint64_t held = side->spec.caps.bounding & c->pod->host.caps,
		 wanted = c->pod->host.caps & ~drop_of(c)->mask; /* drop ALL beside it takes none of these names */
	uint64_t base = drop_of(c)->all ? 0 : c->defaults;

	if (!side->has_caps)
		return;
	if (add_of(c)->all && (held & wanted) == wanted)
		drift_value_caps(c, ret, 0, true);
	else
		drift_value_caps(c, ret, (held & ~base) | (held & added(c)), false);
}

void drift_drop_show(const struct drift_context *c, const struct drift_side *side, struct drift_value *ret)
{
	uint64_t held = side->spec.caps.bounding & c->pod->host.caps;

	if (!side->has_caps)
		return;
	if (drop_of(c)->all && !(held & ~added(c)))
		drift_value_caps(c, ret, 0, true);
	else
		drift_value_caps(c, ret, (c->defaults | drop_of(c)->mask) & ~held, false);
}

static void say_set(struct buf *out, uint64_t mask, const char *text)
{
	if (!mask)
		return;
	if (out->len)
		buf_str(out, "; ");
	caps_names(out, mask, ", ");
	buf_printf(out, " %s %s", caps_count(mask) > 1 ? "are" : "is", text);
}

/* The kernel's word first; where it agrees, the config's. */
static uint64_t what_differs(const struct drift_context *c, uint64_t mine, const struct drift_side **ret_side)
{
	const struct drift_side *sides[] = {&c->facts->kernel, &c->facts->oci};

	for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
		uint64_t differs = sides[i]->has_caps ? difference(c, sides[i]) & mine : 0;

		*ret_side = sides[i];
		if (differs)
			return differs;
	}
	return 0;
}

/* Granted is not usable: the words of model/caps_usable.h, in one line. */
static void say_unusable(const struct drift_context *c, struct drift_row *row)
{
	const struct caps_unusable_list *list = &c->facts->unusable;
	CLEANUP_BUF struct buf said = {0}, line = {0};

	if (!list->n)
		return;
	row->verdict = DRIFT_IGNORED;
	caps_unusable_say(list, &said);
	buf_str(&line, "granted, not usable: ");
	for (const char *at = buf_text(&said); *at;) {
		if (*at != '\n') {
			buf_char(&line, *at++);
			continue;
		}
		at += 1 + strspn(at + 1, " ");
		if (*at)
			buf_char(&line, ' ');
	}
	drift_say(c, row, "%s", buf_text(&line));
}

void drift_add_judge(const struct drift_context *c, struct drift_row *row)
{
	const struct drift_side *side;
	uint64_t differs = what_differs(c, of_add(c), &side);
	CLEANUP_BUF struct buf text = {0};

	if (row->verdict == DRIFT_OK && c->facts->kernel.known && c->value->set) {
		say_unusable(c, row);
	} else if (row->verdict == DRIFT_DRIFT) {
		say_set(&text, differs & ~side->spec.caps.bounding, "missing");
		say_set(&text, differs & side->spec.caps.bounding,
			"held, and neither the manifest nor the engine's default adds it");
		drift_say(c, row, "%s", buf_text(&text));
	}
}

void drift_drop_judge(const struct drift_context *c, struct drift_row *row)
{
	const struct drift_side *side;
	uint64_t differs = what_differs(c, ~of_add(c), &side);
	CLEANUP_BUF struct buf text = {0};

	if (row->verdict == DRIFT_OK && c->privileged && c->value->set &&
		c->facts->kernel.spec.caps.bounding & dropped(c) & ~added(c)) {
		row->verdict = DRIFT_IGNORED;
		drift_say(c, row, "privileged gives every capability, whatever is dropped");
	} else if (row->verdict == DRIFT_DRIFT) {
		say_set(&text, differs & ~side->spec.caps.bounding,
			"missing: in the engine's default, and the manifest does not drop it");
		say_set(&text, differs & side->spec.caps.bounding, "still held");
		drift_say(c, row, "%s", buf_text(&text));
	}
}
