/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Granted, not usable: why a capability that was added does nothing. Pure: facts in, reasons out. The rules are those of
 * execve (capabilities(7), "Transformation of capabilities during execve()").
 */
#ifndef MODEL_CAPS_USABLE_H
#define MODEL_CAPS_USABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/caps.h"

/* What is known of a process, or predicted of one. */
struct caps_facts {
	struct cap_sets held;     /* the sets of the process */
	uint64_t granted;         /* what someone asked for: the capabilities that this is about. Those in held.effective are usable. */
	uid_t uid;                /* effective, inside */
	bool root_mapped_away;    /* uid is 0 inside and another outside */
	bool no_new_privs;
	unsigned int securebits;  /* 0 where unknown */
	uint64_t file_permitted, file_inheritable; /* of its executable, 0: none */
	bool file_effective;
	const char *engine;       /* a row's name in the table of engines, or NULL: for the ways out */
};

struct caps_unusable {
	unsigned int number;
	const char *rule;     /* a word of the JSON: "uid", "bounding", "ambient", "no_new_privs", "file", "dropped"; static */
	char *message;        /* one sentence; owned */
	char **ways_out;      /* NULL-terminated; owned */
};

struct caps_unusable_list {
	struct caps_unusable *items; /* by number */
	size_t n;
};

/* A row for each granted capability that is not effective. -ENOMEM. */
int caps_usable_check(const struct caps_facts *facts, struct caps_unusable_list *ret);
void caps_unusable_free(struct caps_unusable_list *list);
#define CLEANUP_CAPS_UNUSABLE __attribute__((cleanup(caps_unusable_free)))

/* What was granted beyond the engine's default: `bounding` without the default set of the engine (0 for an engine without one);
 * where defaults were dropped (bounding lacks one of the default set) all of bounding was chosen. */
uint64_t caps_granted(uint64_t bounding, const char *engine);

/* The default set of an engine by its row's name; 0 where there is none. */
uint64_t caps_default(const char *engine);

#endif
