/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each capability permits, in this project's own words (facts: capabilities(7), and where the kernel asks for it).
 */
#ifndef MODEL_CAPS_TEXT_H
#define MODEL_CAPS_TEXT_H

#include <stddef.h>

/* Where the kernel looks for the capability: what decides whether it is worth anything in a user namespace. */
enum cap_reach {
	CAP_REACH_OWN,     /* in the user namespace that owns the object: it counts inside a container's own one */
	CAP_REACH_INITIAL, /* in the initial user namespace only: without effect in any other */
	CAP_REACH_PART,    /* some of its uses are the one, some the other */
};

struct cap_text {
	const char *name;    /* UPPER, without CAP_ */
	const char *meaning; /* one line, without a full stop */
	const char *inside;  /* what it means for a container: one to three sentences */
	enum cap_reach reach;
	const char *since;   /* the first kernel that has it; "2.2" for all that are older */
	const char *page;    /* the manual page that says more: "chown(2)" */
};

/* The row of a capability's number, or NULL for one that the table does not know (newer than CHECKPOINT_RESTORE). */
const struct cap_text *caps_text(unsigned int number);

/* "It counts in ...": the sentence of a reach, without a full stop. */
const char *caps_text_reach(enum cap_reach reach);

#endif
