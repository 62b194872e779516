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

struct buf;

/* What is known of a process, or predicted of one. All that is left zero is the usual. */
struct caps_facts {
	struct cap_sets held;     /* the sets of the process */
	uint64_t granted;         /* what someone asked for: the capabilities that this is about */
	uint64_t asked_ambient, asked_inheritable; /* what the config asks for as that; 0: none, or unknown */
	uid_t uid;                /* effective, inside; (uid_t)-1: not mapped */
	bool was_root;            /* the config begins it as uid 0, and uid is another now */
	bool own_userns;          /* it is in a user namespace other than the initial one */
	bool no_new_privs;
	unsigned int securebits;  /* prctl(2) PR_GET_SECUREBITS; no file in /proc tells them: 0 where unknown */
	bool file_caps;           /* its executable carries file capabilities that count in its user namespace */
	uint64_t file_permitted, file_inheritable;
	bool file_effective;
	bool file_nosuid;         /* the executable is on a mount with nosuid: execve does not look at them */
	const char *engine;       /* a row's name in the table of engines, or NULL: for the ways out */
};

struct caps_unusable {
	unsigned int number;
	/* A word of the JSON; static:
	 * bounding        the bounding set lacks it
	 * uid             not root: execve keeps ambient and file capabilities only
	 * ambient         asked for as ambient: without inheritable, or starting a program with file capabilities cleared it
	 * no_new_privs    a file or root would give it, no_new_privs forbids that
	 * file            its program carries it, in a way that does not make it effective
	 * securebits      uid 0, and noroot is set
	 * dropped         it held it once: the process gave it up, or switched it off
	 * user_namespace  effective, but it counts in the initial user namespace only */
	const char *rule;
	char *reason;    /* "uid 101 is not root, so execve keeps ambient and file capabilities only"; owned */
	char *message;   /* "NET_BIND_SERVICE was granted but cannot be used: REASON."; owned */
	char **ways_out; /* NULL-terminated, each "uid 0" or the like, without a full stop; owned */
};

struct caps_unusable_list {
	struct caps_unusable *items; /* by number */
	size_t n;
};

/* A row for each granted capability that cannot be used. -ENOMEM. */
int caps_usable_check(const struct caps_facts *facts, struct caps_unusable_list *ret);
void caps_unusable_free(struct caps_unusable_list *list);
#define CLEANUP_CAPS_UNUSABLE __attribute__((cleanup(caps_unusable_free)))

/* Appends what a person reads: those that share a reason and their ways out in one sentence ("NET_ADMIN and SYS_TIME were
 * granted but ..."), a line each, with an indented line "  Ways out: A, B, or C." behind it. */
void caps_unusable_say(const struct caps_unusable_list *list, struct buf *out);

/* What was granted beyond the engine's default, where only the outcome is known: the shorter story. Some of the default dropped
 * and others added: what is added; all dropped and some added: all of `bounding` ("drop ALL, add NET_BIND_SERVICE" leaves one
 * that is among the default, too). Of an engine without a default all was chosen; what no engine started ("bare", "host", NULL)
 * was granted nothing. */
uint64_t caps_granted(uint64_t bounding, const char *engine);

/* The default set of an engine by its row's name, or "crio" for cri's containers of CRI-O; 0 where there is none. */
uint64_t caps_default(const char *engine);

#endif
