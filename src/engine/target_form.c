/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a target's text, and deciding which containers of a list fit it.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "engine/match.h"
#include "engine/state.h"

/* How others write IDs: kubectl's containerID, and ours. An engine's own name works as well. */
static const struct {
	const char *scheme, *engines[2];
} schemes[] = {
	{"containerd", {"cri", "containerd"}},
	{"cri-o", {"cri", NULL}},
};

void target_form_free(struct target_form *form)
{
	for (size_t i = 0; i < TARGET_PARTS; i++)
		free(form->parts[i]);
	free(form->id);
	*form = (struct target_form){.kind = TARGET_WORD};
}

static int bad(struct err *err, const char *text, const char *why)
{
	err_set(err, -EINVAL, ERR_USAGE, "%s: %s", text, why);
	return err_hint(err, "nsctl get containers lists them; nsctl help says how to name one");
}

/* An ID as it is kept: lower case, cut out of what a cgroup path puts around it. */
static char *id_of(const char *text)
{
	char *id = strdup(text), inner[STATE_ID_LEN + 1];

	for (char *c = id; c && *c; c++)
		if (*c >= 'A' && *c <= 'F')
			*c = (char)(*c - 'A' + 'a');
	if (id && !text_is_hex(id) && cgroup_id(id, inner))
		strcpy(id, inner);
	return id;
}

static int read_scheme(const char *text, const char *separator, struct target_form *form, struct err *err)
{
	size_t len = (size_t)(separator - text);

	form->kind = TARGET_ID;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (strlen(schemes[i].scheme) == len && !strncmp(schemes[i].scheme, text, len))
			memcpy(form->engines, schemes[i].engines, sizeof(form->engines));
	for (const struct engine *engine = engines; engine->name && !form->engines[0]; engine++)
		if (strlen(engine->name) == len && !strncmp(engine->name, text, len))
			form->engines[0] = engine->name;
	if (!form->engines[0])
		return bad(err, text, "no engine of that name");
	if (!separator[3])
		return bad(err, text, "an ID is missing");
	form->id = id_of(separator + 3);
	form->parts[0] = strdup(separator + 3);
	form->n_parts = 1;
	return form->id && form->parts[0] ? 0 : -ENOMEM;
}

static int read_pid(const char *text, const char *digits, struct target_form *form, struct err *err)
{
	uint64_t pid;

	form->kind = TARGET_PID;
	if (text_u64(digits, INT_MAX, &pid) < 0 || pid == 0)
		return bad(err, text, "not a process ID");
	form->pid = (pid_t)pid;
	return 0;
}

/* The parts between slashes. */
static int read_parts(const char *whole, const char *text, struct target_form *form, struct err *err)
{
	while (text) {
		const char *slash = strchr(text, '/');
		size_t len = slash ? (size_t)(slash - text) : strlen(text);

		if (!len)
			return bad(err, whole, "a part of the target is empty");
		if (form->n_parts == TARGET_PARTS)
			return bad(err, whole, "too many parts for a target");
		form->parts[form->n_parts] = strndup(text, len);
		if (!form->parts[form->n_parts++])
			return -ENOMEM;
		text = slash ? slash + 1 : NULL;
	}
	if (form->kind == TARGET_WORD && form->n_parts > 1)
		form->kind = TARGET_PATH;
	if (form->kind == TARGET_WORD && !(form->id = id_of(form->parts[0])))
		return -ENOMEM;
	if (form->kind == TARGET_POD && form->n_parts > 1)
		return bad(err, whole, "pod/ takes one name; with its namespace a pod is NAMESPACE/POD");
	return 0;
}

static const struct engine *engine_before_slash(const char *text)
{
	size_t len = strcspn(text, "/");

	for (const struct engine *engine = engines; text[len] && engine->name; engine++)
		if (strlen(engine->name) == len && !strncmp(engine->name, text, len))
			return engine;
	return NULL;
}

int target_form_read(const char *text, struct target_form *ret, struct err *err)
{
	CLEANUP_FORM struct target_form form = {.kind = TARGET_WORD};
	const char *separator = strstr(text, "://"), *rest = text;
	const struct engine *engine;
	int r = 0;

	if (!*text)
		return bad(err, text, "a target is empty");
	engine = engine_before_slash(text);
	if (separator) {
		r = read_scheme(text, separator, &form, err);
	} else if (text_has_prefix(text, "pid/") || text_has_prefix(text, "pid:")) {
		r = read_pid(text, text + 4, &form, err);
	} else if (!strcmp(text, "host") || !strcmp(text, "self")) {
		form.kind = text[0] == 'h' ? TARGET_HOST_ : TARGET_SELF;
	} else {
		if (engine) {
			form.engines[0] = engine->name;
			rest += strlen(engine->name) + 1;
		}
		if (text_has_prefix(rest, "pod/")) {
			form.kind = TARGET_POD;
			rest += 4;
		}
		r = read_parts(text, rest, &form, err);
	}
	if (r < 0)
		return err->code ? err->code : err_sys(err, r, "%s", text);
	*ret = form;
	form = (struct target_form){.kind = TARGET_WORD};
	return 0;
}

const char *target_form_needle(const struct target_form *form)
{
	const char *last = form->n_parts ? form->parts[form->n_parts - 1] : form->id;

	/* what may be an ID in another spelling is not found by its text */
	return form->n_parts && form->id && strcmp(form->id, last) ? NULL : last;
}

const char *target_short_name(const struct container *c)
{
	size_t len = c->pod ? strlen(c->pod) : 0;

	if (!len || strncmp(c->name, c->pod, len) || c->name[len] != '-' || !c->name[len + 1])
		return NULL;
	return c->name + len + 1;
}

static bool named(const struct container *c, const char *name)
{
	return text_is(c->name, name) || text_is(target_short_name(c), name);
}

/* As written: an ID that someone chose is a name, and DB is not db. */
static bool is_id(const struct container *c, const struct target_form *form)
{
	return form->n_parts && !strcmp(c->id, form->parts[0]);
}

/* Does the ID begin so? IDs that people choose (runc's, crun's) are names and have no prefixes. */
static bool has_id(const struct container *c, const struct target_form *form)
{
	if (!form->id || !*c->id ||
		(c->pause && form->kind == TARGET_WORD && strlen(form->id) < TARGET_ID_SHORT))
		return false;
	if (is_id(c, form))
		return true;
	return text_is_hex(form->id) && text_is_hex(c->id) && strlen(c->id) >= TARGET_ID_SHORT &&
	       text_has_prefix(c->id, form->id);
}

static bool in_engines(const struct container *c, const struct target_form *form)
{
	return !form->engines[0] || text_is(c->engine, form->engines[0]) ||
	       text_is(c->engine, form->engines[1]);
}

static bool path_fits(const struct container *c, char *const *parts, size_t n)
{
	if (n == 3)
		return text_is(c->namespace, parts[0]) && text_is(c->pod, parts[1]) && named(c, parts[2]);
	return (text_is(c->namespace, parts[0]) && (text_is(c->pod, parts[1]) || named(c, parts[1]))) ||
	       (text_is(c->pod, parts[0]) && named(c, parts[1]));
}

/* Does the text speak of the pod as a whole, so that its default container is meant? */
static bool by_pod(const struct container *c, const struct target_form *form)
{
	if (form->kind == TARGET_POD || form->kind == TARGET_WORD)
		return text_is(c->pod, form->parts[0]);
	return form->kind == TARGET_PATH && form->n_parts == 2 && text_is(c->namespace, form->parts[0]) &&
	       text_is(c->pod, form->parts[1]);
}

/* A name that only means this container, not all of its pod. */
static bool by_name(const struct container *c, const struct target_form *form)
{
	if (form->kind == TARGET_WORD)
		return named(c, form->parts[0]) || text_is(c->id, form->parts[0]);
	return form->kind == TARGET_PATH && path_fits(c, form->parts, form->n_parts);
}

static enum target_fit fit_of(
	const struct target_form *form, const struct target_query *query, const struct container *c)
{
	bool live = c->status != CONTAINER_STOPPED, name;

	if (form->kind == TARGET_PID)
		return c->pid == form->pid ? FIT_NAME : FIT_NONE;
	if (!in_engines(c, form) || (query->namespace && !text_is(c->namespace, query->namespace)))
		return FIT_NONE;
	if (query->container)
		name = !c->pause && by_pod(c, form) && named(c, query->container);
	else
		name = !c->pause && (by_pod(c, form) || by_name(c, form));
	if (text_is(c->engine, "bare"))
		return name ? FIT_BARE : FIT_NONE;
	if (name)
		return live ? FIT_NAME : FIT_STOPPED;
	if (query->container || !has_id(c, form))
		return FIT_NONE;
	if (form->kind == TARGET_ID && is_id(c, form)) /* a whole ID is no beginning of a longer one */
		return live ? FIT_NAME : FIT_STOPPED;
	return live ? FIT_ID : FIT_STOPPED_ID;
}

/* A pod alone is its default container, when that is known: the others were not meant, unless by a name of
 * their own. */
static void keep_defaults(const struct target_form *form, const struct target_query *query,
	const struct container_list *list, bool *fits)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct container *c = &list->items[i];

		if (fits[i] && !query->container && c->default_container && by_pod(c, form) &&
			!named(c, c->default_container) && !named(c, form->parts[form->n_parts - 1]))
			fits[i] = false;
	}
}

/* Nobody joins a pod of root's or the caller's by calling one so: where one of theirs fits, those of other users
 * in a pod of that name are not meant. */
static void drop_namesakes(const struct container_list *list, bool *fits)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct container *c = &list->items[i];

		for (size_t k = 0; k < list->n && c->pod && fits[i] && container_is_guest(c); k++)
			fits[i] = !fits[k] || container_is_guest(&list->items[k]) ||
				  !text_is(list->items[k].pod, c->pod);
	}
}

/* Is the container in the pod that the text wants another one of? */
static bool in_wanted_pod(
	const struct target_form *form, const struct target_query *query, const struct container *c)
{
	if (!c->pod || !in_engines(c, form) || (query->namespace && !text_is(c->namespace, query->namespace)))
		return false;
	if (query->container)
		return by_pod(c, form);
	return form->kind == TARGET_PATH && text_is(c->pod, form->parts[form->n_parts - 2]) &&
	       (form->n_parts == 2 || text_is(c->namespace, form->parts[0]));
}

/* What only those of another user fit best may be meant for one of root's or the caller's that fits less
 * well: that has stopped, whose ID begins so, or whose pod had such a one. That is an error, or a user would
 * get what was typed for the other, by giving it as a name. */
static void add_rivals(const struct target_form *form, const struct target_query *query,
	const struct container_list *list, bool *fits)
{
	size_t guests = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (fits[i] && !container_is_guest(&list->items[i]))
			return;
		guests += fits[i];
	}
	for (size_t i = 0; guests && i < list->n; i++)
		if (!container_is_guest(&list->items[i]))
			fits[i] = fit_of(form, query, &list->items[i]) != FIT_NONE ||
				  in_wanted_pod(form, query, &list->items[i]);
}

size_t target_form_match(const struct target_form *form, const struct target_query *query,
	const struct container_list *list, bool *fits, enum target_fit *ret_best)
{
	enum target_fit best = FIT_NONE;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		enum target_fit fit = fit_of(form, query, &list->items[i]);

		if (fit > best) {
			memset(fits, 0, i * sizeof(*fits));
			best = fit;
		}
		fits[i] = fit != FIT_NONE && fit == best;
	}
	*ret_best = best;
	keep_defaults(form, query, list, fits);
	drop_namesakes(list, fits);
	add_rivals(form, query, list, fits);
	for (size_t i = 0; i < list->n; i++)
		n += fits[i];
	return n;
}
