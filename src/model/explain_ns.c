/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/explain.h"

static const struct explain_ns namespaces[NS_N] = {
	[NS_CGROUP] = {"which cgroup looks like the root",
		"Which cgroup is seen as the root of the hierarchy: a process reads its own place as \"/\" "
		"and learns "
		"nothing of those above it. It limits what is seen, not what may be used: that is the cgroup "
		"itself.",
		"--cgroupns private|host", "--cgroupns private|host|container:NAME",
		"no field: the engine's choice", "4.6", "cgroup_namespaces(7)"},
	[NS_IPC] = {"System V IPC and message queues",
		"System V shared memory, semaphores and message queues, and POSIX message queues. Processes "
		"that talk by "
		"them have to share it. POSIX shared memory is files in /dev/shm: the mount namespace's.",
		"--ipc private|shareable|host|container:NAME", "--ipc private|shareable|host|container:NAME",
		"spec.hostIPC; the containers of a Pod share one", "2.6.19", "ipc_namespaces(7)"},
	[NS_MNT] = {"what is mounted where",
		"The list of mounts: which file systems there are, and where. With it goes the root folder, "
		"so the "
		"container sees its image's files. Every container has its own; what is mounted from the "
		"host is the same "
		"files in both.",
		"no flag shares it; -v and --mount put folders into it",
		"no flag shares it; -v and --mount put folders into it",
		"no field shares it; spec.volumes with volumeMounts put folders into it", "2.4.19",
		"mount_namespaces(7)"},
	[NS_NET] = {"interfaces, addresses, ports, firewall",
		"Network interfaces, addresses, routes, firewall rules, ports, and the settings in "
		"/proc/sys/net. Two "
		"processes can both listen on port 80 when they are in different ones. Abstract Unix sockets "
		"belong to it, too.",
		"--network bridge|none|host|container:NAME", "--network bridge|none|host|container:NAME",
		"spec.hostNetwork; the containers of a Pod share one", "2.6.24", "network_namespaces(7)"},
	[NS_PID] = {"numbers of processes, and who is seen",
		"The numbers of processes. The first process inside is PID 1, its init: orphans become its "
		"children, and "
		"when it ends all others are killed. From outside every process has another number as well. "
		"It decides who can "
		"be seen and signalled.",
		"--pid host|container:NAME", "--pid private|host|container:NAME",
		"spec.hostPID, spec.shareProcessNamespace", "2.6.24", "pid_namespaces(7)"},
	[NS_TIME] = {"offsets of the monotonic and the boot clock",
		"Offsets of the monotonic and the boot clock, so that a container that was moved does not "
		"see them jump. "
		"The wall clock is not in it: there is one for the machine.",
		NULL, NULL, NULL, "5.6", "time_namespaces(7)"},
	[NS_USER] = {"numbers of users, and what capabilities are worth",
		"Numbers of users and groups, and what capabilities are worth. Its maps say which number "
		"inside is which "
		"outside: root inside can be an ordinary user outside. Capabilities count over what belongs "
		"to the namespace "
		"and those below it, never over the host.",
		"the daemon's userns-remap for all; --userns host opts out",
		"--userns auto|keep-id|nomap|host, --uidmap, --gidmap", "spec.hostUsers: false", "3.8",
		"user_namespaces(7)"},
	[NS_UTS] = {"the host name", "The host name and the NIS domain name.", "--uts host, --hostname",
		"--uts private|host|container:NAME, --hostname",
		"spec.hostname; with hostNetwork it is the host's", "2.6.19", "uts_namespaces(7)"},
};

const struct explain_ns *explain_ns(enum ns_type type)
{
	return &namespaces[type];
}
