/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a topic to its rows, and from the rows to an explanation.
 */
#include "model/explain.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/caps.h"
#include "model/caps_baseline.h"
#include "model/caps_text.h"
#include "model/explain_parts.h"

#define NAMES_MAX 192

void explain_add(struct explanation *e, const char *label, const char *fmt, ...)
{
	va_list ap;

	if (e->n == EXPLAIN_PARTS)
		return;
	va_start(ap, fmt);
	if (vasprintf(&e->parts[e->n].text, fmt, ap) < 0)
		e->parts[e->n].text = NULL;
	va_end(ap);
	e->parts[e->n++].label = label;
}

void explanation_free(struct explanation *e)
{
	for (size_t i = 0; i < e->n; i++)
		free(e->parts[i].text);
	free(e->title);
	*e = (struct explanation){0};
}

static int set_title(struct explanation *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static int set_title(struct explanation *e, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&e->title, fmt, ap);
	va_end(ap);
	if (n < 0)
		e->title = NULL;
	return n < 0 ? -ENOMEM : 0;
}

/* Who gives it to a container that asks for nothing. */
static void add_givers(unsigned int number, struct explanation *e)
{
	CLEANUP_BUF struct buf names = {0};

	for (const struct caps_baseline *row = caps_baselines; row->name; row++)
		if (row->engines[0] && caps_baseline_set(row) >> number & 1)
			buf_printf(&names, "%s%s", names.len ? ", " : "", row->name);
	explain_add(e, "unasked", "%s", names.len ? buf_text(&names) : "no engine gives it");
}

static int explain_cap(unsigned int number, struct explanation *e)
{
	const struct cap_text *text = caps_text(number);

	if (!text)
		return set_title(e, "cap/%u: a capability that is newer than this nsctl", number);
	explain_add(e, NULL, "%c%s.", toupper((unsigned char)*text->meaning), text->meaning + 1);
	explain_add(e, NULL, "%s", text->inside);
	explain_add(e, NULL, "%s.", caps_text_reach(text->reach));
	add_givers(number, e);
	explain_add(e, "docker", "--cap-add %s, --cap-drop %s; not usable by another user than root",
		text->name, text->name);
	explain_add(e, "podman", "--cap-add %s, --cap-drop %s; an added one is usable by any user",
		text->name, text->name);
	explain_add(e, "Kubernetes",
		"spec.containers[].securityContext.capabilities.add or .drop: [\"%s\"]; not usable by "
		"another user than root",
		text->name);
	explain_add(e, "manual", "%s%s", text->page,
		strcmp(text->page, "capabilities(7)") != 0 ? ", capabilities(7)" : "");
	return set_title(e, "cap/%s: capability %u, since Linux %s", text->name, number, text->since);
}

static int explain_namespace(enum ns_type type, struct explanation *e)
{
	const struct explain_ns *row = explain_ns(type);

	explain_add(e, NULL, "%s", row->text);
	explain_add(e, "docker", "%s", row->docker ? row->docker : "none: it stays the host's");
	explain_add(e, "podman", "%s", row->podman ? row->podman : "none: it stays the host's");
	explain_add(e, "Kubernetes", "%s", row->kubernetes ? row->kubernetes : "none: it stays the host's");
	explain_add(e, "see", "nsctl ns TARGET");
	explain_add(e, "manual", "%s, namespaces(7)", row->page);
	return set_title(e, "ns/%s: the %s namespace, since Linux %s", ns_kinds[type].name,
		ns_kinds[type].long_name, row->since);
}

static int find_cap(const char *name, unsigned int *ret)
{
	CLEANUP_ERR struct err ignored = {0};

	return caps_parse(name, ret, &ignored);
}

static int find_ns(const char *name)
{
	for (int type = 0; type < NS_N; type++)
		if (!strcasecmp(ns_kinds[type].name, name) || !strcasecmp(ns_kinds[type].long_name, name))
			return type;
	return -ENOENT;
}

/* Appends the i-th field, or takes from i how many there are. */
static bool field_topic(size_t *i, struct buf *out, const char **ret_help)
{
	size_t n;
	const struct manifest_field *fields = manifest_fields(&n);

	for (size_t f = 0; f < n; f++)
		for (unsigned int level = 1; level <= MANIFEST_CONTEXT; level <<= 1)
			if (fields[f].levels & level && (*i)-- == 0) {
				*ret_help = fields[f].help;
				buf_str(out, "field/pod.");
				explain_path(out, &fields[f], (enum manifest_level)level);
				return true;
			}
	return false;
}

char *explain_topic(size_t i, const char **ret_help)
{
	CLEANUP_BUF struct buf text = {0};
	const struct cap_text *cap;
	size_t caps = 0;

	while ((cap = caps_text((unsigned int)caps)) && caps < i)
		caps++;
	if (cap) {
		*ret_help = cap->meaning;
		buf_printf(&text, "cap/%s", cap->name);
		return buf_take(&text);
	}
	i -= caps;
	if (i < NS_N) {
		*ret_help = explain_ns((enum ns_type)i)->help;
		buf_printf(&text, "ns/%s", ns_kinds[i].name);
		return buf_take(&text);
	}
	i -= NS_N;
	return field_topic(&i, &text, ret_help) ? buf_take(&text) : NULL;
}

/* The nearest of all, by its last name as well as in full. */
static int unknown(const char *topic, struct err *err)
{
	char *names[NAMES_MAX];
	const char *tails[NAMES_MAX], *nearest, *help, *tail = strrchr(topic, '/');
	size_t n = 0;

	while (n < NAMES_MAX && (names[n] = explain_topic(n, &help))) {
		const char *dot = strrchr(names[n], '.');

		tails[n] = dot ? dot + 1 : strchr(names[n], '/') + 1;
		n++;
	}
	tail = tail ? tail + 1 : topic;
	if (strrchr(tail, '.'))
		tail = strrchr(tail, '.') + 1;
	nearest = text_nearest(strncasecmp(tail, "cap_", 4) ? tail : tail + 4, tails, n);
	err_set(err, -EINVAL, ERR_USAGE, "nothing is known of %s", topic);
	for (size_t i = 0; i < n; i++)
		if (nearest == tails[i])
			err_hint(err, "did you mean %s?", names[i]);
	if (!nearest)
		err_hint(err, "nsctl explain --list names all topics");
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	return err->code;
}

int explain(const char *topic, struct explanation *ret, struct err *err)
{
	CLEANUP_EXPLANATION struct explanation e = {0};
	const char *slash = strchr(topic, '/'), *name = slash ? slash + 1 : topic;
	const size_t kind = slash ? (size_t)(slash - topic) : 0;
	unsigned int number;
	int error = -ENOENT;

#define IS(text) (!slash || (kind == strlen(text) && !strncmp(topic, text, kind)))
	if (IS("cap") && find_cap(name, &number) == 0)
		error = explain_cap(number, &e);
	else if (IS("ns") && find_ns(name) >= 0)
		error = explain_namespace((enum ns_type)find_ns(name), &e);
	else if (IS("field"))
		error = explain_manifest(name, &e, err);
#undef IS
	if (error == -ENOENT)
		return err->code ? err->code : unknown(topic, err);
	for (size_t i = 0; i < e.n && !error; i++)
		error = e.parts[i].text ? 0 : -ENOMEM;
	if (error < 0)
		return err_no_memory(err);
	*ret = e;
	e = (struct explanation){0};
	return 0;
}
