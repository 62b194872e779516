/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of model/can.h: shared by src/model/can*.c, for no one else.
 */
#ifndef MODEL_CAN_PARTS_H
#define MODEL_CAN_PARTS_H

#include "model/can.h"

/* Sets the answer; what was said before is forgotten. */
void can_say(struct can_answer *ret, enum can_verdict verdict, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool can_has(const struct can_facts *facts, unsigned int cap); /* in its effective set */
bool can_is_root(const struct can_facts *facts);               /* uid 0 inside */

/* Yes or no by one capability. `counts`: it does where the kernel looks for it, which is `where` (NULL: not worth a word). */
void can_by_cap(const struct can_facts *facts, unsigned int cap, bool counts, const char *where, struct can_answer *ret);

/* A rule each, can_rules.c but where said. */
typedef void can_rule(const struct can_facts *facts, const struct can_query *query, struct can_answer *ret);
can_rule can_decide_capability, can_decide_bind, can_decide_raw, can_decide_settime, can_decide_module, can_decide_reboot,
	can_decide_mount, can_decide_chown, can_decide_chroot, can_decide_setuid, can_decide_nice;
can_rule can_decide_kill, can_decide_ptrace; /* can_process.c */
can_rule can_decide_write;                   /* can_write.c */
can_rule can_decide_mknod;                   /* can_devices.c */
can_rule can_decide_syscall;                 /* can_calls.c */

/* can_calls.c: what the filters make of an answer that is not no. */
void can_decide_calls(const struct can_facts *facts, const struct can_call *calls, struct can_answer *ret);

/* can_devices.c: may a device node be used so ('r', 'w' or 'm')? */
bool can_device(const struct can_facts *facts, mode_t mode, dev_t device, char how);

void can_path_free(struct can_path *path);

#endif
