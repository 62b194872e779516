/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --filter and --sort-by's columns. Input: the expression, CUT, a text, CUT, a number or "?" (unknown) or nothing.
 *
 * An expression fits or is wrong, and says which; each operator is the opposite of its opposite; the text in quotes is
 * the text.
 */
#include "fuzz.h"

#include "base/cleanup.h"
#include "out/filter.h"

#define REGEX_MOST 40

struct item {
	const char *text, *number;
};

static void fill_text(const void *item, struct cell *ret)
{
	cell_text(ret, ((const struct item *)item)->text);
}

static void fill_number(const void *item, struct cell *ret)
{
	const char *text = ((const struct item *)item)->number;
	uint64_t number;

	if (*text == '?')
		cell_unknown(ret);
	else if (!text_u64(text, UINT64_MAX, &number))
		cell_number(ret, number);
	else
		cell_text(ret, text);
}

static void fill_age(const void *item, struct cell *ret)
{
	fill_number(item, ret);
	if (ret->kind == CELL_NUMBER)
		cell_age(ret, ret->number);
}

static const struct column columns[] = {
	{"NAME", "", 0, 0, fill_text},
	{"HOST-PID", "", COLUMN_RIGHT, 0, fill_number},
	{"AGE", "", COLUMN_AGE, 0, fill_age},
	{NULL, NULL, 0, 0, NULL},
};
static const struct view view = {.kind = "Thing", .plural = "things", .columns = columns};

static bool fits(const struct filter *filter, const struct item *item)
{
	CLEANUP_CELL struct cell cell = {0};
	CLEANUP_BUF struct buf text = {0};

	return filter_match(filter, item, &cell, &text);
}

/* The term alone, by another operator. */
static bool fits_by(const struct filter_term *term, enum filter_op op, const struct item *item)
{
	struct filter_term other = *term;
	const struct filter one = {&other, 1};

	other.op = op;
	return fits(&one, item);
}

static void check_term(const struct filter_term *term, const struct item *item)
{
	bool less = fits_by(term, FILTER_LESS, item), more = fits_by(term, FILTER_MORE, item);
	bool is = fits_by(term, FILTER_IS, item);

	FUZZ_CHECK(is != fits_by(term, FILTER_IS_NOT, item));
	FUZZ_CHECK(!(less && more) && !(is && less) && !(is && more));
	FUZZ_CHECK(!less || fits_by(term, FILTER_AT_MOST, item));
	FUZZ_CHECK(!more || fits_by(term, FILTER_AT_LEAST, item));
	if (term->has_regex)
		FUZZ_CHECK(!(fits_by(term, FILTER_LIKE, item) && fits_by(term, FILTER_UNLIKE, item)));
}

/* What a table shows of a name, put in quotes, finds it. */
static void check_quoted(const struct item *item)
{
	CLEANUP_FREE char *shown = text_escaped(item->text), *text = NULL;
	CLEANUP_FILTER struct filter filter = {0};
	CLEANUP_ERR struct err err = {0};
	char quote = strchr(shown, '"') ? '\'' : '"';

	if (strchr(shown, quote) || asprintf(&text, " name == %c%s%c ", quote, shown, quote) < 0)
		return;
	FUZZ_CHECK(filter_parse(text, &view, &filter, &err) == 0);
	FUZZ_CHECK(filter.n == 1 && !strcmp(filter.terms[0].value, shown) && fits(&filter, item));
}

/* The C library's regular expressions take time and memory without end, and more than a user would wait for. */
static bool costly(const char *text)
{
	const char *tilde = strchr(text, '~');

	return tilde && (strlen(tilde) > REGEX_MOST || strpbrk(tilde, "{\\"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	CLEANUP_FREE char *text = fuzz_part(&in, NULL), *name = fuzz_part(&in, NULL), *number = fuzz_part(&in, NULL);
	const struct item item = {name, number};
	CLEANUP_FILTER struct filter filter = {0};
	CLEANUP_ERR struct err err = {0};
	bool all = true;
	int r;

	check_quoted(&item);
	if (costly(text))
		return 0;
	r = filter_parse(text, &view, &filter, &err);
	fuzz_check_err(r, &err);
	FUZZ_CHECK((r < 0) == !filter.n);
	for (size_t i = 0; i < filter.n; i++) {
		const struct filter one = {&filter.terms[i], 1};

		check_term(&filter.terms[i], &item);
		all &= fits(&one, &item);
	}
	FUZZ_CHECK(r < 0 || all == fits(&filter, &item));
	return 0;
}
