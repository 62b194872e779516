/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A filter is classic BPF that jumps forward only (linux/filter.h, net/core/filter.c: seccomp_check_filter),
 * so one pass in the order of the instructions sees every way: each instruction has what is known when it is
 * reached, and where two ways meet, only what both know stays known.
 */
#include "model/seccomp_eval.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#endif
#ifndef SECCOMP_RET_USER_NOTIF
#define SECCOMP_RET_USER_NOTIF 0x7fc00000U
#endif

#ifdef __aarch64__
#define ARCH_NATIVE AUDIT_ARCH_AARCH64
#else
#define ARCH_NATIVE AUDIT_ARCH_X86_64
#endif

/* struct seccomp_data */
#define AT_NUMBER 0
#define AT_ARCH 4
#define AT_ARGS 16
#define DATA_SIZE 64

struct value {
	bool known;
	uint32_t v;
};

/* What is known before an instruction. */
struct state {
	struct value a, x, mem[BPF_MEMWORDS];
};

/* One filter's states. Those that are not reached are never touched: most of a filter is not, for one call. */
struct walk {
	struct state *states; /* one for each instruction */
	bool *reached;
	size_t n;
};

/* What one filter can answer. */
struct answers {
	bool allows, asks, refuses;
	uint32_t refusal; /* the first that was met */
};

static const struct value unknown = {false, 0};

static struct value known(uint32_t v)
{
	return (struct value){true, v};
}

static struct value meet(struct value a, struct value b)
{
	return a.known && b.known && a.v == b.v ? a : unknown;
}

static void reach(struct walk *w, size_t at, const struct state *from)
{
	struct state *to = &w->states[at];

	if (!w->reached[at]) {
		w->reached[at] = true;
		*to = *from;
		return;
	}
	to->a = meet(to->a, from->a);
	to->x = meet(to->x, from->x);
	for (size_t i = 0; i < BPF_MEMWORDS; i++)
		to->mem[i] = meet(to->mem[i], from->mem[i]);
}

static struct value load(const struct seccomp_call *call, uint32_t offset)
{
	uint32_t arg = (offset - AT_ARGS) / 8;

	if (offset == AT_NUMBER)
		return known((uint32_t)call->number);
	if (offset == AT_ARCH)
		return known(ARCH_NATIVE);
	if (offset < AT_ARGS || arg >= SECCOMP_EVAL_ARGS || !(call->known >> arg & 1))
		return unknown; /* the instruction pointer, or an argument that can be anything */
	return known((
		uint32_t)(call->args[arg] >> (offset % 8 ? 32 : 0))); /* little endian, as all our machines */
}

static int compute(uint16_t op, struct value *a, struct value b)
{
	if (BPF_OP(op) == BPF_NEG) {
		a->v = -a->v;
		return 0;
	}
	if (!a->known || !b.known) {
		*a = unknown;
		return 0;
	}
	switch (BPF_OP(op)) {
	case BPF_ADD:
		a->v += b.v;
		return 0;
	case BPF_SUB:
		a->v -= b.v;
		return 0;
	case BPF_MUL:
		a->v *= b.v;
		return 0;
	case BPF_DIV: /* by zero ends the program with 0: to be killed; the caller sees to it */
		a->v = b.v ? a->v / b.v : 0;
		return 0;
	case BPF_AND:
		a->v &= b.v;
		return 0;
	case BPF_OR:
		a->v |= b.v;
		return 0;
	case BPF_XOR:
		a->v ^= b.v;
		return 0;
	case BPF_LSH:
		a->v = b.v < 32 ? a->v << b.v : 0;
		return 0;
	case BPF_RSH:
		a->v = b.v < 32 ? a->v >> b.v : 0;
		return 0;
	default:
		return -EBADMSG;
	}
}

static int compare(uint16_t op, struct value a, struct value b, bool *ret_yes, bool *ret_no)
{
	bool yes;

	switch (BPF_OP(op)) {
	case BPF_JEQ:
		yes = a.v == b.v;
		break;
	case BPF_JGT:
		yes = a.v > b.v;
		break;
	case BPF_JGE:
		yes = a.v >= b.v;
		break;
	case BPF_JSET:
		yes = a.v & b.v;
		break;
	default:
		return -EBADMSG;
	}
	*ret_yes = !a.known || !b.known || yes;
	*ret_no = !a.known || !b.known || !yes;
	return 0;
}

/* Both classes of loads. */
static int run_load(const struct sock_filter *in, const struct seccomp_call *call, const struct state *s,
	struct value *to)
{
	switch (BPF_MODE(in->code)) {
	case BPF_ABS:
		if (BPF_CLASS(in->code) != BPF_LD || in->k % 4 || in->k >= DATA_SIZE)
			return -EBADMSG;
		*to = load(call, in->k);
		return 0;
	case BPF_IMM:
		*to = known(in->k);
		return 0;
	case BPF_LEN:
		*to = known(DATA_SIZE);
		return 0;
	case BPF_MEM:
		if (in->k >= BPF_MEMWORDS)
			return -EBADMSG;
		*to = s->mem[in->k];
		return 0;
	default:
		return -EBADMSG;
	}
}

static void answer(struct answers *ret, struct value action)
{
	/* nothing is known of it: it may be any */
	if (!action.known) {
		ret->allows = ret->asks = ret->refuses = true;
		ret->refusal = SECCOMP_RET_ERRNO | EPERM;
		return;
	}
	switch (action.v & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
		ret->allows = true;
		return;
	case SECCOMP_RET_USER_NOTIF:
	case SECCOMP_RET_TRACE:
		ret->asks = true;
		return;
	default: /* an action that the kernel does not know kills */
		if (!ret->refuses)
			ret->refusal = action.v;
		ret->refuses = true;
	}
}

static int run_jump(const struct sock_filter *in, struct walk *w, size_t at)
{
	const struct state *s = &w->states[at];
	size_t next = at + 1, left = w->n - next;
	struct value b = BPF_SRC(in->code) == BPF_X ? s->x : known(in->k);
	bool yes, no;

	if (BPF_OP(in->code) == BPF_JA) {
		if (in->k >= left)
			return -EBADMSG;
		reach(w, next + in->k, s);
		return 0;
	}
	if (in->jt >= left || in->jf >= left || compare(in->code, s->a, b, &yes, &no) < 0)
		return -EBADMSG;
	if (yes)
		reach(w, next + in->jt, s);
	if (no)
		reach(w, next + in->jf, s);
	return 0;
}

/* The instruction at `at`, with what is known before it. */
static int run(const struct sock_filter *in, const struct seccomp_call *call, struct walk *w, size_t at, struct answers *ret)
{
	struct state *s = &w->states[at];
	struct value b = BPF_SRC(in->code) == BPF_X ? s->x : known(in->k);
	int error = 0;

	switch (BPF_CLASS(in->code)) {
	case BPF_RET:
		answer(ret, BPF_RVAL(in->code) == BPF_A ? s->a : known(in->k));
		return 0;
	case BPF_JMP:
		return run_jump(in, w, at);
	case BPF_LD:
		error = run_load(in, call, s, &s->a);
		break;
	case BPF_LDX:
		error = run_load(in, call, s, &s->x);
		break;
	case BPF_ST:
	case BPF_STX:
		if (in->k >= BPF_MEMWORDS)
			return -EBADMSG;
		s->mem[in->k] = BPF_CLASS(in->code) == BPF_ST ? s->a : s->x;
		break;
	case BPF_ALU:
		if (BPF_OP(in->code) == BPF_DIV && !(b.known && b.v))
			answer(ret, known(SECCOMP_RET_KILL_THREAD));
		if (BPF_OP(in->code) == BPF_DIV && b.known && !b.v)
			return 0;
		error = compute(in->code, &s->a, b);
		break;
	default: /* BPF_MISC */
		if (BPF_MISCOP(in->code) == BPF_TAX)
			s->x = s->a;
		else
			s->a = s->x;
	}
	if (error < 0 || at + 1 == w->n)
		return -EBADMSG;
	reach(w, at + 1, s);
	return 0;
}

static int ask_filter(
	const struct sock_filter *code, size_t n, const struct seccomp_call *call, struct answers *ret)
{
	CLEANUP_FREE struct state *states = reallocarray(NULL, n + 1, sizeof(*states));
	CLEANUP_FREE bool *reached = calloc(n + 1, sizeof(*reached));
	struct walk w = {states, reached, n};
	struct state zeros = {.a = {true, 0}, .x = {true, 0}}; /* with which the kernel begins */
	int error = 0;

	if (!states || !reached)
		return -ENOMEM;
	if (!n)
		return -EBADMSG;
	for (size_t i = 0; i < BPF_MEMWORDS; i++)
		zeros.mem[i] = known(0);
	reach(&w, 0, &zeros);
	for (size_t i = 0; i < n && !error; i++)
		if (reached[i])
			error = run(&code[i], call, &w, i, ret);
	return error;
}

int seccomp_eval(
	const struct seccomp_programs *programs, const struct seccomp_call *call, struct seccomp_outcome *ret)
{
	const struct sock_filter *code = programs->code;
	bool refused = false, can_refuse = false, asked = false;
	uint32_t refusal = 0;

	for (size_t i = 0; i < programs->n; i++) {
		struct answers answers = {0};
		int error = ask_filter(code, programs->lengths[i], call, &answers);

		if (error < 0)
			return error;
		code += programs->lengths[i];
		asked |= answers.asks;
		if (!answers.refuses)
			continue;
		if (!can_refuse || (!answers.allows && !answers.asks && !refused))
			refusal = answers.refusal;
		can_refuse = true;
		refused |= !answers.allows && !answers.asks;
	}
	ret->refusal = refusal;
	ret->verdict = refused	    ? SECCOMP_REFUSED
		       : can_refuse ? SECCOMP_DEPENDS
		       : asked	    ? SECCOMP_ASKED
				    : SECCOMP_ALLOWED;
	return 0;
}
