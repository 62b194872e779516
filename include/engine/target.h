/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Targets: from what a person writes to the one container that it names. nsctl suggests; it never guesses.
 *
 *   NAME  ID-PREFIX  POD                    ENGINE/NAME (or any of the other forms behind ENGINE/)
 *   pod/POD  NAMESPACE/POD  POD/CONTAINER  NAMESPACE/CONTAINER  NAMESPACE/POD/CONTAINER
 *   docker://ID  podman://ID  containerd://ID  cri-o://ID  ENGINE://ID      pid/N  pid:N  host  self
 *
 * Which fit, when several could:
 * - An exact name (of a container, a pod, a container within its pod) before an ID prefix.
 * - Live containers before stopped ones: those resolve only when no live one fits.
 * - Bare groups go by NAME only when no engine's container fits.
 * - Where only containers of another user fit best, those of root's and the caller's that fit less well, in any of these ways, fit
 *   too: it is an error.
 * - Pause containers by pid/N, or by 12 digits of their ID at least; never by a name.
 * - An ID may be pasted as it stands in a cgroup path ("docker-ID.scope") and in capitals.
 */
#ifndef ENGINE_TARGET_H
#define ENGINE_TARGET_H

#include "engine/engine.h"

#define TARGET_HOST "host" /* the engine of what `host` and `self` resolve to */

struct target_query {
	const char *text;	     /* as written */
	const char *container;	     /* -c, or NULL */
	const char *namespace;	     /* -n, or NULL: all */
	bool hidden;		     /* containers may be there that the caller cannot see: for the hint */
	struct engine_query engines; /* roots and notes; the rest, and hidden, is set here */
};

/* Finds the container. ERR_NO_TARGET when there is none (the hint names the nearest, or what to write
 * instead), or more than one fits (the hint lists each by its ref). Stopped ones resolve: the caller says
 * "not running". `host` is PID 1 and `self` the caller, of engine "host": whether that makes sense the verb
 * decides. The caller owns *ret (container_free). */
int target_resolve(const struct target_query *query, struct container *ret, struct err *err);

/* The part that asks no engine: the same on a list that is there already, whose refs are made. pid/N is the
 * container whose init has that PID here; host and self are none. *ret is the index. -ENOENT and -ENOTUNIQ
 * with err. */
int target_match(
	const struct target_query *query, const struct container_list *list, size_t *ret, struct err *err);

/* Fills in ref for all in the list: the shortest form that names only it: ENGINE/NAME, in a Kubernetes pod
 * NAMESPACE/POD/CONTAINER, else ENGINE://12 digits, else (and for bare groups) pid/N. A NAME alone is not
 * enough for a ref. */
void target_name_all(struct container_list *list);

/* A container's name within its pod: podman's POD-CONTAINER without "POD-". NULL when that is no other than
 * its name. */
const char *target_short_name(const struct container *c);

#endif
