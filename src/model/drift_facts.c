/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the kernel says of a container's init, as far as a manifest could have meant it.
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
#include "base/trace.h"
#include "model/caps_process.h"
#include "model/drift_reader.h"
#include "sys/cred.h"
#include "sys/file.h"
#include "sys/lsm.h"
#include "sys/mounts.h"
#include "sys/proc.h"
#include "sys/sysctl.h"

#define COMMAND_MAX (1u << 20)

int drift_sysctl_add(struct drift_side *side, const char *name, const char *value)
{
	CLEANUP_FREE char *path = sysctl_path(name), *copy = strdup(value);
	struct label *grown;

	if (!path)
		return 0;
	grown = reallocarray(side->sysctls, side->n_sysctls + 1, sizeof(*grown));
	if (!grown || !copy)
		return -ENOMEM;
	side->sysctls = grown;
	grown[side->n_sysctls++] = (struct label){take_ptr(&path), take_ptr(&copy)};
	return 0;
}

const char *drift_sysctl_of(const struct drift_side *side, const char *path)
{
	for (size_t i = 0; i < side->n_sysctls; i++)
		if (!strcmp(side->sysctls[i].key, path))
			return side->sysctls[i].value;
	return NULL;
}

/* The mount that is in sight at a place is the last one there. */
static int see_mount(const struct mount_entry *mount, void *data)
{
	struct drift_side *side = data;

	if (!strcmp(mount->point, "/"))
		side->read_only = mount->read_only ? DRIFT_YES : DRIFT_NO;
	else if (!strcmp(mount->point, "/sys"))
		side->sys_locked = mount->read_only ? DRIFT_YES : DRIFT_NO;
	else if (!strcmp(mount->point, "/proc"))
		side->masked = DRIFT_NO;
	else if (text_has_prefix(mount->point, "/proc/") && side->masked != DRIFT_CANNOT)
		side->masked = DRIFT_YES;
	return 0;
}

static void read_namespaces(int proc_fd, struct drift_facts *facts)
{
	CLEANUP_FD int self = proc_open_self();
	uint64_t ours, theirs;

	for (int type = 0; type < NS_N; type++)
		if (!ns_inode(self, (enum ns_type)type, &ours) &&
			!ns_inode(proc_fd, (enum ns_type)type, &theirs))
			facts->kernel.host_ns[type] = ours == theirs ? DRIFT_YES : DRIFT_NO;
	if (ns_inode(proc_fd, NS_PID, &facts->pid_ns) < 0)
		facts->pid_ns = 0;
}

static int read_sysctls(int proc_fd, const struct manifest_value *wanted, struct drift_side *side)
{
	int r = 0;

	for (size_t i = 0; wanted && i < wanted->n_items && !r; i++) {
		CLEANUP_FREE char *value = NULL;

		if (!sysctl_read_of(proc_fd, wanted->items[i].name, &value))
			r = drift_sysctl_add(side, wanted->items[i].name, value);
	}
	return r;
}

static void take_status(struct proc_status *status, struct drift_side *side)
{
	side->has_caps = true;
	side->spec.caps = (struct cap_sets){
		status->inheritable, status->permitted, status->effective, status->bounding, status->ambient};
	side->spec.no_new_privs = status->no_new_privs;
	side->spec.seccomp_filters = status->seccomp_filters;
	side->filtered = status->seccomp ? DRIFT_YES : DRIFT_NO;
}

static int read_kernel(int proc_fd, const struct manifest_value *sysctls, struct drift_facts *facts)
{
	CLEANUP_STATUS struct proc_status status = {0};
	struct drift_side *side = &facts->kernel;
	int r = proc_status_read(proc_fd, &status);

	if (r < 0)
		return r;
	if (status.state == 'Z' || status.state == 'X')
		return -ESRCH;
	take_status(&status, side);
	facts->first = status.n_nspid && status.nspid[status.n_nspid - 1] == 1;
	r = spec_read_ids(proc_fd, &status, &side->spec);
	if (!r)
		r = spec_read_labels(proc_fd, &side->spec);
	if (r < 0)
		return r;
	read_namespaces(proc_fd, facts);
	if (mounts_each(proc_fd, see_mount, side) < 0) /* closed to an ordinary user */
		side->read_only = side->sys_locked = side->masked = DRIFT_CANNOT;
	if (proc_strings(proc_fd, "cmdline", COMMAND_MAX, &side->args) < 0)
		side->args = NULL;
	side->known = true;
	return read_sysctls(proc_fd, sysctls, side);
}

/* In the words of all verbs. A process whose program cannot be looked at is taken as one that carries nothing. */
static int read_unusable(const struct container *c, uint64_t added, struct drift_facts *facts)
{
	const struct caps_grant grant = {.known = true, .add = added & facts->kernel.spec.caps.bounding};
	CLEANUP_CAPS_PROCESSES struct caps_process_list list = {0};
	CLEANUP_ERR struct err err = {0};
	int r = grant.add ? caps_process_list_of(c, &grant, false, &list, &err) : 0;

	if (r < 0 || !list.n)
		return r;
	facts->unusable = list.items[0].not_usable;
	list.items[0].not_usable = (struct caps_unusable_list){0};
	return 0;
}

int drift_facts_read(const struct container *c, const struct manifest_value *sysctls, uint64_t added,
	struct drift_facts *ret, struct err *err)
{
	CLEANUP_PROC struct proc_ref init = PROC_REF_NONE;
	int r = proc_ref_open(c->pid, c->start, &init);

	*ret = (struct drift_facts){.container = c};
	if (!r)
		r = read_kernel(init.dir, sysctls, ret);
	if (!r)
		r = read_unusable(c, added, ret);
	if (!r && !proc_ref_alive(&init))
		r = -ESRCH;
	if (r == -ESRCH || r == -ENOENT)
		err_set(err, -ESRCH, ERR_FAILED, "%s: its init has ended", c->ref);
	else if (r < 0)
		err_sys(err, r, "%s: cannot read /proc/%d", c->ref, (int)c->pid);
	else
		r = drift_config_read(c, &ret->oci, err);
	if (r < 0)
		drift_facts_free(ret);
	return err->code;
}

void drift_facts_trace(const struct drift_facts *facts, const struct trace *trace)
{
	const struct container *c = facts->container;
	const bool read = facts->oci.known;

	TRACE(trace, TRACE_READ, "%s: kernel: read status, uid_map, gid_map, ns, mountinfo, cmdline, attr of /proc/%d", c->ref, (int)c->pid);
	TRACE(trace, TRACE_READ, "%s: config: %s%s", c->ref, read ? "read " : "not read: ", read ? c->config : spec_config_missing(c));
	for (size_t i = 0; i < facts->kernel.n_sysctls; i++)
		TRACE(trace, TRACE_READ, "%s: kernel: read %s in its namespaces", c->ref, facts->kernel.sysctls[i].key);
}

/* Alone in it and PID 1: its own. Not PID 1, and not in the host's: the pause process holds it. */
static enum drift_answer shares(const struct drift_facts *containers, size_t n, size_t i)
{
	const struct drift_facts *f = &containers[i];

	if (f->kernel.host_ns[NS_PID] == DRIFT_YES)
		return DRIFT_NO;
	for (size_t k = 0; k < n; k++)
		if (k != i && f->pid_ns && containers[k].pid_ns == f->pid_ns)
			return DRIFT_YES;
	if (f->first)
		return DRIFT_NO;
	return f->kernel.host_ns[NS_PID] == DRIFT_NO ? DRIFT_YES : DRIFT_CANNOT;
}

void drift_facts_shared(struct drift_facts *containers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		containers[i].kernel.shares_pid = shares(containers, n, i);
}

void drift_side_free(struct drift_side *side)
{
	for (size_t i = 0; i < side->n_sysctls; i++) {
		free(side->sysctls[i].key);
		free(side->sysctls[i].value);
	}
	free(side->sysctls);
	free(side->args);
	spec_free(&side->spec);
	*side = (struct drift_side){0};
}

void drift_facts_free(struct drift_facts *facts)
{
	drift_side_free(&facts->oci);
	drift_side_free(&facts->kernel);
	caps_unusable_free(&facts->unusable);
}

/* PID 1's bounding set is what this machine has to give; ours, where that is hidden. */
static uint64_t all_caps(void)
{
	CLEANUP_FD int dir = open("/proc/1", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_STATUS struct proc_status status = {0};

	if (dir < 0 || proc_status_read(dir, &status) < 0)
		return cred_bounding(caps_all());
	return caps_all() & status.bounding;
}

void drift_host_read(struct drift_host *ret)
{
	*ret = (struct drift_host){
		.caps = all_caps(),
		.apparmor = lsm_apparmor(""),
		.selinux = lsm_selinux(""),
	};
}

void drift_host_trace(const struct drift_host *host, const struct trace *trace)
{
	TRACE(trace, TRACE_READ, "host: read status of /proc/1: %d capabilities to give; AppArmor is %s here, SELinux %s",
		__builtin_popcountll(host->caps), host->apparmor ? "there" : "not", host->selinux ? "there" : "not");
}
