/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What holds between the fields of a Pod, and the context that a container ends up with.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/caps.h"
#include "model/manifest_reader.h"

static struct manifest_value *at(struct manifest_context *context, const struct manifest_field *field)
{
	return (struct manifest_value *)(void *)((char *)context + field->offset);
}

static const struct manifest_value *at_const(
	const struct manifest_context *context, const struct manifest_field *field)
{
	return (const struct manifest_value *)(const void *)((const char *)context + field->offset);
}

/* The row whose being set decides for this one: the object's for its parts. */
static const struct manifest_field *deciding(const struct manifest_field *field)
{
	char object[64];
	size_t len = strcspn(field->name, ".");

	if (!field->name[len] || len >= sizeof(object))
		return field;
	memcpy(object, field->name, len);
	object[len] = '\0';
	return manifest_field(object, MANIFEST_CONTEXT);
}

void manifest_effective(const struct manifest_pod *pod, const struct manifest_container *container,
	struct manifest_context *ret)
{
	size_t n;
	const struct manifest_field *fields = manifest_fields(&n);

	*ret = (struct manifest_context){0};
	for (size_t i = 0; i < n; i++) {
		bool of_pod = fields[i].levels & MANIFEST_POD,
		     of_container = fields[i].levels & MANIFEST_CONTEXT;

		if (of_container && (!of_pod || at_const(&container->context, deciding(&fields[i]))->set))
			*at(ret, &fields[i]) = *at_const(&container->context, &fields[i]);
		else if (of_pod)
			*at(ret, &fields[i]) = *at_const(&pod->context, &fields[i]);
	}
}

static bool is_true(const struct manifest_value *value)
{
	return value->set && value->truth;
}

static bool is_false(const struct manifest_value *value)
{
	return value->set && !value->truth;
}

/* A remark on `value`, which stands at `path`.`name`. */
#define REMARK(r, severity, path, name, value, ...)                                                          \
	({                                                                                                   \
		size_t mark_ = manifest_down(r, "%s.%s", path, name);                                        \
                                                                                                             \
		manifest_add_remark(r, severity, (value)->line, (value)->column, __VA_ARGS__);               \
		manifest_up(r, mark_);                                                                       \
	})

static void check_namespaces(struct manifest_reader *r)
{
	const struct manifest_pod *pod = r->pod;
	const struct {
		const struct manifest_value *value;
		const char *name;
	} hosts[] = {{&pod->host_pid, "hostPID"}, {&pod->host_network, "hostNetwork"},
		{&pod->host_ipc, "hostIPC"}};

	if (is_true(&pod->host_pid) && is_true(&pod->share_process_namespace))
		REMARK(r, MANIFEST_INVALID, pod->path, "shareProcessNamespace", &pod->share_process_namespace,
			"shareProcessNamespace and hostPID cannot both be true");
	for (size_t i = 0; i < ARRAY_SIZE(hosts) && is_false(&pod->host_users); i++)
		if (is_true(hosts[i].value))
			REMARK(r, MANIFEST_INVALID, pod->path, hosts[i].name, hosts[i].value,
				"%s cannot be true when hostUsers is false", hosts[i].name);
	if (pod->hostname.set && !manifest_is_label(pod->hostname.text))
		REMARK(r, MANIFEST_INVALID, pod->path, "hostname", &pod->hostname,
			"hostname must be a DNS label: lower case letters, digits and - inside, at most 63");
	else if (pod->hostname.set && is_true(&pod->host_network)) /* the kubelet passes it over, too */
		REMARK(r, MANIFEST_WARNING, pod->path, "hostname", &pod->hostname,
			"hostname has no effect beside hostNetwork: the pod has the host's name");
}

/* {type, localhostProfile} of seccomp and AppArmor. */
static void check_profile(struct manifest_reader *r, const char *path, const char *name,
	const struct manifest_value *object, const struct manifest_value *type,
	const struct manifest_value *file)
{
	bool local = type->set && !strcmp(type->text, "Localhost");

	if (!object->set)
		return;
	if (!type->set)
		REMARK(r, MANIFEST_INVALID, path, name, object, "%s.type is missing", name);
	else if (local && !file->set)
		REMARK(r, MANIFEST_INVALID, path, name, type, "%s of type Localhost needs localhostProfile",
			name);
	else if (!local && file->set)
		REMARK(r, MANIFEST_INVALID, path, name, file,
			"%s.localhostProfile is for type Localhost only", name);
}

static void check_profiles(
	struct manifest_reader *r, const char *holder, const struct manifest_context *context)
{
	CLEANUP_BUF struct buf path = {0};

	buf_printf(&path, "%s.securityContext", holder);
	check_profile(r, buf_text(&path), "seccompProfile", &context->seccomp_profile, &context->seccomp_type,
		&context->seccomp_localhost);
	check_profile(r, buf_text(&path), "appArmorProfile", &context->app_armor_profile,
		&context->app_armor_type, &context->app_armor_localhost);
}

static bool adds_sys_admin(const struct manifest_value *add)
{
	CLEANUP_ERR struct err err = {0};
	uint64_t mask = 0;

	return add->set && (add->all || (!caps_parse_list("SYS_ADMIN", &mask, &err) && (add->mask & mask)));
}

static void check_escalation(
	struct manifest_reader *r, const char *path, const struct manifest_context *context)
{
	const struct manifest_value *escalation = &context->allow_privilege_escalation;

	if (!is_false(escalation))
		return;
	if (is_true(&context->privileged))
		REMARK(r, MANIFEST_INVALID, path, "allowPrivilegeEscalation", escalation,
			"allowPrivilegeEscalation cannot be false when privileged is true");
	else if (adds_sys_admin(&context->capabilities_add))
		REMARK(r, MANIFEST_INVALID, path, "allowPrivilegeEscalation", escalation,
			"allowPrivilegeEscalation cannot be false when SYS_ADMIN is added");
}

/* Here the Pod may have given the value: it is named where it stands, once for all containers. */
static void check_non_root(
	struct manifest_reader *r, const char *path, const struct manifest_context *context)
{
	const struct manifest_value *user = &context->run_as_user, *non_root = &context->run_as_non_root;
	CLEANUP_BUF struct buf pod_path = {0};

	if (!is_true(non_root))
		return;
	buf_printf(&pod_path, "%s.securityContext", r->pod->path);
	if (user->set && user->number == 0)
		REMARK(r, MANIFEST_INVALID, user->level == MANIFEST_POD ? buf_text(&pod_path) : path,
			"runAsUser", user,
			"runAsUser is 0 and runAsNonRoot is true: the kubelet does not start such a "
			"container");
	else if (!user->set)
		REMARK(r, MANIFEST_NOTE, non_root->level == MANIFEST_POD ? buf_text(&pod_path) : path,
			"runAsNonRoot", non_root,
			"runAsNonRoot chooses no user: without runAsUser the image's USER decides, and it "
			"must be a number "
			"other than 0");
}

static void check_container(struct manifest_reader *r, const struct manifest_container *container)
{
	CLEANUP_BUF struct buf path = {0};
	struct manifest_context context;

	manifest_effective(r->pod, container, &context);
	buf_printf(&path, "%s.securityContext", container->path);
	check_profiles(r, container->path, &container->context);
	check_escalation(r, buf_text(&path), &context);
	check_non_root(r, buf_text(&path), &context);
	if (context.proc_mount.set && !strcmp(context.proc_mount.text, "Unmasked") &&
		!is_false(&r->pod->host_users))
		REMARK(r, MANIFEST_WARNING, buf_text(&path), "procMount", &context.proc_mount,
			"newer API servers take procMount Unmasked only with hostUsers false");
}

static int by_place(const void *a, const void *b)
{
	const struct manifest_remark *one = a, *two = b;

	if (one->line != two->line)
		return one->line < two->line ? -1 : 1;
	if (one->column != two->column)
		return one->column < two->column ? -1 : 1;
	return strcmp(one->field, two->field);
}

/* What the Pod's level says is found for each of its containers: once is enough. */
static void sort_remarks(struct manifest_pod *pod)
{
	size_t kept = 0;

	if (!pod->n_remarks)
		return;
	qsort(pod->remarks, pod->n_remarks, sizeof(*pod->remarks), by_place);
	for (size_t i = 1; i < pod->n_remarks; i++) {
		struct manifest_remark *one = &pod->remarks[kept], *next = &pod->remarks[i];

		if (!by_place(one, next) && !strcmp(one->message, next->message)) {
			free(next->field);
			free(next->message);
		} else {
			pod->remarks[++kept] = *next;
		}
	}
	pod->n_remarks = kept + 1;
}

static struct buf take_path(struct manifest_reader *r)
{
	struct buf path = r->path;

	r->path = (struct buf){0};
	return path;
}

int manifest_check_pod(struct manifest_reader *r)
{
	struct buf here = take_path(r); /* these remarks name whole paths */

	check_namespaces(r);
	check_profiles(r, r->pod->path, &r->pod->context);
	for (size_t i = 0; i < r->pod->n_containers; i++)
		check_container(r, &r->pod->containers[i]);
	sort_remarks(r->pod);
	buf_free(&r->path);
	r->path = here;
	return r->err->code;
}

int manifest_refuse(const struct manifest *manifest, const struct manifest_pod *pod, struct err *err)
{
	for (size_t i = 0; i < pod->n_remarks; i++) {
		const struct manifest_remark *remark = &pod->remarks[i];

		if (remark->severity == MANIFEST_INVALID)
			return err_set(err, -EINVAL, ERR_USAGE, "%s:%u:%u: %s: %s", manifest->docs.name,
				remark->line, remark->column, remark->field, remark->message);
	}
	return 0;
}
