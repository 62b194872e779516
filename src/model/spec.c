/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/spec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "model/container.h"
#include "sys/file.h"
#include "sys/idmap.h"
#include "sys/ns.h"
#include "sys/proc.h"

#define ENVIRON_MAX (1u << 20)

/* Every step reads from init's /proc/PID; `what` names it in the error. */
static int unreadable(const struct container *c, int code, const char *what, struct err *err)
{
	if (code == -ESRCH || code == -ENOENT)
		return err_set(err, -ESRCH, ERR_FAILED, "%s: its init has ended", c->name);
	return err_sys(err, code, "%s: cannot read its init's %s", c->name, what);
}

/* Where ns/user cannot be read, equal maps are as much as can be known. */
static bool own_user_namespace(int proc_fd)
{
	CLEANUP_FD int self = proc_open_self();
	CLEANUP_FREE char *ours = NULL, *theirs = NULL;
	uint64_t a, b;

	if (!ns_inode(proc_fd, NS_USER, &a) && !ns_inode(self, NS_USER, &b))
		return a != b;
	if (file_read(self, "uid_map", 65536, &ours, NULL) < 0 ||
		file_read(proc_fd, "uid_map", 65536, &theirs, NULL) < 0)
		return false;
	return strcmp(ours, theirs) != 0;
}

/* Ids in status are as we see them; the spec has them as inside. */
int spec_read_ids(int proc_fd, struct proc_status *status, struct spec *spec)
{
	CLEANUP_IDMAP struct idmap uids = {0}, gids = {0};
	size_t n = 0;
	int error;

	spec->has_user_namespace = own_user_namespace(proc_fd);
	spec->uid = status->uid[0];
	spec->gid = status->gid[0];
	spec->groups = take_ptr(&status->groups);
	spec->n_groups = status->n_groups;
	if (!spec->has_user_namespace)
		return 0;
	if ((error = idmap_read(proc_fd, false, &uids)) < 0 || (error = idmap_read(proc_fd, true, &gids)) < 0)
		return error;
	if (!idmap_inside(&uids, status->uid[0], &spec->uid))
		spec->uid = SPEC_UNMAPPED;
	if (!idmap_inside(&gids, status->gid[0], &spec->gid))
		spec->gid = SPEC_UNMAPPED;
	for (size_t i = 0; i < spec->n_groups; i++)
		if (idmap_inside(&gids, spec->groups[i], &spec->groups[n]))
			n++;
	spec->n_groups = n;
	return 0;
}

static void strip_link(char *text, size_t size, ssize_t len)
{
	static const char deleted[] = " (deleted)";
	size_t n = len > 0 && (size_t)len < size ? (size_t)len : 0;

	text[n] = '\0';
	if (n >= strlen(deleted) && !strcmp(text + n - strlen(deleted), deleted))
		text[0] = '\0';
}

/* The kernel prints both links from the root of init's mount namespace; init may be chrooted below it. */
static char *read_cwd(int proc_fd)
{
	char cwd[PATH_MAX], root[PATH_MAX];
	size_t n;

	strip_link(cwd, sizeof(cwd), readlinkat(proc_fd, "cwd", cwd, sizeof(cwd) - 1));
	strip_link(root, sizeof(root), readlinkat(proc_fd, "root", root, sizeof(root) - 1));
	n = strcmp(root, "/") ? strlen(root) : 0;
	if (*cwd != '/' || *root != '/' || strncmp(cwd, root, n) != 0 || (cwd[n] && cwd[n] != '/'))
		return strdup("/");
	return strdup(cwd[n] ? cwd + n : "/");
}

/* Drops what is no KEY=VALUE: a process may write anything over its own environment. */
static int read_environ(int proc_fd, char ***ret)
{
	size_t kept = 0;
	char **env;
	int error = proc_strings(proc_fd, "environ", ENVIRON_MAX, &env);

	if (error < 0)
		return error;
	for (size_t i = 0; env[i]; i++)
		if (strchr(env[i], '=') && *env[i] != '=')
			env[kept++] = env[i];
	env[kept] = NULL;
	*ret = env;
	return 0;
}

/* Security modules tell themselves apart by the form of their labels: AppArmor's is "PROFILE (MODE)" or
 * "unconfined", SELinux's USER:ROLE:TYPE:LEVEL. Neither is there on a kernel without them (EINVAL, ENOENT).
 */
int spec_read_labels(int proc_fd, struct spec *spec)
{
	char label[4096], *mode;
	ssize_t n = file_read_into(proc_fd, "attr/apparmor/current", label, sizeof(label));
	bool apparmor = n > 0;

	if (!apparmor)
		n = file_read_into(proc_fd, "attr/current", label, sizeof(label));
	if (n <= 0)
		return 0;
	label[strcspn(label, "\n")] = '\0';
	mode = strrchr(label, ' ');
	if (mode && mode[1] == '(')
		*mode = '\0';
	else if (!apparmor && strchr(label, ':') && strchr(strchr(label, ':') + 1, ':'))
		return (spec->selinux = strdup(label)) ? 0 : -ENOMEM;
	else
		return 0;
	return (spec->apparmor = strdup(label)) ? 0 : -ENOMEM;
}

/* What init has and a config may leave unset. */
static int read_common(const struct container *c, int proc_fd, const struct proc_status *status, struct spec *spec,
	struct err *err)
{
	int error;

	if (status->state == 'Z' || status->state == 'X')
		return unreadable(c, -ESRCH, "status", err);
	spec->umask = status->umask;
	spec->seccomp_filters = status->seccomp_filters;
	spec->caps = (struct cap_sets){
		status->inheritable, status->permitted, status->effective, status->bounding, status->ambient};
	error = proc_limits_of(c->pid, proc_fd, spec->rlimits);
	if (error < 0)
		return unreadable(c, error, "limits", err);
	error = proc_oom_score_adj(proc_fd, &spec->oom_score_adj);
	if (error < 0)
		return unreadable(c, error, "oom_score_adj", err);
	error = spec_read_labels(proc_fd, spec);
	if (error < 0)
		return unreadable(c, error, "attr/current", err);
	return 0;
}

/* The rest, where no config says it. */
static int read_init(const struct container *c, int proc_fd, struct proc_status *status, struct spec *spec,
	struct err *err)
{
	int error = spec_read_ids(proc_fd, status, spec);

	if (error < 0)
		return unreadable(c, error, "uid_map", err);
	spec->no_new_privs = status->no_new_privs;
	spec->seccomp = status->seccomp ? SPEC_SECCOMP_INIT : SPEC_SECCOMP_NONE;
	error = read_environ(proc_fd, &spec->env);
	if (error < 0)
		return unreadable(c, error, "environ", err);
	return 0;
}

int spec_config_text(const struct container *c, char **ret, size_t *ret_len, struct err *err)
{
	CLEANUP_FD int fd = -1;
	int error;

	if (!c->config || !c->trusted)
		return 0;
	fd = file_open(AT_FDCWD, c->config);
	if (fd == -ENOENT || fd == -ENOTDIR) /* its bundle was removed while it runs: init shows what it is */
		return 0;
	if (fd < 0)
		return err_sys(err, fd, "cannot open %s", c->config);
	if (!file_trusted(fd, NULL))
		return 0;
	error = file_read_fd(fd, JSON_SIZE_MAX, ret, ret_len);
	return error < 0 ? err_sys(err, error, "cannot read %s", c->config) : 0;
}

const char *spec_config_missing(const struct container *c)
{
	return !c->config    ? "there is none"
	       : !c->trusted ? "others could have written it"
			     : "it is gone, or others may write to it";
}

int spec_load(const struct container *c, int proc_fd, const struct proc_status *known, struct spec *ret, struct err *err)
{
	CLEANUP_SPEC struct spec spec = {0};
	CLEANUP_STATUS struct proc_status status = {0}; /* without a config its groups become the spec's */
	CLEANUP_FREE char *text = NULL;
	size_t len = 0;
	int error = spec_config_text(c, &text, &len, err);

	if (error < 0)
		return error;
	if ((!known || !text) && (error = proc_status_read(proc_fd, &status)) < 0)
		return unreadable(c, error, "status", err);
	error = read_common(c, proc_fd, known && text ? known : &status, &spec, err);
	if (error < 0)
		return error;
	error = text ? spec_read_config(c->config, text, len, &spec, err)
		     : read_init(c, proc_fd, &status, &spec, err);
	if (error < 0)
		return error;
	if (!spec.cwd && !(spec.cwd = read_cwd(proc_fd)))
		return err_sys(err, -ENOMEM, "cannot read what a container is");
	*ret = spec;
	spec = (struct spec){0};
	return 0;
}

void spec_free(struct spec *spec)
{
	free(spec->groups);
	free(spec->env);
	free(spec->cwd);
	free(spec->apparmor);
	free(spec->selinux);
	free(spec->seccomp_profile);
	*spec = (struct spec){0};
}
