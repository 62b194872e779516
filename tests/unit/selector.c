/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/selector.h"

static struct label labels[] = {
	{(char *)"app", (char *)"web"}, {(char *)"tier", (char *)"front"}, {(char *)"in", (char *)"x"},
	{(char *)"empty", (char *)""}, {(char *)"app.kubernetes.io/name", (char *)"api"},
};

static void matches(void **state)
{
	static const struct {
		const char *text;
		bool fits;
	} rows[] = {
		{"app=web", true}, {"app==web", true}, {" app = web ", true}, {"app=api", false}, {"nosuch=web", false},
		{"app!=web", false}, {"app!=api", true}, {"nosuch!=web", true}, {"app", true}, {"nosuch", false},
		{"!app", false}, {"!nosuch", true}, {"app in (api,web)", true}, {"app in(api)", false},
		{"app in ( web )", true}, {"nosuch in (web)", false}, {"app notin (api)", true}, {"app notin (web,api)", false},
		{"nosuch notin (web)", true}, {"app=web,tier=front", true}, {"app=web , tier=back", false},
		{"app=web,!canary,tier in (front,back)", true}, {"in", true}, {"in=x", true}, {"in in (x)", true},
		{"notin", false}, {"inner", false}, {"empty=", true}, {"app=", false}, {"empty in (,a)", true},
		{"app.kubernetes.io/name=api", true}, {"app=web,app!=web", false}, {"app ==web", true}, {"app= =x", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct container c = {.labels = labels, .n_labels = ARRAY_SIZE(labels), .labels_known = true};
		CLEANUP_SELECTOR struct selector selector = {0};
		CLEANUP_ERR struct err err = {0};

		if (i + 1 == ARRAY_SIZE(rows)) { /* the one that is none */
			assert_int_equal(selector_parse(rows[i].text, &selector, &err), -EINVAL);
			continue;
		}
		if (selector_parse(rows[i].text, &selector, &err))
			fail_msg("%s: %s", rows[i].text, err.message);
		if (selector_match(&selector, &c, NULL) != rows[i].fits)
			fail_msg("%s", rows[i].text);
	}
}

static struct label of_pod[] = {
	{(char *)"app", (char *)"shop"}, {(char *)"team", (char *)"red"},
};

/* The pod's labels count where the container has none of that name; what is not known decides nothing. */
static void with_pod(void **state)
{
	static const struct {
		const char *text;
		int fits, pod_unknown, own_unknown;
	} rows[] = {
		{"team=red", 1, -ENODATA, -ENODATA}, {"team=blue", 0, -ENODATA, -ENODATA}, {"!team", 0, -ENODATA, -ENODATA},
		{"app=web", 1, 1, -ENODATA}, {"app=shop", 0, 0, -ENODATA}, {"app!=shop", 1, 1, -ENODATA},
		{"team=red,app=web", 1, -ENODATA, -ENODATA}, {"team=red,app=shop", 0, 0, -ENODATA},
		{"app=shop,team=red", 0, 0, -ENODATA}, {"nosuch", 0, -ENODATA, -ENODATA}, {"!nosuch", 1, -ENODATA, -ENODATA},
	};
	const struct container own = {.labels = labels, .n_labels = ARRAY_SIZE(labels), .labels_known = true};
	const struct container pod = {.labels = of_pod, .n_labels = ARRAY_SIZE(of_pod), .labels_known = true};
	const struct container unknown = {.labels_known = false};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_SELECTOR struct selector selector = {0};
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(selector_parse(rows[i].text, &selector, &err), 0);
		if (selector_match(&selector, &own, &pod) != rows[i].fits ||
			selector_match(&selector, &own, &unknown) != rows[i].pod_unknown ||
			selector_match(&selector, &unknown, &pod) != rows[i].own_unknown)
			fail_msg("%s", rows[i].text);
	}
}

static void wrong(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"", "-l: a label is wanted, at the end"}, {"=web", "-l: a label is wanted, at =web"},
		{"app=web,", "-l: a label is wanted, at the end"}, {"app=web,,b", "-l: a label is wanted, at ,b"},
		{"app in web", "-l: in and notin want values in brackets, at web"},
		{"app in (a", "-l: a bracket is not closed, at the end"},
		{"app in (a b)", "-l: a bracket is not closed, at b)"},
		{"app web", "-l: a comma is wanted between two of them, at web"},
		{"!app=web", "-l: a comma is wanted between two of them, at =web"},
		{"a=b\x1b)", "-l: a comma is wanted between two of them, at )"},
		{"!", "-l: a label is wanted, at the end"}, {"a (\n", "-l: a comma is wanted between two of them, at (\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_SELECTOR struct selector selector = {0};
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(selector_parse(rows[i].text, &selector, &err), -EINVAL);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_int_equal(selector.n, 0);
		assert_string_equal(err.message, rows[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(matches), cmocka_unit_test(with_pod), cmocka_unit_test(wrong)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
