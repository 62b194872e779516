/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a sandbox sees: the steps of src/stage/create.c, in order. Everything that can be written is mounted
 * nodev, so that a device node made there opens nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "enter/sandbox.h"
#include "stage/create.h"
#include "sys/idmap.h"
#include "sys/ns.h"

#define PLAIN (MS_NOSUID | MS_NODEV)
#define QUIET (MS_NOSUID | MS_NODEV | MS_NOEXEC)

struct view {
	struct plan *plan;
	bool failed; /* memory ran out */
};

static char *copy(struct view *v, const char *text)
{
	char *copied = text ? strdup(text) : NULL;

	v->failed |= text && !copied;
	return copied;
}

static void add(struct view *v, uint32_t kind, const char *source, const char *target, const char *type,
	uint64_t flags, const char *data)
{
	struct plan *plan = v->plan;
	struct plan_mount *grown = reallocarray(plan->mounts, plan->n_mounts + 1, sizeof(*grown));

	v->failed |= !grown;
	if (!grown)
		return;
	plan->mounts = grown;
	plan->mounts[plan->n_mounts++] = (struct plan_mount){
		kind, flags, copy(v, source), copy(v, target), copy(v, type), copy(v, data)};
}

static bool makes(const struct plan *plan, enum ns_type type)
{
	return plan->order.new_namespaces & (uint32_t)ns_kinds[type].flag;
}

static bool has_own(const struct plan *plan, enum ns_type type)
{
	return makes(plan, type) || plan->sandbox->join >> type & 1;
}

/* The new root stands on some folder of the host for a moment; it must not be /proc, which has to stay in
 * sight until a new one is mounted. */
static void add_root(struct view *v, const char *source)
{
	static const char *const places[] = {"/tmp", "/mnt", "/run", "/var", "/usr"};
	const char *place = v->plan->sandbox->rootfs;
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(places) && !place; i++)
		if (stat(places[i], &st) == 0 && S_ISDIR(st.st_mode))
			place = places[i];
	add(v, CREATE_ROOT, source, place ? place : "/", NULL, MS_RDONLY | MS_NODEV, NULL);
}

/* Copies of mounts that something else will hide. In a user namespace they are locked, and stay. */
static void add_forgotten(struct view *v)
{
	static const char *const places[] = {"/dev", "/proc", "/sys", "/run", "/tmp"};

	for (size_t i = 0; i < ARRAY_SIZE(places) && !v->plan->own_userns; i++)
		add(v, CREATE_FORGET | CREATE_SOFT, NULL, places[i], NULL, 0, NULL);
}

static void add_proc(struct view *v)
{
	static const char *const hidden[] = {"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore",
		"/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list",
		"/proc/timer_stats"};
	static const char *const fixed[] = {
		"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
	bool own = has_own(v->plan, NS_PID);

	/* a user namespace may mount one only for a PID namespace of its own */
	add(v, own ? CREATE_MOUNT : CREATE_MOUNT | CREATE_SOFT, "proc", "/proc", "proc", QUIET, NULL);
	if (!own)
		add(v, CREATE_BIND | CREATE_ELSE, "/proc", "/proc", NULL, MS_REC, NULL);
	if (v->plan->sandbox->unmasked)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		add(v, CREATE_READONLY, NULL, fixed[i], NULL, 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		add(v, CREATE_MASK, NULL, hidden[i], NULL, 0, NULL);
}

static void add_sys(struct view *v)
{
	static const char *const hidden[] = {"/sys/firmware", "/sys/devices/virtual/powercap"};
	uint64_t flags = v->plan->sandbox->unmasked ? QUIET : QUIET | MS_RDONLY;

	if (!has_own(v->plan, NS_NET)) {
		add(v, CREATE_BIND | CREATE_SOFT, "/sys", "/sys", NULL, MS_REC | MS_RDONLY, NULL);
	} else {
		add(v, CREATE_MOUNT | CREATE_SOFT, "sysfs", "/sys", "sysfs", flags, NULL);
		add(v, CREATE_MOUNT | CREATE_ELSE | CREATE_SOFT, "none", "/sys", "tmpfs", QUIET | MS_RDONLY,
			"size=0,mode=555");
		if (makes(v->plan, NS_CGROUP))
			add(v, CREATE_MOUNT | CREATE_SOFT, "cgroup2", "/sys/fs/cgroup", "cgroup2", flags,
				NULL);
	}
	for (size_t i = 0; i < ARRAY_SIZE(hidden) && !v->plan->sandbox->unmasked; i++)
		add(v, CREATE_MASK | CREATE_SOFT, NULL, hidden[i], NULL, 0, NULL);
}

static bool maps_tty_group(const struct plan *plan)
{
	uint32_t outside;

	return !plan->own_userns || (plan->maps && idmap_outside(&plan->maps[1], 5, &outside));
}

static void add_ipc(struct view *v)
{
	add(v, CREATE_DIR, NULL, "/dev/shm", NULL, 0, NULL);
	add(v, CREATE_DIR, NULL, "/dev/mqueue", NULL, 0, NULL);
	if (has_own(v->plan, NS_IPC)) {
		add(v, CREATE_MOUNT, "shm", "/dev/shm", "tmpfs", QUIET, "mode=1777,size=65536k");
		add(v, CREATE_MOUNT | CREATE_SOFT, "mqueue", "/dev/mqueue", "mqueue", QUIET, NULL);
		return;
	}
	add(v, CREATE_BIND | CREATE_SOFT, "/dev/shm", "/dev/shm", NULL, 0, NULL);
	add(v, CREATE_BIND | CREATE_SOFT, "/dev/mqueue", "/dev/mqueue", NULL, 0, NULL);
}

static void add_dev(struct view *v)
{
	static const char *const devices[] = {
		"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"};
	static const char *const links[][2] = {{"/proc/self/fd", "/dev/fd"},
		{"/proc/self/fd/0", "/dev/stdin"}, {"/proc/self/fd/1", "/dev/stdout"},
		{"/proc/self/fd/2", "/dev/stderr"}, {"pts/ptmx", "/dev/ptmx"}};

	add(v, CREATE_MOUNT, "tmpfs", "/dev", "tmpfs", PLAIN, "mode=755,size=65536k");
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		add(v, CREATE_DEVICE, devices[i], devices[i], NULL, 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		add(v, CREATE_LINK, links[i][0], links[i][1], NULL, 0, NULL);
	add(v, CREATE_DIR, NULL, "/dev/pts", NULL, 0, NULL);
	add(v, CREATE_MOUNT, "devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		maps_tty_group(v->plan) ? "newinstance,ptmxmode=0666,mode=0620,gid=5"
					: "newinstance,ptmxmode=0666,mode=0620");
	add_ipc(v);
	if (v->plan->request->tty)
		add(v, CREATE_CONSOLE | CREATE_SOFT, NULL, "/dev/console", NULL, 0, NULL);
}

/* Of its own, and for writing: everything else of the root is read-only. */
static void add_scratch(struct view *v)
{
	uint64_t flags = PLAIN | (v->plan->sandbox->read_only ? MS_RDONLY : 0);

	add(v, CREATE_MOUNT | CREATE_SOFT, "tmpfs", "/tmp", "tmpfs", flags, "mode=1777,size=10%");
	add(v, CREATE_MOUNT | CREATE_SOFT, "tmpfs", "/run", "tmpfs", flags, "mode=755,size=10%");
}

int sandbox_mounts(struct plan *plan, struct err *err)
{
	struct view view = {.plan = plan};

	if (plan->sandbox->hold) {
		add_root(&view, NULL);
		return view.failed ? err_no_memory(err) : 0;
	}
	add_root(&view, plan->sandbox->rootfs ? plan->sandbox->rootfs : "/");
	add_forgotten(&view);
	add_dev(&view); /* what hides a file of /proc is its /dev/null */
	add_proc(&view);
	add_sys(&view);
	add_scratch(&view);
	return view.failed ? err_no_memory(err) : 0;
}
