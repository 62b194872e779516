/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The device cgroup: which devices may be opened and made. v1 prints its list; in v2 it is a BPF program,
 * which cannot be read.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/can_parts.h"
#include "sys/cgroup.h"
#include "sys/file.h"

#define LIST_MAX (1u << 20)

static int64_t read_part(const char **p)
{
	char *end;
	int64_t value;

	if (**p == '*') {
		++*p;
		return -1;
	}
	value = strtol(*p, &end, 10);
	*p = end;
	return value;
}

/* "c 1:3 rwm" */
static int add_rule(struct can_facts *f, const char *line)
{
	struct can_device_rule rule = {.type = *line};
	struct can_device_rule *grown;
	const char *p = line + 1;

	if (!*line || *p != ' ')
		return 0;
	p++;
	rule.major = read_part(&p);
	if (*p++ != ':')
		return 0;
	rule.minor = read_part(&p);
	for (; *p && *p != '\n'; p++) {
		rule.read |= *p == 'r';
		rule.write |= *p == 'w';
		rule.make |= *p == 'm';
	}
	grown = reallocarray(f->devices.rules, f->devices.n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	f->devices.rules = grown;
	grown[f->devices.n++] = rule;
	return 0;
}

static int read_list(const char *dir, struct can_facts *f)
{
	CLEANUP_FREE char *path = NULL, *text = NULL;
	int error;

	if (asprintf(&path, "%s/devices.list", dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	error = file_read(AT_FDCWD, path, LIST_MAX, &text, NULL);
	for (const char *line = text; !error && line && *line;
		line += strcspn(line, "\n"), line += *line == '\n')
		error = add_rule(f, line);
	if (!error)
		f->devices.known = true;
	return error;
}

/* The root of a v2 hierarchy has no program; one below it has one or not, and an engine gives it one. */
static bool is_root(const struct cgroup_line *v2)
{
	return !v2 || !strcmp(v2->path, "/");
}

int can_gather_devices(const struct proc_ref *init, struct can_facts *f, struct err *err)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	int error = cgroup_read(init->dir, &set);

	if (error < 0)
		return err_sys(err, error, "cannot read /proc/%d/cgroup", (int)init->pid);
	for (size_t i = 0; i < set.n; i++) {
		const struct cgroup_line *line = &set.lines[i];

		if (strcmp(line->controllers, "devices") != 0)
			continue;
		if (line->dir && (error = read_list(line->dir, f)) == -ENOMEM)
			return err_no_memory(err);
		return 0;
	}
	if (is_root(cgroup_v2(&set)))
		f->devices.known = f->devices.all = true;
	return 0;
}

bool can_device(const struct can_facts *f, mode_t mode, dev_t device, char how)
{
	if (f->devices.all)
		return true;
	for (size_t i = 0; i < f->devices.n; i++) {
		const struct can_device_rule *rule = &f->devices.rules[i];

		if (rule->type != 'a' && rule->type != (S_ISBLK(mode) ? 'b' : 'c'))
			continue;
		if ((rule->major >= 0 && rule->major != (int64_t)major(device)) ||
			(rule->minor >= 0 && rule->minor != (int64_t)minor(device)))
			continue;
		if (how == 'r' ? rule->read : how == 'w' ? rule->write : rule->make)
			return true;
	}
	return false;
}

/* vfs_mknod(): capable(), devcgroup_inode_mknod() */
void can_decide_mknod(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	(void)q;
	can_by_cap(f, CAP_MKNOD, f->initial_userns, "the initial user namespace", ret);
	if (ret->verdict != CAN_YES)
		return;
	if (!f->devices.known)
		can_say(ret, CAN_UNKNOWN,
			"CAP_MKNOD is effective, and the BPF program of its device cgroup decides");
	else if (!can_device(f, S_IFCHR, makedev(1, 3), 'm'))
		can_say(ret, CAN_NO, "its device cgroup does not let it make c 1:3");
}
