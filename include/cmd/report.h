/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * report: what is gathered, and the page that is made of it. For src/cmd/report*.c only.
 */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "base/buf.h"
#include "model/caps_process.h"
#include "model/container.h"
#include "model/namespace.h"
#include "model/process.h"
#include "out/out.h"

struct session;

struct report {
	struct session *s;
	struct container_list targets, all; /* all: who may share a namespace */
	struct namespace_index index;
	struct namespace_list namespaces;   /* PID and user namespaces, with parents */
	struct process_list processes;
	struct caps_process_list caps;      /* of the inits */
	const char *verdicts;               /* the section that -f has made, or NULL */
};

/* Appends the whole page. Without memory `to` has failed. */
void report_page(const struct report *r, struct buf *to);

/* Appends to a struct buf what a manifest says, the rows being those of view_drift. */
void report_verdicts(void *to, const struct out_rows *rows);

/* report_tree.c: the PID namespaces, or the user namespaces, that the containers are in, each below the one that it is nested in. */
void report_tree(const struct report *r, enum ns_type type, struct buf *to);

#endif
