/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each field of a Pod manifest means for the kernel's side of a container. The names, types and short
 * helps are the rows of manifest_field.c; here is the longer text, and the flags of docker and podman that do
 * the same.
 */
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/explain.h"

#define BOTH (MANIFEST_POD | MANIFEST_CONTEXT)

static const struct explain_field fields[] = {
	{"name", MANIFEST_METADATA,
		"Containers of the Pod are found by it. A workload makes Pods that are called after it, with "
		"a suffix.",
		"--name", "--name, podman pod create --name", NULL},
	{"namespace", MANIFEST_METADATA,
		"A scope of names in the cluster, with rights and quotas. It has nothing to do with the "
		"kernel's namespaces, and "
		"processes cannot tell in which one they are.",
		NULL, NULL, NULL},
	{"labels", MANIFEST_METADATA,
		"Nothing in the kernel changes by them. Engines hand them on, so that tools can select by "
		"them.",
		"--label", "--label", NULL},
	{"annotations", MANIFEST_METADATA,
		"Texts for tools. Before Kubernetes 1.30 AppArmor profiles were chosen by one, and before "
		"1.19 seccomp profiles: "
		"container.apparmor.security.beta.kubernetes.io/NAME and "
		"seccomp.security.alpha.kubernetes.io/pod.",
		"--annotation", "--annotation", NULL},
	{"hostPID", MANIFEST_SPEC,
		"The containers are in the host's PID namespace: they see every process, their init is not "
		"PID 1, and when it ends the "
		"others live on. Signals and ptrace reach the host's processes as far as users and "
		"capabilities permit.",
		"--pid host", "--pid host", "pid_namespaces(7)"},
	{"hostNetwork", MANIFEST_SPEC,
		"The containers use the host's interfaces, addresses and ports. NET_ADMIN then configures "
		"the host's network, and "
		"abstract Unix sockets of the host are within reach.",
		"--network host", "--network host", "network_namespaces(7)"},
	{"hostIPC", MANIFEST_SPEC,
		"The containers see the host's System V shared memory, semaphores and message queues, and "
		"/dev/shm.",
		"--ipc host", "--ipc host", "ipc_namespaces(7)"},
	{"hostUsers", MANIFEST_SPEC,
		"With false the Pod gets a user namespace of its own: uid 0 inside is an unprivileged number "
		"outside, and its "
		"capabilities count over the Pod's own namespaces only. Node and engine must support it; one "
		"that does not runs the Pod "
		"in the host's user namespace or refuses it.",
		"the daemon's userns-remap", "--userns auto", "user_namespaces(7)"},
	{"shareProcessNamespace", MANIFEST_SPEC,
		"All containers of the Pod are in one PID namespace, whose PID 1 is the pause process: they "
		"see and can signal each "
		"other, and read each other's files through /proc/PID/root as far as users and capabilities "
		"permit.",
		"--pid container:NAME", "podman pod create --share pid", "pid_namespaces(7)"},
	{"hostname", MANIFEST_SPEC,
		"The host name in the Pod's UTS namespace. With hostNetwork the host's own stays.",
		"--hostname", "--hostname", "uts_namespaces(7)"},
	{"name", MANIFEST_CONTAINER, "How the container is called within its Pod: POD/NAME.", "--name",
		"--name", NULL},
	{"image", MANIFEST_CONTAINER,
		"The files of the root folder, and defaults for user, command, environment and working "
		"directory. An image's USER "
		"decides the uid when no runAsUser does.",
		"IMAGE", "IMAGE", NULL},
	{"command", MANIFEST_CONTAINER,
		"It becomes the container's init. There is no shell unless one is named; $(NAME) is replaced "
		"by variables.",
		"--entrypoint", "--entrypoint", "execve(2)"},
	{"args", MANIFEST_CONTAINER,
		"They follow the command, or the image's ENTRYPOINT where there is no command.", "ARG...",
		"ARG...", "execve(2)"},
	{"env", MANIFEST_CONTAINER,
		"Added to the image's variables. What is secret in them can be read by whoever may read "
		"/proc/PID/environ.",
		"--env", "--env", "environ(7)"},
	{"workingDir", MANIFEST_CONTAINER,
		"The folder in which the command begins; it is made where it is missing.", "--workdir",
		"--workdir", "chdir(2)"},
	{"stdin", MANIFEST_CONTAINER,
		"Standard input is a pipe that attach can write to; without it reading ends at once.",
		"--interactive", "--interactive", NULL},
	{"tty", MANIFEST_CONTAINER,
		"Standard input, output and error are a terminal of the container's own devpts.", "--tty",
		"--tty", "pty(7)"},
	{"runAsUser", BOTH,
		"The uid of the container's processes, whatever the image says; it needs no entry in "
		"/etc/passwd. For another user "
		"than 0 execve leaves only ambient and file capabilities: what capabilities.add grants is "
		"then in the bounding set and "
		"cannot be used.",
		"--user", "--user", "credentials(7)"},
	{"runAsGroup", BOTH,
		"The gid of the container's processes. Unset with a runAsUser, it is the group that the "
		"image's /etc/passwd has for "
		"that user, else 0: root's group.",
		"--user USER:GROUP", "--user USER:GROUP", "credentials(7)"},
	{"runAsNonRoot", BOTH,
		"A check and no setting: the kubelet refuses to start a container whose uid is 0, or whose "
		"image names its user by a "
		"name only. Nothing of it reaches the kernel.",
		NULL, NULL, NULL},
	{"seLinuxOptions", BOTH,
		"The SELinux label of the container's processes. Where SELinux is off nothing comes of it. "
		"Unset, the engine makes up "
		"a label with categories of its own, which keeps containers apart.",
		"--security-opt label=...", "--security-opt label=...", "selinux(8)"},
	{"seLinuxOptions.user", BOTH,
		"The first part of the label: the SELinux user, which is no Linux user.",
		"--security-opt label=user:USER", "--security-opt label=user:USER", "selinux(8)"},
	{"seLinuxOptions.role", BOTH, "The second part of the label.", "--security-opt label=role:ROLE",
		"--security-opt label=role:ROLE", "selinux(8)"},
	{"seLinuxOptions.type", BOTH,
		"The third part of the label, by which nearly all rules go. container_t is confined, spc_t "
		"is not.",
		"--security-opt label=type:TYPE", "--security-opt label=type:TYPE", "selinux(8)"},
	{"seLinuxOptions.level", BOTH,
		"Level and categories. Two containers with different categories cannot reach each other's "
		"files; the same ones let "
		"them share a volume.",
		"--security-opt label=level:LEVEL", "--security-opt label=level:LEVEL", "selinux(8)"},
	{"seccompProfile", BOTH,
		"A filter that each syscall passes before the kernel does anything. A container's own object "
		"replaces the Pod's as a "
		"whole. privileged switches it off. Unset, Kubernetes uses no filter, unless the kubelet is "
		"told that RuntimeDefault is "
		"the default.",
		"--security-opt seccomp=FILE|unconfined", "--security-opt seccomp=FILE|unconfined",
		"seccomp(2)"},
	{"seccompProfile.type", BOTH,
		"RuntimeDefault refuses what containers seldom need: modules, kexec, the clock, keyrings, "
		"new namespaces. Some of it "
		"is let through with the matching capability.",
		"--security-opt seccomp=FILE|unconfined", "--security-opt seccomp=FILE|unconfined",
		"seccomp(2)"},
	{"seccompProfile.localhostProfile", BOTH,
		"A JSON file on each node, below the kubelet's folder seccomp. A node without the file does "
		"not start the container.",
		"--security-opt seccomp=FILE", "--security-opt seccomp=FILE", "seccomp(2)"},
	{"appArmorProfile", BOTH,
		"The AppArmor profile of the container's processes. Where the kernel has no AppArmor a Pod "
		"that asks for a profile "
		"is refused. privileged runs unconfined.",
		"--security-opt apparmor=PROFILE", "--security-opt apparmor=PROFILE", "apparmor(7)"},
	{"appArmorProfile.type", BOTH,
		"RuntimeDefault is the profile that the engine loads itself: it forbids mounts and writing "
		"below much of /proc and "
		"/sys, whatever the capabilities are.",
		"--security-opt apparmor=PROFILE|unconfined", "--security-opt apparmor=PROFILE|unconfined",
		"apparmor(7)"},
	{"appArmorProfile.localhostProfile", BOTH,
		"The name of a profile that somebody has loaded on each node.",
		"--security-opt apparmor=PROFILE", "--security-opt apparmor=PROFILE", "apparmor(7)"},
	{"windowsOptions", BOTH,
		"For containers on Windows nodes. On Linux the API server refuses it where the Pod says os: "
		"linux.",
		NULL, NULL, NULL},
	{"supplementalGroups", MANIFEST_POD,
		"Numbers that are added to the groups of every process that a container of the Pod starts "
		"with: what a group may read "
		"or write, they may as well.",
		"--group-add", "--group-add", "setgroups(2)"},
	{"supplementalGroupsPolicy", MANIFEST_POD,
		"Merge, which is also what happens without it, adds the groups that the image's own "
		"/etc/group gives the user: an "
		"image can so bring groups that nobody asked for. Strict keeps to supplementalGroups, "
		"fsGroup and runAsGroup.",
		NULL, NULL, "group(5)"},
	{"fsGroup", MANIFEST_POD,
		"It is added to the groups of all processes, and volumes that support it are given to that "
		"group with the "
		"set-group-ID bit on folders, so that new files belong to it, too.",
		"--group-add, without the volumes", "--group-add, without the volumes", "chown(2)"},
	{"fsGroupChangePolicy", MANIFEST_POD,
		"OnRootMismatch walks a volume only when its top folder is not the group's yet, Always each "
		"time. It is about how "
		"long the start takes.",
		NULL, NULL, NULL},
	{"seLinuxChangePolicy", MANIFEST_POD,
		"MountOption mounts a volume with the label, which takes no time; Recursive writes the label "
		"on each file.",
		NULL, "-v SOURCE:TARGET:Z", "mount(8)"},
	{"sysctls", MANIFEST_POD,
		"Settings below /proc/sys that belong to the Pod's own network or IPC namespace, and so "
		"change nothing of the host. "
		"The kubelet permits a short list of safe ones unless told otherwise. "
		"net.ipv4.ip_unprivileged_port_start 0 does away "
		"with NET_BIND_SERVICE.",
		"--sysctl", "--sysctl", "sysctl(8)"},
	{"capabilities", MANIFEST_CONTEXT,
		"What root is made of, piece by piece. They exist at container level only: at Pod level they "
		"have no effect, and a "
		"strict API server refuses them. What they give is the engine's default set, without drop, "
		"with add.",
		"--cap-add, --cap-drop", "--cap-add, --cap-drop", "capabilities(7)"},
	{"capabilities.add", MANIFEST_CONTEXT,
		"Into the bounding set, and for root into permitted and effective. For another user they are "
		"granted and not usable: "
		"execve leaves such a user only ambient capabilities, which Kubernetes has no field for, and "
		"those that the executed "
		"file carries. ALL adds every one, which is not yet privileged: seccomp and the security "
		"modules stay.",
		"--cap-add", "--cap-add, ambient as well for another user than root", "capabilities(7)"},
	{"capabilities.drop", MANIFEST_CONTEXT,
		"Out of all sets, the bounding set too: no program, set-user-ID or with file capabilities, "
		"can get one back. ALL is "
		"taken first, so drop ALL with add NET_BIND_SERVICE leaves that one.",
		"--cap-drop", "--cap-drop", "capabilities(7)"},
	{"privileged", MANIFEST_CONTEXT,
		"Every capability, all devices of the host, no seccomp filter, no confinement by security "
		"modules, writable /sys and "
		"nothing masked in /proc. Root inside is root outside but for the namespaces, and it can "
		"leave those.",
		"--privileged", "--privileged", "capabilities(7)"},
	{"allowPrivilegeEscalation", MANIFEST_CONTEXT,
		"false sets no_new_privs: from then on no execve gives more than the process has, so "
		"set-user-ID programs (su, sudo) "
		"and file capabilities (ping) do nothing. It is always true with privileged or SYS_ADMIN, "
		"and false beside them is "
		"refused.",
		"--security-opt no-new-privileges", "--security-opt no-new-privileges", "prctl(2)"},
	{"readOnlyRootFilesystem", MANIFEST_CONTEXT,
		"The root is mounted read-only, so writing gives \"Read-only file system\" whatever the user "
		"and the capabilities are. "
		"Volumes, /dev and /dev/shm stay writable.",
		"--read-only", "--read-only, which puts a tmpfs on /run, /tmp and /var/tmp", "mount(2)"},
	{"procMount", MANIFEST_CONTEXT,
		"Default hides some of /proc below empty mounts and makes some read-only: /proc/kcore, "
		"/proc/sysrq-trigger, /proc/sys. "
		"Unmasked leaves /proc whole, as one needs for containers within containers; it wants "
		"hostUsers: false.",
		"--security-opt systempaths=unconfined", "--security-opt unmask=ALL", "proc(5)"},
};

const struct explain_field *explain_field(const struct manifest_field *field)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].levels & field->levels && !strcmp(fields[i].name, field->name))
			return &fields[i];
	return NULL;
}

void explain_path(struct buf *out, const struct manifest_field *field, enum manifest_level level)
{
	static const struct {
		enum manifest_level level;
		const char *before;
	} places[] = {
		{MANIFEST_METADATA, "metadata"},
		{MANIFEST_SPEC, "spec"},
		{MANIFEST_POD, "spec.securityContext"},
		{MANIFEST_CONTAINER, "spec.containers[]"},
		{MANIFEST_CONTEXT, "spec.containers[].securityContext"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i].level == level)
			buf_printf(out, "%s.%s", places[i].before, field->name);
}
