/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/caps_process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "data/json.h"
#include "model/spec.h"
#include "sys/file.h"
#include "sys/filecaps.h"
#include "sys/idmap.h"
#include "sys/ns.h"
#include "sys/proc.h"

#define UNASKED UINT64_MAX /* no config can name all 64 */
#define NO_UID ((uid_t)-1)

/* What all threads of one init share. */
struct init {
	const struct container *container;
	const struct caps_grant *grant;
	struct proc_ref proc;
	struct idmap uids; /* empty when it could not be read */
	struct spec asked; /* of the config: sets and uid */
	bool has_asked;
};

static void init_free(struct init *init)
{
	proc_ref_close(&init->proc);
	idmap_free(&init->uids);
	spec_free(&init->asked);
}

static int failed(const struct container *c, int code, const char *what, struct err *err)
{
	if (code == -ENOENT)
		code = -ESRCH;
	if (code == -ESRCH)
		return err_set(err, code, ERR_NO_TARGET, "%s: its init has ended", c->ref ? c->ref : c->name);
	return err_sys(err, code, "%s: cannot read %s", c->ref ? c->ref : c->name, what);
}

static int read_config(struct init *init, struct err *err)
{
	const struct container *c = init->container;
	CLEANUP_FREE char *text = NULL;
	/* a user's is shown as that user's word for it: nothing is done by it */
	CLEANUP_FD int fd = c->config ? file_open_of(c->config, c->owner) : -ENOENT;
	size_t len = 0;
	int r;

	if (fd < 0) /* none, or a bundle that was removed while it runs, or closed to us: unknown */
		return 0;
	r = file_read_fd(fd, JSON_SIZE_MAX, &text, &len);
	if (r < 0)
		return err_sys(err, r, "cannot read %s", c->config);
	init->asked.caps = (struct cap_sets){UNASKED, UNASKED, UNASKED, UNASKED, UNASKED};
	r = spec_read_config(c->config, text, len, &init->asked, err);
	init->has_asked = !r && init->asked.caps.bounding != UNASKED;
	return r;
}

static uid_t inside(const struct idmap *uids, uid_t outside)
{
	uint32_t id;

	return idmap_inside(uids, outside, &id) ? id : NO_UID;
}

/* Does a version 3 attribute count in this process' user namespace? */
static bool file_counts(const struct caps_process *p, const struct filecaps *caps)
{
	return !caps->has_root || caps->root == p->root_outside || caps->root == 0;
}

static void look_at_file(const struct init *init, const struct caps_process *p, struct caps_facts *facts)
{
	CLEANUP_FD int exe = openat(init->proc.dir, "exe", O_PATH | O_CLOEXEC);
	struct filecaps caps;

	if (exe < 0 || filecaps_read(exe, &caps) < 0 || !file_counts(p, &caps))
		return;
	facts->file_caps = true;
	facts->file_permitted = caps.permitted;
	facts->file_inheritable = caps.inheritable;
	facts->file_effective = caps.effective;
	facts->file_nosuid = filecaps_nosuid(exe);
}

const char *caps_engine_of(const struct container *c)
{
	if (!strcmp(c->engine, "cri") && c->config && strstr(c->config, "-containers/"))
		return "crio";
	return c->engine;
}

/* What was granted is told by the engine, else by what the config, else the kernel, has beyond the engine's default. */
static void find_granted(const struct init *init, struct caps_process *p)
{
	const char *engine = caps_engine_of(init->container);

	if (init->grant && init->grant->known)
		p->granted = init->grant->add & caps_all();
	else if (init->has_asked)
		p->granted = caps_granted(caps_any(&p->requested), engine) & caps_all();
	else
		p->granted = caps_granted(p->held.bounding, engine) & caps_all();
}

static int explain(const struct init *init, struct caps_process *p)
{
	struct caps_facts facts = {
		.held = p->held,
		.granted = p->granted,
		.asked_ambient = init->has_asked ? p->requested.ambient : 0,
		.asked_inheritable = init->has_asked ? p->requested.inheritable : 0,
		.uid = p->uid,
		.was_root = init->has_asked && init->asked.uid == 0 && p->uid != 0,
		.own_userns = p->own_userns,
		.no_new_privs = p->no_new_privs,
		.engine = caps_engine_of(init->container),
	};

	if (p->granted & ~p->held.effective)
		look_at_file(init, p, &facts);
	return caps_usable_check(&facts, &p->not_usable);
}

static void look_at_userns(const struct init *init, int dir, struct caps_process *p)
{
	uint32_t outside;

	p->root_outside = idmap_outside(&init->uids, 0, &outside) ? outside : NO_UID;
	if (ns_inode(dir, NS_USER, &p->userns) == 0)
		p->own_userns = p->userns && !ns_is_initial(NS_USER, p->userns);
	else /* closed to us: the map tells as much as can be known */
		p->own_userns = !idmap_is_identity(&init->uids);
}

static struct caps_process *append(struct caps_process_list *list)
{
	size_t cap = list->cap ? 2 * list->cap : 8;
	struct caps_process *grown;

	if (list->n == list->cap) {
		grown = reallocarray(list->items, cap, sizeof(*grown));
		if (!grown)
			return NULL;
		list->items = grown;
		list->cap = cap;
	}
	list->items[list->n] = (struct caps_process){.container = NULL};
	return &list->items[list->n++];
}

/* `dir` is /proc/PID or /proc/PID/task/TID. */
static int add(const struct init *init, int dir, pid_t host_tid, struct caps_process_list *list)
{
	CLEANUP_STATUS struct proc_status status = {0};
	struct caps_process *p;
	int r = proc_status_read(dir, &status);

	if (r < 0)
		return r;
	p = append(list);
	if (!p)
		return -ENOMEM;
	p->container = init->container;
	p->host_pid = init->proc.pid;
	p->host_tid = host_tid;
	p->tid = status.n_nspid ? status.nspid[status.n_nspid - 1] : status.pid;
	p->pid = host_tid == init->proc.pid ? p->tid : list->items[list->n - 2].pid; /* the process itself stands before its threads */
	p->held = (struct cap_sets){
		status.inheritable, status.permitted, status.effective, status.bounding, status.ambient};
	p->host_uid = status.uid[1];
	p->uid = inside(&init->uids, status.uid[1]);
	p->no_new_privs = status.no_new_privs;
	p->asked = init->has_asked;
	p->requested = init->asked.caps;
	look_at_userns(init, dir, p);
	find_granted(init, p);
	return explain(init, p);
}

static int compare_tids(const void *a, const void *b)
{
	const pid_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int add_threads(const struct init *init, struct caps_process_list *list)
{
	CLEANUP_FD int fd = openat(init->proc.dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	CLEANUP_FREE pid_t *tids = NULL;
	size_t n = 0;
	int r = 0;

	if (!dir)
		return -errno;
	take_fd(&fd);
	for (struct dirent *entry; (errno = 0, entry = readdir(dir));) {
		uint64_t tid;
		pid_t *grown;

		if (text_u64(entry->d_name, INT32_MAX, &tid) < 0 || (pid_t)tid == init->proc.pid)
			continue;
		grown = reallocarray(tids, n + 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		tids = grown;
		tids[n++] = (pid_t)tid;
	}
	if (errno)
		return -errno;
	if (n)
		qsort(tids, n, sizeof(*tids), compare_tids);
	for (size_t i = 0; i < n && r >= 0; i++) {
		CLEANUP_FD int task = -1;
		char path[32];

		snprintf(path, sizeof(path), "%d", (int)tids[i]);
		task = openat(dirfd(dir), path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		r = task < 0 ? -errno : add(init, task, tids[i], list);
		if (r == -ESRCH || r == -ENOENT) /* it ended meanwhile */
			r = 0;
	}
	return r;
}

int caps_process_list_of(const struct container *c, const struct caps_grant *grant, bool threads,
	struct caps_process_list *ret, struct err *err)
{
	__attribute__((cleanup(init_free))) struct init init = {
		.container = c, .grant = grant, .proc = PROC_REF_NONE};
	int r = proc_ref_open(c->pid, c->start, &init.proc);

	if (r < 0)
		return failed(c, r, "its init", err);
	r = read_config(&init, err);
	if (r < 0)
		return r;
	if (idmap_read(init.proc.dir, false, &init.uids) < 0)
		init.uids = (struct idmap){0};
	r = add(&init, init.proc.dir, init.proc.pid, ret);
	if (!r && threads)
		r = add_threads(&init, ret);
	if (r == -ENOMEM)
		return err_no_memory(err);
	return r < 0 ? failed(c, r, "its init's status", err) : 0;
}

void caps_process_list_free(struct caps_process_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		caps_unusable_free(&list->items[i].not_usable);
	free(list->items);
	*list = (struct caps_process_list){0};
}
