/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What src/app/complete*.c share: a place on the command line, and what may stand there. Nobody else includes this.
 */
#ifndef APP_COMPLETE_H
#define APP_COMPLETE_H

#include <stddef.h>

#include "app/verb.h"

struct asked {
	struct session *s;
	const struct verb *verb; /* NULL before it stands there */
	const char *word;	 /* what is there of it */
	const char *before;	 /* "--output=" stands before it in the same word */
	size_t before_len;
	const char *target;      /* the line's TARGET, or the one in use; NULL: none yet */
	bool inside;             /* the line names it: PIDs behind it are those inside */
	const char *container;   /* of -c, or NULL */
	const char *first;       /* the first word behind the verb, or NULL */
	const struct opt *option; /* whose value the word is, or NULL */
	complete_fn *each;
	void *data;
};

/* Gives the word when it begins as what is there does. */
void offer(const struct asked *a, const char *word, const char *help);

/* Offers what `place`, the word in capitals of a usage line or an option's row, stands for. */
void offer_place(const struct asked *a, const char *place, size_t len);

/* complete_target.c */
void offer_targets(const struct asked *a);
void offer_pods(const struct asked *a);
void offer_containers_of_pod(const struct asked *a); /* -c */
void offer_namespaces(const struct asked *a);
void offer_pids(const struct asked *a);            /* the host's, or those inside the line's target */

/* complete_inside.c */
void offer_paths_inside(const struct asked *a);    /* absolute ones, of the target's own root */
void offer_commands_inside(const struct asked *a);
void offer_users_inside(const struct asked *a);
void offer_files(const struct asked *a);           /* the host's */
void offer_folders(const struct asked *a);

#endif
