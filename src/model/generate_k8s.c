/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A Pod manifest whose securityContext gives the container what it has, against the default set of its own
 * engine: fed to nsctl diff -f it is the same.
 */
#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "data/json.h"
#include "data/yaml.h"
#include "model/caps.h"
#include "model/caps_usable.h"
#include "model/generate.h"

#define LABEL_MAX 63

static void add_number(struct json_object *into, const char *name, uint64_t value)
{
	json_add(into, name, json_new_u64(value));
}

static void add_true(struct json_object *into, const char *name)
{
	json_add(into, name, json_new_bool(true));
}

/* A DNS label out of any name. */
static void to_label(const char *name, char ret[LABEL_MAX + 1])
{
	size_t n = 0;

	for (; *name && n < LABEL_MAX; name++) {
		char c = (char)tolower((unsigned char)*name);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			ret[n++] = c;
		else if (n)
			ret[n++] = '-';
	}
	while (n && ret[n - 1] == '-')
		n--;
	ret[n] = '\0';
	if (!n)
		strcpy(ret, "container");
}

static struct json_object *names_of(bool all, uint64_t mask)
{
	struct json_object *list = json_new_array();

	if (all)
		json_append(list, json_new_text("ALL"));
	for (unsigned int cap = 0; cap < CAP_BITS; cap++) {
		CLEANUP_BUF struct buf name = {0};

		if (!(mask >> cap & 1))
			continue;
		caps_name(&name, cap);
		json_append(list, json_new_text(buf_text(&name)));
	}
	return list;
}

static uint64_t defaults_of(const struct container *c)
{
	/* as diff -f tells CRI-O's from containerd's */
	const bool crio =
		!strcmp(c->engine, "cri") && c->config && strstr(c->config, "/userdata/config.json");
	const uint64_t defaults = caps_default(crio ? "crio" : c->engine);

	return defaults ? defaults : caps_default("containerd");
}

static void add_caps(
	const struct generate_facts *f, bool portable, struct json_object *context, struct generated *ret)
{
	const struct spec *s = generate_spec(f);
	struct generate_caps caps;
	struct json_object *sets;

	generate_lose_sets(f, "Kubernetes", 0, ret);
	if (f->privileged) {
		add_true(context, "privileged");
		return;
	}
	caps = generate_caps_for(
		defaults_of(f->container), s->caps.bounding & f->all_caps, f->all_caps, portable);
	if (!caps.add_all && !caps.drop_all && !caps.add && !caps.drop)
		return;
	sets = json_new_object();
	if (caps.drop_all || caps.drop)
		json_add(sets, "drop", names_of(caps.drop_all, caps.drop));
	if (caps.add_all || caps.add)
		json_add(sets, "add", names_of(caps.add_all, caps.add));
	json_add(context, "capabilities", sets);
}

static void add_seccomp(
	const struct generate_facts *f, bool portable, struct json_object *context, struct generated *ret)
{
	struct json_object *profile;

	if (f->privileged || (!f->seccomp && !portable))
		return;
	profile = json_new_object();
	json_add_text(profile, "type", f->seccomp ? "RuntimeDefault" : "Unconfined");
	json_add(context, "seccompProfile", profile);
	if (f->profile == GENERATE_PROFILE_OWN)
		generate_lose(ret, "Kubernetes: its seccomp profile is no engine's default: it has to lie on "
				   "the node, type Localhost");
	else if (f->profile == GENERATE_PROFILE_UNKNOWN)
		generate_lose(ret,
			"Kubernetes: its seccomp filters (%u) are not known to be the engine's default",
			f->filters);
}

static void add_labels(const struct generate_facts *f, struct json_object *context)
{
	const struct spec *s = generate_spec(f);
	struct json_object *profile;

	if (f->privileged || !f->apparmor)
		return;
	profile = json_new_object();
	if (!s->apparmor || !strcmp(s->apparmor, "unconfined")) {
		json_add_text(profile, "type", "Unconfined");
	} else if (strstr(s->apparmor, "default")) {
		json_free(&profile); /* the engine's own: what is unset gives it */
		return;
	} else {
		json_add_text(profile, "type", "Localhost");
		json_add_text(profile, "localhostProfile", s->apparmor);
	}
	json_add(context, "appArmorProfile", profile);
}

static struct json_object *context_of(const struct generate_facts *f, bool portable, struct generated *ret)
{
	const struct spec *s = generate_spec(f);
	struct json_object *context = json_new_object();

	if (s->uid == SPEC_UNMAPPED || s->gid == SPEC_UNMAPPED) {
		generate_lose(ret, "Kubernetes: its user or group has no number inside");
	} else {
		if (s->uid || portable)
			add_number(context, "runAsUser", s->uid);
		if (s->gid || portable)
			add_number(context, "runAsGroup", s->gid);
	}
	add_caps(f, portable, context, ret);
	if (s->no_new_privs)
		json_add(context, "allowPrivilegeEscalation", json_new_bool(false));
	if (f->drift.kernel.read_only == DRIFT_YES)
		add_true(context, "readOnlyRootFilesystem");
	add_seccomp(f, portable, context, ret);
	add_labels(f, context);
	if (f->drift.kernel.masked == DRIFT_NO && !f->privileged)
		json_add_text(context, "procMount", "Unmasked");
	return context;
}

/* What is the Pod's: groups, shared namespaces. */
static void add_pod(const struct generate_facts *f, struct json_object *spec)
{
	const struct spec *s = generate_spec(f);
	const enum drift_answer *host = f->drift.kernel.host_ns;
	struct json_object *groups = json_new_array(), *context;

	if (host[NS_PID] == DRIFT_YES)
		add_true(spec, "hostPID");
	if (host[NS_NET] == DRIFT_YES)
		add_true(spec, "hostNetwork");
	if (host[NS_IPC] == DRIFT_YES)
		add_true(spec, "hostIPC");
	if (host[NS_USER] == DRIFT_NO)
		json_add(spec, "hostUsers", json_new_bool(false));
	if (f->drift.oci.known && f->drift.oci.shares_pid == DRIFT_YES && host[NS_PID] != DRIFT_YES)
		add_true(spec, "shareProcessNamespace");
	for (size_t i = 0; i < s->n_groups; i++)
		if (s->groups[i] != s->gid)
			json_append(groups, json_new_u64(s->groups[i]));
	if (!json_length(groups)) {
		json_free(&groups);
		return;
	}
	context = json_new_object();
	json_add(context, "supplementalGroups", groups);
	json_add(spec, "securityContext", context);
}

int generate_k8s(const struct generate_facts *f, bool portable, struct generated *ret, struct err *err)
{
	const struct container *c = f->container;
	CLEANUP_JSON struct json_object *root = json_new_object();
	struct json_object *metadata = json_new_object(), *spec = json_new_object(),
			   *containers = json_new_array(), *container = json_new_object(), *context;
	char name[LABEL_MAX + 1];

	json_add_text(root, "apiVersion", "v1");
	json_add_text(root, "kind", "Pod");
	to_label(c->pod ? c->pod : c->name, name);
	json_add_text(metadata, "name", name);
	if (c->namespace)
		json_add_text(metadata, "namespace", c->namespace);
	json_add(root, "metadata", metadata);
	add_pod(f, spec);
	to_label(c->name, name);
	json_add_text(container, "name", name);
	if (c->image)
		json_add_text(container, "image", c->image);
	context = context_of(f, portable, ret);
	json_add(container, "securityContext", context);
	json_append(containers, container);
	json_add(spec, "containers", containers);
	json_add(root, "spec", spec);
	if (f->umask != 022)
		generate_lose(ret, "Kubernetes: its umask %04o", f->umask);
	if (ret->failed || yaml_write(&ret->text, root) < 0)
		return err_no_memory(err);
	return 0;
}
