/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The facts of a description: one line each, with its source.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/description.h"

/* Appends a fact; a NULL value is one that could not be read. Takes the value. NULL without memory. */
static struct description_fact *add(struct description *d, const char *area, const char *name, char *value, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

static struct description_fact *add(struct description *d, const char *area, const char *name, char *value, const char *fmt, ...)
{
	struct description_fact *fact;
	va_list ap;

	if (d->n_facts == d->cap_facts) {
		size_t cap = d->cap_facts ? 2 * d->cap_facts : 64;
		struct description_fact *grown = reallocarray(d->facts, cap, sizeof(*grown));

		if (!grown) {
			free(value);
			d->failed = true;
			return NULL;
		}
		d->facts = grown;
		d->cap_facts = cap;
	}
	fact = &d->facts[d->n_facts++];
	*fact = (struct description_fact){.of = d, .area = area, .name = strdup(name), .value = value};
	va_start(ap, fmt);
	if (vasprintf(&fact->source, fmt, ap) < 0)
		fact->source = NULL;
	va_end(ap);
	d->failed |= !fact->name || !fact->source;
	return fact;
}

static char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static char *text(const char *fmt, ...)
{
	char *made = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&made, fmt, ap) < 0)
		made = NULL;
	va_end(ap);
	return made;
}

static const char *config_of(const struct description *d)
{
	return d->container->config && d->sides.oci.known ? d->container->config : NULL;
}

/* What both sides say: one value when they agree, else both. Takes the texts; `asked` may be NULL: the config is silent. */
static void add_both(struct description *d, const char *area, const char *name, char *asked, char *is, const char *field)
{
	const char *config = config_of(d);
	pid_t pid = d->container->pid;
	struct description_fact *fact;

	if (!asked || !config || !is) {
		free(is && asked ? asked : NULL);
		add(d, area, name, is ? is : asked, is ? "/proc/%d/%s" : "config.json", (int)pid, field);
		return;
	}
	if (!strcmp(asked, is)) {
		add(d, area, name, is, "config.json, /proc/%d/%s", (int)pid, field);
	} else {
		fact = add(d, area, name, text("asked %s, is %s", asked, is), "config.json, /proc/%d/%s", (int)pid, field);
		if (fact)
			fact->differs = true;
		free(is);
	}
	free(asked);
}

static char *copy(const char *value)
{
	return value && *value ? strdup(value) : NULL;
}

static void add_identity(struct description *d)
{
	const struct container *c = d->container;
	CLEANUP_BUF struct buf command = {0};

	add(d, "identity", "engine", copy(c->engine), "%s", c->state ? c->state : "/proc");
	add(d, "identity", "name", copy(c->name), "%s", c->state ? c->state : "/proc");
	if (c->id && *c->id)
		add(d, "identity", "id", copy(c->id), "%s", c->state ? c->state : "/proc");
	if (c->pod)
		add(d, "identity", "pod", c->namespace ? text("%s/%s", c->namespace, c->pod) : copy(c->pod), "%s",
			c->config ? c->config : c->state);
	if (c->image)
		add(d, "identity", "image", copy(c->image), "%s", c->state);
	if (c->config)
		add(d, "identity", "config", copy(c->config), "%s", c->trusted ? c->engine : "others could write it: not believed");
	add(d, "init", "PID outside", text("%d", (int)c->pid), "%s", c->state ? c->state : "/proc");
	add(d, "init", "PID inside", c->pid_inside ? text("%d", (int)c->pid_inside) : NULL, "/proc/%d/status", (int)c->pid);
	for (char *const *word = c->command; word && *word; word++)
		buf_printf(&command, "%s%s", command.len ? " " : "", *word);
	add(d, "init", "command", command.len ? buf_take(&command) : NULL, "/proc/%d/cmdline", (int)c->pid);
}

static void add_namespaces(struct description *d)
{
	static const char *const relations[] = {
		[NAMESPACE_UNKNOWN] = "not read", [NAMESPACE_OWN] = "own", [NAMESPACE_HOST] = "the host's", [NAMESPACE_SHARED] = "shared"};

	for (size_t i = 0; i < d->namespaces.n; i++) {
		const struct namespace *ns = &d->namespaces.items[i];
		CLEANUP_BUF struct buf value = {0};

		buf_printf(&value, "%" PRIu64 " %s", ns->inode, relations[ns->relation]);
		for (size_t k = 0; k < ns->n_shared; k++)
			buf_printf(&value, "%s %s", k ? "," : " with", ns->shared_with[k]->ref);
		add(d, "namespaces", ns_kinds[ns->type].name, ns->inode ? buf_take(&value) : NULL, "/proc/%d/ns/%s",
			(int)d->container->pid, ns_kinds[ns->type].file);
	}
}

static char *ids_of(const struct drift_side *side)
{
	CLEANUP_BUF struct buf value = {0};

	if (!side->known || side->spec.uid == SPEC_UNMAPPED)
		return NULL;
	buf_printf(&value, "%u:%u", side->spec.uid, side->spec.gid);
	return buf_take(&value);
}

static char *groups_of(const struct drift_side *side)
{
	CLEANUP_BUF struct buf value = {0};

	if (!side->known)
		return NULL;
	for (size_t i = 0; i < side->spec.n_groups; i++)
		buf_printf(&value, "%s%u", i ? "," : "", side->spec.groups[i]);
	return value.len ? buf_take(&value) : strdup("none");
}

static char *caps_of(const struct drift_side *side, uint64_t mask)
{
	CLEANUP_BUF struct buf value = {0};

	if (!side->known)
		return NULL;
	caps_names(&value, mask, ",");
	return mask ? buf_take(&value) : strdup("none");
}

static void add_user(struct description *d)
{
	const struct drift_side *oci = &d->sides.oci, *kernel = &d->sides.kernel;
	const struct process *init = process_list_find(&d->processes, 0, d->container->pid);

	add_both(d, "user", "uid:gid inside", ids_of(oci), ids_of(kernel), "status");
	add_both(d, "user", "groups", groups_of(oci), groups_of(kernel), "status");
	if (!init)
		return;
	add(d, "user", "name inside", strdup(init->user ? init->user : "none"), "its own /etc/passwd");
	add(d, "user", "uid outside", text("%u", init->euid), "/proc/%d/status", (int)d->container->pid);
	add(d, "user", "name outside", strdup(init->host_user ? init->host_user : "none"), "the host's /etc/passwd");
}

static void add_capabilities(struct description *d)
{
	const struct drift_side *oci = &d->sides.oci, *kernel = &d->sides.kernel;
	const struct {
		const char *name;
		size_t offset;
	} sets[] = {
		{"effective", offsetof(struct cap_sets, effective)},
		{"permitted", offsetof(struct cap_sets, permitted)},
		{"inheritable", offsetof(struct cap_sets, inheritable)},
		{"bounding", offsetof(struct cap_sets, bounding)},
		{"ambient", offsetof(struct cap_sets, ambient)},
	};
	const struct caps_process *p = d->caps.n ? &d->caps.items[0] : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		uint64_t asked = *(const uint64_t *)((const char *)&oci->spec.caps + sets[i].offset);
		uint64_t is = *(const uint64_t *)((const char *)&kernel->spec.caps + sets[i].offset);

		add_both(d, "capabilities", sets[i].name, oci->has_caps ? caps_of(oci, asked) : NULL, caps_of(kernel, is), "status");
	}
	for (size_t i = 0; p && i < p->not_usable.n; i++)
		add(d, "capabilities", "not usable", strdup(p->not_usable.items[i].message), "execve(2), capabilities(7)");
}

static char *answer_of(const struct drift_side *side, enum drift_answer answer)
{
	if (!side->known || answer == DRIFT_CANNOT)
		return NULL;
	return strdup(answer == DRIFT_YES ? "yes" : "no");
}

static void add_confinement(struct description *d)
{
	const struct drift_side *oci = &d->sides.oci, *kernel = &d->sides.kernel;
	const char *label = oci->known ? oci->spec.apparmor ? oci->spec.apparmor : oci->spec.selinux : NULL;

	add_both(d, "confinement", "no_new_privs", oci->known ? strdup(oci->spec.no_new_privs ? "yes" : "no") : NULL,
		kernel->known ? strdup(kernel->spec.no_new_privs ? "yes" : "no") : NULL, "status");
	add_both(d, "confinement", "seccomp filter", answer_of(oci, oci->filtered), answer_of(kernel, kernel->filtered), "status");
	if (kernel->known)
		add(d, "confinement", "filters", text("%u", kernel->spec.seccomp_filters), "/proc/%d/status", (int)d->container->pid);
	add_both(d, "confinement", "security label", copy(label), strdup(d->lsm ? d->lsm : "none"), "attr/current");
}

static void add_limit_of(struct description *d, int resource, const char *name)
{
	CLEANUP_BUF struct buf value = {0};
	const rlim_t both[] = {d->rlimits[resource].rlim_cur, d->rlimits[resource].rlim_max};

	for (size_t i = 0; i < 2; i++) {
		buf_str(&value, i ? ", hard " : "soft ");
		if (both[i] == RLIM_INFINITY)
			buf_str(&value, "unlimited");
		else
			buf_printf(&value, "%llu", (unsigned long long)both[i]);
	}
	add(d, "limits", name, buf_take(&value), "/proc/%d/limits", (int)d->container->pid);
}

static void add_limits(struct description *d)
{
	static const struct {
		int resource;
		const char *name;
	} shown[] = {{RLIMIT_NOFILE, "open files"}, {RLIMIT_NPROC, "processes of the user"}, {RLIMIT_CORE, "core file"}};

	add(d, "limits", "cgroup", copy(d->cgroup), "/proc/%d/cgroup", (int)d->container->pid);
	for (size_t i = 0; i < d->n_limits; i++)
		add(d, "limits", d->limits[i].name, copy(d->limits[i].value), "%s", d->limits[i].file);
	for (size_t i = 0; d->has_rlimits && i < ARRAY_SIZE(shown); i++)
		add_limit_of(d, shown[i].resource, shown[i].name);
}

static void add_mounts(struct description *d)
{
	const struct drift_side *oci = &d->sides.oci, *kernel = &d->sides.kernel;

	add_both(d, "mounts", "root read-only", answer_of(oci, oci->read_only), answer_of(kernel, kernel->read_only), "mountinfo");
	for (size_t i = 0; i < d->n_mounts; i++) {
		const struct description_mount *m = &d->mounts[i];

		if (!strcmp(m->point, "/"))
			continue;
		add(d, "mounts", m->point,
			m->host_path ? text("%s of the host, %s", m->host_path, m->read_only ? "read-only" : "writable")
				     : text("%s, %s", m->type, m->read_only ? "read-only" : "writable"),
			m->host_path ? "config.json, /proc/%d/mountinfo" : "/proc/%d/mountinfo", (int)d->container->pid);
	}
}

static char *joined(char *const *list)
{
	CLEANUP_BUF struct buf value = {0};

	if (!list)
		return NULL;
	for (; *list; list++)
		buf_printf(&value, "%s%s", value.len ? " " : "", *list);
	return value.len ? buf_take(&value) : strdup("none");
}

static void add_sessions(struct description *d)
{
	static const char *const names[] = {[PROCESS_MAIN] = "main", [PROCESS_EXEC] = "exec", [PROCESS_JOINED] = "joined",
		[PROCESS_CAME] = "exec or joined"};

	add(d, "processes", "number", text("%zu%s", d->processes.n, d->processes.complete ? "" : ", may be incomplete"), "the PID namespace");
	for (size_t i = 0; i < d->processes.n; i++) {
		const struct process *p = &d->processes.items[i];
		CLEANUP_BUF struct buf value = {0};

		if (!p->session_head || p->session == PROCESS_MAIN)
			continue;
		buf_printf(&value, "PID %d, outside %d:", (int)p->pid, (int)p->host_pid);
		for (char *const *word = p->command; word && *word; word++)
			buf_printf(&value, " %s", *word);
		add(d, "processes", names[p->session], buf_take(&value),
			p->session == PROCESS_EXEC ? "the engine's records, /proc/%d" : "/proc/%d: its parent is outside", (int)p->host_pid);
	}
}

void description_make_facts(struct description *d)
{
	add_identity(d);
	add_user(d);
	add_capabilities(d);
	add_confinement(d);
	add_namespaces(d);
	add_limits(d);
	add_mounts(d);
	add(d, "devices", "below /dev", joined(d->devices), "/dev of its root");
	add(d, "environment", "names", joined(d->environment), "/proc/%d/environ", (int)d->container->pid);
	add_sessions(d);
}
