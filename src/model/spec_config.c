/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * spec_read_config of model/spec.h: what an OCI config.json says of a container's processes. A config has
 * tens of kilobytes, most of them mounts and syscall names, so `process` alone becomes a tree.
 *
 * The config decides how a command is confined: what has the wrong type is an error here, never taken as
 * absent.
 */
#include "model/spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"

#define OOM_SCORE_MAX 1000
#define ID_MAX (UINT32_MAX - 1)
#define LIST_WRONG ((size_t)-1)

struct reader {
	const char *file;
	struct err *err;
};

static int malformed(const struct reader *r, const char *what)
{
	err_set(r->err, -EBADMSG, ERR_FAILED, "%s: %s is malformed", r->file, what);
	return err_why(r->err, "what a container's config says must be read whole, or the command could hold "
			       "more than meant");
}

static int no_memory(const struct reader *r)
{
	return err_sys(r->err, -ENOMEM, "%s", r->file);
}

/* The length of a list, 0 when it is absent or null, LIST_WRONG when it is something else. */
static size_t list_length(struct json_object *list)
{
	CLEANUP_BUF struct buf text = {0};
	size_t n = json_length(list);

	if (n || !list)
		return n;
	json_write(&text, list, false);
	return *buf_text(&text) == '[' ? 0 : LIST_WRONG;
}

/* 1 read, 0 absent. The two fallbacks tell a value from what is none. */
static int read_u64(struct json_object *from, const char *name, uint64_t max, uint64_t *ret)
{
	uint64_t value = json_u64(from, name, 0);

	if (!json_at(from, name, NULL))
		return 0;
	if (value != json_u64(from, name, 1) || value > max)
		return -EBADMSG;
	*ret = value;
	return 1;
}

static int read_bool(struct json_object *from, const char *name, bool *ret)
{
	if (!json_at(from, name, NULL))
		return 0;
	if (json_bool(from, name, false) != json_bool(from, name, true))
		return -EBADMSG;
	*ret = json_bool(from, name, false);
	return 1;
}

/* A text; *ret is left alone when it is absent, NULL when it is empty. */
static int read_text(struct json_object *from, const char *name, char **ret)
{
	const char *text = json_text(from, name);
	char *copy = NULL;

	if (!text)
		return json_at(from, name, NULL) ? -EBADMSG : 0;
	if (*text && !(copy = strdup(text)))
		return -ENOMEM;
	free(*ret);
	*ret = copy;
	return 1;
}

static int read_groups(const struct reader *r, struct json_object *list, struct spec *spec)
{
	size_t n = list_length(list);

	free(take_ptr(&spec->groups));
	spec->n_groups = 0;
	if (n == LIST_WRONG)
		return malformed(r, "process.user.additionalGids");
	if (n && !(spec->groups = calloc(n, sizeof(*spec->groups))))
		return no_memory(r);
	for (size_t i = 0; i < n; i++) {
		CLEANUP_BUF struct buf text = {0};
		char *end;
		unsigned long gid;

		json_write(&text, json_item(list, i), false);
		errno = 0;
		gid = strtoul(buf_text(&text), &end, 10);
		if (errno || *end || end == buf_text(&text) || *buf_text(&text) == '-' || gid > ID_MAX)
			return malformed(r, "process.user.additionalGids");
		spec->groups[spec->n_groups++] = (gid_t)gid;
	}
	return 0;
}

static int read_user(const struct reader *r, struct json_object *process, struct spec *spec)
{
	struct json_object *user = json_at(process, "user", NULL);
	uint64_t uid = 0, gid = 0, mask = spec->umask;

	/* absent, it is root, as the runtimes take it: init runs as that too */
	if (user && (read_u64(user, "uid", ID_MAX, &uid) <= 0 || read_u64(user, "gid", ID_MAX, &gid) < 0 ||
			    read_u64(user, "umask", 0777, &mask) < 0))
		return malformed(r, "process.user");
	spec->uid = (uid_t)uid;
	spec->gid = (gid_t)gid;
	spec->umask = (mode_t)mask;
	return read_groups(r, json_at(user, "additionalGids", NULL), spec);
}

static int read_set(struct json_object *capabilities, const char *name, uint64_t *ret)
{
	struct json_object *list = json_at(capabilities, name, NULL);
	size_t n = list_length(list);

	*ret = 0;
	if (n == LIST_WRONG)
		return -EBADMSG;
	for (size_t i = 0; i < n; i++) {
		CLEANUP_ERR struct err unknown = {0};
		const char *cap = json_item_text(list, i);
		unsigned int number;

		if (!cap)
			return -EBADMSG;
		/* one that we do not know is left out, as the runtimes do: less, never more; a number is no
		 * name here */
		if (!strncmp(cap, "CAP_", 4) && !caps_parse(cap, &number, &unknown))
			*ret |= UINT64_C(1) << number;
	}
	return 0;
}

static int read_capabilities(const struct reader *r, struct json_object *process, struct spec *spec)
{
	struct json_object *capabilities = json_at(process, "capabilities", NULL);

	if (!capabilities) /* init's stay */
		return 0;
	if (read_set(capabilities, "inheritable", &spec->caps.inheritable) < 0 ||
		read_set(capabilities, "permitted", &spec->caps.permitted) < 0 ||
		read_set(capabilities, "effective", &spec->caps.effective) < 0 ||
		read_set(capabilities, "bounding", &spec->caps.bounding) < 0 ||
		read_set(capabilities, "ambient", &spec->caps.ambient) < 0)
		return malformed(r, "process.capabilities");
	return 0;
}

static int rlimit_by_name(const char *name)
{
	static const char *const names[SPEC_RLIMITS] = {
		[RLIMIT_CPU] = "CPU",
		[RLIMIT_FSIZE] = "FSIZE",
		[RLIMIT_DATA] = "DATA",
		[RLIMIT_STACK] = "STACK",
		[RLIMIT_CORE] = "CORE",
		[RLIMIT_RSS] = "RSS",
		[RLIMIT_NPROC] = "NPROC",
		[RLIMIT_NOFILE] = "NOFILE",
		[RLIMIT_MEMLOCK] = "MEMLOCK",
		[RLIMIT_AS] = "AS",
		[RLIMIT_LOCKS] = "LOCKS",
		[RLIMIT_SIGPENDING] = "SIGPENDING",
		[RLIMIT_MSGQUEUE] = "MSGQUEUE",
		[RLIMIT_NICE] = "NICE",
		[RLIMIT_RTPRIO] = "RTPRIO",
		[RLIMIT_RTTIME] = "RTTIME",
	};

	if (strncmp(name, "RLIMIT_", 7) != 0)
		return -1;
	for (int i = 0; i < SPEC_RLIMITS; i++)
		if (!strcmp(names[i], name + 7))
			return i;
	return -1;
}

static int read_rlimits(const struct reader *r, struct json_object *process, struct spec *spec)
{
	struct json_object *list = json_at(process, "rlimits", NULL);
	size_t n = list_length(list);

	if (n == LIST_WRONG)
		return malformed(r, "process.rlimits");
	for (size_t i = 0; i < n; i++) {
		struct json_object *item = json_item(list, i);
		const char *type = json_text(item, "type");
		int resource = type ? rlimit_by_name(type) : -1;
		uint64_t soft, hard;

		if (resource < 0 || read_u64(item, "soft", UINT64_MAX, &soft) <= 0 ||
			read_u64(item, "hard", UINT64_MAX, &hard) <= 0)
			return malformed(r, "process.rlimits");
		spec->rlimits[resource] = (struct rlimit){soft, hard};
	}
	return 0;
}

static int read_env(const struct reader *r, struct json_object *process, struct spec *spec)
{
	struct json_object *list = json_at(process, "env", NULL);
	size_t n = list_length(list), kept = 0;
	CLEANUP_BUF struct buf text = {0};
	char **env, *at;

	if (n == LIST_WRONG)
		return malformed(r, "process.env");
	for (size_t i = 0; i < n; i++) {
		const char *item = json_item_text(list, i), *sign = item ? strchr(item, '=') : NULL;

		if (!item)
			return malformed(r, "process.env");
		if (!sign || sign == item)
			continue;
		buf_add(&text, item, strlen(item) + 1);
		kept++;
	}
	/* one allocation, as proc_strings() makes it: the vector, then the texts */
	env = malloc((kept + 1) * sizeof(*env) + text.len);
	if (!env || text.failed) {
		free(env);
		return no_memory(r);
	}
	at = (char *)(env + kept + 1);
	if (text.len)
		memcpy(at, text.data, text.len);
	for (size_t i = 0; i < kept; i++, at += strlen(at) + 1)
		env[i] = at;
	env[kept] = NULL;
	free(spec->env);
	spec->env = env;
	return 0;
}

/* What is a single value each. */
static int read_rest(const struct reader *r, struct json_object *process, struct spec *spec)
{
	const int64_t oom = json_i64(process, "oomScoreAdj", 0);

	spec->no_new_privs = false;
	if (read_bool(process, "noNewPrivileges", &spec->no_new_privs) < 0)
		return malformed(r, "process.noNewPrivileges");
	if (json_at(process, "oomScoreAdj", NULL)) {
		if (oom != json_i64(process, "oomScoreAdj", 1) || oom < -OOM_SCORE_MAX || oom > OOM_SCORE_MAX)
			return malformed(r, "process.oomScoreAdj");
		spec->oom_score_adj = (int)oom;
	}
	if (read_text(process, "apparmorProfile", &spec->apparmor) < 0)
		return malformed(r, "process.apparmorProfile");
	if (read_text(process, "selinuxLabel", &spec->selinux) < 0)
		return malformed(r, "process.selinuxLabel");
	if (read_text(process, "cwd", &spec->cwd) < 0 || (spec->cwd && *spec->cwd != '/'))
		return malformed(r, "process.cwd");
	return 0;
}

static int read_process(const struct reader *r, const char *text, size_t len, struct spec *spec)
{
	CLEANUP_JSON struct json_object *process = NULL;
	CLEANUP_BUF struct buf name = {0};
	int error;

	buf_printf(&name, "%s: process", r->file);
	error = json_parse(buf_text(&name), text, len, &process, r->err);
	if (error < 0)
		return error;
	if ((error = read_user(r, process, spec)) < 0 || (error = read_capabilities(r, process, spec)) < 0 ||
		(error = read_rlimits(r, process, spec)) < 0 || (error = read_env(r, process, spec)) < 0)
		return error;
	return read_rest(r, process, spec);
}

/* Keeps the raw profile: it is the key of the compiled filter, which is rarely to be built anew. */
static int read_seccomp(const struct reader *r, const char *text, size_t len, struct spec *spec)
{
	const char *at;
	size_t n;
	int error = json_slice(text, len, "linux.seccomp", &at, &n);
	bool none = error == -ENOENT || (!error && n == 4 && !memcmp(at, "null", 4));

	/* json_slice() steps over what is no JSON inside, a NUL too, and the copy would end there */
	if (!none && (error || *at != '{' || memchr(at, '\0', n)))
		return malformed(r, "linux.seccomp");
	spec->seccomp = SPEC_SECCOMP_NONE;
	if (none)
		return 0;
	free(spec->seccomp_profile);
	spec->seccomp_profile = strndup(at, n);
	if (!spec->seccomp_profile)
		return no_memory(r);
	spec->seccomp_len = n;
	spec->seccomp = SPEC_SECCOMP_PROFILE;
	return 0;
}

int spec_read_config(const char *file, const char *text, size_t len, struct spec *spec, struct err *err)
{
	const struct reader r = {file, err};
	const char *at;
	size_t n;
	int error = json_slice(text, len, "process", &at, &n);

	if (error < 0 || *at != '{')
		return malformed(&r, "process");
	error = read_process(&r, at, n, spec);
	if (error < 0)
		return error;
	error = json_slice(text, len, "root.readonly", &at, &n);
	if (error == -EBADMSG)
		return malformed(&r, "root.readonly");
	spec->read_only_root = !error && n == 4 && !memcmp(at, "true", 4);
	error = read_seccomp(&r, text, len, spec);
	if (error < 0)
		return error;
	spec->from_config = true;
	return 0;
}
