/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/pod.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

bool pod_has(const struct pod *pod, const struct container *c)
{
	return text_same(pod->name, c->pod) && text_same(pod->namespace, c->namespace) && text_same(pod->uid, c->pod_uid) &&
	       text_same(pod->engine, c->engine) && pod->owner == c->owner;
}

bool container_same_pod(const struct container *a, const struct container *b)
{
	return text_same(a->pod, b->pod) && text_same(a->namespace, b->namespace) && text_same(a->pod_uid, b->pod_uid) &&
	       text_same(a->engine, b->engine) && a->owner == b->owner;
}

static struct pod *pod_of(struct pod_list *list, const struct container *c)
{
	struct pod *grown, *pod;

	for (size_t i = list->n; i-- > 0;) { /* a sorted list has it at the end */
		pod = &list->items[i];
		if (pod_has(pod, c))
			return pod;
	}
	grown = reallocarray(list->items, list->n + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	list->items = grown;
	pod = &list->items[list->n];
	*pod = (struct pod){
		.engine = c->engine, .name = c->pod, .namespace = c->namespace, .uid = c->pod_uid, .owner = c->owner};
	pod->status = CONTAINER_STOPPED;
	if (asprintf(&pod->ref, "%s/%s", c->namespace ? c->namespace : "pod", c->pod) < 0) {
		pod->ref = NULL;
		return NULL;
	}
	list->n++;
	return pod;
}

static int add(struct pod *pod, const struct container *c)
{
	const struct container **grown;

	if (c->status < pod->status && (!c->pause || !pod->n)) /* Running is the least */
		pod->status = c->status;
	if (c->start_unix && (!pod->start_unix || c->start_unix < pod->start_unix))
		pod->start_unix = c->start_unix;
	if (c->pause) {
		pod->pause = c;
		return 0;
	}
	grown = reallocarray(pod->containers, pod->n + 1, sizeof(const struct container *));
	if (!grown)
		return -ENOMEM;
	pod->containers = grown;
	if (!pod->n) /* what the pause container said does not count any more */
		pod->status = c->status;
	pod->containers[pod->n++] = c;
	return 0;
}

int pod_list_make(const struct container_list *containers, struct pod_list *ret)
{
	for (size_t i = 0; i < containers->n; i++) {
		const struct container *c = &containers->items[i];
		struct pod *pod;

		if (!c->pod)
			continue;
		pod = pod_of(ret, c);
		if (!pod || add(pod, c) < 0)
			return -ENOMEM;
	}
	return 0;
}

bool pod_is_named(const struct pod *pod, const char *word)
{
	size_t len = strlen(pod->engine);

	if (!strncmp(word, pod->engine, len) && word[len] == '/')
		word += len + 1;
	if (text_has_prefix(word, "pod/") && !strcmp(word + strlen("pod/"), pod->name))
		return true;
	return !strcmp(word, pod->name) || !strcmp(word, pod->ref);
}

void pod_list_free(struct pod_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].ref);
		free(list->items[i].containers);
	}
	free(list->items);
	*list = (struct pod_list){0};
}
