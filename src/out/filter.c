/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

#define COLUMNS_NAMED 128 /* in a message */

static const struct {
	const char *text;
	enum filter_op op;
} ops[] = {
	/* longer ones first */
	{"==", FILTER_IS},
	{"!=", FILTER_IS_NOT},
	{"<=", FILTER_AT_MOST},
	{">=", FILTER_AT_LEAST},
	{"!~", FILTER_UNLIKE},
	{"=", FILTER_IS},
	{"<", FILTER_LESS},
	{">", FILTER_MORE},
	{"~", FILTER_LIKE},
};

const struct column *view_column(const struct view *view, const char *name, size_t len, struct err *err)
{
	CLEANUP_FREE char *word = strndup(name, len);
	CLEANUP_BUF struct buf list = {0};
	const char *names[COLUMNS_NAMED], *nearest;
	size_t n = 0;

	if (!word) {
		err_no_memory(err);
		return NULL;
	}
	for (const struct column *c = view->columns; c->name; c++) {
		if (!strcasecmp(c->name, word))
			return c;
		buf_printf(&list, "%s%s", c == view->columns ? "" : ", ", c->name);
		if (n < COLUMNS_NAMED)
			names[n++] = c->name;
	}
	nearest = text_nearest(word, names, n);
	err_set(err, -EINVAL, ERR_USAGE, "%s have no column %s", view->plural, *word ? word : "\"\"");
	if (nearest)
		err_hint(err, "did you mean %s?", nearest);
	else
		err_hint(err, "there are: %s", buf_text(&list));
	return NULL;
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* Reads a value up to the comma behind it, or the end; malloc'd. In quotes everything is as it is; outside
 * them "\," is a comma and every other backslash stays, as regular expressions have many. */
static char *read_value(const char **at, struct err *err)
{
	CLEANUP_BUF struct buf value = {0};
	const char *text = skip_blanks(*at);
	char quote = *text == '"' || *text == '\'' ? *text : '\0', *taken;

	for (text += quote != '\0'; *text && *text != (quote ? quote : ','); text++) {
		text += !quote && text[0] == '\\' && text[1] == ',';
		buf_char(&value, *text);
	}
	if (quote && *text != quote) {
		err_set(err, -EINVAL, ERR_USAGE, "--filter: a value begins with %c and does not end with it",
			quote);
		return NULL;
	}
	text = quote ? skip_blanks(text + 1) : text;
	while (!quote && value.len && strchr(" \t", value.data[value.len - 1]))
		value.data[--value.len] = '\0';
	*at = text;
	taken = value.len ? buf_take(&value) : strdup("");
	if (!taken)
		err_no_memory(err);
	return taken;
}

static int read_op(const char **at, enum filter_op *ret, const char *term, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (text_has_prefix(*at, ops[i].text)) {
			*ret = ops[i].op;
			*at += strlen(ops[i].text);
			return 0;
		}
	err_set(err, -EINVAL, ERR_USAGE, "--filter wants COLUMN OP VALUE, not %s", *term ? term : "\"\"");
	return err_hint(err, "OP is one of == != < > <= >= ~ !~; as in --filter 'STATUS==Running,AGE<5m'");
}

static int compile(struct filter_term *term, struct err *err)
{
	char why[128];
	int r = regcomp(&term->regex, term->value, REG_EXTENDED | REG_NOSUB);

	if (!r) {
		term->has_regex = true;
		return 0;
	}
	regerror(r, &term->regex, why, sizeof(why));
	return err_set(err, -EINVAL, ERR_USAGE, "--filter: %s is no regular expression: %s", term->value, why);
}

static bool orders(enum filter_op op)
{
	return op == FILTER_LESS || op == FILTER_MORE || op == FILTER_AT_MOST || op == FILTER_AT_LEAST;
}

/* A column of numbers has no order with a text, and a wrong unit must not leave an empty list. */
static int check_value(const struct filter_term *term, struct err *err)
{
	bool age = term->column->flags & COLUMN_AGE, number = term->column->flags & COLUMN_RIGHT;

	if (!orders(term->op) || (!age && !number) || (age ? term->is_age : term->is_number))
		return 0;
	err_set(err, -EINVAL, ERR_USAGE, "--filter: %s is compared with a number, not with %s",
		term->column->name, *term->value ? term->value : "\"\"");
	return age ? err_hint(err, "as 90s, 5m, 4h20m, 2d or 1y") : err->code;
}

static int read_term(const char **at, const struct view *view, struct filter_term *ret, struct err *err)
{
	const char *name = skip_blanks(*at), *begin = name;
	size_t len = strcspn(name, "=!<>~,"), blanks = 0;
	int r;

	while (blanks < len && strchr(" \t", name[len - blanks - 1]))
		blanks++;
	*at = name + len;
	r = read_op(at, &ret->op, begin, err);
	if (r < 0)
		return r;
	ret->column = view_column(view, name, len - blanks, err);
	if (!ret->column)
		return err->code;
	ret->value = read_value(at, err);
	if (!ret->value)
		return err->code;
	ret->is_number = !text_u64(ret->value, UINT64_MAX, &ret->number);
	ret->is_age = !cell_age_parse(ret->value, &ret->age);
	r = check_value(ret, err);
	if (!r && (ret->op == FILTER_LIKE || ret->op == FILTER_UNLIKE))
		r = compile(ret, err);
	return r;
}

int filter_parse(const char *text, const struct view *view, struct filter *ret, struct err *err)
{
	CLEANUP_FILTER struct filter filter = {0};

	for (const char *at = text;; at++) {
		struct filter_term *grown = reallocarray(filter.terms, filter.n + 1, sizeof(*grown));
		int r;

		if (!grown)
			return err_no_memory(err);
		filter.terms = grown;
		grown[filter.n] = (struct filter_term){0};
		r = read_term(&at, view, &grown[filter.n++], err);
		if (!r && *at && *at != ',')
			r = err_set(
				err, -EINVAL, ERR_USAGE, "--filter: a comma is wanted behind a quoted value");
		if (r < 0)
			return r;
		if (!*at)
			break;
	}
	*ret = filter;
	filter = (struct filter){0};
	return 0;
}

void filter_free(struct filter *filter)
{
	for (size_t i = 0; i < filter->n; i++) {
		free(filter->terms[i].value);
		if (filter->terms[i].has_regex)
			regfree(&filter->terms[i].regex);
	}
	free(filter->terms);
	*filter = (struct filter){0};
}

/* <0, 0, >0; *ret_none when the two have no order. */
static int compare(const struct filter_term *term, const struct cell *cell, const char *shown, bool *ret_none)
{
	bool age = cell->kind == CELL_AGE && term->is_age,
	     number = cell->kind == CELL_NUMBER && term->is_number;
	uint64_t with = age ? term->age : term->number;

	*ret_none = cell->kind == CELL_NONE || cell->kind == CELL_UNKNOWN;
	if (age || number)
		return cell->number < with ? -1 : cell->number > with;
	*ret_none |= cell->kind != CELL_TEXT; /* "all" beside numbers: equal or not, never more or less */
	return strcmp(shown, term->value);
}

static bool term_match(const struct filter_term *term, const struct cell *cell, const char *shown)
{
	bool none, blank = cell->kind == CELL_NONE && !*term->value;
	int order = compare(term, cell, shown, &none);

	switch (term->op) {
	case FILTER_IS:
		return blank || !order;
	case FILTER_IS_NOT:
		return !blank && order;
	case FILTER_LESS:
		return !none && order < 0;
	case FILTER_MORE:
		return !none && order > 0;
	case FILTER_AT_MOST:
		return !none && order <= 0;
	case FILTER_AT_LEAST:
		return !none && order >= 0;
	case FILTER_LIKE:
	case FILTER_UNLIKE:
		break;
	}
	if (cell->kind == CELL_UNKNOWN) /* may be like it or not */
		return false;
	/* "-" is no text of its own: POD~. means those that have one */
	return !regexec(&term->regex, cell->kind == CELL_NONE ? "" : shown, 0, NULL, 0) ==
	       (term->op == FILTER_LIKE);
}

bool filter_match(const struct filter *filter, const void *item, struct cell *cell, struct buf *text)
{
	for (size_t i = 0; i < filter->n; i++) {
		cell_clear(cell);
		filter->terms[i].column->fill(item, cell);
		text->len = 0;
		cell_show(cell, text);
		if (!term_match(&filter->terms[i], cell, buf_text(text)))
			return false;
	}
	return true;
}
