/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who the subject is, where its capabilities count, what holds it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/can_parts.h"
#include "sys/file.h"

static int unreadable(const struct proc_ref *proc, int code, const char *what, struct err *err)
{
	if (code == -ESRCH || code == -ENOENT)
		return err_set(err, -ESRCH, ERR_FAILED, "its init (%d) has ended", (int)proc->pid);
	err_sys(err, code, "cannot read /proc/%d/%s", (int)proc->pid, what);
	if (code == -EACCES || code == -EPERM)
		return err_hint(err, "run nsctl as root: sudo nsctl can ...");
	return code;
}

static void take_ids(struct can_facts *f, struct proc_status *s)
{
	f->uid = s->uid[0];
	f->euid = s->uid[1];
	f->suid = s->uid[2];
	f->fsuid = s->uid[3];
	f->gid = s->gid[0];
	f->egid = s->gid[1];
	f->sgid = s->gid[2];
	f->fsgid = s->gid[3];
	f->groups = take_ptr(&s->groups);
	f->n_groups = s->n_groups;
	f->caps = (struct cap_sets){s->inheritable, s->permitted, s->effective, s->bounding, s->ambient};
	f->no_new_privs = s->no_new_privs;
	f->seccomp = s->seccomp;
	f->pid = s->n_nspid ? s->nspid[s->n_nspid - 1] : s->pid;
}

/* Which of its namespaces its user namespace, or one below that, owns. */
static int gather_owned(const struct proc_ref *proc, struct can_facts *f, struct err *err)
{
	uint64_t user = 0, pid = 0;
	int error = ns_inode(proc->dir, NS_USER, &user);

	if (!error)
		error = ns_inode(proc->dir, NS_PID, &pid);
	if (error < 0)
		return unreadable(proc, error, "ns", err);
	f->initial_userns = user == NS_INITIAL_USER;
	f->initial_pidns = pid == NS_INITIAL_PID;
	for (int type = 0; type < NS_N; type++) {
		CLEANUP_FD int ns = -1;
		CLEANUP_FD int owner = -1;

		if (type == NS_USER)
			continue;
		ns = ns_open(proc->dir, (enum ns_type)type);
		if (ns == -ENOENT && type == NS_TIME)
			continue;
		if (ns < 0)
			return unreadable(proc, ns, "ns", err);
		owner = ns_get_userns(ns);
		f->owned[type] = owner >= 0 && ns_is_within(owner, user);
	}
	f->owned[NS_USER] = true;
	return 0;
}

static int read_number(const char *path, int none)
{
	char text[16];

	return file_read_into(AT_FDCWD, path, text, sizeof(text)) > 0 ? atoi(text) : none;
}

static void gather_kernel(struct can_facts *f)
{
	f->all_caps = caps_all();
	f->yama = read_number("/proc/sys/kernel/yama/ptrace_scope", -1);
	f->modules_disabled = read_number("/proc/sys/kernel/modules_disabled", -1);
}

/* AppArmor's label is "PROFILE (MODE)", SELinux's USER:ROLE:TYPE:LEVEL. */
char *can_confined_by(const char *label)
{
	const char *mode = strrchr(label, ' '), *type;
	char *text = NULL;
	int n = 0;

	if (mode && mode[1] == '(') {
		if (strcmp(mode + 1, "(complain)") != 0)
			n = asprintf(&text, "AppArmor profile %.*s", (int)(mode - label), label);
	} else if ((type = strchr(label, ':')) && (type = strchr(type + 1, ':'))) {
		if (!text_has_prefix(type, ":unconfined_t") && !text_has_prefix(type, ":spc_t"))
			n = asprintf(&text, "SELinux label %s", label);
	} else if (*label && strcmp(label, "unconfined") != 0) {
		n = asprintf(&text, "the security module's label %s", label);
	}
	return n < 0 ? NULL : text;
}

static void gather_label(const struct proc_ref *proc, struct can_facts *f)
{
	char label[4096];

	if (file_read_into(proc->dir, "attr/apparmor/current", label, sizeof(label)) <= 0 &&
		file_read_into(proc->dir, "attr/current", label, sizeof(label)) <= 0)
		return; /* there is no such module */
	label[strcspn(label, "\n")] = '\0';
	if (strchr(label, ':') && read_number("/sys/fs/selinux/enforce", 1) == 0)
		return;
	f->confined = can_confined_by(label);
}

int can_gather(
	const struct proc_ref *proc, const struct proc_ref *where, struct can_facts *ret, struct err *err)
{
	CLEANUP_CAN_FACTS struct can_facts f = {0};
	CLEANUP_STATUS struct proc_status status = {0};
	struct rlimit limits[RLIM_NLIMITS];
	int error = proc_status_read(proc->dir, &status);

	if (error < 0)
		return unreadable(proc, error, "status", err);
	if (status.state == 'Z' || status.state == 'X')
		return unreadable(proc, -ESRCH, "status", err);
	take_ids(&f, &status);
	if ((error = idmap_read(proc->dir, false, &f.uids)) < 0 ||
		(error = idmap_read(proc->dir, true, &f.gids)) < 0)
		return unreadable(proc, error, "uid_map", err);
	error = proc_limits(proc->dir, limits);
	if (error < 0)
		return unreadable(proc, error, "limits", err);
	f.nice_limit = limits[RLIMIT_NICE];
	errno = 0;
	f.nice = getpriority(PRIO_PROCESS, (id_t)proc->pid);
	if (errno)
		return unreadable(proc, -errno, "stat", err);
	error = gather_owned(where, &f, err);
	if (error < 0)
		return error;
	gather_kernel(&f);
	gather_label(proc, &f);
	*ret = f;
	f = (struct can_facts){0};
	return 0;
}
