/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * run -f: from a Pod's manifest to what is started, as a kubelet and its runtime would take it, but for the
 * image.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/text.h"
#include "cmd/run.h"
#include "model/caps.h"
#include "model/manifest.h"
#include "sys/ns.h"

#define NAME_AT_MOST 63

static bool is_true(const struct manifest_value *value)
{
	return value->set && value->truth;
}

static const char *look_up(void *data, const char *name, size_t len)
{
	const struct run_box *box = data;

	for (char **e = box->env; *e; e++)
		if (!strncmp(*e, name, len) && (*e)[len] == '=')
			return *e + len + 1;
	return NULL;
}

static int take_env(struct run_box *box, const struct manifest_container *from, struct err *err)
{
	for (size_t i = 0; i < from->env.n_items; i++) {
		CLEANUP_FREE char *value = manifest_expand(from->env.items[i].text, look_up, box), *both = NULL;

		if (!value || asprintf(&both, "%s=%s", from->env.items[i].name, value) < 0)
			return err_no_memory(err);
		if (run_box_env(box, both) < 0)
			return err_no_memory(err);
	}
	return 0;
}

static int take_words(struct run_box *box, const struct manifest_value *from, struct err *err)
{
	for (size_t i = 0; i < from->n_items; i++) {
		CLEANUP_FREE char *word = manifest_expand(from->items[i].text, look_up, box);

		if (!word || run_strings_add(&box->argv, word) < 0)
			return err_no_memory(err);
	}
	return 0;
}

/* `words`: what stood on the command line, in place of the manifest's. */
static int take_command(struct run_box *box, const struct manifest *manifest,
	const struct manifest_container *from, const struct opt_words *words, struct err *err)
{
	for (size_t i = 0; words && i < words->n; i++)
		if (run_strings_add(&box->argv, words->words[i]) < 0)
			return err_no_memory(err);
	if (box->argv)
		return 0;
	if (!from->command.n_items) {
		err_set(err, -EINVAL, ERR_FAILED, "%s:%u:%u: %s has no command", manifest->docs.name,
			from->line, from->column, from->path);
		err_why(err, "the image's own is not known: nsctl runs the Pod without its image");
		return err_hint(err,
			"add command: [...], or for a Pod of one container: nsctl run -f FILE -- COMMAND");
	}
	if (take_words(box, &from->command, err) < 0)
		return err->code;
	return take_words(box, &from->args, err);
}

static int take_groups(struct run_box *box, const struct manifest_context *context, struct err *err)
{
	bool strict = context->supplemental_groups_policy.set &&
		      !strcmp(context->supplemental_groups_policy.text, "Strict");

	if (strict)
		box->n_groups = 0;
	for (size_t i = 0; i < context->supplemental_groups.n_items; i++)
		if (run_box_group(box, (gid_t)context->supplemental_groups.items[i].number) < 0)
			return err_no_memory(err);
	if (context->fs_group.set && run_box_group(box, (gid_t)context->fs_group.number) < 0)
		return err_no_memory(err);
	return 0;
}

static int take_user(const struct run_pod *pod, struct run_box *box, const struct manifest_context *context,
	struct err *err)
{
	char user[24];
	int error;

	snprintf(user, sizeof(user), "%lld",
		context->run_as_user.set ? (long long)context->run_as_user.number : 0LL);
	error = run_box_user(pod, box, user, err);
	if (error < 0)
		return error;
	if (context->run_as_group.set)
		box->gid = (gid_t)context->run_as_group.number;
	if (box->uid == 0 && is_true(&context->run_as_non_root)) {
		err_set(err, -EPERM, ERR_FAILED, "%s: runAsNonRoot is true, and it would run as root",
			box->label);
		return err_hint(err, "runAsUser with a number other than 0 says who it shall be");
	}
	return take_groups(box, context, err);
}

static void take_confinement(struct run_box *box, const struct manifest_context *context)
{
	const struct manifest_value *type = &context->seccomp_type;

	if (is_true(&context->privileged)) {
		box->caps = caps_all();
		box->unconfined = box->unmasked = true;
	}
	run_box_caps(box, context->capabilities_add.mask, context->capabilities_add.all,
		context->capabilities_drop.mask, context->capabilities_drop.all);
	box->no_new_privs =
		context->allow_privilege_escalation.set && !context->allow_privilege_escalation.truth;
	box->read_only = is_true(&context->read_only_root_filesystem);
	box->unconfined |= type->set && !strcmp(type->text, "Unconfined");
	box->unmasked |= context->proc_mount.set && !strcmp(context->proc_mount.text, "Unmasked");
}

static int name_box(
	const struct run_pod *pod, struct run_box *box, const struct manifest_container *from, size_t n)
{
	char *name = NULL;

	box->label = strdup(from->name.text);
	if (asprintf(&name, "%s-%s", pod->name, from->name.text) < 0)
		return -ENOMEM;
	if (strlen(name) > NAME_AT_MOST && n == 1) {
		free(name);
		name = strdup(pod->name);
	}
	box->name = name;
	return box->label && name ? 0 : -ENOMEM;
}

static int take_container(struct run_pod *pod, const struct manifest *manifest,
	const struct manifest_pod *from_pod, const struct manifest_container *from,
	const struct opt_words *words, struct err *err)
{
	struct run_box *box = run_box_add(pod);
	struct manifest_context context;
	int error;

	manifest_effective(from_pod, from, &context);
	if (!box || name_box(pod, box, from, from_pod->n_containers) < 0)
		return err_no_memory(err);
	box->first = from->kind == MANIFEST_INIT;
	if (from->working_dir.set && !(box->cwd = strdup(from->working_dir.text)))
		return err_no_memory(err);
	if ((error = take_env(box, from, err)) < 0 ||
		(error = take_command(box, manifest, from, words, err)) < 0 ||
		(error = take_user(pod, box, &context, err)) < 0)
		return error;
	take_confinement(box, &context);
	return 0;
}

static int take_labels(struct run_pod *pod, const struct manifest_pod *from, struct err *err)
{
	pod->labels = calloc(from->labels.n_items + 1, sizeof(*pod->labels));
	for (size_t i = 0; pod->labels && i < from->labels.n_items; i++) {
		struct label *label = &pod->labels[pod->n_labels++];

		label->key = strdup(from->labels.items[i].name);
		label->value = strdup(from->labels.items[i].text);
		if (!label->key || !label->value)
			return err_no_memory(err);
	}
	return pod->labels ? 0 : err_no_memory(err);
}

static int take_pod(struct run_pod *pod, const struct manifest_pod *from, const char *name, struct err *err)
{
	const struct {
		bool host;
		unsigned int namespaces;
	} shared[] = {{is_true(&from->host_pid), 1u << NS_PID}, {is_true(&from->host_ipc), 1u << NS_IPC},
		/* who has the host's network has its name, too */
		{is_true(&from->host_network), 1u << NS_NET | 1u << NS_UTS}};

	pod->namespaces = 1u << NS_MNT | 1u << NS_CGROUP;
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		pod->namespaces |= shared[i].host ? 0 : shared[i].namespaces;
	if (from->host_users.set && !from->host_users.truth)
		pod->namespaces |= 1u << NS_USER;
	pod->share_pid = is_true(&from->share_process_namespace) && !is_true(&from->host_pid);
	pod->name = strdup(name ? name : from->name.text);
	pod->namespace = strdup(from->namespace.set ? from->namespace.text : "default");
	pod->hostname = pod->name
				? strndup(from->hostname.set ? from->hostname.text : pod->name, NAME_AT_MOST)
				: NULL;
	return pod->namespace && pod->hostname ? take_labels(pod, from, err) : err_no_memory(err);
}

int run_pod_read(const char *path, const char *name, const struct opt_words *words, struct run_pod *pod,
	struct err *err)
{
	CLEANUP_MANIFEST struct manifest manifest = {0};
	const struct manifest_pod *from;
	int error = manifest_read(path, &manifest, err);

	if (error < 0)
		return error;
	from = &manifest.pods[0];
	if (manifest.n_pods > 1)
		return err_set(err, -EINVAL, ERR_USAGE, "%s holds %zu Pods: run takes one",
			manifest.docs.name, manifest.n_pods);
	if (words->n && (from->n_containers > 1 || from->containers[0].kind != MANIFEST_MAIN))
		return err_set(err, -EINVAL, ERR_USAGE, "%s has several containers: a command is for one",
			from->name.text);
	if ((error = manifest_refuse(&manifest, from, err)) < 0 ||
		(error = take_pod(pod, from, name, err)) < 0)
		return error;
	for (size_t i = 0; i < from->n_containers; i++)
		if (from->containers[i].kind != MANIFEST_EPHEMERAL &&
			(error = take_container(pod, &manifest, from, &from->containers[i], words, err)) < 0)
			return error;
	return run_pod_remarks(pod, &manifest, from, err);
}
