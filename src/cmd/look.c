/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "engine/asked.h"
#include "engine/target.h"
#include "sys/ns.h"
#include "model/namespace.h"
#include "model/pod.h"
#include "model/selector.h"
#include "sys/procfs.h"

bool look_is_host(const struct container *c)
{
	return !strcmp(c->engine, TARGET_HOST);
}

static int check_live(const struct container *c, const char *word, bool host, struct err *err)
{
	if (look_is_host(c)) {
		if (host)
			return 0;
		err_set(err, -EINVAL, ERR_USAGE, "%s is no container", word);
		return err_hint(err, "nsctl get containers lists what there is");
	}
	if (c->status != CONTAINER_STOPPED)
		return 0;
	if (container_check_seen(c, word, err) < 0)
		return err->code;
	err_set(err, -ESRCH, ERR_NO_TARGET, "%s is not running", word);
	return err_hint(err, "nsctl get containers -a shows stopped ones too");
}

static bool is_listed(const struct container_list *list, const struct container *c)
{
	for (size_t i = 0; i + 1 < list->n; i++)
		if (list->items[i].pid == c->pid && look_is_host(&list->items[i]) == look_is_host(c))
			return true;
	return false;
}

/* What is said of it begins with the word, as messages do: as a note's target it stands there once. */
static void note_missed(struct session *s, struct look_missed *missed)
{
	const struct err *err = &missed->err;
	const char *message = err->message ? err->message : strerror(-err->code);
	const size_t len = missed->word ? strlen(missed->word) : 0;
	const bool named = len && text_has_prefix(message, missed->word) && text_has_prefix(message + len, ": ");

	if (!err->code)
		return;
	session_note(s, named ? missed->word : NULL, err->code, err->hint ? err->hint : err->why, "%s",
		named ? message + len + strlen(": ") : message);
	err_clear(&missed->err);
}

int look_miss(struct session *s, struct look_missed *missed, const char *word, struct err *own, struct err *err)
{
	if (missed->none || (own->kind != ERR_NO_TARGET && own->kind != ERR_DENIED)) {
		err_clear(&missed->err);
		*err = *own;
	} else {
		note_missed(s, missed);
		missed->word = word;
		missed->err = *own;
	}
	*own = (struct err){0};
	return err->code;
}

int look_miss_end(struct session *s, struct look_missed *missed, bool others, struct err *err)
{
	if (others)
		note_missed(s, missed);
	else if (missed->err.code)
		*err = missed->err;
	missed->err = (struct err){0};
	return err->code;
}

static int find_one(struct session *s, const struct look_options *o, const char *name, bool host,
	struct container *ret, struct err *err)
{
	int r = session_target(s, name, o->container, ret, err);

	if (!r)
		r = check_live(ret, name, host, err);
	if (!r && !ret->ref)
		ret->ref = strdup(ret->name);
	return r;
}

/* kubectl's `describe pod NAME`, where no container is called pod: the first name is a TYPE, and what follows was meant. */
static void hint_type(char *const *names, size_t n, struct err *err)
{
	static const char *const types[] = {"pod", "pods", "po", "container", "containers", "co"};
	size_t i = 0;

	while (i < ARRAY_SIZE(types) && strcmp(names[0], types[i]) != 0)
		i++;
	if (n < 2 || err->code != -ENOENT || i == ARRAY_SIZE(types))
		return;
	free(err->hint); /* what is near to the TYPE */
	err->hint = NULL;
	err_hint(err, "did you mean %s%s?", types[i][0] == 'p' && !strchr(names[1], '/') ? "pod/" : "just ", names[1]);
}

static int find_named(struct session *s, const struct look_options *o, char *const *names, size_t n,
	bool host, struct container_list *ret, struct err *err)
{
	struct look_missed missed = {.none = o->strict};
	int r = 0;

	for (size_t i = 0; i < n && r >= 0; i++) {
		CLEANUP_ERR struct err own = {0};
		struct container *c = container_list_add(ret);

		if (!c) {
			r = err_no_memory(err);
		} else if (find_one(s, o, names[i], host, c, &own) < 0) {
			if (!i)
				hint_type(names, n, &own);
			r = look_miss(s, &missed, names[i], &own, err);
			container_list_remove(ret, ret->n - 1);
		} else if (is_listed(ret, c)) {
			container_list_remove(ret, ret->n - 1);
		}
	}
	return r < 0 ? r : look_miss_end(s, &missed, ret->n, err);
}

void look_unknown(struct session *s, size_t n, const char *what)
{
	if (n)
		session_note(s, NULL, -ENODATA, "their engines keep them in databases that could not be read",
			"labels unknown for %zu %s", n, what);
}

/* Takes out of the list what fits[] does not mark. */
static void keep_marked(struct container_list *list, const bool *fits)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (fits[i])
			list->items[kept++] = list->items[i];
		else
			container_free(&list->items[i]);
	}
	list->n = kept;
}

/* What a selector fits: each by itself, then those of pods once more, with their pod's labels. */
static size_t mark_fitting(const struct selector *selector, const struct container_list *list, const struct pod_list *pods,
	bool pause, bool *fits)
{
	size_t unknown = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct container *c = &list->items[i];
		int r = c->pod && !c->pause ? 0 : selector_match(selector, c, NULL);

		fits[i] = r > 0 && (pause || !c->pause);
		unknown += r < 0 && (pause || !c->pause);
	}
	for (size_t i = 0; i < pods->n; i++)
		for (size_t k = 0; k < pods->items[i].n; k++) {
			const struct container *c = pods->items[i].containers[k];
			int r = selector_match(selector, c, pods->items[i].pause);

			fits[c - list->items] = r > 0;
			unknown += r < 0;
		}
	return unknown;
}

int look_select(struct session *s, const char *labels, bool pause, struct container_list *list, struct err *err)
{
	CLEANUP_SELECTOR struct selector selector = {0};
	CLEANUP(pod_list_free) struct pod_list pods = {0};
	CLEANUP_FREE bool *fits = NULL;
	int r = labels ? selector_parse(labels, &selector, err) : 0;
	size_t unknown;

	if (r < 0 || !labels)
		return r;
	fits = calloc(list->n + 1, sizeof(*fits));
	if (!fits || engine_read_labels(list->items, list->n) < 0 || pod_list_make(list, &pods) < 0)
		return err_no_memory(err);
	unknown = mark_fitting(&selector, list, &pods, pause, fits);
	keep_marked(list, fits);
	look_unknown(s, unknown, unknown == 1 ? "container" : "containers");
	return 0;
}

void look_note_hidden(struct session *s)
{
	if (procfs_hides())
		session_note(s, NULL, -EACCES, "root can read more: sudo nsctl ...",
			"/proc is mounted with hidepid, and hides processes of others");
}

static int none_here(struct session *s, const char *labels, struct err *err)
{
	if (!session_denied(s)) {
		session_note(s, NULL, ns_is_nested() ? -ENODATA : 0, NULL, "%s%s",
			labels ? "no container here has such labels" : "no containers run here",
			ns_is_nested() ? "; only what is in this PID namespace can be seen" : "");
		return 0;
	}
	err_set(err, -EACCES, ERR_DENIED, "no containers could be read: permission denied");
	return err_hint(
		err, geteuid() ? "run it as root: sudo nsctl ..."
			       : "root without CAP_DAC_READ_SEARCH or CAP_SYS_PTRACE sees none of others");
}

static int find_all(struct session *s, const char *labels, struct container_list *ret, struct err *err)
{
	struct engine_query query = session_engines(s);
	size_t kept = 0;
	int r;

	query.bare = true;
	r = engine_list(&query, ret, err);
	if (r < 0)
		return r;
	look_note_hidden(s);
	target_name_all(ret); /* before some are left out: the ref must tell it from these as well */
	for (size_t i = 0; i < ret->n; i++) {
		struct container *c = &ret->items[i];

		if (c->status == CONTAINER_STOPPED || (c->pause && !labels) ||
			(s->namespace && (!c->namespace || strcmp(c->namespace, s->namespace) != 0)))
			container_free(c);
		else
			ret->items[kept++] = *c;
	}
	ret->n = kept;
	r = look_select(s, labels, false, ret, err);
	return r < 0 || ret->n ? r : none_here(s, labels, err);
}

bool look_alone(const struct look_options *o, size_t n)
{
	return n == 1 && !(o && o->all);
}

bool look_found_none(const struct session *s, const struct look_options *o, size_t targets, size_t read)
{
	return targets && !read && (!(o && o->all) || session_denied(s));
}

int look_targets(struct session *s, const struct look_options *o, const struct opt_words *words, bool host,
	struct container_list *ret, struct err *err)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	char *const in_use[] = {(char *)s->context};
	bool use = s->context && !words->n && !o->all;
	int r;

	if (o->all && words->n)
		return err_set(err, -EINVAL, ERR_USAGE, "-A is all containers: name none with it");
	if (o->labels && !o->all)
		return err_set(err, -EINVAL, ERR_USAGE, "-l chooses among all containers: it goes with -A");
	if (!o->all && !words->n && !use) {
		err_set(err, -EINVAL, ERR_USAGE, "which container? a TARGET, or -A for all");
		return err_hint(err, "nsctl get containers lists the targets");
	}
	r = o->all ? find_all(s, o->labels, &list, err)
		   : find_named(s, o, use ? in_use : words->words, use ? 1 : words->n, host, &list, err);
	if (r < 0)
		return r;
	*ret = list;
	list = (struct container_list){0};
	return 0;
}

void look_note_incomplete(struct session *s, const char *ref, const char *why)
{
	if (why)
		session_note(s, ref, -EACCES, geteuid() ? "root can see all: sudo nsctl ..." : NULL, "may be incomplete: %s", why);
}

void look_note_lost(struct session *s, const char *ref, size_t n, pid_t first)
{
	if (n == 1)
		session_note(s, ref, -ETIMEDOUT, NULL, "the command line of process %d cannot be read: its memory does not answer",
			(int)first);
	else if (n)
		session_note(s, ref, -ETIMEDOUT, NULL,
			"%zu command lines cannot be read: the memory of process %d and others does not answer", n, (int)first);
}

int look_sharers(struct session *s, struct container_list *all, struct ns_scan *scan, struct reader *reader,
	struct namespace_index *ret, struct err *err)
{
	struct engine_query query = session_engines(s);
	int r;

	query.bare = true;
	query.scan = scan;
	query.reader = reader;
	r = engine_list(&query, all, err);
	if (r < 0)
		return r;
	target_name_all(all);
	TRACE(query.trace, TRACE_READ, "reading ns of the inits of %zu containers: who shares which", all->n);
	return namespace_index_make(all, scan, ret, err);
}
