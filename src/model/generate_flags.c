/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * docker run and podman run: the same flags but for some. Words without blanks, so that a shell's $(...) is
 * enough.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/caps.h"
#include "model/caps_usable.h"
#include "model/generate.h"

struct flags {
	const struct generate_facts *f;
	struct generated *ret;
	bool podman, portable;
};

static void flag(const struct flags *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void flag(const struct flags *x, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text)
		x->ret->failed = true;
	else
		buf_printf(&x->ret->text, "%s%s", x->ret->text.len ? " " : "", text);
}

static const char *who(const struct flags *x)
{
	return x->podman ? "podman" : "docker";
}

static void add_user(const struct flags *x)
{
	const struct spec *s = generate_spec(x->f);
	bool primary = false;

	if (s->uid == SPEC_UNMAPPED || s->gid == SPEC_UNMAPPED) {
		generate_lose(x->ret, "%s: its user or group has no number inside", who(x));
		return;
	}
	if (s->uid || s->gid || x->portable)
		flag(x, "--user %u:%u", s->uid, s->gid);
	for (size_t i = 0; i < s->n_groups; i++) {
		primary |= s->groups[i] == s->gid;
		if (s->groups[i] != s->gid)
			flag(x, "--group-add %u", s->groups[i]);
	}
	/* docker's list has the primary group as well; podman's has it for other users than root */
	if (x->podman && primary && !s->uid)
		flag(x, "--group-add %u", s->gid);
}

static void add_names(const struct flags *x, const char *option, bool all, uint64_t mask)
{
	if (all)
		flag(x, "--cap-%s ALL", option);
	for (unsigned int cap = 0; cap < CAP_BITS; cap++) {
		CLEANUP_BUF struct buf name = {0};

		if (!(mask >> cap & 1))
			continue;
		caps_name(&name, cap);
		flag(x, "--cap-%s %s", option, buf_text(&name));
	}
}

/* podman's default set is 11 by its own configuration file and 14 without one. What is added and what is
 * dropped says both: then either leads to the same. */
static struct generate_caps podman_caps(const struct flags *x, uint64_t wanted)
{
	const uint64_t small = caps_default("podman"), large = CAPS_DOCKER_DEFAULT;
	const bool plain = (wanted & large) == large && !strcmp(x->f->container->engine, "podman");
	struct generate_caps caps =
		generate_caps_for(plain ? large : small, wanted, x->f->all_caps, x->portable);

	if (!caps.add_all && !caps.drop_all && !plain)
		caps.drop |= large & ~wanted;
	return caps;
}

/* podman makes what is added ambient for another user than root, so only what is ambient may be added there.
 */
static uint64_t podman_user_caps(const struct flags *x, struct generate_caps *ret)
{
	const struct spec *s = generate_spec(x->f);
	const uint64_t large = CAPS_DOCKER_DEFAULT;
	const uint64_t lost = s->caps.bounding & ~large & ~s->caps.ambient;

	*ret = (struct generate_caps){.add = s->caps.ambient, .drop = large & ~s->caps.bounding};
	if (x->portable)
		*ret = (struct generate_caps){.drop_all = true, .add = s->caps.ambient};
	if (lost || x->portable) {
		CLEANUP_BUF struct buf names = {0};

		caps_names(&names, x->portable ? s->caps.bounding & ~s->caps.ambient : lost, ",");
		if (strcmp(buf_text(&names), "-") != 0)
			generate_lose(x->ret,
				"podman: the bounding set: without %s, which it would make usable for user "
				"%u",
				buf_text(&names), s->uid);
	}
	return s->caps.ambient;
}

static void add_caps(const struct flags *x)
{
	const struct spec *s = generate_spec(x->f);
	const uint64_t wanted = s->caps.bounding & x->f->all_caps;
	struct generate_caps caps;
	uint64_t ambient = 0;

	if (x->f->privileged && (s->uid == 0 || !x->podman)) {
		flag(x, "--privileged");
		generate_lose_sets(x->f, who(x), 0, x->ret);
		return;
	}
	if (x->podman && s->uid)
		ambient = podman_user_caps(x, &caps);
	else if (x->podman)
		caps = podman_caps(x, wanted);
	else
		caps = generate_caps_for(caps_default("docker"), wanted, x->f->all_caps, x->portable);
	add_names(x, "drop", caps.drop_all, caps.drop);
	add_names(x, "add", caps.add_all, caps.add);
	generate_lose_sets(x->f, who(x), ambient, x->ret);
}

static void add_seccomp(const struct flags *x)
{
	switch (x->f->profile) {
	case GENERATE_PROFILE_NONE:
		if (!x->f->privileged)
			flag(x, "--security-opt seccomp=unconfined");
		return;
	case GENERATE_PROFILE_OWN:
		generate_lose(x->ret,
			"%s: its seccomp profile is no engine's default: linux.seccomp of nsctl generate oci "
			"is what a "
			"file for --security-opt seccomp=FILE is made from",
			who(x));
		return;
	case GENERATE_PROFILE_UNKNOWN:
		generate_lose(x->ret, "%s: its seccomp filters (%u) are not known to be the engine's default",
			who(x), x->f->filters);
		return;
	case GENERATE_PROFILE_DEFAULT:
		return;
	}
}

static void add_labels(const struct flags *x)
{
	const struct spec *s = generate_spec(x->f);
	const char *type = s->selinux ? strchr(s->selinux, ':') : NULL;

	if (x->f->privileged)
		return;
	if (x->f->apparmor && (!s->apparmor || !strcmp(s->apparmor, "unconfined")))
		flag(x, "--security-opt apparmor=unconfined");
	else if (x->f->apparmor &&
		 !text_has_prefix(s->apparmor, x->podman ? "containers-default" : "docker-default")) {
		if (text_is_shell_plain(s->apparmor))
			flag(x, "--security-opt apparmor=%s", s->apparmor);
		else
			generate_lose(
				x->ret, "%s: its AppArmor profile has a name that is not one word", who(x));
	}
	type = type ? strchr(type + 1, ':') : NULL;
	if (!x->f->selinux || !type || text_has_prefix(type, ":container_t:"))
		return;
	if (text_has_prefix(type, ":spc_t"))
		flag(x, "--security-opt label=disable");
	else
		flag(x, "--security-opt label=type:%.*s", (int)strcspn(type + 1, ":"), type + 1);
}

static void add_namespaces(const struct flags *x)
{
	static const struct {
		enum ns_type type;
		const char *flag;
	} shared[] = {{NS_PID, "pid"}, {NS_NET, "network"}, {NS_IPC, "ipc"}, {NS_UTS, "uts"}};
	const enum drift_answer *host = x->f->drift.kernel.host_ns;

	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		if (host[shared[i].type] == DRIFT_YES)
			flag(x, "--%s host", shared[i].flag);
	/* both share it on cgroup v1, and do not on v2 */
	if (host[NS_CGROUP] != DRIFT_CANNOT && (host[NS_CGROUP] == DRIFT_YES) != x->f->cgroup_v1)
		flag(x, "--cgroupns %s", x->f->cgroup_v1 ? "private" : "host");
	if (host[NS_USER] != DRIFT_NO)
		return;
	if (!x->podman) {
		generate_lose(x->ret,
			"docker: its user namespace: the daemon's userns-remap gives all containers one");
		return;
	}
	for (size_t i = 0; i < x->f->uids.n; i++)
		flag(x, "--uidmap %u:%u:%u", x->f->uids.ranges[i].inside, x->f->uids.ranges[i].outside,
			x->f->uids.ranges[i].count);
	for (size_t i = 0; i < x->f->gids.n; i++)
		flag(x, "--gidmap %u:%u:%u", x->f->gids.ranges[i].inside, x->f->gids.ranges[i].outside,
			x->f->gids.ranges[i].count);
}

static void add_files(const struct flags *x)
{
	const struct drift_side *k = &x->f->drift.kernel;

	if (k->read_only == DRIFT_YES)
		flag(x, "--read-only");
	if (k->read_only == DRIFT_YES && x->podman && strcmp(x->f->container->engine, "podman") != 0)
		flag(x, "--read-only-tmpfs=false");
	if (k->masked == DRIFT_NO && !x->f->privileged)
		flag(x, "--security-opt %s", x->podman ? "unmask=ALL" : "systempaths=unconfined");
	if (k->read_only == DRIFT_CANNOT || k->masked == DRIFT_CANNOT)
		generate_lose(x->ret,
			"%s: whether its root is read-only and /proc is masked could not be read", who(x));
}

static int make(
	const struct generate_facts *f, bool podman, bool portable, struct generated *ret, struct err *err)
{
	const struct flags x = {f, ret, podman, portable};

	add_user(&x);
	add_caps(&x);
	if (generate_spec(f)->no_new_privs)
		flag(&x, "--security-opt no-new-privileges");
	add_seccomp(&x);
	add_labels(&x);
	add_files(&x);
	add_namespaces(&x);
	if (f->umask != 022 && podman)
		flag(&x, "--umask %04o", f->umask);
	else if (f->umask != 022)
		generate_lose(ret, "docker: its umask %04o", f->umask);
	buf_char(&ret->text, '\n');
	return ret->failed || ret->text.failed ? err_no_memory(err) : 0;
}

int generate_docker(const struct generate_facts *f, bool portable, struct generated *ret, struct err *err)
{
	return make(f, false, portable, ret, err);
}

int generate_podman(const struct generate_facts *f, bool portable, struct generated *ret, struct err *err)
{
	return make(f, true, portable, ret, err);
}
