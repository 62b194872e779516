/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "cmd/get.h"
#include "model/pod.h"
#include "view/pod.h"

/* By its name, its ref, or as a TARGET has it: pod/POD, NAMESPACE/POD. */
static bool is_named(const struct pod *pod, const char *word)
{
	if (text_has_prefix(word, "pod/") && !strcmp(word + strlen("pod/"), pod->name))
		return true;
	return !strcmp(word, pod->name) || !strcmp(word, pod->ref);
}

/* Leaves the pods that were named. A name that none has is an error that names the nearest. */
static int choose(struct get *get, struct pod_list *pods, struct pod *ret, size_t *ret_n, struct err *err)
{
	CLEANUP_FREE const char **names = calloc(pods->n + 1, sizeof(*names));

	for (size_t i = 0; names && i < pods->n; i++) {
		bool named = !get->n_targets;

		names[i] = pods->items[i].name;
		for (size_t t = 0; t < get->n_targets && !named; t++)
			named = is_named(&pods->items[i], get->targets[t]);
		if (named)
			ret[(*ret_n)++] = pods->items[i]; /* the list owns what is in it */
	}
	for (size_t t = 0; names && t < get->n_targets; t++) {
		CLEANUP_FREE char *shown = text_escaped(get->targets[t]);
		const char *nearest = text_nearest(get->targets[t], names, pods->n);
		bool found = false;

		for (size_t i = 0; i < *ret_n && !found; i++)
			found = is_named(&ret[i], get->targets[t]);
		if (found)
			continue;
		err_set(err, -ENOENT, ERR_NO_TARGET, "%s: no such pod", shown);
		return nearest ? err_hint(err, "did you mean %s?", nearest)
			       : err_hint(err, "nsctl get pods lists what there is; -a shows stopped ones");
	}
	return names ? 0 : err_set(err, -ENOMEM, ERR_FAILED, "out of memory");
}

int get_pods(struct get *get, struct err *err)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	CLEANUP_PODS struct pod_list pods = {0};
	CLEANUP_FREE struct pod *chosen = NULL;
	size_t n = 0;
	int r = get_find(get, false, true, &list, err);

	if (r < 0)
		return r;
	get_look(get, &list, get->out.needs & VIEW_POD_LOOK);
	chosen = pod_list_make(&list, &pods) < 0 ? NULL : calloc(pods.n + 1, sizeof(*chosen));
	if (!chosen)
		return err_set(err, -ENOMEM, ERR_FAILED, "out of memory");
	r = choose(get, &pods, chosen, &n, err);
	if (r < 0)
		return r;
	r = get_print(get, chosen, n, sizeof(*chosen), err);
	return r < 0 || n ? r : get_none(get, "pods", err);
}
