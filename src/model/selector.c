/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/selector.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

#define BLANKS " \t"
#define NO_NAME BLANKS ",=!()" /* what ends a key or a value */

/* What is read, and how far. */
struct reader {
	const char *text, *at;
	struct err *err;
};

static int wrong(const struct reader *r, const char *why)
{
	err_set(r->err, -EINVAL, ERR_USAGE, "-l: %s%s%s", why, *r->at ? ", at " : ", at the end", r->at);
	return err_hint(r->err, "as in -l 'app=web,tier!=db,env in (a,b),!canary'");
}

static void skip(struct reader *r)
{
	r->at += strspn(r->at, BLANKS);
}

static bool take(struct reader *r, const char *text)
{
	skip(r);
	if (!text_has_prefix(r->at, text))
		return false;
	r->at += strlen(text);
	return true;
}

/* A key or a value, which may be empty; malloc'd. */
static char *take_name(struct reader *r)
{
	size_t len;
	char *name;

	skip(r);
	len = strcspn(r->at, NO_NAME);
	name = strndup(r->at, len);
	r->at += len;
	if (!name)
		err_no_memory(r->err);
	return name;
}

/* A word that stands for an operator, and not only begins with it. */
static bool take_word(struct reader *r, const char *word)
{
	skip(r);
	if (!text_has_prefix(r->at, word) || !strchr(NO_NAME, r->at[strlen(word)]))
		return false;
	r->at += strlen(word);
	return true;
}

static int add_value(struct reader *r, struct selector_term *term)
{
	char **grown = reallocarray(term->values, term->n + 1, sizeof(*grown)), *value;

	if (!grown)
		return err_no_memory(r->err);
	term->values = grown;
	value = take_name(r);
	if (!value)
		return r->err->code;
	term->values[term->n++] = value;
	return 0;
}

static int read_set(struct reader *r, struct selector_term *term)
{
	int error;

	if (!take(r, "("))
		return wrong(r, "in and notin want values in brackets");
	do {
		error = add_value(r, term);
		if (error)
			return error;
	} while (take(r, ","));
	return take(r, ")") ? 0 : wrong(r, "a bracket is not closed");
}

static int read_term(struct reader *r, struct selector_term *term)
{
	bool absent = take(r, "!");

	term->op = absent ? SELECTOR_HAS_NOT : SELECTOR_HAS;
	term->key = take_name(r);
	if (!term->key)
		return r->err->code;
	if (!*term->key)
		return wrong(r, "a label is wanted");
	if (absent)
		return 0;
	if (take(r, "!=")) {
		term->op = SELECTOR_NOT_IN;
		return add_value(r, term);
	}
	if (take(r, "==") || take(r, "=")) {
		term->op = SELECTOR_IN;
		return add_value(r, term);
	}
	if (take_word(r, "in"))
		term->op = SELECTOR_IN;
	else if (take_word(r, "notin"))
		term->op = SELECTOR_NOT_IN;
	else
		return 0;
	return read_set(r, term);
}

int selector_parse(const char *text, struct selector *ret, struct err *err)
{
	CLEANUP_SELECTOR struct selector selector = {0};
	struct reader r = {text, text, err};

	do {
		struct selector_term *grown = reallocarray(selector.terms, selector.n + 1, sizeof(*grown));
		int error;

		if (!grown)
			return err_no_memory(err);
		selector.terms = grown;
		grown[selector.n] = (struct selector_term){.op = SELECTOR_HAS};
		error = read_term(&r, &grown[selector.n++]);
		if (error)
			return error;
	} while (take(&r, ","));
	skip(&r);
	if (*r.at)
		return wrong(&r, "a comma is wanted between two of them");
	*ret = selector;
	selector = (struct selector){0};
	return 0;
}

void selector_free(struct selector *selector)
{
	for (size_t i = 0; i < selector->n; i++) {
		for (size_t v = 0; v < selector->terms[i].n; v++)
			free(selector->terms[i].values[v]);
		free(selector->terms[i].values);
		free(selector->terms[i].key);
	}
	free(selector->terms);
	*selector = (struct selector){0};
}

/* The value of a label, NULL where there is none. False: it is not known. */
static bool label_of(const struct container *c, const struct container *pod, const char *key, const char **ret)
{
	*ret = NULL;
	if (!c->labels_known)
		return false;
	for (size_t i = 0; i < c->n_labels && !*ret; i++)
		if (!strcmp(c->labels[i].key, key))
			*ret = c->labels[i].value;
	return *ret || !pod || label_of(pod, NULL, key, ret);
}

static int term_match(const struct selector_term *term, const struct container *c, const struct container *pod)
{
	const char *value;
	bool known = label_of(c, pod, term->key, &value), in = false;

	if (!known)
		return -ENODATA;
	for (size_t i = 0; i < term->n && value && !in; i++)
		in = !strcmp(term->values[i], value);
	switch (term->op) {
	case SELECTOR_IN:
		return in;
	case SELECTOR_NOT_IN:
		return !in;
	case SELECTOR_HAS:
		return value != NULL;
	case SELECTOR_HAS_NOT:
		break;
	}
	return !value;
}

int selector_match(const struct selector *selector, const struct container *c, const struct container *pod)
{
	int ret = 1;

	for (size_t i = 0; i < selector->n && ret; i++) {
		int r = term_match(&selector->terms[i], c, pod);

		ret = r > 0 ? ret : r;
	}
	return ret;
}
