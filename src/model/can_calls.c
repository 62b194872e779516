/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seccomp: the syscalls behind an action, as far as the filters of the process are concerned.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "model/can_parts.h"
#include "model/seccomp_eval.h"

#define NAME_MAX_ 32 /* of a syscall */

static void refused(
	struct can_answer *ret, enum can_verdict verdict, const char *name, const char *how, uint32_t action)
{
	CLEANUP_BUF struct buf what = {0};

	seccomp_refusal(&what, action);
	can_say(ret, verdict, "its seccomp filter %s %s: %s", how, name, buf_text(&what));
}

static void by_outcome(const struct seccomp_outcome *outcome, const char *name, struct can_answer *ret)
{
	switch (outcome->verdict) {
	case SECCOMP_REFUSED:
		refused(ret, CAN_NO, name, "refuses", outcome->refusal);
		return;
	case SECCOMP_DEPENDS:
		refused(ret, CAN_DEPENDS, name, "looks at the arguments of", outcome->refusal);
		return;
	case SECCOMP_ASKED:
		can_say(ret, CAN_UNKNOWN,
			"its seccomp filter hands %s to an agent or a tracer, which decides", name);
		return;
	case SECCOMP_ALLOWED:
		return;
	}
}

/* A filter that cannot be followed, or was not read, tells nothing. */
static int ask(const struct can_facts *f, const struct seccomp_call *call, const char *name,
	struct seccomp_outcome *ret, struct can_answer *answer)
{
	int error = f->filters_known ? seccomp_eval(&f->filters, call, ret) : -ENODATA;

	if (!error)
		return 0;
	can_say(answer, CAN_UNKNOWN, "its seccomp filter could forbid %s: %s", name,
		f->filters_known ? strerror(-error)
		: f->filters_why ? f->filters_why
				 : "it could not be read");
	return error;
}

/* Strict mode has these, and kills for anything else: seccomp(2). */
static bool is_strict(const char *name)
{
	static const char *const allowed[] = {"read", "write", "exit", "rt_sigreturn"};

	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (!strcmp(name, allowed[i]))
			return true;
	return false;
}

static void by_strict(const char *name, struct can_answer *ret)
{
	if (!is_strict(name))
		can_say(ret, CAN_NO, "seccomp strict mode: %s kills it", name);
}

/* The way that is open widest, of those that lead to the same. */
static void try_names(const struct can_facts *f, const struct can_call *call, struct can_answer *ret)
{
	struct seccomp_outcome best = {.verdict = SECCOMP_REFUSED};
	static const int openness[] = {
		[SECCOMP_REFUSED] = 0, [SECCOMP_ASKED] = 1, [SECCOMP_DEPENDS] = 2, [SECCOMP_ALLOWED] = 3};
	char best_name[NAME_MAX_] = "";

	for (const char *p = call->names; *p;) {
		size_t len = strcspn(p, "|");
		struct seccomp_outcome outcome;
		struct seccomp_call one = {.known = call->known};
		char name[NAME_MAX_];
		int number;

		snprintf(name, sizeof(name), "%.*s", (int)len, p);
		memcpy(one.args, call->args, sizeof(one.args));
		p += len + (p[len] == '|');
		if (f->seccomp == 1) {
			by_strict(name, ret);
			return;
		}
		number = seccomp_number(name);
		if (number < 0)
			continue; /* not on this architecture */
		one.number = number;
		if (ask(f, &one, name, &outcome, ret) < 0)
			return;
		if (*best_name && openness[outcome.verdict] <= openness[best.verdict])
			continue;
		best = outcome;
		memcpy(best_name, name, sizeof(name));
	}
	by_outcome(&best, best_name, ret);
}

void can_decide_calls(const struct can_facts *f, const struct can_call *calls, struct can_answer *ret)
{
	enum can_verdict before = ret->verdict;

	for (; f->seccomp && calls->names && ret->verdict == before; calls++)
		try_names(f, calls, ret);
}

void can_decide_syscall(const struct can_facts *f, const struct can_query *q, struct can_answer *ret)
{
	CLEANUP_FREE char *known = seccomp_name((int)q->number);
	const char *name = known ? known : q->arg;
	const struct seccomp_call call = {.number = (int)q->number};
	struct seccomp_outcome outcome;

	if (!f->seccomp) {
		can_say(ret, CAN_YES, "it has no seccomp filter");
		return;
	}
	if (f->seccomp == 1) {
		can_say(ret, CAN_YES, "seccomp strict mode lets it through");
		by_strict(name, ret);
		return;
	}
	if (ask(f, &call, name, &outcome, ret) < 0)
		return;
	can_say(ret, CAN_YES, "its seccomp filter%s through, whatever the arguments are",
		f->filters.n == 1 ? " lets it" : "s let it");
	by_outcome(&outcome, name, ret);
}
