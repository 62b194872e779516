/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of `nsctl can`: for src/cmd/can*.c.
 */
#ifndef CMD_CAN_H
#define CMD_CAN_H

#include <stdbool.h>

#include "enter/plan.h"
#include "model/can.h"

struct err;
struct trace;

/* One container while it is asked. */
struct can_subject {
	const struct container *container;
	const struct enter_request *request; /* what exec would be asked; NULL: the live init */
	plan_note_fn *note;
	void *note_data;
	const struct trace *trace;           /* told what is read; may be NULL */
	struct proc_ref init;
	struct proc_ref self;                /* of the host: nsctl, whose namespaces are the host's */
	struct can_facts facts;
	bool net_read, devices_read, filters_read;
};

/* Pins the init and reads what all actions need; the errors name the container. The caller ends it. */
int can_subject_begin(struct can_subject *subject, struct err *err);
void can_subject_end(struct can_subject *subject);
#define CLEANUP_CAN_SUBJECT __attribute__((cleanup(can_subject_end)))

/* Reads what this action needs, once what does not depend on its argument, and answers. */
int can_subject_ask(struct can_subject *subject, const struct can_query *query, struct can_answer *ret, struct err *err);

#endif
