/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `can` shows of an answer.
 */
#ifndef VIEW_CAN_H
#define VIEW_CAN_H

#include "model/can.h"
#include "out/columns.h"

struct container;

struct can_row {
	const struct container *container; /* borrowed */
	char *action;                      /* as it was asked: "bind:80"; owned */
	struct can_answer answer;          /* owned */
};

extern const struct view view_can;

#endif
