/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of actions: how each is written, and what it takes to decide it.
 */
#include "model/can.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/can_parts.h"
#include "model/seccomp_eval.h"

static int parse_number(struct can_query *q, const char *what, unsigned int max, struct err *err)
{
	uint64_t number;

	if (text_u64(q->arg, max, &number) < 0)
		return err_set(err, -EINVAL, ERR_USAGE, "%s: %s is no %s", q->action->name, q->arg, what);
	q->number = (unsigned int)number;
	return 0;
}

static int parse_port(struct can_query *q, struct err *err)
{
	return parse_number(q, "port (0 to 65535)", 65535, err);
}

static int parse_uid(struct can_query *q, struct err *err)
{
	return parse_number(q, "user's number", UINT32_MAX - 1, err);
}

static int parse_pid(struct can_query *q, struct err *err)
{
	int error = parse_number(q, "PID", INT_MAX, err);

	return error || q->number ? error
				  : err_set(err, -EINVAL, ERR_USAGE, "%s: 0 is no PID", q->action->name);
}

static int parse_path(struct can_query *q, struct err *err)
{
	if (*q->arg == '/' && strlen(q->arg) < PATH_MAX)
		return 0;
	err_set(err, -EINVAL, ERR_USAGE, "%s: %s is no absolute path", q->action->name, q->arg);
	return err_hint(err, "the path as it is inside, from / on");
}

static int parse_syscall(struct can_query *q, struct err *err)
{
	CLEANUP_FREE char *nearest = NULL;
	int number = seccomp_number(q->arg);

	if (number >= 0) {
		q->number = (unsigned int)number;
		return 0;
	}
	err_set(err, -EINVAL, ERR_USAGE, "no syscall is called %s here", q->arg);
	nearest = seccomp_nearest(q->arg);
	return nearest ? err_hint(err, "did you mean %s?", nearest) : err_hint(err, "syscalls(2) lists them");
}

static const struct can_call bind_calls[] = {{"socket", 3, {2, 1}}, {"bind", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call raw_calls[] = {{"socket", 3, {2, 3}}, {NULL, 0, {0}}};
static const struct can_call settime_calls[] = {
	{"clock_settime|settimeofday|clock_adjtime|adjtimex", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call module_calls[] = {{"finit_module|init_module", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call reboot_calls[] = {{"reboot", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call mount_calls[] = {{"mount|fsmount", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call chown_calls[] = {{"chown|lchown|fchown|fchownat", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call kill_calls[] = {{"kill|tkill|tgkill|pidfd_send_signal", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call ptrace_calls[] = {{"ptrace", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call chroot_calls[] = {{"chroot", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call mknod_calls[] = {{"mknod|mknodat", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call setuid_calls[] = {{"setuid|setresuid|setreuid", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call nice_calls[] = {{"setpriority|sched_setattr", 0, {0}}, {NULL, 0, {0}}};
static const struct can_call write_calls[] = {{"open|openat|openat2|creat", 0, {0}}, {NULL, 0, {0}}};

/* The first three members: the name, what stands behind the colon, both as they are written. */
#define ALONE(name) name, NULL, name
#define WITH(name, arg) name, arg, name ":" arg

static const struct can_action actions[] = {
	{WITH("bind", "PORT"), "listen on a TCP or UDP port", "80", CAN_NEEDS_NET, bind_calls, parse_port,
		can_decide_bind},
	{ALONE("settime"), "set the system clock", NULL, 0, settime_calls, NULL, can_decide_settime},
	{ALONE("module-load"), "load a kernel module", NULL, 0, module_calls, NULL, can_decide_module},
	{ALONE("reboot"), "restart: the machine, or the own PID namespace", NULL, 0, reboot_calls, NULL,
		can_decide_reboot},
	{ALONE("mount"), "mount a file system", NULL, 0, mount_calls, NULL, can_decide_mount},
	{ALONE("chown"), "give a file to another user", NULL, 0, chown_calls, NULL, can_decide_chown},
	{WITH("kill", "PID"), "signal a process, by its PID inside", "1", CAN_NEEDS_TARGET, kill_calls,
		parse_pid, can_decide_kill},
	{WITH("ptrace", "PID"), "trace a process, by its PID inside", "1", CAN_NEEDS_TARGET, ptrace_calls,
		parse_pid, can_decide_ptrace},
	{ALONE("net-raw"), "raw sockets, or at least ping", NULL, CAN_NEEDS_NET, raw_calls, NULL,
		can_decide_raw},
	{ALONE("chroot"), "change the root folder", NULL, 0, chroot_calls, NULL, can_decide_chroot},
	{ALONE("mknod"), "make a device file (that of /dev/null), where it may write", NULL,
		CAN_NEEDS_DEVICES, mknod_calls, NULL, can_decide_mknod},
	{WITH("setuid", "N"), "become another user, by its number inside", "0", 0, setuid_calls, parse_uid,
		can_decide_setuid},
	{ALONE("nice"), "raise the own priority", NULL, 0, nice_calls, NULL, can_decide_nice},
	{WITH("write", "PATH"), "write to a file, or make one in a folder", "/",
		CAN_NEEDS_PATH | CAN_NEEDS_DEVICES, write_calls, parse_path, can_decide_write},
	{WITH("syscall", "NAME"), "make a syscall, as far as seccomp is concerned", "unshare",
		CAN_NEEDS_SECCOMP, NULL, parse_syscall, can_decide_syscall},
};

const struct can_action can_capability = {WITH("capability", "NAME"),
	"hold a capability in the effective set", NULL, 0, NULL, NULL, can_decide_capability};

const struct can_action *can_actions(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(actions);
	return actions;
}

static const struct can_action *action_named(const char *text, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (strlen(actions[i].name) == len && !strncmp(actions[i].name, text, len))
			return &actions[i];
	return NULL;
}

/* Neither an action nor a capability: the nearest of both. */
static int unknown(const char *text, struct err *err)
{
	CLEANUP_ERR struct err capability = {0};
	const char *names[ARRAY_SIZE(actions)], *nearest, *argument = text + strcspn(text, ":");
	char word[32];
	unsigned int number;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		names[i] = actions[i].name;
	snprintf(word, sizeof(word), "%.*s", (int)(argument - text), text);
	nearest = text_nearest(word, names, ARRAY_SIZE(actions));
	err_set(err, -EINVAL, ERR_USAGE, "%s is neither an action nor a capability", text);
	if (nearest) { /* with what stands behind the colon, where the action takes that */
		const struct can_action *action = action_named(nearest, strlen(nearest));

		return err_hint(err, "did you mean %s%s?", nearest, action->arg ? argument : "");
	}
	caps_parse(text, &number, &capability);
	if (capability.hint && text_has_prefix(capability.hint, "did you mean"))
		return err_hint(err, "%s", capability.hint);
	return err_hint(err, "nsctl can --list names the actions");
}

int can_parse(const char *text, struct can_query *ret, struct err *err)
{
	const char *colon = strchr(text, ':');
	CLEANUP_ERR struct err ignored = {0};

	*ret = (struct can_query){.text = text, .arg = colon ? colon + 1 : NULL};
	ret->action = action_named(text, colon ? (size_t)(colon - text) : strlen(text));
	if (!ret->action && !colon && !caps_parse(text, &ret->number, &ignored)) {
		ret->action = &can_capability;
		return 0;
	}
	if (!ret->action)
		return unknown(text, err);
	if (ret->action->arg && (!ret->arg || !*ret->arg)) {
		err_set(err, -EINVAL, ERR_USAGE, "%s needs a %s", ret->action->name, ret->action->arg);
		return err_hint(err, "%s:%s", ret->action->name, ret->action->example);
	}
	if (!ret->action->arg && ret->arg)
		return err_set(err, -EINVAL, ERR_USAGE, "%s takes nothing behind a colon", ret->action->name);
	return ret->action->parse ? ret->action->parse(ret, err) : 0;
}

int can_decide(const struct can_facts *facts, const struct can_query *query, struct can_answer *ret)
{
	struct can_answer answer = {0};

	query->action->decide(facts, query, &answer);
	if (query->action->calls && answer.verdict != CAN_NO)
		can_decide_calls(facts, query->action->calls, &answer);
	/* a module has a say in what is done, not in what is held, and none in what is forbidden anyway */
	if (query->action->calls && facts->confined && answer.verdict == CAN_YES)
		can_say(&answer, CAN_UNKNOWN, "nothing else forbids it, and %s decides", facts->confined);
	if (!answer.rule)
		return -ENOMEM;
	*ret = answer;
	return 0;
}

void can_answer_free(struct can_answer *answer)
{
	free(answer->rule);
	*answer = (struct can_answer){0};
}

const char *can_verdict_name(enum can_verdict verdict)
{
	static const char *const names[] = {"yes", "no", "depends", "unknown"};

	return names[verdict];
}

void can_path_free(struct can_path *path)
{
	for (size_t i = 0; i < path->n; i++)
		free(path->inodes[i].name);
	free(path->inodes);
	*path = (struct can_path){0};
}

void can_facts_free(struct can_facts *facts)
{
	free(facts->groups);
	idmap_free(&facts->uids);
	idmap_free(&facts->gids);
	seccomp_programs_free(&facts->filters);
	free(facts->filters_why);
	free(facts->confined);
	free(facts->net.why);
	can_path_free(&facts->path);
	free(facts->devices.rules);
	*facts = (struct can_facts){0};
}
