/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an OCI config says beyond the process itself (runtime-spec, config.md and config-linux.md):
 * namespaces, masked paths, mounts, settings. Found by slices: a config is tens of kilobytes, mostly of its
 * seccomp profile.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "model/drift_reader.h"
#include "sys/proc.h"

static const struct {
	const char *name; /* as the OCI config has it */
	enum ns_type type;
} namespaces[] = {{"pid", NS_PID}, {"network", NS_NET}, {"ipc", NS_IPC}, {"uts", NS_UTS}, {"user", NS_USER},
	{"mount", NS_MNT}, {"cgroup", NS_CGROUP}, {"time", NS_TIME}};

/* The value at `path`, NULL when it is absent. */
static int slice(const char *file, const char *text, size_t len, const char *path, struct json_object **ret,
	struct err *err)
{
	const char *at;
	size_t n;
	int r = json_slice(text, len, path, &at, &n);

	*ret = NULL;
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return err_set(err, -EBADMSG, ERR_FAILED, "%s: %s is malformed", file, path);
	r = json_parse(path, at, n, ret, err);
	return r < 0 ? err_prefix(err, "%s", file) : 0;
}

/* One allocation, as proc_strings() makes it: the vector, then the texts. */
static int take_args(struct json_object *list, struct drift_side *side)
{
	size_t n = json_length(list);
	CLEANUP_BUF struct buf text = {0};
	char *at;

	for (size_t i = 0; i < n; i++) {
		const char *word = json_item_text(list, i);

		buf_add(&text, word ? word : "", strlen(word ? word : "") + 1);
	}
	side->args = n && !text.failed ? malloc((n + 1) * sizeof(*side->args) + text.len) : NULL;
	if (!side->args)
		return n ? -ENOMEM : 0;
	at = memcpy(side->args + n + 1, text.data, text.len);
	for (size_t i = 0; i < n; i++, at += strlen(at) + 1)
		side->args[i] = at;
	side->args[n] = NULL;
	return 0;
}

/* One that is joined by path is what stands there now, as long as it stands there: a PID may be another's by
 * then, but a namespace is compared, not a process. */
static enum drift_answer is_host(const char *path, enum ns_type type, int self)
{
	struct stat st;
	uint64_t ours;

	if (!path || !*path)
		return DRIFT_NO;
	if (ns_inode(self, type, &ours) < 0 || stat(path, &st) < 0)
		return DRIFT_CANNOT;
	return st.st_ino == ours ? DRIFT_YES : DRIFT_NO;
}

/* What the list does not name is shared with the runtime, so with the host. A PID namespace that is joined
 * and is not the host's is the pod's; nsctl's own sandboxes join theirs without writing it down. */
static void take_namespaces(const struct container *c, struct json_object *list, struct drift_side *side)
{
	CLEANUP_FD int self = proc_open_self();

	for (size_t k = 0; list && k < ARRAY_SIZE(namespaces); k++) {
		side->host_ns[namespaces[k].type] = DRIFT_YES;
		for (size_t i = 0; i < json_length(list); i++) {
			struct json_object *item = json_item(list, i);
			const char *type = json_text(item, "type"), *path = json_text(item, "path");

			if (!type || strcmp(type, namespaces[k].name) != 0)
				continue;
			side->host_ns[namespaces[k].type] = is_host(path, namespaces[k].type, self);
			if (namespaces[k].type == NS_PID)
				side->shares_pid = path && *path ? DRIFT_YES : DRIFT_NO;
		}
	}
	if (side->host_ns[NS_PID] == DRIFT_YES)
		side->shares_pid = DRIFT_NO;
	else if (!strcmp(c->engine, "nsctl"))
		side->shares_pid = DRIFT_CANNOT;
}

static void take_mounts(struct json_object *list, struct drift_side *side)
{
	for (size_t i = 0; i < json_length(list); i++) {
		struct json_object *mount = json_item(list, i), *options = json_at(mount, "options", NULL);
		const char *to = json_text(mount, "destination");

		if (!to || strcmp(to, "/sys") != 0)
			continue;
		side->sys_locked = DRIFT_NO;
		for (size_t k = 0; k < json_length(options); k++)
			if (json_item_text(options, k) && !strcmp(json_item_text(options, k), "ro"))
				side->sys_locked = DRIFT_YES;
	}
}

struct settings {
	struct json_object *object;
	struct drift_side *side;
};

static int take_sysctl(void *data, const char *name, struct json_object *value)
{
	const struct settings *settings = data;
	const char *text = json_text(settings->object, name);

	(void)value;
	return text ? drift_sysctl_add(settings->side, name, text) : 0;
}

/* Without either list nothing is masked; but nsctl's own sandboxes mask without writing it down. */
static void take_masks(const struct container *c, struct json_object *masked, struct json_object *fixed,
	struct drift_side *side)
{
	if (json_length(masked) || json_length(fixed))
		side->masked = DRIFT_YES;
	else
		side->masked = !strcmp(c->engine, "nsctl") ? DRIFT_CANNOT : DRIFT_NO;
}

static int read_parts(
	const struct container *c, const char *text, size_t len, struct drift_side *side, struct err *err)
{
	static const char *const paths[] = {"process.args", "process.capabilities", "linux.namespaces",
		"linux.sysctl", "linux.maskedPaths", "linux.readonlyPaths", "mounts"};
	enum { ARGS, CAPS, NAMESPACES, SYSCTL, MASKED, FIXED, MOUNTS, N_PARTS };
	struct json_object *parts[N_PARTS] = {NULL};
	struct settings settings = {.side = side};
	int r = 0;

	for (size_t i = 0; i < N_PARTS && !r; i++)
		r = slice(c->config, text, len, paths[i], &parts[i], err);
	if (!r) {
		side->has_caps = parts[CAPS] != NULL;
		take_namespaces(c, parts[NAMESPACES], side);
		take_masks(c, parts[MASKED], parts[FIXED], side);
		take_mounts(parts[MOUNTS], side);
		settings.object = parts[SYSCTL];
		if (take_args(parts[ARGS], side) < 0 || json_each(parts[SYSCTL], take_sysctl, &settings) < 0)
			r = err_no_memory(err);
	}
	for (size_t i = 0; i < N_PARTS; i++)
		json_free(&parts[i]);
	return r;
}

int drift_config_read(const struct container *c, struct drift_side *ret, struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	size_t len = 0;
	int r = spec_config_text(c, &text, &len, err);

	if (r < 0 || !text)
		return r;
	r = spec_read_config(c->config, text, len, &ret->spec, err);
	if (!r)
		r = read_parts(c, text, len, ret, err);
	if (r < 0)
		return r;
	ret->filtered = ret->spec.seccomp == SPEC_SECCOMP_PROFILE ? DRIFT_YES : DRIFT_NO;
	ret->read_only = ret->spec.read_only_root ? DRIFT_YES : DRIFT_NO;
	ret->known = true;
	return 0;
}
