/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A config.json of the OCI runtime-spec, beside a folder "rootfs". Everything that the twelve lines of
 * /proc/PID/status say can be said in it, so nothing is left to an engine's defaults.
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "model/caps.h"
#include "model/generate.h"
#include "sys/program.h"

static struct json_object *texts(const char *const *list)
{
	struct json_object *array = json_new_array();

	for (; list && *list; list++)
		json_append(array, json_new_text(*list));
	return array;
}

static void add_set(struct json_object *into, const char *name, uint64_t mask)
{
	struct json_object *list = json_new_array();

	for (unsigned int cap = 0; cap < CAP_BITS; cap++) {
		CLEANUP_BUF struct buf text = {0};

		if (!(mask >> cap & 1))
			continue;
		buf_str(&text, "CAP_");
		caps_name(&text, cap);
		json_append(list, json_new_text(buf_text(&text)));
	}
	json_add(into, name, list);
}

static struct json_object *user_of(const struct generate_facts *f)
{
	const struct spec *s = generate_spec(f);
	struct json_object *user = json_new_object(), *groups = json_new_array();

	json_add(user, "uid", json_new_u64(s->uid));
	json_add(user, "gid", json_new_u64(s->gid));
	json_add(user, "umask", json_new_u64(f->umask));
	for (size_t i = 0; i < s->n_groups; i++)
		json_append(groups, json_new_u64(s->groups[i]));
	json_add(user, "additionalGids", groups);
	return user;
}

static struct json_object *process_of(const struct generate_facts *f)
{
	static const char *const env[] = {"PATH=" PROGRAM_PATH, NULL};
	const struct spec *s = generate_spec(f);
	const struct drift_side *from =
		f->drift.oci.known && f->drift.oci.args ? &f->drift.oci : &f->drift.kernel;
	struct json_object *process = json_new_object(), *caps = json_new_object();

	json_add(process, "terminal", json_new_bool(false));
	json_add(process, "user", user_of(f));
	json_add(process, "args", texts((const char *const *)from->args));
	json_add(process, "env", texts(env));
	json_add_text(process, "cwd", "/");
	add_set(caps, "bounding", s->caps.bounding);
	add_set(caps, "effective", s->caps.effective);
	add_set(caps, "permitted", s->caps.permitted);
	add_set(caps, "inheritable", s->caps.inheritable);
	add_set(caps, "ambient", s->caps.ambient);
	json_add(process, "capabilities", caps);
	json_add(process, "noNewPrivileges", json_new_bool(s->no_new_privs));
	if (f->apparmor && s->apparmor)
		json_add_text(process, "apparmorProfile", s->apparmor);
	if (f->selinux && s->selinux)
		json_add_text(process, "selinuxLabel", s->selinux);
	return process;
}

static void add_mount(struct json_object *list, const char *to, const char *type, const char *from,
	const char *const *options)
{
	struct json_object *mount = json_new_object();

	json_add_text(mount, "destination", to);
	json_add_text(mount, "type", type);
	json_add_text(mount, "source", from);
	json_add(mount, "options", texts(options));
	json_append(list, mount);
}

static struct json_object *mounts_of(const struct generate_facts *f)
{
	static const char *const proc[] = {"nosuid", "noexec", "nodev", NULL};
	static const char *const dev[] = {"nosuid", "strictatime", "mode=755", "size=65536k", NULL};
	static const char *const pts[] = {
		"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", NULL};
	static const char *const shm[] = {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k", NULL};
	static const char *const sys_fixed[] = {"nosuid", "noexec", "nodev", "ro", NULL};
	static const char *const sys_bound[] = {"rbind", "nosuid", "noexec", "nodev", "ro", NULL};
	const enum drift_answer *host = f->drift.kernel.host_ns;
	struct json_object *list = json_new_array();

	add_mount(list, "/proc", "proc", "proc", proc);
	add_mount(list, "/dev", "tmpfs", "tmpfs", dev);
	add_mount(list, "/dev/pts", "devpts", "devpts", pts);
	add_mount(list, "/dev/shm", "tmpfs", "shm", shm);
	/* a sysfs of its own needs the network namespace that it shows */
	if (host[NS_USER] == DRIFT_NO && host[NS_NET] == DRIFT_YES)
		add_mount(list, "/sys", "none", "/sys", sys_bound);
	else
		add_mount(list, "/sys", "sysfs", "sysfs",
			f->drift.kernel.sys_locked == DRIFT_NO ? proc : sys_fixed);
	return list;
}

static struct json_object *mappings(const struct idmap *map)
{
	struct json_object *list = json_new_array();

	for (size_t i = 0; i < map->n; i++) {
		struct json_object *range = json_new_object();

		json_add(range, "containerID", json_new_u64(map->ranges[i].inside));
		json_add(range, "hostID", json_new_u64(map->ranges[i].outside));
		json_add(range, "size", json_new_u64(map->ranges[i].count));
		json_append(list, range);
	}
	return list;
}

static void add_namespaces(const struct generate_facts *f, struct json_object *into)
{
	static const struct {
		enum ns_type type;
		const char *name;
	} types[] = {{NS_MNT, "mount"}, {NS_PID, "pid"}, {NS_NET, "network"}, {NS_IPC, "ipc"},
		{NS_UTS, "uts"}, {NS_CGROUP, "cgroup"}, {NS_USER, "user"}};
	struct json_object *list = json_new_array();

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct json_object *namespace;

		/* a mount namespace it needs in any case: there is another root in it */
		if (types[i].type != NS_MNT && f->drift.kernel.host_ns[types[i].type] != DRIFT_NO)
			continue;
		namespace = json_new_object();
		json_add_text(namespace, "type", types[i].name);
		json_append(list, namespace);
	}
	json_add(into, "namespaces", list);
	if (f->drift.kernel.host_ns[NS_USER] != DRIFT_NO)
		return;
	json_add(into, "uidMappings", mappings(&f->uids));
	json_add(into, "gidMappings", mappings(&f->gids));
}

static int add_seccomp(
	const struct generate_facts *f, struct json_object *into, struct generated *ret, struct err *err)
{
	const struct spec *config = &f->drift.oci.spec;
	struct json_object *profile = NULL;
	int error;

	if (!f->seccomp)
		return 0;
	if (f->profile == GENERATE_PROFILE_UNKNOWN) {
		generate_lose(ret, "oci: its seccomp filters (%u): no config says what they are made from",
			f->filters);
		return 0;
	}
	error = json_parse("linux.seccomp", config->seccomp_profile, config->seccomp_len, &profile, err);
	if (!error)
		json_add(into, "seccomp", profile);
	return error;
}

static int linux_of(
	const struct generate_facts *f, struct json_object *linux_, struct generated *ret, struct err *err)
{
	static const char *const masked[] = {"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys",
		"/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
		"/proc/scsi", "/sys/firmware", NULL};
	static const char *const fixed[] = {
		"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL};

	add_namespaces(f, linux_);
	if (f->drift.kernel.masked != DRIFT_NO) {
		json_add(linux_, "maskedPaths", texts(masked));
		json_add(linux_, "readonlyPaths", texts(fixed));
	}
	return add_seccomp(f, linux_, ret, err);
}

int generate_oci(const struct generate_facts *f, bool portable, struct generated *ret, struct err *err)
{
	CLEANUP_JSON struct json_object *root = json_new_object();
	const struct spec *s = generate_spec(f);
	struct json_object *rootfs = json_new_object(), *linux_ = json_new_object();
	int error;

	(void)portable; /* it has no defaults */
	if (s->uid == SPEC_UNMAPPED || s->gid == SPEC_UNMAPPED) {
		json_free(&rootfs);
		json_free(&linux_);
		return err_set(err, -EINVAL, ERR_FAILED, "%s: its user or group has no number inside",
			f->container->ref);
	}
	json_add_text(root, "ociVersion", "1.0.2");
	json_add(root, "process", process_of(f));
	json_add_text(rootfs, "path", "rootfs");
	json_add(rootfs, "readonly", json_new_bool(f->drift.kernel.read_only == DRIFT_YES));
	json_add(root, "root", rootfs);
	json_add(root, "mounts", mounts_of(f));
	error = linux_of(f, linux_, ret, err);
	json_add(root, "linux", linux_);
	if (error < 0)
		return error;
	json_write(&ret->text, root, true);
	buf_char(&ret->text, '\n');
	return ret->failed || ret->text.failed ? err_no_memory(err) : 0;
}
