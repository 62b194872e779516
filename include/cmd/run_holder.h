/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The holder of a pod: a process that does nothing, in the namespaces that the pod's containers share.
 */
#ifndef CMD_RUN_HOLDER_H
#define CMD_RUN_HOLDER_H

#include "cmd/run.h"
#include "enter/plan.h"
#include "enter/sandbox.h"
#include "enter/stage.h"

/* Everything that its plan points to. */
struct run_holder {
	bool runs;
	char *argv[2];
	char *config; /* owned */
	struct container container;
	struct enter_request request;
	struct enter_sandbox sandbox;
	struct plan plan;
	struct stage stage; /* stage.child is its PID */
};

int run_holder_start(const struct run_pod *pod, struct run_holder *ret, struct err *err);
void run_holder_end(struct run_holder *holder);
#define CLEANUP_HOLDER __attribute__((cleanup(run_holder_end)))

#endif
