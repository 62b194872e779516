/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sandbox's OCI config (runtime-spec, config.md): what it is started by, and what exec reads later.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/run.h"
#include "data/json.h"
#include "model/caps.h"
#include "model/seccomp.h"
#include "sys/ns.h"

#define UMASK 022

static struct json_object *new_list(char *const *texts)
{
	struct json_object *list = json_new_array();

	for (; texts && *texts; texts++)
		json_append(list, json_new_text(*texts));
	return list;
}

static struct json_object *new_user(const struct run_box *box, bool groups)
{
	struct json_object *user = json_new_object(), *gids = json_new_array();

	json_add(user, "uid", json_new_u64(box->uid));
	json_add(user, "gid", json_new_u64(box->gid));
	json_add(user, "umask", json_new_u64(UMASK));
	for (size_t i = 0; groups && i < box->n_groups; i++)
		json_append(gids, json_new_u64(box->groups[i]));
	json_add(user, "additionalGids", gids);
	return user;
}

static struct json_object *new_names(uint64_t mask)
{
	struct json_object *list = json_new_array();

	for (unsigned int i = 0; i < CAP_BITS; i++) {
		CLEANUP_BUF struct buf name = {0};

		if (!(mask >> i & 1))
			continue;
		buf_str(&name, "CAP_");
		caps_name(&name, i);
		json_append(list, json_new_text(buf_text(&name)));
	}
	return list;
}

/* As docker has them since it stopped setting the inheritable set; for a user other than root execve leaves
 * the bounding set. */
static struct json_object *new_capabilities(const struct run_box *box)
{
	struct json_object *sets = json_new_object();

	json_add(sets, "bounding", new_names(box->caps));
	json_add(sets, "effective", new_names(box->caps));
	json_add(sets, "permitted", new_names(box->caps));
	json_add(sets, "inheritable", new_names(0));
	json_add(sets, "ambient", new_names(0));
	return sets;
}

static struct json_object *new_process(const struct run_box *box, bool groups)
{
	struct json_object *process = json_new_object();

	json_add(process, "terminal", json_new_bool(box->tty));
	json_add(process, "user", new_user(box, groups));
	json_add(process, "args", new_list(box->argv));
	json_add(process, "env", new_list(box->env));
	json_add_text(process, "cwd", box->cwd ? box->cwd : "/");
	json_add(process, "capabilities", new_capabilities(box));
	json_add(process, "noNewPrivileges", json_new_bool(box->no_new_privs));
	return process;
}

static struct json_object *new_namespaces(const struct run_pod *pod)
{
	static const char *const names[NS_N] = {[NS_CGROUP] = "cgroup",
		[NS_IPC] = "ipc",
		[NS_MNT] = "mount",
		[NS_NET] = "network",
		[NS_PID] = "pid",
		[NS_TIME] = "time",
		[NS_USER] = "user",
		[NS_UTS] = "uts"};
	struct json_object *list = json_new_array(), *item;

	for (int type = 0; type < NS_N; type++) {
		if (!(pod->namespaces >> type & 1))
			continue;
		item = json_new_object();
		json_add_text(item, "type", names[type]);
		json_append(list, item);
	}
	return list;
}

static struct json_object *new_seccomp(const struct run_box *box)
{
	CLEANUP_ERR struct err err = {0};
	CLEANUP_FREE char *text = NULL;
	struct json_object *profile = NULL;
	size_t len;

	if (box->unconfined)
		return NULL;
	text = seccomp_default_profile(box->caps, &len);
	return text && json_parse("nsctl-default", text, len, &profile, &err) == 0 ? profile : NULL;
}

char *run_config(const struct run_pod *pod, const struct run_box *box, bool own_groups, size_t *ret_len)
{
	CLEANUP_JSON struct json_object *config = json_new_object();
	struct json_object *root = json_new_object(), *linux_part = json_new_object(),
			   *seccomp = new_seccomp(box);
	CLEANUP_BUF struct buf text = {0};

	json_add_text(config, "ociVersion", "1.0.2");
	json_add(config, "process", new_process(box, own_groups));
	json_add_text(root, "path", pod->rootfs ? pod->rootfs : "/");
	json_add(root, "readonly", json_new_bool(true));
	json_add(config, "root", root);
	json_add_text(config, "hostname", pod->hostname);
	json_add(linux_part, "namespaces", new_namespaces(pod));
	if (seccomp)
		json_add(linux_part, "seccomp", seccomp);
	json_add(config, "linux", linux_part);
	json_write(&text, config, true);
	if (text.failed || (!seccomp && !box->unconfined))
		return NULL;
	*ret_len = text.len;
	return buf_take(&text);
}
