/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/run_holder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "sys/ns.h"

static void note(void *data, const char *message)
{
	session_note(data, NULL, 0, NULL, "%s", message);
}

/* It has nothing to run and no right to use. Its ids are the first container's, so that they are mapped. */
static int start(const struct run_pod *pod, bool one_id, struct run_holder *h, struct err *err)
{
	const struct run_box idle = {
		.uid = pod->boxes[0].uid, .gid = pod->boxes[0].gid, .no_new_privs = true, .unconfined = true};
	unsigned int own = 1u << NS_CGROUP | (pod->share_pid ? 0 : 1u << NS_PID);
	size_t len = 0;
	int error;

	*h = (struct run_holder){.argv = {(char *)"nsctl-pause", NULL}, .plan = {.init = PROC_REF_NONE}};
	h->config = run_config(pod, &idle, false, &len);
	if (!h->config)
		return err_no_memory(err);
	h->container = (struct container){.engine = "nsctl", .name = pod->name};
	h->request = (struct enter_request){.container = &h->container, .argv = h->argv, .detach = true};
	h->sandbox = (struct enter_sandbox){.name = pod->name,
		.hostname = pod->hostname,
		.config = h->config,
		.config_len = len,
		.namespaces = pod->namespaces & ~own,
		.hold = true,
		.one_id = one_id,
		.state = -1};
	error = sandbox_plan(&h->sandbox, &h->request, note, pod->session, &h->plan, err);
	if (!error)
		error = stage_hold(&h->plan, &h->stage, err);
	h->runs = !error;
	return error;
}

int run_holder_start(const struct run_pod *pod, struct run_holder *ret, struct err *err)
{
	int error = start(pod, false, ret, err);

	if (error != -EXDEV)
		return error;
	session_note(pod->session, pod->name, 0, NULL, "%s (%s): with one user and group instead",
		err->message, err->why ? err->why : "");
	err_clear(err);
	run_holder_end(ret);
	return start(pod, true, ret, err);
}

void run_holder_end(struct run_holder *h)
{
	if (h->runs)
		stage_release(&h->stage, &h->plan);
	if (h->config)
		plan_free(&h->plan);
	free(h->config);
	*h = (struct run_holder){0};
}
