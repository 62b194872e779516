/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/caps_text.h"

#include "base/cleanup.h"

/* Row N is capability N. */
static const struct cap_text texts[] = {
	{"CHOWN", "give a file to any user and group",
		"Package managers and entry points that prepare their data folder need it. It reaches the "
		"container's own files and what is mounted into it, a host folder included.",
		CAP_REACH_OWN, "2.2", "chown(2)"},
	{"DAC_OVERRIDE", "read, write and enter files and folders whatever their mode says",
		"This is what makes root inside able to open every file. A host folder mounted into the "
		"container is as open to it as the container's own files.",
		CAP_REACH_OWN, "2.2", "path_resolution(7)"},
	{"DAC_READ_SEARCH", "read any file, enter any folder, open files by handle",
		"open_by_handle_at() opens any file of a mounted file system by number, past the container's "
		"root: with it a container has read the host's files. docker, podman and containerd do not "
		"give it unasked.",
		CAP_REACH_PART, "2.2", "open_by_handle_at(2)"},
	{"FOWNER", "act as the owner of any file: mode, times, attributes, deletion under the sticky bit",
		"Needed to chmod what belongs to another user, as archives and installers do.", CAP_REACH_OWN,
		"2.2", "chmod(2)"},
	{"FSETID", "keep set-user-ID and set-group-ID bits when a file is changed",
		"Without it the kernel clears those bits when somebody else's file is written or given a "
		"group that the process is not in.",
		CAP_REACH_OWN, "2.2", "chmod(2)"},
	{"KILL", "send signals to processes of any user",
		"It reaches what is visible: the processes of the container's PID namespace, all of the "
		"host's where that is shared.",
		CAP_REACH_OWN, "2.2", "kill(2)"},
	{"SETGID", "take any group, and any list of additional groups",
		"Entry points that begin as root and go on as somebody else need it, together with SETUID.",
		CAP_REACH_OWN, "2.2", "setgroups(2)"},
	{"SETUID", "become any user",
		"Entry points that begin as root and go on as somebody else need it. In a user namespace "
		"only those users that its map holds.",
		CAP_REACH_OWN, "2.2", "setuid(2)"},
	{"SETPCAP", "take capabilities out of the bounding set, add bounded ones to the inheritable set",
		"It gives nothing that the bounding set does not hold: a process uses it to bind its "
		"children.",
		CAP_REACH_OWN, "2.2", "prctl(2)"},
	{"LINUX_IMMUTABLE", "set and clear the immutable and append-only attributes of files",
		"chattr +i and +a. A file that is made immutable in a mounted host folder stays so when the "
		"container is gone.",
		CAP_REACH_INITIAL, "2.2", "ioctl_iflags(2)"},
	{"NET_BIND_SERVICE", "listen on ports below 1024",
		"Also permitted without it from the port in net.ipv4.ip_unprivileged_port_start on, which "
		"docker, and containerd when told so, set to 0 in a container's network namespace.",
		CAP_REACH_OWN, "2.2", "ip(7)"},
	{"NET_BROADCAST", "unused: kept for its number", "No kernel asks for it.", CAP_REACH_OWN, "2.2",
		"capabilities(7)"},
	{"NET_ADMIN", "configure the network: interfaces, addresses, routes, firewall, traffic control",
		"It reaches the network namespace only. With the host's network it reconfigures the host.",
		CAP_REACH_OWN, "2.2", "netdevice(7)"},
	{"NET_RAW", "raw and packet sockets, and binding to any address",
		"ping needed it before net.ipv4.ping_group_range. It can forge packets and listen to what "
		"the "
		"network namespace sees, other containers' traffic on a shared bridge included.",
		CAP_REACH_OWN, "2.2", "raw(7)"},
	{"IPC_LOCK", "lock memory beyond RLIMIT_MEMLOCK, and use huge pages in shared memory",
		"Databases and RDMA ask for it; the memory limit of the cgroup still holds.", CAP_REACH_PART,
		"2.2", "mlock(2)"},
	{"IPC_OWNER", "use System V queues, semaphores and shared memory whatever their mode says",
		"It reaches the IPC namespace: the container's own, the host's where that is shared.",
		CAP_REACH_OWN, "2.2", "sysvipc(7)"},
	{"SYS_MODULE", "load and remove kernel modules",
		"A module runs in the one kernel that all share: who holds it owns the host.",
		CAP_REACH_INITIAL, "2.2", "init_module(2)"},
	{"SYS_RAWIO", "reach the hardware: ports, /dev/mem, raw SCSI commands, /proc/kcore",
		"With the matching device it reads and writes the host's memory and disks.",
		CAP_REACH_INITIAL, "2.2", "iopl(2)"},
	{"SYS_CHROOT", "change the root folder, and enter mount namespaces",
		"sshd, package builds and sandboxes use it. A chroot is no wall: who holds it leaves the "
		"chroot by it.",
		CAP_REACH_OWN, "2.2", "chroot(2)"},
	{"SYS_PTRACE", "trace any process, and read and write its memory",
		"It reaches the processes that are visible inside; with the host's PID namespace it takes "
		"over the host. Yama can forbid more.",
		CAP_REACH_OWN, "2.2", "ptrace(2)"},
	{"SYS_PACCT", "switch process accounting on and off",
		"It writes one record for each process that ends, of the PID namespace and those below it.",
		CAP_REACH_INITIAL, "2.2", "acct(2)"},
	{"SYS_ADMIN", "mount, namespaces, quotas, and much of what has no capability of its own",
		"Nearly all that root can do: in the initial user namespace, a container that holds it is "
		"not "
		"held back from the host. In a user namespace of its own it mounts a few file systems and "
		"makes namespaces.",
		CAP_REACH_PART, "2.2", "capabilities(7)"},
	{"SYS_BOOT", "restart the machine, and load another kernel",
		"reboot() in a PID namespace of its own ends that namespace's init and nothing else; in the "
		"host's it restarts the host. kexec works in the initial user namespace only.",
		CAP_REACH_PART, "2.2", "reboot(2)"},
	{"SYS_NICE", "raise priorities, set real-time scheduling, CPU affinity and memory nodes of others",
		"Lowering a process' own priority needs nothing. The CPU limits of the cgroup still hold.",
		CAP_REACH_PART, "2.2", "sched(7)"},
	{"SYS_RESOURCE", "go beyond resource limits, quotas and reserved disk space, and lower oom_score_adj",
		"It raises hard limits such as nofile; limits of the cgroup still hold.", CAP_REACH_INITIAL,
		"2.2", "getrlimit(2)"},
	{"SYS_TIME", "set the system clock and the hardware clock",
		"There is one wall clock for the machine: who sets it inside sets it for all. Time "
		"namespaces "
		"shift the monotonic clocks only.",
		CAP_REACH_INITIAL, "2.2", "settimeofday(2)"},
	{"SYS_TTY_CONFIG", "configure virtual terminals, and hang up a terminal",
		"It matters for the consoles of the host, which a container has only when they are given to "
		"it.",
		CAP_REACH_INITIAL, "2.2", "vhangup(2)"},
	{"MKNOD", "make device files",
		"Making the file is not enough to use it: the device cgroup says which devices can be "
		"opened, "
		"and in most engines which can be made. Useless in a user namespace.",
		CAP_REACH_INITIAL, "2.4", "mknod(2)"},
	{"LEASE", "take leases on files of any owner",
		"A lease holds up whoever else opens the file, for a bounded time.", CAP_REACH_INITIAL, "2.4",
		"fcntl(2)"},
	{"AUDIT_WRITE", "write records into the kernel's audit log",
		"login, sshd, su and sudo ask for it, and some stop without it.", CAP_REACH_INITIAL, "2.6.11",
		"capabilities(7)"},
	{"AUDIT_CONTROL", "configure auditing: switch it on and off, set its rules",
		"Auditing is the whole machine's, not the container's.", CAP_REACH_INITIAL, "2.6.11",
		"capabilities(7)"},
	{"SETFCAP", "give capabilities to files",
		"Installing packages whose programs carry file capabilities needs it. In a user namespace "
		"such "
		"a file counts there only.",
		CAP_REACH_OWN, "2.6.24", "setcap(8)"},
	{"MAC_OVERRIDE", "pass over mandatory access control (Smack)",
		"Only Smack looks at it; AppArmor and SELinux do not.", CAP_REACH_INITIAL, "2.6.25",
		"capabilities(7)"},
	{"MAC_ADMIN", "configure mandatory access control: load AppArmor profiles, set Smack labels",
		"The policy is the whole machine's unless the security module has namespaces.",
		CAP_REACH_PART, "2.6.25", "capabilities(7)"},
	{"SYSLOG", "read and clear the kernel's log, and see kernel addresses",
		"The log is the whole machine's. Reading it needs this when kernel.dmesg_restrict is 1.",
		CAP_REACH_INITIAL, "2.6.37", "syslog(2)"},
	{"WAKE_ALARM", "set timers that wake the machine up",
		"CLOCK_REALTIME_ALARM and CLOCK_BOOTTIME_ALARM; of use on laptops and phones.",
		CAP_REACH_INITIAL, "3.0", "timer_create(2)"},
	{"BLOCK_SUSPEND", "keep the machine from suspending",
		"/sys/power/wake_lock and EPOLLWAKEUP; of use on laptops and phones.", CAP_REACH_INITIAL,
		"3.5", "epoll_ctl(2)"},
	{"AUDIT_READ", "read the audit log as it is written",
		"The log is the whole machine's: it shows what all containers and the host do.",
		CAP_REACH_INITIAL, "3.16", "netlink(7)"},
	{"PERFMON", "observe performance: perf events, and BPF programs that trace",
		"perf and tracing tools. They see the kernel and all processes of the machine.",
		CAP_REACH_INITIAL, "5.8", "perf_event_open(2)"},
	{"BPF", "load BPF programs and make BPF maps",
		"Networking programs need NET_ADMIN as well, tracing ones PERFMON. It was part of SYS_ADMIN "
		"before.",
		CAP_REACH_PART, "5.8", "bpf(2)"},
	{"CHECKPOINT_RESTORE", "checkpoint and restore processes: choose a new process' PID, read map_files",
		"CRIU uses it. It was part of SYS_ADMIN before.", CAP_REACH_PART, "5.9", "clone(2)"},
};

const struct cap_text *caps_text(unsigned int number)
{
	return number < ARRAY_SIZE(texts) ? &texts[number] : NULL;
}

const char *caps_text_reach(enum cap_reach reach)
{
	switch (reach) {
	case CAP_REACH_OWN:
		return "It counts in the user namespace that owns the object: inside a container's own one too";
	case CAP_REACH_INITIAL:
		return "It counts in the initial user namespace only: without effect in a container that has "
		       "its own";
	case CAP_REACH_PART:
		break;
	}
	return "Parts of it count in the initial user namespace only, the others in a container's own one "
	       "too";
}
