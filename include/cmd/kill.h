/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * kill: a signal by the PID inside (src/cmd/kill.c), or the end of a sandbox (kill_sandbox.c).
 */
#ifndef CMD_KILL_H
#define CMD_KILL_H

#include "sys/proc.h"

struct container_list;
struct err;
struct session;

/* "TERM", "SIGTERM", "sigterm", "15", "RTMIN+3". -EINVAL with ERR_USAGE names the nearest. */
int kill_signal_parse(const char *text, int *ret, struct err *err);

/* Through the pidfd where there is one. -errno. */
int kill_send(const struct proc_ref *ref, int signal);

/* The sandboxes of nsctl that the text names: one, or all of a pod. Those of other engines are left to session_target(). */
int kill_find(struct session *s, const char *text, struct container_list *ret, struct err *err);

/* Ends them: TERM, KILL after 2 s; comes back when nothing of them is left. */
int kill_sandboxes(const struct container_list *list, struct err *err);

#endif
