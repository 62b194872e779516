/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values of rows: made here, shown by the view.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/caps.h"
#include "model/drift_reader.h"

void drift_value_bool(struct drift_value *v, bool truth)
{
	v->kind = DRIFT_VALUE_BOOL;
	v->truth = truth;
}

void drift_value_answer(struct drift_value *v, enum drift_answer answer)
{
	if (answer == DRIFT_CANNOT)
		v->kind = DRIFT_VALUE_UNKNOWN;
	else
		drift_value_bool(v, answer == DRIFT_YES);
}

void drift_value_number(struct drift_value *v, int64_t number)
{
	v->kind = DRIFT_VALUE_NUMBER;
	v->number = number;
}

void drift_value_text(const struct drift_context *c, struct drift_value *v, const char *text)
{
	free(v->text);
	v->text = text ? strdup(text) : NULL;
	v->kind = text ? DRIFT_VALUE_TEXT : DRIFT_VALUE_NONE;
	*c->failed |= text && !v->text;
}

void drift_value_list(struct drift_value *v)
{
	v->kind = DRIFT_VALUE_LIST;
}

void drift_value_item(const struct drift_context *c, struct drift_value *v, const char *item)
{
	size_t n = 0;
	char **grown;

	drift_value_list(v);
	while (v->items && v->items[n])
		n++;
	grown = reallocarray(v->items, n + 2, sizeof(*grown));
	*c->failed |= !grown;
	if (!grown)
		return;
	v->items = grown;
	grown[n] = strdup(item);
	grown[n + 1] = NULL;
	*c->failed |= !grown[n];
}

void drift_value_caps(const struct drift_context *c, struct drift_value *v, uint64_t mask, bool all)
{
	drift_value_list(v);
	if (all)
		drift_value_item(c, v, "ALL");
	for (unsigned int i = 0; i < CAP_BITS; i++) {
		CLEANUP_BUF struct buf name = {0};

		if (!(mask >> i & 1))
			continue;
		caps_name(&name, i);
		drift_value_item(c, v, buf_text(&name));
	}
}

void drift_value_free(struct drift_value *v)
{
	for (char **item = v->items; item && *item; item++)
		free(*item);
	free(v->items);
	free(v->text);
	*v = (struct drift_value){.kind = DRIFT_VALUE_UNKNOWN};
}

void drift_value_manifest(const struct drift_context *c, const struct manifest_field *field,
	const struct manifest_value *value, struct drift_value *ret)
{
	ret->kind = DRIFT_VALUE_NONE;
	if (!value->set && !value->misplaced)
		return;
	switch (field->type) {
	case MANIFEST_BOOL:
		drift_value_bool(ret, value->truth);
		break;
	case MANIFEST_ID:
		drift_value_number(ret, value->number);
		break;
	case MANIFEST_CAPS:
		drift_value_caps(c, ret, value->mask, value->all);
		break;
	case MANIFEST_IDS:
	case MANIFEST_TEXTS:
	case MANIFEST_PAIRS:
		drift_value_list(ret);
		ret->words = field->type == MANIFEST_TEXTS;
		for (size_t i = 0; i < value->n_items; i++) {
			CLEANUP_BUF struct buf item = {0};

			if (value->items[i].name)
				buf_printf(&item, "%s=", value->items[i].name);
			buf_str(&item, value->items[i].text);
			drift_value_item(c, ret, buf_text(&item));
		}
		break;
	case MANIFEST_TEXT:
	case MANIFEST_WORD:
		drift_value_text(c, ret, value->text);
		break;
	case MANIFEST_OBJECT:
	case MANIFEST_ANY:
		drift_value_text(c, ret, "{...}");
		break;
	}
}
