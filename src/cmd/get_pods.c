/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "cmd/get.h"
#include "engine/asked.h"
#include "model/pod.h"
#include "model/selector.h"
#include "view/pod.h"

/* By its own labels, which are those of its pause container, or as one of its containers has them with these. */
static bool has_labels(const struct selector *selector, const struct pod *pod, bool *ret_unknown)
{
	int r = pod->pause ? selector_match(selector, pod->pause, NULL) : 0;

	*ret_unknown = r < 0;
	for (size_t i = 0; i < pod->n && r <= 0; i++) {
		r = selector_match(selector, pod->containers[i], pod->pause);
		*ret_unknown |= r < 0;
	}
	return r > 0;
}

/* Leaves those with the labels of -l. */
static int select_pods(struct get *get, struct pod *pods, size_t *n, struct err *err)
{
	CLEANUP_SELECTOR struct selector selector = {0};
	const char *labels = get->options->labels;
	size_t kept = 0, unknown = 0;
	int r = labels ? selector_parse(labels, &selector, err) : 0;

	if (!labels || r < 0)
		return r;
	for (size_t i = 0; i < *n; i++) {
		bool is_unknown = false;

		if (has_labels(&selector, &pods[i], &is_unknown))
			pods[kept++] = pods[i];
		else
			unknown += is_unknown;
	}
	*n = kept;
	look_unknown(get->s, unknown, unknown == 1 ? "pod" : "pods");
	return 0;
}

/* A name that none has: the nearest is named, with a namespace where this one was written with one. */
static int no_such(const char *target, const struct pod_list *pods, struct err *err)
{
	CLEANUP_FREE const char **names = calloc(pods->n + 1, sizeof(*names));
	const char *nearest;

	if (!names)
		return err_no_memory(err);
	for (size_t i = 0; i < pods->n; i++)
		names[i] = strchr(target, '/') ? pods->items[i].ref : pods->items[i].name;
	nearest = text_nearest(target, names, pods->n);
	err_set(err, -ENOENT, ERR_NO_TARGET, "%s: no such pod", target);
	return nearest ? err_hint(err, "did you mean %s?", nearest)
		       : err_hint(err, "nsctl get pods lists what there is; -a shows stopped ones");
}

static int note_no_such(struct get *get, const struct pod_list *pods, const struct pod *chosen, size_t n, struct err *err)
{
	struct look_missed missed = {.none = false};
	int r = 0;

	for (size_t t = 0; t < get->n_targets && !r; t++) {
		CLEANUP_ERR struct err own = {0};
		bool found = false;

		for (size_t i = 0; i < n && !found; i++)
			found = pod_is_named(&chosen[i], get->targets[t]);
		if (!found && no_such(get->targets[t], pods, &own) < 0)
			r = look_miss(get->s, &missed, get->targets[t], &own, err);
	}
	return r ? r : look_miss_end(get->s, &missed, n, err);
}

/* Leaves the pods that were named. */
static int choose(struct get *get, struct pod_list *pods, struct pod *ret, size_t *ret_n, struct err *err)
{
	for (size_t i = 0; i < pods->n; i++) {
		bool named = !get->n_targets;

		for (size_t t = 0; t < get->n_targets && !named; t++)
			named = pod_is_named(&pods->items[i], get->targets[t]);
		if (named)
			ret[(*ret_n)++] = pods->items[i]; /* the list owns what is in it */
	}
	return note_no_such(get, pods, ret, *ret_n, err);
}

struct run {
	struct get *get;
	struct container_list list;
	struct pod_list pods;
	struct pod *chosen; /* owned, what is in it is the list's */
};

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct run *run = data;
	size_t n = 0;
	int r = get_find(run->get, false, true, &run->list, err);

	if (!r && run->get->options->labels && engine_read_labels(run->list.items, run->list.n) < 0)
		r = err_no_memory(err);
	if (r < 0)
		return r;
	get_look(run->get, &run->list, run->get->out.needs & VIEW_POD_LOOK, false);
	run->chosen = pod_list_make(&run->list, &run->pods) < 0
			      ? NULL
			      : calloc(run->pods.n + 1, sizeof(*run->chosen));
	if (!run->chosen)
		return err_no_memory(err);
	r = choose(run->get, &run->pods, run->chosen, &n, err);
	if (!r)
		r = select_pods(run->get, run->chosen, &n, err);
	if (!r && !n)
		get_none(run->get, "pods");
	*ret = (struct out_rows){.items = run->chosen, .n = n, .size = sizeof(*run->chosen)};
	return r;
}

static void release(void *data)
{
	struct run *run = data;

	free(run->chosen);
	run->chosen = NULL;
	pod_list_free(&run->pods);
	container_list_free(&run->list);
}

int get_pods(struct get *get, struct err *err)
{
	struct run run = {.get = get};
	const struct out_source source = {gather, release, &run};

	return get_list(get, &source, "pods", err);
}
