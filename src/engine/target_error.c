/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a target that names none, or several, is answered with. Every name that is proposed here resolves.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "engine/match.h"
#include "model/pod.h"

#define LISTED 10

static const char *shown_ref(const struct container *c)
{
	return c->ref ? c->ref : c->name;
}

/* "a, b, c and 4 more" of those that are marked. */
static void list_refs(struct buf *out, const struct container_list *list, const bool *fits, size_t n)
{
	size_t listed = 0;

	for (size_t i = 0; i < list->n && listed < LISTED; i++) {
		const char *ref = shown_ref(&list->items[i]);

		if (!fits[i])
			continue;
		buf_str(out, listed++ ? ", " : "");
		buf_str(out, ref);
	}
	if (n > listed)
		buf_printf(out, " and %zu more", n - listed);
}

/* Are all that fit the containers of one pod, and was the pod named? */
static bool is_one_pod(const struct target_form *form, const struct container_list *list, const bool *fits)
{
	const struct container *first = NULL;

	for (size_t i = 0; i < list->n; i++) {
		const struct container *c = &list->items[i];

		if (!fits[i])
			continue;
		first = first ? first : c;
		if (!form->n_parts || !c->pod || strcmp(c->pod, form->parts[form->n_parts - 1]) ||
			!container_same_pod(c, first))
			return false;
	}
	return first;
}

static int hint_ended(const struct container *c, struct err *err)
{
	return err_hint(err, strcmp(c->engine, "cri") ? "nsctl get containers -a lists them"
						      : "crictl ps -a tells when and how a container has ended");
}

/* The first of those that fit, when all of them have ended; else NULL. */
static const struct container *first_ended(const struct container_list *list, const bool *fits)
{
	const struct container *first = NULL;

	for (size_t i = 0; i < list->n; i++) {
		if (fits[i] && list->items[i].status != CONTAINER_STOPPED)
			return NULL;
		first = fits[i] && !first ? &list->items[i] : first;
	}
	return first;
}

int target_many_fit(const struct target_form *form, const struct target_query *query,
	const struct container_list *list, const bool *fits, size_t n, struct err *err)
{
	const bool one_pod = is_one_pod(form, list, fits);
	const struct container *ended = first_ended(list, fits);
	CLEANUP_BUF struct buf refs = {0};

	if (one_pod && ended) { /* there is nothing to choose */
		err_set(err, -ESRCH, ERR_NO_TARGET, "%s is not running: all %zu containers of the pod have ended", query->text, n);
		return hint_ended(ended, err);
	}
	list_refs(&refs, list, fits, n);
	err_set(err, -ENOTUNIQ, ERR_NO_TARGET,
		one_pod ? "%s: the pod has %zu containers" : "%s: %zu containers fit",
		query->text, n);
	return err_hint(err, "write one of %s", buf_text(&refs));
}

/* What could have been meant: everything that a target may say, with how it would be written. */
struct words {
	const char **items; /* owned array of borrowed texts */
	size_t n;
	char **made; /* owned */
	size_t n_made;
};

static void words_free(struct words *words)
{
	for (size_t i = 0; i < words->n_made; i++)
		free(words->made[i]);
	free(words->made);
	free(words->items);
}

static void word(struct words *words, const char *text)
{
	if (text)
		words->items[words->n++] = text;
}

static void joined(struct words *words, const char *a, const char *b)
{
	char *text = NULL;

	if (a && b && asprintf(&text, "%s/%s", a, b) >= 0) {
		words->made[words->n_made++] = text;
		word(words, text);
	}
}

/* With a slash in the text whole paths are compared, else single names. */
static void words_of(struct words *words, const struct container *c, bool paths)
{
	if (c->pause)
		return;
	if (!paths) {
		word(words, c->name);
		word(words, target_short_name(c));
		word(words, c->pod);
		return;
	}
	word(words, c->ref);
	joined(words, c->engine, c->name);
	joined(words, "pod", c->pod);
	joined(words, c->namespace, c->pod);
	joined(words, c->pod, target_short_name(c) ? target_short_name(c) : c->name);
}

/* The nearest text, written so that it resolves; 0 when nothing is near. */
static int hint_nearest(const char *text, const struct target_query *query, const struct container_list *list,
	struct err *err)
{
	__attribute__((cleanup(words_free))) struct words words = {
		.items = reallocarray(NULL, list->n + 1, 5 * sizeof(char *)),
		.made = reallocarray(NULL, list->n + 1, 4 * sizeof(char *)),
	};
	CLEANUP_FREE bool *fits = calloc(list->n + 1, sizeof(*fits));
	CLEANUP_FORM struct target_form form = {.kind = TARGET_WORD};
	CLEANUP_ERR struct err unread = {0};
	CLEANUP_BUF struct buf refs = {0};
	struct target_query again = *query;
	enum target_fit best;
	size_t n;

	if (!words.items || !words.made || !fits)
		return 0;
	for (size_t i = 0; i < list->n; i++)
		words_of(&words, &list->items[i], strchr(text, '/') != NULL);
	again.text = text_nearest(text, words.items, words.n);
	again.container = NULL;
	if (!again.text || target_form_read(again.text, &form, &unread) < 0)
		return 0;
	n = target_form_match(&form, &again, list, fits, &best);
	if (!n)
		return 0;
	list_refs(&refs, list, fits, n);
	err_hint(err, n == 1 ? "did you mean %s?" : "did you mean one of %s?", buf_text(&refs));
	return 1;
}

/* All of their pods, those that a pod alone does not mean too. How many. */
static size_t mark_pods(const struct container_list *list, const bool *fits, bool *ret_all)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct container *c = &list->items[i];

		for (size_t k = 0; k < list->n && c->pod && !c->pause && !ret_all[i]; k++)
			ret_all[i] = fits[k] && container_same_pod(c, &list->items[k]);
		n += ret_all[i];
	}
	return n;
}

/* The nearest name that -c takes, or those that it takes. */
static int hint_container(const struct target_query *query, const struct container_list *list, const bool *fits, size_t n,
	struct err *err)
{
	CLEANUP_FREE const char **names = reallocarray(NULL, list->n + 1, 2 * sizeof(*names));
	CLEANUP_BUF struct buf refs = {0};
	const char *nearest;
	size_t n_names = 0;

	for (size_t i = 0; names && i < list->n; i++) {
		if (!fits[i])
			continue;
		names[n_names++] = list->items[i].name;
		names[n_names++] = target_short_name(&list->items[i]);
	}
	nearest = names ? text_nearest(query->container, names, n_names) : NULL;
	if (nearest)
		return err_hint(err, "did you mean -c %s?", nearest);
	list_refs(&refs, list, fits, n);
	return err_hint(err, "it has %s", buf_text(&refs));
}

/* -c named none of the pod's containers: list those that it has. */
static int no_container(const struct target_form *form, const struct target_query *query,
	const struct container_list *list, struct err *err)
{
	CLEANUP_FREE bool *fits = calloc(list->n + 1, sizeof(*fits)), *all = calloc(list->n + 1, sizeof(*all));
	struct target_query without = *query;
	enum target_fit best = FIT_NONE;
	size_t n;

	without.container = NULL;
	n = fits && all ? target_form_match(form, &without, list, fits, &best) : 0;
	if (!n)
		return 0;
	for (size_t i = 0; i < list->n; i++) {
		if (!fits[i] || list->items[i].pod)
			continue;
		err_set(err, -ENOENT, ERR_NO_TARGET, "%s: not a pod: -c %s means nothing here", query->text,
			query->container);
		return err_hint(err, "leave -c out");
	}
	err_set(err, -ENOENT, ERR_NO_TARGET, "%s: no container %s in this pod", query->text, query->container);
	return hint_container(query, list, all, mark_pods(list, fits, all), err);
}

static int no_process(const struct target_form *form, struct err *err)
{
	err_set(err, -ESRCH, ERR_NO_TARGET, "pid/%d: no such process", (int)form->pid);
	return err_hint(err, "pid/N takes a process ID of the host");
}

/* Does the text name this pod, or a container of it? */
static bool names_pod(const struct target_form *form, const struct container *c)
{
	char *const *parts = form->parts;

	if (form->kind == TARGET_WORD || form->kind == TARGET_POD)
		return text_same(c->pod, parts[0]);
	if (form->kind != TARGET_PATH)
		return false;
	return (form->n_parts == 2 && text_same(c->pod, parts[0])) || (text_same(c->namespace, parts[0]) && text_same(c->pod, parts[1]));
}

/* A container that a kubelet's runtime has removed leaves no name behind, and one whose engine's data cannot be read none either, but
 * the pause container of its pod is there as long as the pod is. That one, when it is all that is left of the pod that is named;
 * else NULL. */
static const struct container *what_is_left(
	const struct target_form *form, const struct target_query *query, const struct container_list *list)
{
	const struct container *pause = NULL;

	for (size_t i = 0; i < list->n; i++) {
		const struct container *c = &list->items[i];

		if (!c->pod || !names_pod(form, c) || (query->namespace && !text_same(query->namespace, c->namespace)) ||
			(form->engines[0] && strcmp(c->engine, form->engines[0])))
			continue;
		if (!c->pause)
			return NULL;
		pause = c;
	}
	return pause;
}

/* What fits when the namespace is left out. */
static int hint_elsewhere(const struct target_form *form, const struct target_query *query,
	const struct container_list *list, struct err *err)
{
	CLEANUP_FREE bool *fits = calloc(list->n + 1, sizeof(*fits));
	CLEANUP_BUF struct buf refs = {0};
	struct target_query all = *query;
	enum target_fit best = FIT_NONE;
	size_t n;

	all.namespace = NULL;
	n = query->namespace && fits ? target_form_match(form, &all, list, fits, &best) : 0;
	if (!n)
		return 0;
	list_refs(&refs, list, fits, n);
	err_hint(err, n == 1 ? "without -n it is %s" : "without -n it is one of %s", buf_text(&refs));
	return 1;
}

int target_no_fit(const struct target_form *form, const struct target_query *query,
	const struct container_list *list, struct err *err)
{
	const struct container *pause;
	uint64_t pid;

	if (form->kind == TARGET_PID)
		return no_process(form, err);
	if (query->container && no_container(form, query, list, err) < 0)
		return err->code;
	pause = what_is_left(form, query, list);
	if (pause) {
		err_set(err, -ESRCH, ERR_NO_TARGET, "%s is not running: of the pod only its pause container is left", query->text);
		return hint_ended(pause, err);
	}
	err_set(err, -ENOENT, ERR_NO_TARGET,
		query->namespace ? "%s: no such container in namespace %s" : "%s: no such container",
		query->text, query->namespace ? query->namespace : "");
	if (text_u64(query->text, 1u << 30, &pid) == 0 && pid && (kill((pid_t)pid, 0) == 0 || errno == EPERM))
		return err_hint(
			err, "a number is the beginning of an ID; the process is pid/%u", (unsigned int)pid);
	if (hint_elsewhere(form, query, list, err) || hint_nearest(query->text, query, list, err))
		return err->code;
	if (query->hidden)
		return err_hint(err, "CAP_DAC_READ_SEARCH is what it takes to look for it there: sudo nsctl ...");
	return err_hint(err, "nsctl get containers -a lists them");
}
