/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of outputs, what they read, and what several of them say.
 */
#include "model/generate.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "data/json.h"
#include "model/caps.h"
#include "sys/cgroup.h"
#include "sys/proc.h"

#define DEFAULT_CALLS 200 /* the engines' default profiles let some 350 through, by name */

const struct generate_output generate_outputs[] = {
	{"docker", "flags of docker run", generate_docker},
	{"podman", "flags of podman run", generate_podman},
	{"k8s", "a Pod manifest with its securityContext", generate_k8s},
	{"oci", "a config.json for runc or crun", generate_oci},
	{"setpriv", "setpriv and its options, for a command on this host", generate_setpriv},
	{NULL, NULL, NULL},
};

int generate_output_by_name(const char *name, const struct generate_output **ret, struct err *err)
{
	const char *names[ARRAY_SIZE(generate_outputs)], *nearest;
	size_t n = 0;

	for (const struct generate_output *o = generate_outputs; o->name; o++) {
		if (!strcmp(o->name, name)) {
			*ret = o;
			return 0;
		}
		names[n++] = o->name;
	}
	nearest = text_nearest(name, names, n);
	err_set(err, -EINVAL, ERR_USAGE, "generate does not write %s", name);
	return nearest ? err_hint(err, "did you mean %s?", nearest)
		       : err_hint(err, "it writes docker, podman, k8s, oci and setpriv");
}

void generate_lose(struct generated *ret, const char *fmt, ...)
{
	char *text = NULL, **grown;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	grown = text ? reallocarray(ret->lost, ret->n_lost + 1, sizeof(*grown)) : NULL;
	if (!grown) {
		free(text);
		ret->failed = true;
		return;
	}
	ret->lost = grown;
	ret->lost[ret->n_lost++] = text;
}

void generated_free(struct generated *g)
{
	for (size_t i = 0; i < g->n_lost; i++)
		free(g->lost[i]);
	free(g->lost);
	buf_free(&g->text);
	*g = (struct generated){0};
}

struct generate_caps generate_caps_for(uint64_t defaults, uint64_t wanted, uint64_t all, bool portable)
{
	const struct generate_caps few = {.add = wanted & ~defaults, .drop = defaults & ~wanted};
	const struct generate_caps none = {.drop_all = true, .add = wanted};
	const struct generate_caps most = {.add_all = true, .drop = all & ~wanted};
	const unsigned int n_few = caps_count(few.add) + caps_count(few.drop),
			   n_none = 1 + caps_count(none.add), n_most = 1 + caps_count(most.drop);

	/* an engine that is older than the kernel does not know its newest, neither by name nor by ALL */
	const bool knows_all = caps_count(wanted) && wanted > all >> 1;

	if (portable)
		return none;
	if (!knows_all)
		return n_few <= n_none ? few : none;
	if (n_few <= n_none && n_few <= n_most)
		return few;
	return n_none <= n_most ? none : most;
}

static void lose_set(const char *who, const char *set, uint64_t has, uint64_t gets, struct generated *ret)
{
	CLEANUP_BUF struct buf has_names = {0}, gets_names = {0};

	if (has == gets)
		return;
	caps_names(&has_names, has, ",");
	caps_names(&gets_names, gets, ",");
	generate_lose(ret, "%s: the %s set: it has %s, and would get %s", who, set, buf_text(&has_names),
		buf_text(&gets_names));
}

void generate_lose_sets(
	const struct generate_facts *f, const char *who, uint64_t ambient, struct generated *ret)
{
	const struct spec *s = generate_spec(f);
	const uint64_t held = s->uid == 0 ? s->caps.bounding : ambient;

	lose_set(who, "permitted", s->caps.permitted, held, ret);
	lose_set(who, "effective", s->caps.effective, held, ret);
	lose_set(who, "inheritable", s->caps.inheritable, ambient, ret);
	lose_set(who, "ambient", s->caps.ambient, ambient, ret);
}

/* Does it refuse by default, and let hundreds through by name, as the engines' own do? */
static bool looks_default(const struct spec *config)
{
	CLEANUP_JSON struct json_object *root = NULL;
	CLEANUP_ERR struct err ignored = {0};
	const char *action;
	size_t n = 0;

	if (json_parse("seccomp", config->seccomp_profile, config->seccomp_len, &root, &ignored) < 0)
		return false;
	action = json_text(root, "defaultAction");
	for (size_t i = 0; i < json_length(json_at(root, "syscalls", NULL)); i++) {
		struct json_object *rule = json_item(json_at(root, "syscalls", NULL), i);

		if (json_text(rule, "action") && !strcmp(json_text(rule, "action"), "SCMP_ACT_ALLOW"))
			n += json_length(json_at(rule, "names", NULL));
	}
	return action && !strcmp(action, "SCMP_ACT_ERRNO") && n >= DEFAULT_CALLS;
}

static void look_at_profile(struct generate_facts *f)
{
	const struct drift_side *oci = &f->drift.oci;

	if (!f->seccomp)
		f->profile = GENERATE_PROFILE_NONE;
	else if (!oci->known || f->filters != 1 || oci->spec.seccomp != SPEC_SECCOMP_PROFILE)
		f->profile = GENERATE_PROFILE_UNKNOWN;
	else
		f->profile = looks_default(&oci->spec) ? GENERATE_PROFILE_DEFAULT : GENERATE_PROFILE_OWN;
}

static int read_process(const struct container *c, struct generate_facts *f)
{
	CLEANUP_PROC struct proc_ref init = PROC_REF_NONE;
	CLEANUP_STATUS struct proc_status status = {0};
	CLEANUP_CGROUP struct cgroup_set cgroups = {0};
	int error = proc_ref_open(c->pid, c->start, &init);

	if (error < 0 || (error = proc_status_read(init.dir, &status)) < 0 ||
		(error = idmap_read(init.dir, false, &f->uids)) < 0 ||
		(error = idmap_read(init.dir, true, &f->gids)) < 0 ||
		(error = cgroup_read(init.dir, &cgroups)) < 0)
		return error;
	f->umask = status.has_umask ? status.umask : 022;
	f->seccomp = status.seccomp;
	f->filters = status.seccomp_filters;
	for (size_t i = 0; i < cgroups.n; i++)
		f->cgroup_v1 |=
			!cgroups.lines[i].v2 && strncmp(cgroups.lines[i].controllers, "name=", 5) != 0;
	return proc_ref_alive(&init) ? 0 : -ESRCH;
}

int generate_gather(const struct container *c, struct generate_facts *ret, struct err *err)
{
	CLEANUP_GENERATE_FACTS struct generate_facts f = {.container = c};
	struct drift_host host;
	int error = drift_facts_read(c, NULL, 0, &f.drift, err);

	if (error < 0)
		return error;
	error = read_process(c, &f);
	if (error == -ESRCH || error == -ENOENT)
		return err_set(err, -ESRCH, ERR_FAILED, "%s: its init has ended", c->ref);
	if (error < 0)
		return err_sys(err, error, "%s: cannot read /proc/%d", c->ref, (int)c->pid);
	drift_host_read(&host);
	f.apparmor = host.apparmor;
	f.selinux = host.selinux;
	f.all_caps = caps_all();
	look_at_profile(&f);
	f.privileged = (generate_spec(&f)->caps.bounding & f.all_caps) == f.all_caps && !f.seccomp &&
		       f.drift.kernel.masked == DRIFT_NO && f.drift.kernel.sys_locked != DRIFT_YES;
	*ret = f;
	f = (struct generate_facts){0};
	return 0;
}

void generate_facts_free(struct generate_facts *f)
{
	drift_facts_free(&f->drift);
	idmap_free(&f->uids);
	idmap_free(&f->gids);
	*f = (struct generate_facts){0};
}
