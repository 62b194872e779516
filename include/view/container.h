/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `get containers` shows of a struct container.
 */
#ifndef VIEW_CONTAINER_H
#define VIEW_CONTAINER_H

#include "model/container.h"
#include "out/columns.h"

/* What a column needs beyond what the engines say. */
#define VIEW_CONTAINER_LOOK (1u << 0)   /* container_look() */
#define VIEW_CONTAINER_INSIDE (1u << 1) /* pid_inside too */
#define VIEW_CONTAINER_LABELS (1u << 2) /* engine_read_labels() */

extern const struct view view_container;

/* "Running", "Paused", "Terminating", "Stopped". */
const char *view_container_status_name(enum container_status status);
void view_container_status(struct cell *cell, enum container_status status); /* in its tone */

/* {name, namespace, uid} as the grammar has it; NULL when it is in no pod. */
struct json_object *view_container_pod(const struct container *c);

#endif
