/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/predict.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

#define ENGINES_MAX 8

/* docker's and podman's rules and containerd's were seen on real ones; CRI-O's are those of its sources
 * (SpecSetupCapabilities, SpecSetPrivileges), which ask for ambient capabilities when a container is
 * privileged. nsctl's own are those of `run -f`. */
const struct predict_engine predict_engines[] = {
	{.name = "docker",
		.versions = "docker 20.10",
		.baseline = "docker",
		.engine = "docker",
		.order = PREDICT_DOCKER},
	{.name = "containerd",
		.versions = "containerd 1.6 as a kubelet asks it",
		.baseline = "cri",
		.engine = "cri",
		.order = PREDICT_CRI,
		.kubernetes = true},
	{.name = "podman",
		.versions = "podman 4.3, play kube",
		.baseline = "podman",
		.engine = "podman",
		.order = PREDICT_PODMAN,
		.settings = true,
		.ambient_adds = true},
	{.name = "crio",
		.versions = "CRI-O 1.28, from its sources: untested",
		.baseline = "crio",
		.engine = "cri",
		.order = PREDICT_CRI,
		.settings = true,
		.kubernetes = true,
		.ambient_all = true},
	{.name = NULL},
};

int predict_engine_by_name(const char *name, const struct predict_engine **ret, struct err *err)
{
	CLEANUP_BUF struct buf list = {0};
	const char *names[ENGINES_MAX], *nearest;
	size_t n = 0;

	for (const struct predict_engine *e = predict_engines; e->name && n < ARRAY_SIZE(names); e++) {
		if (!strcmp(e->name, name)) {
			*ret = e;
			return 0;
		}
		buf_printf(&list, "%s%s", n ? ", " : "", e->name);
		names[n++] = e->name;
	}
	nearest = text_nearest(name, names, n);
	err_set(err, -EINVAL, ERR_USAGE, "no rules are known of an engine %s", name);
	return nearest ? err_hint(err, "did you mean %s?", nearest)
		       : err_hint(err, "there are: %s", buf_text(&list));
}

const struct predict_engine *predict_engine_of(const char *engine)
{
	static const struct predict_engine any = {.name = "cri", .order = PREDICT_CRI};
	const char *name = engine;

	if (!strcmp(engine, "cri"))
		name = "containerd";
	else if (!strcmp(engine, "containerd")) /* ctr's and nerdctl's take docker's flags */
		name = "docker";
	for (const struct predict_engine *e = predict_engines; e->name; e++)
		if (!strcmp(e->name, name))
			return e;
	return &any;
}

uint64_t predict_granted(const struct predict_engine *engine, uint64_t defaults, uint64_t all,
	const struct manifest_context *context)
{
	const struct manifest_value *add = &context->capabilities_add, *drop = &context->capabilities_drop;
	uint64_t granted = defaults;

	if (context->privileged.set && context->privileged.truth)
		return all;
	if (engine->order == PREDICT_DOCKER) {
		granted = (add->all ? all : drop->all ? 0 : granted) & ~drop->mask;
		granted |= add->all ? 0 : add->mask;
	} else if (engine->order == PREDICT_PODMAN) {
		granted = (drop->all ? 0 : add->all ? all : granted) & ~drop->mask;
		granted |= add->mask & ~drop->mask;
	} else {
		granted = drop->all ? 0 : add->all ? all : granted;
		granted = (granted | add->mask) & ~drop->mask;
	}
	return granted & all;
}

/* Without file capabilities and securebits; capabilities(7). */
struct cap_sets predict_execve(const struct cap_sets *before, uid_t uid, bool no_new_privs)
{
	struct cap_sets after = *before;

	after.permitted = uid ? before->ambient : before->inheritable | before->bounding;
	if (!uid && no_new_privs)
		after.permitted &= before->permitted;
	after.permitted |= before->ambient;
	after.effective = after.permitted;
	return after;
}

static bool is_true(const struct manifest_value *value)
{
	return value->set && value->truth;
}

static int refuse(const struct manifest *manifest, const struct manifest_value *at, const char *who,
	const char *why, struct err *err)
{
	return err_set(err, -EPERM, ERR_FAILED, "%s:%u:%u: %s would not start it: %s", manifest->docs.name,
		at->line, at->column, who, why);
}

static int check(const struct predict_request *request, const struct manifest *manifest,
	const struct manifest_pod *pod, const struct manifest_context *context, const struct prediction *p,
	struct err *err)
{
	const struct manifest_value *add = &context->capabilities_add, *drop = &context->capabilities_drop;

	if (request->engine->order == PREDICT_PODMAN && !p->privileged) {
		if (add->all && drop->all)
			return refuse(manifest, drop, "podman", "ALL is added and dropped", err);
		if (add->mask & drop->mask)
			return refuse(manifest, drop, "podman", "a capability is added and dropped", err);
	}
	if (!request->engine->kubernetes)
		return 0;
	if (is_true(&context->run_as_non_root) && !p->uid) {
		refuse(manifest, &context->run_as_non_root, "the kubelet",
			p->user_from == PREDICT_ASSUMED
				? "runAsNonRoot is true, and an image without USER runs as root"
				: "runAsNonRoot is true, and it would run as root",
			err);
		return err_hint(err, "--image-user UID says which USER the image has");
	}
	return manifest_refuse(manifest, pod, err);
}

/* The sets as the engine asks for them. */
static struct cap_sets asked(const struct predict_request *request, const struct manifest_context *context,
	const struct prediction *p)
{
	const struct predict_engine *engine = request->engine;
	const struct manifest_value *add = &context->capabilities_add;
	struct cap_sets caps = {
		.bounding = predict_granted(engine, request->defaults, request->all, context)};

	caps.permitted = caps.effective = caps.bounding;
	if (p->uid && engine->ambient_adds)
		caps.inheritable = caps.ambient = (add->all ? request->all : add->mask) & caps.bounding;
	if (p->privileged && engine->ambient_all)
		caps.inheritable = caps.ambient = caps.bounding;
	return caps;
}

static void set_user(
	const struct predict_request *request, const struct manifest_context *context, struct prediction *p)
{
	if (context->run_as_user.set) {
		p->uid = (uid_t)context->run_as_user.number;
		p->user_from = PREDICT_MANIFEST;
	} else {
		p->uid = request->has_user ? request->user : 0;
		p->user_from = request->has_user ? PREDICT_IMAGE : PREDICT_ASSUMED;
	}
	p->gid_known = true;
	if (context->run_as_group.set)
		p->gid = (gid_t)context->run_as_group.number;
	else if (p->user_from == PREDICT_IMAGE && request->has_group)
		p->gid = request->group;
	else
		p->gid_known = !p->uid; /* a user's group is the image's own matter */
}

int predict_container(const struct predict_request *request, const struct manifest *manifest,
	const struct manifest_pod *pod, const struct manifest_container *container, struct prediction *ret,
	struct err *err)
{
	struct prediction p = {.container = container->name.text, .request = request};
	struct manifest_context context;
	struct cap_sets before;
	struct caps_facts facts;
	int r;

	manifest_effective(pod, container, &context);
	p.privileged = is_true(&context.privileged);
	p.no_new_privs = context.allow_privilege_escalation.set && !context.allow_privilege_escalation.truth;
	set_user(request, &context, &p);
	r = check(request, manifest, pod, &context, &p, err);
	if (r < 0)
		return r;
	before = asked(request, &context, &p);
	p.caps = predict_execve(&before, p.uid, p.no_new_privs);
	facts = (struct caps_facts){.held = p.caps,
		.granted = (p.privileged || context.capabilities_add.all ? request->all
									 : context.capabilities_add.mask) &
			   before.bounding,
		.asked_ambient = before.ambient,
		.uid = p.uid,
		.no_new_privs = p.no_new_privs,
		.own_userns = pod->host_users.set && !pod->host_users.truth,
		.engine = request->engine->engine};
	r = caps_usable_check(&facts, &p.unusable);
	if (r < 0)
		return err_no_memory(err);
	*ret = p;
	return 0;
}

void prediction_free(struct prediction *prediction)
{
	caps_unusable_free(&prediction->unusable);
}
