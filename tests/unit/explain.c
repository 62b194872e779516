/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "model/caps_text.h"
#include "model/explain.h"
#include "view/explain.h"

#define NEWEST 40 /* CAP_CHECKPOINT_RESTORE */

/* What every page has. */
static void check(const char *topic, const char *title)
{
	CLEANUP_EXPLANATION struct explanation e = {0};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_BUF struct buf text = {0};
	bool docker = false, podman = false, kubernetes = false;

	if (explain(topic, &e, &err) < 0)
		fail_msg("%s: %s", topic, err.message);
	assert_non_null(strstr(e.title, title));
	assert_null(e.parts[0].label);
	assert_true(strlen(e.parts[0].text) > 12);
	for (size_t i = 0; i < e.n; i++) {
		docker |= e.parts[i].label && !strcmp(e.parts[i].label, "docker");
		podman |= e.parts[i].label && !strcmp(e.parts[i].label, "podman");
		kubernetes |= e.parts[i].label && !strcmp(e.parts[i].label, "Kubernetes");
	}
	if (!docker || !podman || !kubernetes)
		fail_msg("%s: a flag is missing", topic);
	view_explanation(&e, 0, &text);
	for (const char *line = buf_text(&text); *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 80 || !strchr(line + 15, ' ') ||
			    strchr(line + 15, ' ') > line + strcspn(line, "\n")); /* one word */
}

static void every_capability(void **state)
{
	(void)state;
	for (unsigned int number = 0; number <= NEWEST; number++) {
		char topic[64], title[64];

		snprintf(topic, sizeof(topic), "cap/%s", caps_text(number)->name);
		snprintf(title, sizeof(title), "capability %u,", number);
		check(topic, title);
	}
}

static void every_namespace(void **state)
{
	(void)state;
	for (size_t i = 0; i < NS_N; i++) {
		char topic[64];

		snprintf(topic, sizeof(topic), "ns/%s", ns_kinds[i].name);
		check(topic, topic);
	}
}

static void every_field(void **state)
{
	size_t n;
	const struct manifest_field *fields = manifest_fields(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct explain_field *row = explain_field(&fields[i]);

		if (!row)
			fail_msg("%s: no explanation", fields[i].name);
		assert_int_equal(row->levels, fields[i].levels);
		assert_int_equal(row->text[strlen(row->text) - 1], '.');
		for (unsigned int level = 1; level <= MANIFEST_CONTEXT; level <<= 1) {
			CLEANUP_BUF struct buf topic = {0}, title = {0};

			if (!(fields[i].levels & level))
				continue;
			buf_str(&topic, "field/pod.");
			explain_path(&topic, &fields[i], (enum manifest_level)level);
			buf_printf(&title, "field/%s: ", fields[i].name);
			check(buf_text(&topic), buf_text(&title));
		}
	}
}

/* The list of topics has each of them once, and each can be asked for. */
static void every_topic(void **state)
{
	const char *help;
	size_t n = 0, fields = 0, rows;
	char *topic;

	(void)state;
	for (; (topic = explain_topic(n, &help)); n++) {
		CLEANUP_EXPLANATION struct explanation e = {0};
		CLEANUP_ERR struct err err = {0};

		assert_int_equal(explain(topic, &e, &err), 0);
		assert_true(help && *help);
		free(topic);
	}
	manifest_fields(&rows);
	for (size_t i = 0; i < rows; i++)
		for (unsigned int level = 1; level <= MANIFEST_CONTEXT; level <<= 1)
			fields += (manifest_fields(&rows)[i].levels & level) != 0;
	assert_int_equal(n, NEWEST + 1 + NS_N + fields);
}

static void ways_to_write_it(void **state)
{
	static const struct {
		const char *topic, *title, *place;
	} rows[] = {
		{"net_admin", "cap/NET_ADMIN", NULL},
		{"CAP_NET_ADMIN", "cap/NET_ADMIN", NULL},
		{"cap/12", "cap/NET_ADMIN", NULL},
		{"pid", "ns/pid", NULL},
		{"mount", "ns/mnt", NULL},
		{"runAsUser", "field/runAsUser", "spec.securityContext.runAsUser"},
		{"field/spec.securityContext.runAsUser", "field/runAsUser", "spec.securityContext.runAsUser"},
		{"pod.spec.containers.securityContext.runAsUser", "field/runAsUser",
			"spec.containers[].securityContext.runAsUser"},
		{"containers[3].securityContext.capabilities.add", "field/capabilities.add",
			"spec.containers[].securityContext.capabilities.add"},
		{"spec.initContainers[0].image", "field/image", "spec.containers[].image"},
		{"securityContext.fsGroup", "field/fsGroup", "spec.securityContext.fsGroup"},
		{"cronjob.spec.jobTemplate.spec.template.spec.hostPID", "field/hostPID", "spec.hostPID"},
		{"items[0].spec.template.metadata.labels", "field/labels", "metadata.labels"},
		{"capabilities", "field/capabilities", "spec.containers[].securityContext.capabilities"},
		{"pod.spec", "a level", NULL},
		{"pod.spec.containers[]", "a level", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_EXPLANATION struct explanation e = {0};
		CLEANUP_ERR struct err err = {0};
		const char *place = NULL;

		if (explain(rows[i].topic, &e, &err) < 0)
			fail_msg("%s: %s", rows[i].topic, err.message);
		assert_non_null(strstr(e.title, rows[i].title));
		for (size_t p = 0; p < e.n && rows[i].place && !place; p++)
			if (e.parts[p].label && !strcmp(e.parts[p].label, "Kubernetes"))
				place = e.parts[p].text;
		if (rows[i].place)
			assert_string_equal(place, rows[i].place);
	}
}

static void what_is_not_there(void **state)
{
	static const struct {
		const char *topic, *hint;
	} rows[] = {
		{"cap/NET_ADMN", "did you mean cap/NET_ADMIN?"},
		{"ns/pidd", "did you mean ns/pid?"},
		{"field/pod.spec.hostPid", "did you mean field/pod.spec.hostPID?"},
		{"spec.securityContext.capabilities",
			"did you mean field/pod.spec.containers[].securityContext.capabilities?"},
		{"spec.containers[].securityContext.fsGroup",
			"did you mean field/pod.spec.securityContext.fsGroup?"},
		{"cap/pid", "ns/pid"},
		{"", "--list"},
		{"/", "--list"},
		{"field/", "--list"},
		{"....", "--list"},
		{"[[[", "--list"},
		{"nothing/at/all", "--list"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_EXPLANATION struct explanation e = {0};
		CLEANUP_ERR struct err err = {0};

		assert_true(explain(rows[i].topic, &e, &err) < 0);
		assert_int_equal(err.kind, ERR_USAGE);
		if (!err.hint || !strstr(err.hint, rows[i].hint))
			fail_msg("%s: %s", rows[i].topic, err.hint);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_capability),
		cmocka_unit_test(every_namespace),
		cmocka_unit_test(every_field),
		cmocka_unit_test(every_topic),
		cmocka_unit_test(ways_to_write_it),
		cmocka_unit_test(what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
