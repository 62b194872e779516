/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What runs here: containers, pods, their namespaces, their processes.
 */
#include <stdio.h>
#include <string.h>

#include "app/complete.h"
#include "app/session.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/text.h"
#include "engine/target.h"
#include "model/pod.h"
#include "model/process.h"

/* What runs, without a word of what could not be read: completion is silent. */
static bool list_containers(const struct asked *a, struct container_list *ret)
{
	CLEANUP_ERR struct err err = {0};
	struct engine_query query = session_engines(a->s);

	query.note = NULL;
	query.note_data = NULL;
	return engine_list(&query, ret, &err) == 0;
}

/* Is it in the namespace of -n? */
static bool is_wanted(const struct asked *a, const char *namespace)
{
	return !a->s->namespace || text_same(namespace, a->s->namespace);
}

static size_t pods_alike(const struct asked *a, const struct pod_list *pods, const char *name)
{
	size_t alike = 0;

	for (size_t i = 0; i < pods->n; i++)
		alike += is_wanted(a, pods->items[i].namespace) && !strcmp(pods->items[i].name, name);
	return alike;
}

/* Pods that a name alone tells from others, and from containers; behind pod/ those that it tells from other pods. */
static void offer_pod_names(const struct asked *a, const struct container_list *list)
{
	CLEANUP(pod_list_free) struct pod_list pods = {0};
	const bool typed = text_has_prefix(a->word, "pod");

	if (pod_list_make(list, &pods) < 0)
		return;
	for (size_t i = 0; i < pods.n; i++) {
		const struct pod *pod = &pods.items[i];
		CLEANUP_BUF struct buf text = {0};
		bool taken = false;

		if (!pod->n || !is_wanted(a, pod->namespace) || pods_alike(a, &pods, pod->name) > 1)
			continue;
		for (size_t c = 0; c < list->n; c++)
			taken |= !strcmp(list->items[c].name, pod->name);
		if (!taken)
			offer(a, pod->name, "pod");
		buf_printf(&text, "pod/%s", pod->name);
		if (typed && !text.failed)
			offer(a, buf_text(&text), "pod");
	}
}

void offer_targets(const struct asked *a)
{
	CLEANUP_CONTAINERS struct container_list list = {0};

	if (!list_containers(a, &list))
		return;
	target_name_all(&list);
	for (size_t i = 0; i < list.n; i++) {
		const struct container *c = &list.items[i];
		size_t alike = 0;

		if (c->pause || !is_wanted(a, c->namespace))
			continue;
		for (size_t j = 0; j < list.n; j++)
			alike += !strcmp(list.items[j].name, c->name);
		if (alike == 1)
			offer(a, c->name, c->engine);
		if (c->ref && (alike > 1 || (*a->word && !text_has_prefix(c->name, a->word))))
			offer(a, c->ref, c->engine);
	}
	offer_pod_names(a, &list);
}

void offer_pods(const struct asked *a)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP(pod_list_free) struct pod_list pods = {0};

	if (!list_containers(a, &list) || pod_list_make(&list, &pods) < 0)
		return;
	for (size_t i = 0; i < pods.n; i++) {
		const struct pod *pod = &pods.items[i];
		size_t alike = pods_alike(a, &pods, pod->name);

		if (alike == 1)
			offer(a, pod->name, pod->engine);
		if (alike > 1 || (alike && *a->word && !text_has_prefix(pod->name, a->word)))
			offer(a, pod->ref, pod->engine);
	}
}

/* -c: those of the line's pod. */
void offer_containers_of_pod(const struct asked *a)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP(pod_list_free) struct pod_list pods = {0};

	if (!a->option || strcmp(a->option->name, "container") != 0 || !a->target || !list_containers(a, &list) ||
		pod_list_make(&list, &pods) < 0)
		return;
	for (size_t i = 0; i < pods.n; i++)
		for (size_t c = 0; c < pods.items[i].n; c++) {
			const struct container *one = pods.items[i].containers[c];
			const char *name = target_short_name(one);

			if (is_wanted(a, one->namespace) && pod_is_named(&pods.items[i], a->target))
				offer(a, name ? name : one->name, "container");
		}
}

void offer_namespaces(const struct asked *a)
{
	CLEANUP_CONTAINERS struct container_list list = {0};

	if (!list_containers(a, &list))
		return;
	for (size_t i = 0; i < list.n; i++) {
		bool seen = !list.items[i].namespace;

		for (size_t j = 0; j < i && !seen; j++)
			seen = list.items[j].namespace &&
			       !strcmp(list.items[j].namespace, list.items[i].namespace);
		if (!seen)
			offer(a, list.items[i].namespace, "Kubernetes namespace");
	}
}

/* None where it is not known. */
static void offer_pid(const struct asked *a, pid_t pid, const char *of)
{
	char text[24];

	snprintf(text, sizeof(text), "%d", (int)pid);
	if (pid)
		offer(a, text, of);
}

/* The inits: a PID of a container is what a host PID is asked for. */
static void offer_inits(const struct asked *a)
{
	CLEANUP_CONTAINERS struct container_list list = {0};

	if (!list_containers(a, &list))
		return;
	for (size_t i = 0; i < list.n; i++)
		offer_pid(a, list.items[i].pid, list.items[i].name);
}

static void offer_pids_inside(const struct asked *a)
{
	CLEANUP(container_free) struct container c = {0};
	CLEANUP_PROCESSES struct process_list list = {0};
	CLEANUP_ERR struct err err = {0};

	if (session_target(a->s, a->target, a->container, &c, &err) < 0 || process_list_of(&c, 0, &list, &err) < 0)
		return;
	for (size_t i = 0; i < list.n; i++)
		offer_pid(a, list.items[i].pid, list.items[i].comm);
}

void offer_pids(const struct asked *a)
{
	if (a->inside)
		offer_pids_inside(a);
	else
		offer_inits(a);
}
