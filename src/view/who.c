/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/who.h"

#include "model/who.h"
#include "view/container.h"
#include "view/process.h"

#define ITEM ((const struct who *)item)
#define PROCESS (ITEM->process)

static bool is_known(const struct who *who)
{
	return who->owner == OWNER_HOST || who->owner == OWNER_CONTAINER;
}

/* "-" for a process of the host, "?" where it may not be known. */
static void fill_text(const void *item, struct cell *ret, const char *text)
{
	cell_text(ret, text);
	if (!is_known(ITEM))
		cell_unknown(ret);
}

static void fill_host_pid(const void *item, struct cell *ret)
{
	cell_number(ret, (uint64_t)PROCESS.host_pid);
}

static void fill_pid(const void *item, struct cell *ret)
{
	if (PROCESS.pid > 0)
		cell_number(ret, (uint64_t)PROCESS.pid);
	else if (!is_known(ITEM))
		cell_unknown(ret);
}

static void fill_pids(const void *item, struct cell *ret)
{
	for (unsigned int i = 0; i < PROCESS.n_pids; i++)
		buf_printf(&ret->text, "%s%d", i ? "/" : "", (int)PROCESS.pids[i]);
	ret->kind = PROCESS.n_pids ? CELL_TEXT : CELL_UNKNOWN;
}

static void fill_pod(const void *item, struct cell *ret)
{
	const struct container *c = PROCESS.container;

	fill_text(item, ret, NULL);
	if (!c || !c->pod)
		return;
	ret->kind = CELL_TEXT;
	buf_printf(&ret->text, "%s%s%s", c->namespace ? c->namespace : "", c->namespace ? "/" : "", c->pod);
}

static void fill_container(const void *item, struct cell *ret)
{
	fill_text(item, ret, PROCESS.container ? PROCESS.container->name : NULL);
}

static void fill_ref(const void *item, struct cell *ret)
{
	fill_text(item, ret, PROCESS.container ? PROCESS.container->ref : NULL);
}

static void fill_engine(const void *item, struct cell *ret)
{
	fill_text(item, ret, PROCESS.container ? PROCESS.container->engine : NULL);
}

static void fill_user(const void *item, struct cell *ret)
{
	if (PROCESS.container)
		view_process_id(ret, PROCESS.user, PROCESS.euid_inside);
	else if (!is_known(ITEM))
		cell_unknown(ret);
}

static void fill_host_user(const void *item, struct cell *ret)
{
	view_process_id(ret, PROCESS.host_user, PROCESS.euid);
}

static void fill_command(const void *item, struct cell *ret)
{
	view_process_command(&PROCESS, ret);
}

static const struct column columns[] = {
	{"HOST-PID", "its PID outside, on the host", COLUMN_RIGHT, 0, fill_host_pid},
	{"PID", "its PID inside", COLUMN_RIGHT, 0, fill_pid},
	{"PIDS", "its PID at every level, outermost first", COLUMN_WIDE, 0, fill_pids},
	{"POD", "the pod, behind its Kubernetes namespace", 0, 0, fill_pod},
	{"CONTAINER", "the container's name; - for a process of the host", COLUMN_NO, 0, fill_container},
	{"ENGINE", "the container's engine", 0, 0, fill_engine},
	{"REF", "the container, in the shortest form that names only it", COLUMN_WIDE, 0, fill_ref},
	{"USER", "its effective user, by the container's own names", 0, PROCESS_NAMES, fill_user},
	{"HOST-USER", "the same user as the host has it", 0, PROCESS_NAMES, fill_host_user},
	{"COMMAND", "its command line", COLUMN_CUT, PROCESS_COMMAND, fill_command},
	{NULL, NULL, 0, 0, NULL},
};

static void to_json(const void *item, struct json_object *into)
{
	const struct process *p = &PROCESS;
	const struct container *c = p->container;

	json_add(into, "hostPid", json_new_i64(p->host_pid));
	json_add(into, "inContainer", is_known(ITEM) ? json_new_bool(c != NULL) : NULL);
	json_add_text(into, "container", c ? c->ref : NULL);
	json_add_text(into, "engine", c ? c->engine : NULL);
	json_add(into, "pod", c ? view_container_pod(c) : NULL);
	json_add(into, "pid", p->pid > 0 ? json_new_i64(p->pid) : NULL);
	json_add(into, "pids", view_process_pids(p));
	json_add(into, "user", c ? view_process_user(p->euid_inside, p->egid_inside, p->user, p->group) : NULL);
	json_add(into, "hostUser", view_process_user(p->euid, p->egid, p->host_user, p->host_group));
	json_add(into, "command", p->command_lost ? NULL : view_process_words(p->command));
}

const struct view view_who = {
	.kind = "Who",
	.plural = "processes",
	.columns = columns,
	.needs = PROCESS_COMMAND | PROCESS_NAMES,
	.json = to_json,
	.ref = fill_ref,
	.id = fill_ref,
};
