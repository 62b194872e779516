/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/process_scope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/process_parts.h"
#include "sys/cgroup.h"
#include "sys/file.h"
#include "sys/ns.h"

#define CGROUP_TEXT_MAX 8192

void process_scope_close(struct process_scope *scope)
{
	close_fd(&scope->proc);
	close_fd(&scope->pidns);
	proc_ref_close(&scope->init);
	cleanup_free(&scope->cgroup);
	cleanup_free(&scope->known);
	pid_list_free(&scope->in_cgroup);
}

/* Those of it are read at once: they are few, whatever the host has. */
static void find_cgroup(struct process_scope *scope, pid_t parent)
{
	CLEANUP_PROCESS_CGROUP struct process_cgroup cgroup = {0};

	process_cgroup_find(scope->c, scope->init.dir, parent, &cgroup);
	if (!cgroup.line)
		return;
	procfs_cgroup_pids(cgroup.dir, &scope->in_cgroup);
	pid_list_sort(&scope->in_cgroup);
	scope->cgroup = take_ptr(&cgroup.line);
}

static int open_namespaces(struct process_scope *scope, const struct proc_status *status)
{
	struct stat st;
	pid_t inside = status->n_nspid ? status->nspid[status->n_nspid - 1] : 0;

	scope->pidns = ns_open(scope->init.dir, NS_PID);
	if (scope->pidns == -EACCES || scope->pidns == -EPERM) {
		scope->limited = true;
		return 0;
	}
	if (scope->pidns < 0 || fstat(scope->pidns, &st) < 0)
		return scope->pidns < 0 ? scope->pidns : -errno;
	scope->pidns_inode = st.st_ino;
	/* some kernels give ENOTTY where ESRCH is meant: only a PID that lives tells whether the call is there */
	scope->by_ioctl = ns_pid_inside(scope->pidns, scope->c->pid) > 0;
	if (ns_inode(scope->init.dir, NS_MNT, &scope->mnt_inode) < 0) /* init has ended, or is about to */
		scope->mnt_inode = 0;
	scope->shared = scope->pidns_inode == scope->own_pidns || (inside != 1 && strcmp(scope->c->engine, "bare") != 0);
	return 0;
}

static int open_container(struct process_scope *scope, struct err *err)
{
	CLEANUP_STATUS struct proc_status status = {0};
	const struct container *c = scope->c;
	int r = c->pid ? proc_ref_open(c->pid, c->start, &scope->init) : -ESRCH;

	if (!r)
		r = proc_status_read(scope->init.dir, &status);
	if (!r)
		r = open_namespaces(scope, &status);
	if (r == -ESRCH || r == -ENOENT)
		return err_set(err, -ESRCH, ERR_NO_TARGET, "%s is not running", c->name);
	if (r < 0)
		return err_sys(err, r, "%s: cannot look at its init, process %d", c->name, (int)c->pid);
	scope->level = status.n_nspid ? status.n_nspid - 1 : 0;
	if (scope->shared || scope->limited)
		find_cgroup(scope, status.ppid);
	if (!scope->limited)
		return 0;
	scope->why = scope->cgroup ? "its namespaces may not be looked at, so only what its cgroup holds is known"
				   : "its namespaces may not be looked at, so only its descendants are known";
	if (scope->cgroup || !scope->level) /* level 0: it is in the caller's PID namespace */
		return 0;
	err_set(err, -EACCES, ERR_DENIED, "%s: cannot look at its namespaces: Permission denied", c->name);
	return err_hint(err, "this needs CAP_SYS_PTRACE: run nsctl as root");
}

int process_scope_open(const struct container *c, struct process_scope *ret, struct err *err)
{
	CLEANUP_SCOPE struct process_scope scope = {.c = c, .pidns = -1, .init = PROC_REF_NONE};
	CLEANUP_FD int self = -1;
	int r = 0;

	scope.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	self = scope.proc < 0 ? -1 : openat(scope.proc, "self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (self < 0 || ns_inode(self, NS_PID, &scope.own_pidns) < 0 || ns_inode(self, NS_MNT, &scope.own_mnt) < 0)
		return err_sys(err, -errno, "cannot read /proc");
	scope.host = !strcmp(c->engine, "host");
	if (!scope.host)
		r = open_container(&scope, err);
	else if (!ns_is_initial(NS_PID, scope.own_pidns))
		scope.why = "nsctl runs in a PID namespace itself, and sees what is in there only";
	if (r < 0)
		return r;
	if (procfs_hides())
		scope.why = "/proc is mounted with hidepid, and hides processes of others";
	*ret = scope;
	scope = (struct process_scope){.proc = -1, .pidns = -1, .init = PROC_REF_NONE};
	return 0;
}

static bool is_listed(const struct pid_list *list, pid_t pid)
{
	size_t from = 0, to = list->n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (list->items[middle] == pid)
			return true;
		if (list->items[middle] < pid)
			from = middle + 1;
		else
			to = middle;
	}
	return false;
}

/* Did it come from another container into this one's PID namespace (docker run --pid container:NAME)? */
static bool is_others(const struct process_scope *scope, int dir)
{
	char text[CGROUP_TEXT_MAX], id[CGROUP_ID_LEN + 1];

	if (!scope->c->id || strlen(scope->c->id) != CGROUP_ID_LEN || file_read_into(dir, "cgroup", text, sizeof(text)) <= 0)
		return false;
	text[strcspn(text, "\n")] = '\0'; /* all hierarchies say the same */
	return cgroup_id(text, id) && strcmp(id, scope->c->id) != 0;
}

bool process_scope_owns(const struct process_scope *scope, int dir, pid_t host_pid)
{
	uint64_t mnt = 0;
	int r;

	if (scope->host || scope->limited || host_pid == scope->c->pid || scope->mnt_inode == scope->own_mnt)
		return true;
	r = ns_inode(dir, NS_MNT, &mnt);
	if (r == 0 && mnt == scope->mnt_inode)
		return true;
	if (scope->shared)
		return is_listed(&scope->in_cgroup, host_pid) || (r < 0 && scope->cgroup && process_cgroup_holds(scope->cgroup, dir));
	return !is_others(scope, dir);
}
