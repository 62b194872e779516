/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What exec and shell have in common: the options that say who and how confined a command is, and how a request that is made of
 * them is carried out.
 */
#ifndef CMD_ENTER_OPTIONS_H
#define CMD_ENTER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/opt.h"
#include "enter/plan.h"

struct err;
struct session;

struct enter_options {
	bool stdin_open, tty, privileged, no_new_privs, no_cgroup, no_seccomp, no_lsm, dry_run;
	const char *user, *workdir, *container, *env_file, *ns, *timeout, *pid_file, *preserve_fds, *tools;
	struct opt_list env, cap_add, cap_drop, group_add;
};

/* Rows of a table of options whose struct is S and holds them at its beginning. */
#define ENTER_OPTION(name) offsetof(struct enter_options, name)
#define ENTER_OPTIONS_WHO \
	{'u', "user", "USER[:GROUP]", OPT_TEXT, ENTER_OPTION(user), "run as this user of the container, a name or a number"}, \
	{'w', "workdir", "DIR", OPT_TEXT, ENTER_OPTION(workdir), "working directory inside"}, \
	{'e', "env", "NAME[=VALUE]", OPT_LIST, ENTER_OPTION(env), "set a variable; NAME alone takes yours"}, \
	{0, "env-file", "FILE", OPT_TEXT, ENTER_OPTION(env_file), "read variables from a file, a line each"}, \
	{'c', "container", "NAME", OPT_TEXT, ENTER_OPTION(container), "which container of the pod"}
#define ENTER_OPTIONS_HOW \
	{0, "privileged", NULL, OPT_FLAG, ENTER_OPTION(privileged), \
		"all capabilities, no seccomp, no LSM label, no_new_privs off"}, \
	{0, "cap-add", "CAP", OPT_LIST, ENTER_OPTION(cap_add), "add a capability (ambient too, for other users than root)"}, \
	{0, "cap-drop", "CAP", OPT_LIST, ENTER_OPTION(cap_drop), "take a capability away; ALL takes every one"}, \
	{0, "group-add", "GROUP", OPT_LIST, ENTER_OPTION(group_add), "add a supplementary group"}, \
	{0, "no-new-privs", NULL, OPT_FLAG, ENTER_OPTION(no_new_privs), "set no_new_privs"}, \
	{0, "ns", "TYPES", OPT_TEXT, ENTER_OPTION(ns), \
		"join only these namespaces: cgroup,ipc,mnt,net,pid,time,user,uts"}, \
	{0, "no-cgroup", NULL, OPT_FLAG, ENTER_OPTION(no_cgroup), "stay outside of the container's cgroup"}, \
	{0, "no-seccomp", NULL, OPT_FLAG, ENTER_OPTION(no_seccomp), "load no seccomp filter"}, \
	{0, "no-lsm", NULL, OPT_FLAG, ENTER_OPTION(no_lsm), "set no AppArmor or SELinux label"}, \
	{0, "timeout", "TIME", OPT_TEXT, ENTER_OPTION(timeout), \
		"end it after this time (30, 500ms, 2m): TERM, 5 s later KILL; status 124"}, \
	{0, "pid-file", "FILE", OPT_TEXT, ENTER_OPTION(pid_file), "write the command's host PID to a file"}, \
	{0, "preserve-fds", "N", OPT_TEXT, ENTER_OPTION(preserve_fds), "hand in N descriptors from 3 on"}, \
	{0, "dry-run", NULL, OPT_FLAG, ENTER_OPTION(dry_run), "print what would be done, do nothing"}

/* The request that the options ask for; argv, shell and detach are the verb's to set. */
int enter_options_request(const struct enter_options *o, struct enter_request *ret, struct err *err);
void enter_options_free(struct enter_options *o);

/* Resolves TARGET, makes the plan and carries it out (--dry-run: prints it). *status is the exit status. */
int enter_run(struct session *s, const struct enter_options *o, const char *target, struct enter_request *request,
	int *status, struct err *err);

#endif
