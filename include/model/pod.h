/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pods, as the containers of a list tell of them: no engine keeps a state file of a pod's own that all could read.
 */
#ifndef MODEL_POD_H
#define MODEL_POD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/container.h"

struct pod {
	const char *engine, *name, *namespace, *uid; /* the containers': good as long as their list; namespace and uid may be NULL */
	uid_t owner;         /* of its containers: who writes down a pod of root's name and uid has one of their own */
	char *ref;           /* NAMESPACE/POD, or pod/POD where there is no namespace; owned */
	const struct container **containers; /* without the pause container; owned array */
	size_t n;
	const struct container *pause; /* or NULL */
	enum container_status status; /* the liveliest container's; the pause container's when it is alone */
	uint64_t start_unix; /* of the one that started first, the pause container mostly; 0 unknown */
};

struct pod_list {
	struct pod *items;
	size_t n;
};

/* Groups the containers that are in a pod, in the order of the list. Start times come from container_look(). -ENOMEM. */
int pod_list_make(const struct container_list *containers, struct pod_list *ret);
/* Is the container in it? */
bool pod_has(const struct pod *pod, const struct container *c);
/* Are both in one pod, or (of one engine, namespace and owner) in none? */
bool container_same_pod(const struct container *a, const struct container *b);
/* Does a word mean it: POD, pod/POD, NAMESPACE/POD, or one of these behind ENGINE/? */
bool pod_is_named(const struct pod *pod, const char *word);
void pod_list_free(struct pod_list *list);

#endif
