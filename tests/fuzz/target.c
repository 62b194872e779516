/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Targets and refs. Input: the target, CUT, -c, CUT, -n, then the containers of the list, each CUT and a line
 * "FLAGS|NAME|ID|POD|NAMESPACE|DEFAULT": a digit for the engine, and of s (stopped) and p (pause) what
 * applies.
 *
 * What target_name_all() calls a container must name that one; what an error proposes must name something.
 */
#include "fuzz.h"

#include <ctype.h>
#include <errno.h>

#include "base/cleanup.h"
#include "engine/match.h"
#include "engine/state.h"
#include "engine/target.h"

#define LIST_MAX 24

static char *field(char **rest)
{
	char *text = strsep(rest, "|");

	return strdup(text ? text : "");
}

/* NULL for an empty one, as engines leave it. */
static char *field_or_null(char **rest)
{
	char *text = strsep(rest, "|");

	return text && *text ? strdup(text) : NULL;
}

static void add(struct container_list *list, char *line)
{
	struct container *c = container_list_add(list);
	CLEANUP_FREE char *flags = field(&line);
	size_t n = 0;

	if (!c)
		abort();
	while (engines[n].name)
		n++;
	c->engine = engines[(isdigit((unsigned char)*flags) ? (size_t)(*flags - '0') : 0) % n].name;
	c->name = field(&line);
	c->id = field(&line);
	c->pod = field_or_null(&line);
	c->namespace = c->pod ? field_or_null(&line) : NULL;
	c->default_container = c->pod ? field_or_null(&line) : NULL;
	c->pause = strchr(flags, 'p') != NULL;
	c->status = strchr(flags, 's') ? CONTAINER_STOPPED : CONTAINER_RUNNING;
	c->pid = c->status == CONTAINER_STOPPED ? 0 : (pid_t)(100 + list->n);
	/* containerd://ID means both of these, so their IDs are what they are: a kubelet's long, others' not
	 */
	if (!strcmp(c->engine, "cri") && (strlen(c->id) != STATE_ID_LEN || !text_is_hex(c->id)))
		*c->id = '\0';
	if (!strcmp(c->engine, "containerd") && text_is_hex(c->id) && strlen(c->id) >= TARGET_ID_SHORT)
		*c->id = '\0';
	/* engines give every container a name, bare groups have a process */
	if (!*c->name || (!c->pid && !strcmp(c->engine, "bare")))
		container_list_remove(list, list->n - 1);
}

/* A live one's ref names it, and only it. */
static void check_refs(const struct container_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct container *c = &list->items[i];
		struct target_query query = {.text = c->ref};
		CLEANUP_ERR struct err err = {0};
		size_t found = list->n;
		int r;

		FUZZ_CHECK(c->ref && *c->ref);
		if (!c->pid)
			continue;
		r = target_match(&query, list, &found, &err);
		if (r < 0 || found != i)
			fprintf(stderr, "%s/%s: ref %s: %s, %zu instead of %zu\n", c->engine, c->name, c->ref,
				err.message ? err.message : "", found, i);
		FUZZ_CHECK(r == 0 && found == i);
	}
}

/* "did you mean X?" */
static void check_hint(const char *hint, const struct target_query *query, const struct container_list *list)
{
	static const char begin[] = "did you mean ";
	CLEANUP_FREE char *text = NULL;
	CLEANUP_ERR struct err err = {0};
	struct target_query again = *query;
	size_t found;

	for (size_t i = 0; i < list->n; i++) /* a stopped one may have no name of its own, nor an ID */
		if (list->items[i].status == CONTAINER_STOPPED)
			return;
	if (!hint || !text_has_prefix(hint, begin) || text_has_prefix(hint, "did you mean one of ") ||
		strchr(hint, '\\') || strstr(hint, " and "))
		return;
	text = fuzz_copy(hint + strlen(begin), strlen(hint) - strlen(begin) - 1);
	again.text = text;
	again.container = NULL;
	if (target_match(&again, list, &found, &err) < 0) {
		fprintf(stderr, "%s: %s: %s\n", query->text, hint, err.message);
		FUZZ_CHECK(!"what is proposed names something");
	}
}

static void check_match(const struct target_query *query, const struct container_list *list)
{
	CLEANUP_ERR struct err err = {0}, unread = {0};
	CLEANUP_FORM struct target_form form = {.kind = TARGET_WORD};
	size_t found = list->n;
	int r = target_match(query, list, &found, &err);

	fuzz_check_err(r, &err);
	FUZZ_CHECK(r < 0 || found < list->n);
	check_hint(err.hint, query, list);
	if (target_form_read(query->text, &form, &unread) == 0)
		target_form_needle(&form);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	CLEANUP_FREE char *text = fuzz_part(&in, NULL), *container = fuzz_part(&in, NULL);
	CLEANUP_FREE char *namespace = fuzz_part(&in, NULL);
	CLEANUP_CONTAINERS struct container_list list = {0};
	const struct target_query query = {
		.text = text,
		.container = *container ? container : NULL,
		.namespace = *namespace ? namespace : NULL,
	};

	while (in.left && list.n < LIST_MAX) {
		CLEANUP_FREE char *line = fuzz_part(&in, NULL);

		add(&list, line);
	}
	target_name_all(&list);
	check_refs(&list);
	check_match(&query, &list);
	return 0;
}
