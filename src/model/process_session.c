/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sessions: how a process came into its container. The head of one is a process whose parent is outside; it is the
 * engine's when the engine has written its PID down, nsctl's when it stands in nsctl's own cgroup. Descendants go with it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/process_parts.h"
#include "sys/cgroup.h"
#include "sys/file.h"
#include "sys/proc.h"

#define PID_TEXT_MAX 32
#define CMDLINE_MAX 16384
#define LEAF "nsctl."

static bool has_suffix(const char *text, const char *suffix)
{
	size_t n = strlen(text), m = strlen(suffix);

	return n > m && !strcmp(text + n - m, suffix);
}

static int add_pid(int dir, const char *path, struct pid_list *ret)
{
	char text[PID_TEXT_MAX];
	uint64_t pid;

	if (file_read_into(dir, path, text, sizeof(text)) <= 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	return text_u64(text, INT_MAX, &pid) == 0 && pid ? pid_list_add(ret, (pid_t)pid) : 0;
}

/* containerd's shims keep EXEC.pid beside the OCI config for as long as the exec lives; podman EXEC/exec_pid. *ret_closed: they are
 * not the caller's to read. */
static int read_bundle(const char *config, struct pid_list *ret, bool *ret_closed)
{
	CLEANUP_FREE char *path = strdup(config);
	CLEANUP_DIR DIR *dir = NULL;
	struct dirent *entry;
	char *slash = path ? strrchr(path, '/') : NULL;
	int r = 0;

	if (!path)
		return -ENOMEM;
	if (!slash)
		return 0;
	*slash = '\0';
	dir = opendir(path);
	*ret_closed |= !dir && (errno == EACCES || errno == EPERM);
	while (dir && r == 0 && (entry = readdir(dir))) {
		char inner[NAME_MAX + sizeof("/exec_pid")];

		if (has_suffix(entry->d_name, ".pid") && strcmp(entry->d_name, "init.pid") != 0) {
			r = add_pid(dirfd(dir), entry->d_name, ret);
		} else if (strlen(entry->d_name) == CGROUP_ID_LEN && text_is_hex(entry->d_name)) {
			snprintf(inner, sizeof(inner), "%s/exec_pid", entry->d_name);
			r = add_pid(dirfd(dir), inner, ret);
		}
	}
	return r;
}

/* nsctl's commands stand in leaves of their own below init's cgroup. */
static int read_leaves(const struct process_scope *scope, struct pid_list *ret)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	const struct cgroup_line *v2;
	CLEANUP_DIR DIR *dir = NULL;
	struct dirent *entry;
	int r = 0;

	if (cgroup_read(scope->init.dir, &set) < 0)
		return 0;
	v2 = cgroup_v2(&set);
	dir = v2 && v2->dir ? opendir(v2->dir) : NULL;
	while (dir && r == 0 && (entry = readdir(dir))) {
		CLEANUP_FREE char *leaf = NULL;

		if (entry->d_type != DT_DIR || !text_has_prefix(entry->d_name, LEAF))
			continue;
		if (asprintf(&leaf, "%s/%s", v2->dir, entry->d_name) < 0)
			return -ENOMEM;
		r = procfs_cgroup_pids(leaf, ret) == -ENOMEM ? -ENOMEM : 0;
	}
	return r;
}

/* conmon stays the parent of what it execs, for engines that keep no file of it where we look (CRI-O): its own words are
 * "-c ID ... -e". It is a process of the host, or it would be a member. */
static bool is_conmon_exec(const struct process_scope *scope, pid_t parent)
{
	CLEANUP_FREE char **words = NULL;
	const char *slash;
	char path[32];
	bool exec = false, ours = false;

	snprintf(path, sizeof(path), "%d/cmdline", (int)parent);
	if (!scope->c->id || !*scope->c->id || proc_strings(scope->proc, path, CMDLINE_MAX, &words) < 0 || !words[0])
		return false;
	slash = strrchr(words[0], '/');
	if (strcmp(slash ? slash + 1 : words[0], "conmon") != 0)
		return false;
	for (size_t i = 1; words[i]; i++) {
		exec = exec || !strcmp(words[i], "-e") || !strcmp(words[i], "--exec");
		ours = ours || ((!strcmp(words[i - 1], "-c") || !strcmp(words[i - 1], "--cid")) && !strcmp(words[i], scope->c->id));
		if (!strcmp(words[i], "--exit-command")) /* what follows is another's words */
			break;
	}
	return exec && ours;
}

static bool holds(const struct pid_list *list, pid_t pid)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i] == pid)
			return true;
	return false;
}

#define UNKNOWN ((enum process_session)-1)

/* What heads are told by. */
struct records {
	const struct process_scope *scope;
	struct pid_list pids; /* of execs */
	bool closed;	      /* there may be more of them */
	pid_t starter;	      /* the parent of init, on the host */
};

/* Its parent is not among the members. In the PID namespace of the container that parent is outside, or the PID 1 of a pod,
 * which orphans go to; in the host's, orphans go to init's own parent. */
static enum process_session of_head(const struct process *p, const struct records *records)
{
	const struct process_scope *scope = records->scope;
	bool host_pidns = scope->pidns_inode == scope->own_pidns;

	if (host_pidns ? p->host_ppid == records->starter : p->ppid != 0)
		return PROCESS_MAIN;
	if (is_conmon_exec(scope, p->host_ppid))
		return PROCESS_EXEC;
	return records->closed ? PROCESS_CAME : PROCESS_JOINED;
}

/* Like its parent, up to one that has a session or is recorded. The way up is remembered in the items, so that each is
 * walked once. */
static void set_session(struct process_list *list, size_t first, struct process *p, const struct records *records)
{
	struct process *head = p, *next;
	size_t steps = 0;

	while (head->session == UNKNOWN && !holds(&records->pids, head->host_pid) && steps++ < list->n &&
		(next = process_list_find(list, first, head->host_ppid)) && next != head)
		head = next;
	if (head->session == UNKNOWN) {
		head->session = holds(&records->pids, head->host_pid) ? PROCESS_EXEC : of_head(head, records);
		head->session_head = head->session != PROCESS_MAIN && head->tid == head->host_pid;
	}
	for (; p != head; p = next) {
		next = process_list_find(list, first, p->host_ppid);
		p->session = head->session;
		if (!next)
			break;
	}
}

int process_sessions_set(struct process_list *list, size_t first, const struct process_scope *scope)
{
	struct records records = {.scope = scope, .closed = scope->c->unrecorded};
	int r = 0;

	for (size_t i = first; i < list->n; i++) {
		struct process *p = &list->items[i];
		bool init = scope->host || p->host_pid == scope->c->pid || (!scope->shared && p->pid == 1);

		p->session = init ? PROCESS_MAIN : UNKNOWN;
		p->session_head = init && !scope->host && p->tid == p->host_pid;
		if (p->host_pid == scope->c->pid)
			records.starter = p->host_ppid;
	}
	if (scope->host)
		return 0;
	/* nsctl's own sandboxes have leaves only, and a folder that others cannot open */
	if (scope->c->config && strcmp(scope->c->engine, "nsctl") != 0)
		r = read_bundle(scope->c->config, &records.pids, &records.closed);
	if (r == 0)
		r = read_leaves(scope, &records.pids);
	pid_list_sort(&records.pids);
	for (size_t i = first; r == 0 && i < list->n; i++)
		set_session(list, first, &list->items[i], &records);
	pid_list_free(&records.pids);
	return r;
}
