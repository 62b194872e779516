/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Planning a new sandbox: the same plan as an entry, with namespaces that are made instead of joined. Its init is the
 * command itself. Who the command is, and how it is confined, stands in an OCI config, which later entries read too.
 */
#ifndef ENTER_SANDBOX_H
#define ENTER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "enter/plan.h"

struct err;
struct order_report;

/* What is asked for. All pointers are borrowed. */
struct enter_sandbox {
	const char *name;         /* of the state folder and of the cgroup */
	const char *rootfs;       /* absolute; NULL: the host's root */
	const char *hostname;     /* NULL: leave */
	const char *config;       /* config.json (runtime-spec): process, linux.seccomp */
	size_t config_len;
	unsigned int namespaces;  /* mask of 1 << enum ns_type: made anew. Not root: the user namespace is, in any case */
	unsigned int join;        /* mask: those of `holder` */
	pid_t holder;
	bool unmasked;            /* nothing of /proc is hidden or read-only */
	bool read_only;           /* /tmp and /run too */
	bool hold;                /* no command and an empty root: keeps the namespaces of a pod */
	bool one_id;              /* not root: map one uid and gid, although subordinate ones may be there */
	int state;                /* the folder of its state, which the guard removes; -1 */
};

/* In place of plan_make(). `request` gives the command, stdio and the container's name; its other fields are not used. On
 * error nothing is left behind. */
int sandbox_plan(const struct enter_sandbox *sandbox, const struct enter_request *request, plan_note_fn *note,
	void *note_data, struct plan *ret, struct err *err);

/* The parts of it, one file each. */
int sandbox_mounts(struct plan *plan, struct err *err); /* sandbox_mounts.c: what it sees */
int sandbox_maps(struct plan *plan, struct err *err);   /* sandbox_map.c: its user namespace's ids */

/* Could the caller have more than one uid and gid in it? newuidmap(1), subuid(5). */
bool sandbox_has_subids(void);

/* Writes them for the child, which waits for it. -EXDEV when newuidmap or newgidmap refused: one_id may do. */
int sandbox_write_maps(const struct plan *plan, pid_t child, struct err *err);

/* The number of an inside uid out here, by the planned map. */
bool sandbox_uid_outside(const struct plan *plan, uint32_t inside, uint32_t *ret);

/* Why a step of the stage failed. False: nothing to add to what is said for all. */
bool sandbox_explain(const struct plan *plan, const struct order_report *report, struct err *err);

#endif
