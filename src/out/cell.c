/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/cell.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

void cell_clear(struct cell *cell)
{
	cell->kind = CELL_NONE;
	cell->tone = TONE_PLAIN;
	cell->whole = false;
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

void cell_word(struct cell *cell, const char *word)
{
	cell_text(cell, word);
	cell->whole = true;
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
	cell->kind = CELL_AGE;
	buf_printf(&cell->text, "%" PRIu64 "%c", age.big, age.big_unit);
	if (age.small)
		buf_printf(&cell->text, "%" PRIu64 "%c", age.small, age.small_unit);
}

int cell_age_parse(const char *text, uint64_t *ret_seconds)
{
	static const struct {
		char name;
		uint64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'y', UINT64_C(365) * 86400}};
	const char *start = text;
	uint64_t sum = 0;

	if (!*text)
		return -EINVAL;
	while (*text) {
		uint64_t number = 0, unit = 0;
		const char *begin = text;

		for (; *text >= '0' && *text <= '9'; text++)
			if (__builtin_mul_overflow(number, 10, &number) ||
				__builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
				return -ERANGE;
		if (text == begin)
			return -EINVAL;
		if (!*text && begin == start) /* a bare number */
			unit = 1;
		for (size_t i = 0; *text && i < ARRAY_SIZE(units); i++)
			if (units[i].name == *text)
				unit = units[i].seconds;
		if (!unit)
			return -EINVAL;
		if (__builtin_mul_overflow(number, unit, &number) ||
			__builtin_add_overflow(sum, number, &sum))
			return -ERANGE;
		text += *text != '\0';
	}
	*ret_seconds = sum;
	return 0;
}

static bool is_number(const struct cell *cell)
{
	return cell->kind == CELL_NUMBER || cell->kind == CELL_AGE;
}

/* Which cells come before which, whatever is in them. */
static int rank(const struct cell *cell)
{
	switch (cell->kind) {
	case CELL_NUMBER:
	case CELL_AGE:
		return 0;
	case CELL_TEXT:
		return 1;
	case CELL_NONE:
		return 2;
	case CELL_UNKNOWN:
		break;
	}
	return 3;
}

int cell_compare(const struct cell *a, const struct cell *b, bool down)
{
	int order = rank(a) - rank(b);

	if (order)
		return order;
	if (is_number(a))
		order = a->number < b->number ? -1 : a->number > b->number;
	else if (a->kind == CELL_TEXT)
		order = strcmp(buf_text(&a->text), buf_text(&b->text));
	return down ? -order : order;
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
	case CELL_AGE:
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
