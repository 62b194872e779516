/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nouns of get: one file each in src/cmd, one row each in src/cmd/get.c.
 */
#ifndef CMD_GET_H
#define CMD_GET_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/look.h"
#include "model/container.h"
#include "out/out.h"
#include "sys/reader.h"

struct err;
struct session;

struct get_options {
	struct out_options out;
	bool all;
	bool all_namespaces;
	bool deep;
	const char *labels; /* -l */
};

/* The run of one noun. */
struct get {
	struct session *s;
	const struct get_options *options;
	struct out out;
	char *const *targets; /* the words behind the noun */
	size_t n_targets;
	int *status;
	struct reader reader; /* for all command lines: those of monitors, and of inits */
	unsigned int denied; /* by get_find(): as an engine_query has it */
	bool none;       /* the last round found none, and could not look everywhere */
};

/* Each ends in get_list() with a source that gathers what get->out.needs. */
int get_containers(struct get *get, struct err *err);
int get_pods(struct get *get, struct err *err);
int get_engines(struct get *get, struct err *err);
int get_processes(struct get *get, struct err *err);
int get_users(struct get *get, struct err *err);
int get_namespaces(struct get *get, struct err *err);
int get_capabilities(struct get *get, struct err *err);

/* All containers that the options ask for, with their refs; bare groups and pause containers when they are wanted. */
int get_find(struct get *get, bool bare, bool pause, struct container_list *list, struct err *err);

/* container_look() on all of them, if it is needed, with or without pid_inside; notes what it cannot read. */
void get_look(struct get *get, struct container_list *list, bool needed, bool inside);

/* session_list(), and the error when nothing could be read. */
int get_list(struct get *get, const struct out_source *source, const char *what, struct err *err);

/* What get's own options mean to a noun that is a verb with -A. */
struct look_options get_look_options(const struct get *get);

/* For gather(): an empty list is said in a remark; when something was closed to us, get_list() makes an error of it. */
void get_none(struct get *get, const char *what);

#endif
