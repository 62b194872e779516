/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/opt.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

#define FIRST_LONG 0x1000 /* what getopt_long returns for row i of a table: FIRST_LONG + i */
#define MAX_OPTS 96
#define HELP_COLUMN 28

/* The two tables as getopt wants them. */
struct reader {
	const struct opt *rows[MAX_OPTS];
	char *base[MAX_OPTS];
	struct option longs[MAX_OPTS + 1];
	char shorts[2 * MAX_OPTS + 4];
	size_t n;
};

static int argument_of(const struct opt *row)
{
	if (row->type == OPT_MAYBE)
		return optional_argument;
	return row->arg ? required_argument : no_argument;
}

static void reader_add(struct reader *r, const struct opt *table, void *into)
{
	char *s = r->shorts + strlen(r->shorts);

	for (; table && table->name && r->n < MAX_OPTS; table++) {
		r->rows[r->n] = table;
		r->base[r->n] = into;
		r->longs[r->n] = (struct option){table->name, argument_of(table), NULL, FIRST_LONG + (int)r->n};
		r->n++;
		if (!table->letter)
			continue;
		*s++ = (char)table->letter;
		if (table->arg)
			*s++ = ':';
	}
	*s = '\0';
}

int opt_list_add(struct opt_list *list, const char *item)
{
	const char **grown = reallocarray(list->items, list->n + 2, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	list->items = grown;
	list->items[list->n++] = item;
	list->items[list->n] = NULL;
	return 0;
}

static int store(const struct opt *row, char *base, const char *value)
{
	void *field = base + row->offset;

	switch (row->type) {
	case OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case OPT_COUNT:
		++*(unsigned int *)field;
		return 0;
	case OPT_TEXT:
		*(const char **)field = value;
		return 0;
	case OPT_LIST:
		return opt_list_add(field, value);
	case OPT_MAYBE:
		*(const char **)field = value ? value : "";
		return 0;
	}
	return -EINVAL;
}

/* The long name that was perhaps meant: near to the word, or begun by it. */
static const char *meant(const struct reader *r, const char *word)
{
	const char *names[MAX_OPTS] = {NULL}, *nearest;
	CLEANUP_FREE char *name = strndup(word, strcspn(word, "="));
	size_t n = 0;

	if (!name || !*name)
		return NULL;
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i]->help) /* not the hidden ones */
			names[n++] = r->rows[i]->name;
	nearest = text_nearest(name, names, n);
	for (size_t i = 0; !nearest && i < n; i++)
		if (text_has_prefix(names[i], name))
			nearest = names[i];
	return nearest;
}

static int find_letter(const struct reader *r, int letter)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i]->letter == letter)
			return (int)i;
	return -1;
}

/* -9 and -KILL, as kill(1) takes them. */
static bool is_signal(const struct reader *r, const char *word)
{
	int i = find_letter(r, 's');

	return i >= 0 && !strcmp(r->rows[i]->name, "signal") && word[0] == '-' && word[1] &&
	       !word[1 + strspn(word + 1, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")];
}

static int unknown_option(const struct reader *r, const char *word, struct err *err)
{
	const char *name = text_has_prefix(word, "--") ? meant(r, word + 2) : NULL;

	err_set(err, -EINVAL, ERR_USAGE, "unknown option %.*s", (int)strcspn(word, "="), word);
	return name ? err_hint(err, "did you mean --%s?", name) : err->code;
}

/* getopt_long also takes an unambiguous beginning of a name; we do not. */
static bool is_exact(const char *word, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(word, "--", 2) && !strncmp(word + 2, name, len) &&
	       (!word[2 + len] || word[2 + len] == '=');
}

static int one_option(const struct reader *r, int got, char **argv, int at, struct err *err)
{
	const char *word = argv[at];
	char letter[3] = {'-', (char)optopt, '\0'};
	int i = got >= FIRST_LONG ? got - FIRST_LONG : find_letter(r, got == ':' ? optopt : got);

	if (got == ':' && optopt >= FIRST_LONG)
		i = optopt - FIRST_LONG;
	if (got == '?' && optopt >= FIRST_LONG &&
		is_exact(word, r->rows[optopt - FIRST_LONG]->name)) /* --flag=value */
		return err_set(err, -EINVAL, ERR_USAGE, "option --%s takes no value",
			r->rows[optopt - FIRST_LONG]->name);
	if (got == '?' && is_signal(r, word)) {
		err_set(err, -EINVAL, ERR_USAGE, "unknown option %s", word);
		return err_hint(err, "did you mean -s %s?", word + 1);
	}
	if (got == '?')
		return unknown_option(r, optopt && optopt < FIRST_LONG ? letter : word, err);
	if (i < 0)
		return unknown_option(r, word, err);
	if (((got >= FIRST_LONG) || (got == ':' && optopt >= FIRST_LONG)) &&
		!is_exact(word, r->rows[i]->name))
		return unknown_option(r, word, err);
	if (got == ':')
		return err_set(err, -EINVAL, ERR_USAGE, "option --%s needs a value: %s", r->rows[i]->name,
			r->rows[i]->arg);
	if (r->rows[i]->type == OPT_MAYBE && optarg && !*optarg)
		return err_set(err, -EINVAL, ERR_USAGE, "option --%s= needs a value, or no =", r->rows[i]->name);
	if (store(r->rows[i], r->base[i], optarg))
		return err_no_memory(err);
	return 0;
}

/* Reads options from argv[*at] on, up to the first word or behind `--`. Sets *at there; *ret_ended when it
 * was a `--`. */
static int read_options(struct reader *r, int argc, char **argv, int *at, bool *ret_ended, struct err *err)
{
	int got, word, r2;

	*ret_ended = false;
	/* getopt wants argv[0] before the options; optind 0 makes it begin anew */
	argc -= *at - 1;
	argv += *at - 1;
	optind = 0;
	opterr = 0;
	for (;;) {
		optopt = 0;
		word = optind ? optind : 1;
		got = getopt_long(argc, argv, r->shorts, r->longs, NULL);
		if (got < 0)
			break;
		r2 = one_option(r, got, argv, word, err);
		if (r2 < 0)
			return r2;
	}
	*ret_ended = optind > 1 && !strcmp(argv[optind - 1], "--") && word < optind;
	*at += optind - 1;
	return 0;
}

static int take_words(struct opt_words *words, char **from, int n, struct err *err)
{
	char **grown = reallocarray(words->words, words->n + (size_t)n + 1, sizeof(*grown));

	if (!grown)
		return err_no_memory(err);
	words->words = grown;
	for (int i = 0; i < n; i++)
		words->words[words->n++] = from[i];
	words->words[words->n] = NULL;
	return 0;
}

int opt_parse(int argc, char **argv, const struct opt *table, void *into, const struct opt *common,
	void *common_into, enum opt_mode mode, struct opt_words *ret_words, struct err *err)
{
	struct reader r = {.shorts = "+:"};
	bool ended = false;
	int at = 1, error;

	reader_add(&r, table, into);
	reader_add(&r, common, common_into);
	error = read_options(&r, argc, argv, &at, &ended, err);
	while (!error && !ended && at < argc &&
		(mode == OPT_ANYWHERE || (mode == OPT_AROUND_TARGET && !ret_words->n))) {
		error = take_words(ret_words, argv + at++, 1, err);
		if (!error)
			error = read_options(&r, argc, argv, &at, &ended, err);
	}
	if (error)
		return error;
	if (mode == OPT_AROUND_TARGET && !ret_words->n && at + 1 < argc && !strcmp(argv[at + 1], "--")) {
		/* exec -- TARGET -- COMMAND */
		error = take_words(ret_words, argv + at, 1, err);
		if (error)
			return error;
		at += 2;
	}
	return take_words(ret_words, argv + at, argc - at, err);
}

/* "-u, --user USER" */
static void row_name(struct buf *out, const struct opt *row, const char *without_letter)
{
	if (row->letter)
		buf_printf(out, "-%c, --%s", row->letter, row->name);
	else
		buf_printf(out, "%s--%s", without_letter, row->name);
	if (row->arg)
		buf_printf(out, row->type == OPT_MAYBE ? "[=%s]" : " %s", row->arg);
}

static void row_help(struct buf *out, const struct opt *row, size_t column)
{
	size_t begin = out->len;

	buf_str(out, "  ");
	row_name(out, row, "    ");
	buf_str(out, "  ");
	while (out->len - begin < column + 2 && !out->failed)
		buf_char(out, ' ');
	text_wrap(out, row->help, out->len - begin, column + 2, OPT_WIDTH);
	buf_char(out, '\n');
}

void opt_help(struct buf *out, const struct opt *table)
{
	for (; table && table->name; table++)
		if (table->help)
			row_help(out, table, HELP_COLUMN);
}

/* The names alone, as one paragraph. */
static void rest_names(struct buf *out, const struct opt *table)
{
	CLEANUP_BUF struct buf names = {0};
	size_t at = out->len;

	for (; table->name; table++) {
		size_t begin = names.len;

		if (!table->help)
			continue;
		row_name(&names, table, "");
		/* what belongs together stays in one line */
		for (char *c = names.data ? names.data + begin : NULL; c && *c; c++)
			*c = (char)(*c == ' ' ? '\x01' : *c);
		buf_str(&names, "; ");
	}
	if (names.len < 2)
		return;
	names.len -= 2;
	names.data[names.len] = '\0';
	buf_str(out, "  also ");
	text_wrap(out, buf_text(&names), strlen("  also "), strlen("  also "), OPT_WIDTH);
	for (; at < out->len; at++)
		if (out->data[at] == '\x01')
			out->data[at] = ' ';
	buf_char(out, '\n');
}

/* The widest name of the rows before `end`. */
static size_t names_column(const struct opt *table, const struct opt *end)
{
	size_t column = 0;

	for (; table < end; table++) {
		CLEANUP_BUF struct buf name = {0};

		row_name(&name, table, "    ");
		if (table->help && name.len + 4 > column)
			column = name.len + 4;
	}
	return column < HELP_COLUMN ? column : HELP_COLUMN;
}

void opt_help_short(struct buf *out, const struct opt *table, size_t lines)
{
	const struct opt *end = table;

	while (end->name)
		end++;
	for (;; end--) {
		CLEANUP_BUF struct buf text = {0};
		size_t column = names_column(table, end);

		for (const struct opt *row = table; row < end; row++)
			if (row->help)
				row_help(&text, row, column - 2);
		rest_names(&text, end);
		if (end > table && buf_lines(&text) > lines)
			continue;
		buf_add(out, buf_text(&text), text.len);
		out->failed |= text.failed;
		return;
	}
}

void opt_words_free(struct opt_words *words)
{
	free(words->words);
	*words = (struct opt_words){0};
}

void opt_list_free(struct opt_list *list)
{
	free(list->items);
	*list = (struct opt_list){0};
}
