/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/difference.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "model/caps.h"
#include "model/difference_parts.h"
#include "model/limit.h"
#include "model/process.h"
#include "model/spec.h"
#include "sys/cgroup.h"
#include "sys/ns.h"
#include "sys/passwd.h"
#include "sys/proc.h"

const char *difference_name(enum difference_verdict verdict)
{
	static const char *const names[] = {[DIFFERENCE_SAME] = "same",
		[DIFFERENCE_DIFFERS] = "differs",
		[DIFFERENCE_LEFT] = "left-only",
		[DIFFERENCE_RIGHT] = "right-only",
		[DIFFERENCE_UNKNOWN] = NULL};

	return names[verdict];
}

/* Where the row of a name stands. In a tree: a container chooses how many there are, a hundred thousand mounts. */
struct row_name {
	const char *view, *key, *field; /* the row's */
	size_t at;
};

static int by_view_key_field(const void *a, const void *b)
{
	const struct row_name *x = a, *y = b;
	int order = strcmp(x->view, y->view);

	if (!order)
		order = strcmp(x->key, y->key);
	return order ? order : strcmp(x->field, y->field);
}

static struct difference *find(
	const struct difference_list *list, const char *view, const char *key, const char *field)
{
	const struct row_name wanted = {view, key, field, 0};
	struct row_name *const *found = tfind(&wanted, &list->names, by_view_key_field);

	return found ? &list->items[(*found)->at] : NULL;
}

/* Of several of one name the first is found. */
static int add_name(struct difference_list *list, size_t at)
{
	const struct difference *row = &list->items[at];
	struct row_name *name = malloc(sizeof(*name));
	struct row_name *const *found;

	if (!name)
		return -ENOMEM;
	*name = (struct row_name){row->view, row->key, row->field, at};
	found = tsearch(name, &list->names, by_view_key_field);
	if (!found || *found != name)
		free(name);
	return found ? 0 : -ENOMEM;
}

static struct difference *append(
	struct difference_list *list, const char *view, const char *key, const char *field)
{
	size_t cap = list->cap ? 2 * list->cap : 64;
	struct difference *grown =
		list->n < list->cap ? list->items : reallocarray(list->items, cap, sizeof(*grown)), *row;

	if (!grown)
		return NULL;
	list->cap = list->n < list->cap ? list->cap : cap;
	list->items = grown;
	row = &grown[list->n++];
	*row = (struct difference){.view = view, .key = strdup(key), .field = strdup(field)};
	return row->key && row->field && !add_name(list, list->n - 1) ? row : NULL;
}

int difference_add(struct difference_list *list, const char *view, bool right, const char *key,
	const char *field, const char *value)
{
	struct difference *row = right ? find(list, view, key, field) : NULL;
	char *copy = strdup(value);

	row = row ? row : append(list, view, key, field);
	if (!row || !copy) {
		free(copy);
		return -ENOMEM;
	}
	free(right ? row->right : row->left);
	*(right ? &row->right : &row->left) = copy;
	row->verdict = !row->left			    ? DIFFERENCE_RIGHT
		       : !row->right			    ? DIFFERENCE_LEFT
		       : strcmp(row->left, row->right) != 0 ? DIFFERENCE_DIFFERS
							    : DIFFERENCE_SAME;
	return 0;
}

void difference_unread(struct difference_list *list, const char *view, bool right)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->items[i].view, view) && list->items[i].verdict == (right ? DIFFERENCE_LEFT : DIFFERENCE_RIGHT))
			list->items[i].verdict = DIFFERENCE_UNKNOWN;
}

void difference_free(struct difference_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].key);
		free(list->items[i].field);
		free(list->items[i].left);
		free(list->items[i].right);
	}
	tdestroy(list->names, free);
	free(list->items);
	*list = (struct difference_list){0};
}

/* A row a capability: in which sets it is. */
static int read_caps(const struct container *c, int proc_fd, bool right, struct difference_list *list)
{
	CLEANUP_STATUS struct proc_status status = {0};
	int r = proc_status_read(proc_fd, &status);
	const struct {
		uint64_t mask;
		const char *name;
	} sets[] = {{status.effective, "effective"}, {status.permitted, "permitted"},
		{status.inheritable, "inheritable"}, {status.bounding, "bounding"},
		{status.ambient, "ambient"}};

	(void)c;
	for (unsigned int number = 0; number < CAP_BITS && !r; number++) {
		CLEANUP_BUF struct buf name = {0}, held = {0};

		for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
			if (sets[i].mask >> number & 1)
				buf_printf(&held, "%s%s", held.len ? "," : "", sets[i].name);
		caps_name(&name, number);
		if (held.len)
			r = difference_add(list, "caps", right, buf_text(&name), "sets", buf_text(&held));
	}
	return r;
}

static int add_id(struct difference_list *list, bool right, const char *field, uint32_t id, const char *name)
{
	CLEANUP_BUF struct buf text = {0};

	if (id == SPEC_UNMAPPED)
		buf_str(&text, "unmapped");
	else if (name)
		buf_printf(&text, "%s(%u)", name, id);
	else
		buf_printf(&text, "%u", id);
	return difference_add(list, "users", right, "init", field, buf_text(&text));
}

/* Who init is: by its own passwd and as the host has it. */
static int read_users(const struct container *c, int proc_fd, bool right, struct difference_list *list)
{
	CLEANUP_STATUS struct proc_status status = {0};
	CLEANUP_SPEC struct spec spec = {0};
	CLEANUP_PASSWD struct passwd_entry own = {0}, hosts = {0};
	CLEANUP_FD int root = openat(proc_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FREE char *group = NULL;
	CLEANUP_BUF struct buf groups = {0};
	gid_t gid;
	int r = proc_status_read(proc_fd, &status);
	uid_t host_uid = status.uid[0];

	if (!strcmp(c->engine, "host")) { /* what PID 1 is rooted in may be closed even to root */
		close_fd(&root);
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	if (!r)
		r = spec_read_ids(proc_fd, &status, &spec);
	if (r < 0)
		return r;
	if (root >= 0 && passwd_find(root, NULL, spec.uid, &own) < 0)
		own = (struct passwd_entry){0};
	if (root >= 0 && group_find(root, NULL, spec.gid, &gid, &group) < 0)
		group = NULL;
	if (host >= 0 && passwd_find(host, NULL, host_uid, &hosts) < 0)
		hosts = (struct passwd_entry){0};
	for (size_t i = 0; i < spec.n_groups; i++)
		buf_printf(&groups, "%s%u", i ? "," : "", spec.groups[i]);
	r = add_id(list, right, "user", spec.uid, own.name);
	if (!r)
		r = add_id(list, right, "group", spec.gid, group);
	if (!r)
		r = add_id(list, right, "host user", host_uid, hosts.name);
	return r ? r
		 : difference_add(
			   list, "users", right, "init", "groups", groups.len ? buf_text(&groups) : "-");
}

static int read_ns(const struct container *c, int proc_fd, bool right, struct difference_list *list)
{
	int r = 0;

	(void)c;
	for (int type = 0; type < NS_N && !r; type++) {
		uint64_t inode;
		char text[24];

		r = ns_inode(proc_fd, (enum ns_type)type, &inode);
		if (r < 0 || !inode)
			continue;
		snprintf(text, sizeof(text), "%llu", (unsigned long long)inode);
		r = difference_add(list, "ns", right, ns_kinds[type].name, "inode", text);
	}
	return r;
}

static int read_seccomp(const struct container *c, int proc_fd, bool right, struct difference_list *list)
{
	static const char *const modes[] = {"disabled", "strict", "filter"};
	CLEANUP_STATUS struct proc_status status = {0};
	char filters[16];
	int r = proc_status_read(proc_fd, &status);

	(void)c;
	snprintf(filters, sizeof(filters), "%u", status.seccomp_filters);
	if (!r)
		r = difference_add(list, "seccomp", right, "init", "mode",
			status.seccomp < ARRAY_SIZE(modes) ? modes[status.seccomp] : "?");
	if (!r)
		r = difference_add(list, "seccomp", right, "init", "filters", filters);
	return r ? r
		 : difference_add(list, "seccomp", right, "init", "no_new_privs",
			   status.no_new_privs ? "yes" : "no");
}

static int read_cgroup_limits(int proc_fd, bool right, struct difference_list *list)
{
	CLEANUP_CGROUP struct cgroup_set set = {0};
	struct limit limits[LIMITS_MAX];
	size_t n = 0;
	int r = cgroup_read(proc_fd, &set);

	if (!r)
		r = limits_read(&set, limits, &n);
	for (size_t i = 0; i < n; i++) {
		if (!r)
			r = difference_add(list, "limits", right, limits[i].name, "cgroup", limits[i].value);
		limit_free(&limits[i]);
	}
	return r;
}

static void add_limit(struct buf *out, rlim_t limit)
{
	if (limit == RLIM_INFINITY)
		buf_str(out, "unlimited");
	else
		buf_printf(out, "%llu", (unsigned long long)limit);
}

static int read_limits(const struct container *c, int proc_fd, bool right, struct difference_list *list)
{
	static const char *const names[RLIM_NLIMITS] = {[RLIMIT_CPU] = "cpu",
		[RLIMIT_FSIZE] = "fsize",
		[RLIMIT_DATA] = "data",
		[RLIMIT_STACK] = "stack",
		[RLIMIT_CORE] = "core",
		[RLIMIT_RSS] = "rss",
		[RLIMIT_NPROC] = "nproc",
		[RLIMIT_NOFILE] = "nofile",
		[RLIMIT_MEMLOCK] = "memlock",
		[RLIMIT_AS] = "as",
		[RLIMIT_LOCKS] = "locks",
		[RLIMIT_SIGPENDING] = "sigpending",
		[RLIMIT_MSGQUEUE] = "msgqueue",
		[RLIMIT_NICE] = "nice",
		[RLIMIT_RTPRIO] = "rtprio",
		[RLIMIT_RTTIME] = "rttime"};
	struct rlimit limits[RLIM_NLIMITS];
	int r = proc_limits(proc_fd, limits);

	(void)c;
	for (size_t i = 0; i < ARRAY_SIZE(names) && !r; i++) {
		CLEANUP_BUF struct buf text = {0};

		add_limit(&text, limits[i].rlim_cur);
		buf_char(&text, ':');
		add_limit(&text, limits[i].rlim_max);
		r = difference_add(list, "limits", right, names[i], "soft:hard", buf_text(&text));
	}
	return r ? r : read_cgroup_limits(proc_fd, right, list);
}

const struct difference_view difference_views[] = {
	{"pids", "processes", NULL, NULL},
	{"caps", "capabilities of the init", "status", read_caps},
	{"users", "who the init is", "status, uid_map, gid_map, passwd and group of root", read_users},
	{"ns", "namespaces", "ns", read_ns},
	{"seccomp", "seccomp and no_new_privs", "status", read_seccomp},
	{"limits", "resource limits", "limits, cgroup", read_limits},
	{"mounts", "mounts", "mountinfo", difference_mounts},
	{"env", "environment", "environ", difference_environment},
	{"cgroup", "control groups", "cgroup", difference_cgroups},
	{NULL, NULL, NULL, NULL},
};

static void add_command(struct buf *out, const struct process *p)
{
	if (p->command_lost)
		buf_str(out, "?");
	else if (!p->command || !p->command[0])
		buf_printf(out, "[%s]", p->comm);
	for (char **word = p->command; word && *word; word++)
		buf_printf(out, "%s%s", word > p->command ? " " : "", *word);
}

static size_t count_processes(void)
{
	CLEANUP_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t n = 0;

	while (proc && (entry = readdir(proc)))
		n += entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
	return n;
}

static void take_lost(struct difference_list *list, const struct process_list *processes)
{
	if (processes->lost && !list->lost)
		list->first_lost = processes->first_lost;
	list->lost += processes->lost;
}

int difference_pids(
	const struct container *c, struct difference_list *list, size_t *ret_hidden, struct err *err)
{
	CLEANUP_PROCESSES struct process_list processes = {.trace = list->trace};
	size_t all;
	int r = process_list_of(c, PROCESS_COMMAND, &processes, err);

	take_lost(list, &processes);
	for (size_t i = 0; i < processes.n && !r; i++) {
		CLEANUP_BUF struct buf command = {0};
		char inside[16] = "?", outside[16];

		add_command(&command, &processes.items[i]);
		snprintf(outside, sizeof(outside), "%d", (int)processes.items[i].host_pid);
		if (processes.items[i].pid > 0)
			snprintf(inside, sizeof(inside), "%d", (int)processes.items[i].pid);
		r = difference_add(list, "pids", false, outside, buf_text(&command), inside);
		if (!r)
			r = difference_add(list, "pids", true, outside, buf_text(&command), outside);
	}
	all = count_processes();
	*ret_hidden = all > processes.n ? all - processes.n : 0;
	return r == -ENOMEM && !err->code ? err_no_memory(err) : r;
}

int difference_processes(const struct container *c, bool right, struct difference_list *list, struct err *err)
{
	CLEANUP_PROCESSES struct process_list processes = {.trace = list->trace};
	int r = process_list_of(c, PROCESS_COMMAND, &processes, err);

	take_lost(list, &processes);
	for (size_t i = 0; i < processes.n && !r; i++) {
		CLEANUP_BUF struct buf command = {0};
		char inside[16] = "?";

		add_command(&command, &processes.items[i]);
		if (processes.items[i].pid > 0)
			snprintf(inside, sizeof(inside), "%d", (int)processes.items[i].pid);
		r = difference_add(list, "pids", right, inside, "command", buf_text(&command));
	}
	return r == -ENOMEM && !err->code ? err_no_memory(err) : r;
}
