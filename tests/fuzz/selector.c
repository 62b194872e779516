/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * -l. Input: the selector, CUT, the labels, each "KEY=VALUE" and a CUT.
 *
 * What was read, written out plainly, reads and fits the same; each term is the opposite of its opposite; all that
 * fits by itself fits together.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/selector.h"

#define LABELS_MOST 16

static void write_term(struct buf *to, const struct selector_term *term)
{
	bool set = term->op == SELECTOR_IN || term->op == SELECTOR_NOT_IN;

	if (term->op == SELECTOR_HAS_NOT)
		buf_char(to, '!');
	buf_str(to, term->key);
	if (!set)
		return;
	buf_str(to, term->op == SELECTOR_IN ? " in (" : " notin (");
	for (size_t i = 0; i < term->n; i++)
		buf_printf(to, "%s%s", i ? "," : "", term->values[i]);
	buf_char(to, ')');
}

static void check_written(const struct selector *selector, const struct container *c)
{
	CLEANUP_SELECTOR struct selector again = {0};
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_ERR struct err err = {0};

	for (size_t i = 0; i < selector->n; i++) {
		if (i)
			buf_char(&text, ',');
		write_term(&text, &selector->terms[i]);
	}
	if (selector_parse(buf_text(&text), &again, &err) < 0) {
		fprintf(stderr, "%s: %s\n", buf_text(&text), err.message);
		FUZZ_CHECK(!"it reads what it means");
	}
	FUZZ_CHECK(again.n == selector->n);
	FUZZ_CHECK(selector_match(&again, c, NULL) == selector_match(selector, c, NULL));
}

static bool check_term(const struct selector_term *term, const struct container *c)
{
	static const enum selector_op opposite[] = {
		[SELECTOR_IN] = SELECTOR_NOT_IN,
		[SELECTOR_NOT_IN] = SELECTOR_IN,
		[SELECTOR_HAS] = SELECTOR_HAS_NOT,
		[SELECTOR_HAS_NOT] = SELECTOR_HAS,
	};
	struct selector_term other = *term, own = *term;
	const struct selector one = {&own, 1}, not_one = {&other, 1};

	FUZZ_CHECK(*term->key);
	other.op = opposite[term->op];
	FUZZ_CHECK(selector_match(&one, c, NULL) != selector_match(&not_one, c, NULL));
	return selector_match(&one, c, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	CLEANUP_FREE char *text = fuzz_part(&in, NULL);
	CLEANUP_SELECTOR struct selector selector = {0};
	char *lines[LABELS_MOST] = {NULL};
	struct label labels[LABELS_MOST];
	struct container c = {.labels = labels, .labels_known = true};
	CLEANUP_ERR struct err err = {0};
	bool all = true;
	int r;

	while (in.left && c.n_labels < LABELS_MOST) {
		char *value = lines[c.n_labels] = fuzz_part(&in, NULL), *key = strsep(&value, "=");

		labels[c.n_labels++] = (struct label){key, value ? value : key + strlen(key)};
	}
	r = selector_parse(text, &selector, &err);
	fuzz_check_err(r, &err);
	FUZZ_CHECK((r < 0) == !selector.n);
	for (size_t i = 0; i < selector.n; i++)
		all &= check_term(&selector.terms[i], &c);
	if (!r) {
		FUZZ_CHECK(all == selector_match(&selector, &c, NULL));
		check_written(&selector, &c);
	}
	for (size_t i = 0; i < c.n_labels; i++)
		free(lines[i]);
	return 0;
}
