/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/cell.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

void cell_clear(struct cell *cell)
{
	cell->kind = CELL_NONE;
	cell->tone = TONE_PLAIN;
	cell->number = 0;
	cell->text.len = 0;
}

void cell_free(struct cell *cell)
{
	buf_free(&cell->text);
}

void cell_text_n(struct cell *cell, const char *text, size_t len)
{
	cell->kind = len ? CELL_TEXT : CELL_NONE;
	cell->text.len = 0;
	buf_add(&cell->text, text, len);
}

void cell_text(struct cell *cell, const char *text)
{
	cell_text_n(cell, text ? text : "", text ? strlen(text) : 0);
}

void cell_words(struct cell *cell, char *const *words)
{
	cell->text.len = 0;
	for (size_t i = 0; words && words[i]; i++) {
		if (i)
			buf_char(&cell->text, ' ');
		buf_str(&cell->text, words[i]);
	}
	cell->kind = cell->text.len ? CELL_TEXT : CELL_NONE;
}

void cell_number(struct cell *cell, uint64_t number)
{
	cell->kind = CELL_NUMBER;
	cell->number = number;
	cell->text.len = 0;
}

void cell_unknown(struct cell *cell)
{
	cell->kind = CELL_UNKNOWN;
}

void cell_age(struct cell *cell, uint64_t seconds)
{
	uint64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
	struct {
		uint64_t big;
		char big_unit;
		uint64_t small;
		char small_unit;
	} age;

	/* two units while the smaller one still tells something, as kubectl has it */
	if (minutes < 2)
		age = (typeof(age)){seconds, 's', 0, 0};
	else if (minutes < 10)
		age = (typeof(age)){minutes, 'm', seconds % 60, 's'};
	else if (minutes < 180)
		age = (typeof(age)){minutes, 'm', 0, 0};
	else if (hours < 8)
		age = (typeof(age)){hours, 'h', minutes % 60, 'm'};
	else if (hours < 48)
		age = (typeof(age)){hours, 'h', 0, 0};
	else if (days < 8)
		age = (typeof(age)){days, 'd', hours % 24, 'h'};
	else if (days < 2 * 365)
		age = (typeof(age)){days, 'd', 0, 0};
	else if (days < 8 * 365)
		age = (typeof(age)){days / 365, 'y', days % 365, 'd'};
	else
		age = (typeof(age)){days / 365, 'y', 0, 0};
	cell_number(cell, seconds);
	buf_printf(&cell->text, "%" PRIu64 "%c", age.big, age.big_unit);
	if (age.small)
		buf_printf(&cell->text, "%" PRIu64 "%c", age.small, age.small_unit);
}

void cell_show(const struct cell *cell, struct buf *out)
{
	switch (cell->kind) {
	case CELL_NONE:
		buf_char(out, '-');
		return;
	case CELL_UNKNOWN:
		buf_char(out, '?');
		return;
	case CELL_NUMBER:
		if (!cell->text.len) {
			buf_printf(out, "%" PRIu64, cell->number);
			return;
		}
		break;
	case CELL_TEXT:
		break;
	}
	text_escape(out, buf_text(&cell->text), cell->text.len);
}
