/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules that take a few lines. Each names the kernel function that it follows.
 */
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/can_parts.h"

void can_say(struct can_answer *ret, enum can_verdict verdict, const char *fmt, ...)
{
	va_list ap;

	free(ret->rule);
	ret->verdict = verdict;
	va_start(ap, fmt);
	if (vasprintf(&ret->rule, fmt, ap) < 0)
		ret->rule = NULL;
	va_end(ap);
}

bool can_has(const struct can_facts *f, unsigned int cap)
{
	return f->caps.effective >> cap & 1;
}

bool can_is_root(const struct can_facts *f)
{
	uint32_t inside;

	return idmap_inside(&f->uids, f->euid, &inside) && inside == 0;
}

/* Why it is not effective. */
static const char *why_not(const struct can_facts *f, unsigned int cap)
{
	if (f->caps.permitted >> cap & 1)
		return "permitted but not effective: the process has to raise it first";
	if (f->caps.bounding >> cap & 1)
		return can_is_root(f) ? "in the bounding set only"
				      : "in the bounding set only: execve gives it to root, and to files "
					"that carry it";
	return "not effective, and not in the bounding set";
}

void can_by_cap(
	const struct can_facts *f, unsigned int cap, bool counts, const char *where, struct can_answer *ret)
{
	CLEANUP_BUF struct buf name = {0};

	caps_name(&name, cap);
	if (!can_has(f, cap))
		can_say(ret, CAN_NO, "CAP_%s is %s", buf_text(&name), why_not(f, cap));
	else if (!counts)
		can_say(ret, CAN_NO, "CAP_%s is effective in its own user namespace, and looked for in %s",
			buf_text(&name), where);
	else if (f->initial_userns || !where)
		can_say(ret, CAN_YES, "CAP_%s is effective", buf_text(&name));
	else
		can_say(ret, CAN_YES, "CAP_%s is effective in %s", buf_text(&name), where);
}

#define INITIAL "the initial user namespace"

/* capable() of what the kernel guards in its first user namespace only */
static void by_initial_cap(const struct can_facts *f, unsigned int cap, struct can_answer *ret)
{
	can_by_cap(f, cap, f->initial_userns, INITIAL, ret);
}

void can_decide_capability(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	can_by_cap(f, q->number, true, f->initial_userns ? NULL : "its own user namespace", ret);
}

/* inet_bind: inet_port_requires_bind_service(), ns_capable(net->user_ns) */
void can_decide_bind(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	if (!q->number)
		can_say(ret, CAN_YES, "port 0 lets the kernel choose one that needs nothing");
	else if (f->net.known && q->number >= f->net.port_start)
		can_say(ret, CAN_YES,
			"net.ipv4.ip_unprivileged_port_start is %u in its network namespace: that port needs "
			"nothing",
			f->net.port_start);
	else if (can_has(f, CAP_NET_BIND_SERVICE) && f->owned[NS_NET])
		can_by_cap(f, CAP_NET_BIND_SERVICE, true,
			"the user namespace that owns its network namespace", ret);
	else if (!f->net.known)
		can_say(ret, CAN_UNKNOWN,
			"net.ipv4.ip_unprivileged_port_start of its network namespace decides: %s",
			f->net.why);
	else
		can_by_cap(f, CAP_NET_BIND_SERVICE, f->owned[NS_NET],
			"the user namespace that owns its network namespace", ret);
}

static bool group_between(const struct can_facts *f, gid_t low, gid_t high, gid_t *ret)
{
	*ret = f->egid;
	if (*ret >= low && *ret <= high)
		return true;
	for (size_t i = 0; i < f->n_groups; i++) {
		*ret = f->groups[i];
		if (*ret >= low && *ret <= high)
			return true;
	}
	return false;
}

/* inet_create() for raw sockets, ping_init_sock() for ICMP echo without one */
void can_decide_raw(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	uint32_t inside;
	gid_t gid;

	(void)q;
	can_by_cap(
		f, CAP_NET_RAW, f->owned[NS_NET], "the user namespace that owns its network namespace", ret);
	if (ret->verdict == CAN_YES)
		return;
	if (!f->net.known)
		can_say(ret, CAN_UNKNOWN,
			"CAP_NET_RAW does not count, and whether ping works without it is not known: %s",
			f->net.why);
	else if (group_between(f, f->net.ping_low, f->net.ping_high, &gid))
		can_say(ret, CAN_YES,
			"ICMP echo (ping) only: group %u is in net.ipv4.ping_group_range; raw and packet "
			"sockets need CAP_NET_RAW",
			idmap_inside(&f->gids, gid, &inside) ? inside : gid);
}

/* security_settime64: cap_settime() */
void can_decide_settime(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	(void)q;
	by_initial_cap(f, CAP_SYS_TIME, ret);
}

/* may_init_module() */
void can_decide_module(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	(void)q;
	if (f->modules_disabled < 0)
		can_say(ret, CAN_NO, "this kernel is built without modules");
	else if (f->modules_disabled)
		can_say(ret, CAN_NO, "kernel.modules_disabled is 1: nobody can until the machine restarts");
	else
		by_initial_cap(f, CAP_SYS_MODULE, ret);
}

/* reboot(): ns_capable(pid_ns->user_ns), reboot_pid_ns() */
void can_decide_reboot(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	CLEANUP_FREE char *rule = NULL;

	(void)q;
	can_by_cap(f, CAP_SYS_BOOT, f->owned[NS_PID], "the user namespace that owns its PID namespace", ret);
	if (ret->verdict != CAN_YES || !ret->rule)
		return;
	rule = take_ptr(&ret->rule);
	can_say(ret, CAN_YES, "%s: %s", rule,
		f->initial_pidns ? "it is in the host's PID namespace, so that restarts the machine"
				 : "in a PID namespace of its own, so that ends its init and nothing else");
}

/* may_mount() */
void can_decide_mount(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	(void)q;
	can_by_cap(
		f, CAP_SYS_ADMIN, f->owned[NS_MNT], "the user namespace that owns its mount namespace", ret);
}

/* chown_ok() */
void can_decide_chown(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	(void)q;
	can_by_cap(f, CAP_CHOWN, true, "its own user namespace, for files whose ids it maps", ret);
}

/* chroot(): ns_capable(current_user_ns()) */
void can_decide_chroot(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	(void)q;
	can_by_cap(f, CAP_SYS_CHROOT, true, "its own user namespace", ret);
}

/* __sys_setresuid(): each id is one that it has, or ns_capable_setid() */
void can_decide_setuid(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	uint32_t outside;

	if (!idmap_outside(&f->uids, q->number, &outside))
		can_say(ret, CAN_NO, "user %u is not mapped in its user namespace", q->number);
	else if (can_has(f, CAP_SETUID))
		can_by_cap(f, CAP_SETUID, true, "its own user namespace", ret);
	else if (outside == f->uid || outside == f->euid || outside == f->suid)
		can_say(ret, CAN_YES, "it is that user already");
	else
		can_by_cap(f, CAP_SETUID, true, NULL, ret);
}

/* can_nice() */
void can_decide_nice(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	rlim_t wanted = (rlim_t)(20 - (f->nice - 1));

	(void)q;
	if (f->nice <= -20)
		can_say(ret, CAN_YES, "it has the highest priority already");
	else if (wanted <= f->nice_limit.rlim_cur)
		can_say(ret, CAN_YES, "RLIMIT_NICE is %llu: down to nice %lld without any capability",
			(unsigned long long)f->nice_limit.rlim_cur,
			f->nice_limit.rlim_cur >= 40 ? -20LL : 20 - (long long)f->nice_limit.rlim_cur);
	else
		by_initial_cap(f, CAP_SYS_NICE, ret);
}

void can_set_net(struct can_facts *f, const char *port_start, const char *ping_range)
{
	unsigned int port, low, high;

	if (sscanf(port_start, "%u", &port) != 1 || sscanf(ping_range, "%u %u", &low, &high) != 2) {
		free(f->net.why);
		f->net.why = strdup("this kernel does not say");
		return;
	}
	f->net.known = true;
	f->net.port_start = port;
	f->net.ping_low = low;
	f->net.ping_high = high;
}
