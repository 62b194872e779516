/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /proc/PID/status.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sys/file.h"
#include "sys/proc.h"

#define STATUS_MAX 65536 /* the Groups line may name 65536 groups; usually 1.5 KB */

static void read_name(const char *value, struct proc_status *s)
{
	snprintf(s->name, sizeof(s->name), "%.*s", (int)strcspn(value, "\n"), value);
}

static void read_nspid(const char *value, struct proc_status *s)
{
	char *end;

	while (s->n_nspid < PROC_LEVELS) {
		long pid = strtol(value, &end, 10);

		if (end == value || *value == '\n')
			break;
		s->nspid[s->n_nspid++] = (pid_t)pid;
		value = end;
		if (*value == '\n')
			break;
	}
}

static int read_groups(const char *value, struct proc_status *s)
{
	for (;;) {
		char *end;
		unsigned long gid;
		size_t n = s->n_groups;

		value += strspn(value, " \t");
		if (*value < '0' || *value > '9')
			return 0;
		gid = strtoul(value, &end, 10);
		if (!n || (n >= 16 && !(n & (n - 1)))) { /* full at each power of two */
			gid_t *grown = reallocarray(s->groups, n ? n * 2 : 16, sizeof(*grown));

			if (!grown)
				return -ENOMEM;
			s->groups = grown;
		}
		s->groups[s->n_groups++] = (gid_t)gid;
		value = end;
	}
}

/* Real, effective, saved, of the file system. Not sscanf(): with its pages, first touched here, a start of nsctl takes longer. */
static void read_ids(const char *value, uint32_t ids[4])
{
	char *end;

	for (size_t i = 0; i < 4; i++, value = end)
		ids[i] = (uint32_t)strtoul(value, &end, 10);
}

static void read_umask(const char *value, struct proc_status *s)
{
	char *end;

	s->umask = (mode_t)strtoul(value, &end, 8);
	s->has_umask = end != value;
}

static int read_line(const char *line, size_t name, const char *value, struct proc_status *s)
{
	static const struct {
		const char *name;
		size_t offset;
	} masks[] = {
		{"CapInh", offsetof(struct proc_status, inheritable)},
		{"CapPrm", offsetof(struct proc_status, permitted)},
		{"CapEff", offsetof(struct proc_status, effective)},
		{"CapBnd", offsetof(struct proc_status, bounding)},
		{"CapAmb", offsetof(struct proc_status, ambient)},
	};
#define IS(text) (name == sizeof(text) - 1 && !memcmp(line, text, sizeof(text) - 1))

	if (IS("Name"))
		read_name(value, s);
	else if (IS("Umask"))
		read_umask(value, s);
	else if (IS("State"))
		s->state = *value;
	else if (IS("Tgid"))
		s->tgid = atoi(value);
	else if (IS("Pid"))
		s->pid = atoi(value);
	else if (IS("PPid"))
		s->ppid = atoi(value);
	else if (IS("TracerPid"))
		s->tracer = atoi(value);
	else if (IS("Uid"))
		read_ids(value, s->uid);
	else if (IS("Gid"))
		read_ids(value, s->gid);
	else if (IS("Groups"))
		return read_groups(value, s);
	else if (IS("NSpid"))
		read_nspid(value, s);
	else if (IS("VmSize"))
		s->has_vm = true;
	else if (IS("NoNewPrivs"))
		s->no_new_privs = *value == '1';
	else if (IS("Seccomp"))
		s->seccomp = (unsigned int)atoi(value);
	else if (IS("Seccomp_filters"))
		s->seccomp_filters = (unsigned int)atoi(value);
	else if (name == 6 && !memcmp(line, "Cap", 3))
		for (size_t i = 0; i < ARRAY_SIZE(masks); i++)
			if (!memcmp(line, masks[i].name, 6))
				*(uint64_t *)((char *)s + masks[i].offset) = strtoull(value, NULL, 16);
#undef IS
	return 0;
}

int proc_status_read(int dirfd, struct proc_status *ret)
{
	CLEANUP_STATUS struct proc_status s = {0};
	char small[8192];
	CLEANUP_FREE char *large = NULL;
	const char *line = small;
	ssize_t n = file_read_into(dirfd, "status", small, sizeof(small));
	int error;

	if (n < 0)
		return n == -ENOENT ? -ESRCH : (int)n;
	if (n == sizeof(small) - 1) {
		error = file_read(dirfd, "status", 16 * STATUS_MAX, &large, NULL);
		if (error < 0)
			return error == -ENOENT ? -ESRCH : error;
		line = large;
	}
	while (*line) {
		size_t len = strcspn(line, "\n"), name = strcspn(line, ":\n");
		const char *value = line + name + (line[name] == ':');

		if (*value == '\t')
			value++;
		error = read_line(line, name, value, &s);
		if (error < 0)
			return error;
		line += len + (line[len] == '\n');
	}
	if (!s.state)
		return -ESRCH;
	*ret = s;
	s = (struct proc_status){0};
	return 0;
}

void proc_status_free(struct proc_status *status)
{
	free(status->groups);
	*status = (struct proc_status){0};
}
