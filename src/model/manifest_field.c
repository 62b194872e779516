/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of fields: what nsctl understands of a Pod.
 */
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/manifest.h"

#define POD(member) offsetof(struct manifest_pod, member)
#define CON(member) offsetof(struct manifest_container, member)
#define CTX(member) offsetof(struct manifest_context, member)
#define BOTH (MANIFEST_POD | MANIFEST_CONTEXT)
#define PROFILES "RuntimeDefault|Unconfined|Localhost"

static const struct manifest_field fields[] = {
	/* metadata */
	{"name", MANIFEST_METADATA, MANIFEST_TEXT, POD(name), NULL, NULL,
		"name of the object, a DNS subdomain"},
	{"namespace", MANIFEST_METADATA, MANIFEST_TEXT, POD(namespace), NULL, NULL,
		"Kubernetes' namespace: a scope of names, nothing of the kernel"},
	{"labels", MANIFEST_METADATA, MANIFEST_PAIRS, POD(labels), NULL, NULL, "texts to select the Pod by"},
	{"annotations", MANIFEST_METADATA, MANIFEST_PAIRS, POD(annotations), NULL, NULL,
		"texts for tools; older clusters read AppArmor and seccomp profiles from them"},

	/* spec */
	{"hostPID", MANIFEST_SPEC, MANIFEST_BOOL, POD(host_pid), NULL, "false",
		"share the host's PID namespace: every process of the host is seen"},
	{"hostNetwork", MANIFEST_SPEC, MANIFEST_BOOL, POD(host_network), NULL, "false",
		"share the host's network namespace"},
	{"hostIPC", MANIFEST_SPEC, MANIFEST_BOOL, POD(host_ipc), NULL, "false",
		"share the host's IPC namespace"},
	{"hostUsers", MANIFEST_SPEC, MANIFEST_BOOL, POD(host_users), NULL, "true",
		"false gives the Pod a user namespace of its own: root inside is nobody outside"},
	{"shareProcessNamespace", MANIFEST_SPEC, MANIFEST_BOOL, POD(share_process_namespace), NULL, "false",
		"one PID namespace for all containers of the Pod; PID 1 is then the pause process"},
	{"hostname", MANIFEST_SPEC, MANIFEST_TEXT, POD(hostname), NULL, NULL,
		"name in the UTS namespace; unset is the Pod's name"},

	/* containers[] */
	{"name", MANIFEST_CONTAINER, MANIFEST_TEXT, CON(name), NULL, NULL,
		"name of the container, a DNS label"},
	{"image", MANIFEST_CONTAINER, MANIFEST_TEXT, CON(image), NULL, NULL,
		"where the root file system comes from"},
	{"command", MANIFEST_CONTAINER, MANIFEST_TEXTS, CON(command), NULL, NULL,
		"what runs, in place of the image's ENTRYPOINT; no shell"},
	{"args", MANIFEST_CONTAINER, MANIFEST_TEXTS, CON(args), NULL, NULL,
		"arguments, in place of the image's CMD"},
	{"env", MANIFEST_CONTAINER, MANIFEST_PAIRS, CON(env), NULL, NULL, "environment of the command"},
	{"workingDir", MANIFEST_CONTAINER, MANIFEST_TEXT, CON(working_dir), NULL, NULL,
		"working directory; unset is the image's"},
	{"stdin", MANIFEST_CONTAINER, MANIFEST_BOOL, CON(with_stdin), NULL, "false",
		"keep standard input open"},
	{"tty", MANIFEST_CONTAINER, MANIFEST_BOOL, CON(tty), NULL, "false", "give the command a terminal"},

	/* securityContext of the Pod and of a container */
	{"runAsUser", BOTH, MANIFEST_ID, CTX(run_as_user), NULL, NULL,
		"uid of the processes; unset is the image's USER, else 0"},
	{"runAsGroup", BOTH, MANIFEST_ID, CTX(run_as_group), NULL, NULL,
		"primary gid of the processes; unset is the image's, else 0"},
	{"runAsNonRoot", BOTH, MANIFEST_BOOL, CTX(run_as_non_root), NULL, NULL,
		"true refuses to start as uid 0; it does not choose another"},
	{"seLinuxOptions", BOTH, MANIFEST_OBJECT, CTX(se_linux_options), NULL, NULL,
		"SELinux label of the processes"},
	{"seLinuxOptions.user", BOTH, MANIFEST_TEXT, CTX(se_linux_user), NULL, NULL,
		"user of the SELinux label"},
	{"seLinuxOptions.role", BOTH, MANIFEST_TEXT, CTX(se_linux_role), NULL, NULL,
		"role of the SELinux label"},
	{"seLinuxOptions.type", BOTH, MANIFEST_TEXT, CTX(se_linux_type), NULL, NULL,
		"type of the SELinux label"},
	{"seLinuxOptions.level", BOTH, MANIFEST_TEXT, CTX(se_linux_level), NULL, NULL,
		"level and categories of the SELinux label"},
	{"seccompProfile", BOTH, MANIFEST_OBJECT, CTX(seccomp_profile), NULL, NULL,
		"filter of system calls; a container's replaces the Pod's as a whole"},
	{"seccompProfile.type", BOTH, MANIFEST_WORD, CTX(seccomp_type), PROFILES, NULL,
		"RuntimeDefault is the engine's own filter, Unconfined none, Localhost a file of the node"},
	{"seccompProfile.localhostProfile", BOTH, MANIFEST_TEXT, CTX(seccomp_localhost), NULL, NULL,
		"the profile's file below the kubelet's folder, for type Localhost only"},
	{"appArmorProfile", BOTH, MANIFEST_OBJECT, CTX(app_armor_profile), NULL, NULL,
		"AppArmor profile; a container's replaces the Pod's as a whole"},
	{"appArmorProfile.type", BOTH, MANIFEST_WORD, CTX(app_armor_type), PROFILES, NULL,
		"RuntimeDefault is the engine's own profile, Unconfined none, Localhost one loaded on the "
		"node"},
	{"appArmorProfile.localhostProfile", BOTH, MANIFEST_TEXT, CTX(app_armor_localhost), NULL, NULL,
		"the loaded profile's name, for type Localhost only"},
	{"windowsOptions", BOTH, MANIFEST_ANY, CTX(windows_options), NULL, NULL, "of no meaning on Linux"},

	/* securityContext of the Pod only */
	{"supplementalGroups", MANIFEST_POD, MANIFEST_IDS, CTX(supplemental_groups), NULL, NULL,
		"further groups of the processes of all containers"},
	{"supplementalGroupsPolicy", MANIFEST_POD, MANIFEST_WORD, CTX(supplemental_groups_policy),
		"Merge|Strict", NULL,
		"Merge adds the groups that the image's /etc/group gives the user, Strict does not"},
	{"fsGroup", MANIFEST_POD, MANIFEST_ID, CTX(fs_group), NULL, NULL,
		"a further group of the processes that volumes are made to belong to"},
	{"fsGroupChangePolicy", MANIFEST_POD, MANIFEST_WORD, CTX(fs_group_change_policy),
		"OnRootMismatch|Always", NULL, "when volumes are given to fsGroup"},
	{"seLinuxChangePolicy", MANIFEST_POD, MANIFEST_WORD, CTX(se_linux_change_policy),
		"MountOption|Recursive", NULL, "how volumes get the SELinux label"},
	{"sysctls", MANIFEST_POD, MANIFEST_PAIRS, CTX(sysctls), NULL, NULL,
		"kernel settings of the Pod's own namespaces"},

	/* securityContext of a container only */
	{"capabilities", MANIFEST_CONTEXT, MANIFEST_OBJECT, CTX(capabilities), NULL, NULL,
		"what root is made of: added to and dropped from the engine's default set"},
	{"capabilities.add", MANIFEST_CONTEXT, MANIFEST_CAPS, CTX(capabilities_add), NULL, NULL,
		"capabilities beyond the engine's default; without a root user they are granted and not "
		"usable"},
	{"capabilities.drop", MANIFEST_CONTEXT, MANIFEST_CAPS, CTX(capabilities_drop), NULL, NULL,
		"capabilities taken from the engine's default; ALL takes every one, before add gives"},
	{"privileged", MANIFEST_CONTEXT, MANIFEST_BOOL, CTX(privileged), NULL, "false",
		"every capability, no seccomp, no LSM confinement, all devices"},
	{"allowPrivilegeEscalation", MANIFEST_CONTEXT, MANIFEST_BOOL, CTX(allow_privilege_escalation), NULL,
		"true", "false sets no_new_privs: set-user-ID programs and file capabilities give nothing"},
	{"readOnlyRootFilesystem", MANIFEST_CONTEXT, MANIFEST_BOOL, CTX(read_only_root_filesystem), NULL,
		"false", "mount the root file system read-only"},
	{"procMount", MANIFEST_CONTEXT, MANIFEST_WORD, CTX(proc_mount), "Default|Unmasked", "Default",
		"Unmasked leaves out the masked and read-only paths below /proc"},
};

const struct manifest_field *manifest_fields(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(fields);
	return fields;
}

const struct manifest_field *manifest_field(const char *name, enum manifest_level level)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if ((fields[i].levels & level) && !strcmp(fields[i].name, name))
			return &fields[i];
	return NULL;
}

const struct manifest_value *manifest_value(const struct manifest_field *field, enum manifest_level level,
	const struct manifest_pod *pod, const struct manifest_container *container)
{
	const char *base;

	switch (level) {
	case MANIFEST_POD:
		base = (const char *)&pod->context;
		break;
	case MANIFEST_CONTAINER:
		base = (const char *)container;
		break;
	case MANIFEST_CONTEXT:
		base = (const char *)&container->context;
		break;
	default:
		base = (const char *)pod;
	}
	return (const struct manifest_value *)(const void *)(base + field->offset);
}

void manifest_path(struct buf *out, const struct manifest_field *field, enum manifest_level level,
	const struct manifest_pod *pod, const struct manifest_container *container)
{
	switch (level) {
	case MANIFEST_METADATA:
		buf_printf(out, "%s.%s", pod->metadata_path, field->name);
		break;
	case MANIFEST_SPEC:
		buf_printf(out, "%s.%s", pod->path, field->name);
		break;
	case MANIFEST_POD:
		buf_printf(out, "%s.securityContext.%s", pod->path, field->name);
		break;
	case MANIFEST_CONTAINER:
		buf_printf(out, "%s.%s", container->path, field->name);
		break;
	case MANIFEST_CONTEXT:
		buf_printf(out, "%s.securityContext.%s", container->path, field->name);
		break;
	}
}
