/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Processes in documents.
 */
#include "base/cleanup.h"
#include "view/capability.h"
#include "view/process.h"
#include "view/time.h"

const char *view_process_seccomp(const struct process *p)
{
	static const char *const modes[] = {"disabled", "strict", "filter"};

	return p->seccomp < ARRAY_SIZE(modes) ? modes[p->seccomp] : NULL;
}

struct json_object *view_process_user(uint32_t uid, uint32_t gid, const char *name, const char *group)
{
	struct json_object *user = json_new_object();

	json_add(user, "uid", uid == PROCESS_ID_NONE ? NULL : json_new_i64(uid));
	json_add(user, "gid", gid == PROCESS_ID_NONE ? NULL : json_new_i64(gid));
	json_add_text(user, "name", name);
	json_add_text(user, "group", group);
	return user;
}

static struct json_object *caps_of(const struct process *p)
{
	struct json_object *caps = json_new_object();

	json_add(caps, "effective", view_capability_names(p->caps.effective));
	json_add(caps, "permitted", view_capability_names(p->caps.permitted));
	json_add(caps, "inheritable", view_capability_names(p->caps.inheritable));
	json_add(caps, "bounding", view_capability_names(p->caps.bounding));
	json_add(caps, "ambient", view_capability_names(p->caps.ambient));
	return caps;
}

struct json_object *view_process_pids(const struct process *p)
{
	struct json_object *list = json_new_array();

	for (unsigned int i = 0; i < p->n_pids; i++)
		json_append(list, json_new_i64(p->pids[i]));
	return list;
}

static struct json_object *groups_of(const struct process *p)
{
	struct json_object *list = json_new_array();

	for (size_t i = 0; i < p->n_groups; i++)
		json_append(list, json_new_i64(p->groups[i]));
	return list;
}

struct json_object *view_process_words(char *const *words)
{
	struct json_object *list = json_new_array();

	for (; words && *words; words++)
		json_append(list, json_new_text(*words));
	return list;
}

static struct json_object *seccomp_of(const struct process *p)
{
	struct json_object *seccomp = json_new_object();

	json_add_text(seccomp, "mode", view_process_seccomp(p));
	json_add(seccomp, "filters", json_new_i64(p->seccomp_filters));
	return seccomp;
}

void view_process_json(const void *item, struct json_object *into)
{
	const struct process *p = item;
	char state[2] = {p->state, '\0'};

	json_add_text(into, "container", p->container->ref);
	json_add(into, "hostPid", json_new_i64(p->host_pid));
	json_add(into, "pid", p->pid > 0 ? json_new_i64(p->pid) : NULL);
	json_add(into, "pids", view_process_pids(p));
	json_add(into, "ppid", json_new_i64(p->ppid));
	json_add(into, "hostPpid", json_new_i64(p->host_ppid));
	json_add(into, "tid", p->tid_inside > 0 ? json_new_i64(p->tid_inside) : NULL);
	json_add(into, "hostTid", json_new_i64(p->tid));
	json_add(into, "user", view_process_user(p->euid_inside, p->egid_inside, p->user, p->group));
	json_add(into, "hostUser", view_process_user(p->euid, p->egid, p->host_user, p->host_group));
	json_add(into, "groups", groups_of(p));
	json_add(into, "capabilities", caps_of(p));
	json_add(into, "userNamespace", p->more && p->more->user_ns ? json_new_u64(p->more->user_ns) : NULL);
	json_add(into, "noNewPrivs", json_new_bool(p->no_new_privs));
	json_add(into, "seccomp", seccomp_of(p));
	json_add_text(into, "session", view_process_session_name(p->session));
	json_add_text(into, "state", state);
	json_add(into, "startTime", view_time(process_start_unix(p)));
	json_add(into, "command", p->command_lost ? NULL : view_process_words(p->command));
	json_add_text(into, "comm", p->comm);
	json_add_text(into, "exe", p->more ? p->more->exe : NULL);
}
