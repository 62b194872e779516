/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same filter in a fifth of the instructions. The kernel takes as long to load a program as it is long, and libseccomp writes a test
 * for each syscall of each architecture; but the numbers that get one answer stand together. So the program is asked
 * what it does with each architecture and number, by following it with whole ranges of them, and a tree over these ranges is written.
 * What looks at more than the two, the arguments, is copied as it stands.
 */
#include "model/seccomp_profile.h"

#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/cleanup.h"

#define RANGES_MAX 4096
#define PIECES_MAX 32768 /* of them, before those that go the same way are put together: a test of a low bit would make billions */
#define RETURNS_MAX 16
#define NEAR 253 /* a conditional jump reaches 255 instructions, and up to two may still be put in between */

/* Where a range of numbers leads. */
struct outcome {
	enum { RETURN, COPY, WRITTEN } kind;
	uint32_t at; /* RETURN: the action; COPY: an instruction of the old program; WRITTEN: of the new one */
};

struct range {
	uint32_t first; /* up to the next one's */
	struct outcome to;
	bool but_one; /* of them: it leads elsewhere */
	uint32_t one;
	struct outcome one_to;
};

struct ranges {
	struct range *items;
	size_t n;
};

/* One architecture, or what lies between two. */
struct block {
	uint32_t first;
	size_t ranges, n; /* in struct ranges */
};

#define BLOCKS_MAX 32

/* An unsigned word of struct seccomp_data, of which the beginning of a range is known; `last` is brought down to what goes the same
 * way. */
struct word {
	uint32_t first, last;
};

struct reader {
	const struct sock_filter *code;
	size_t n, pieces; /* pieces: that were followed */
};

/* The new program from its end: jumps only go forward, so where they lead is known by then. */
struct writer {
	const struct reader *old;
	struct sock_filter *code; /* backwards */
	size_t n, max;
	size_t *copies; /* of each instruction of the old one that is wanted: where it stands. Those behind it are written before it */
	struct {
		uint32_t action;
		size_t at; /* the one written last */
	} returns[RETURNS_MAX];
	size_t n_returns;
	bool failed;
};

static bool same(struct outcome a, struct outcome b)
{
	return a.kind == b.kind && a.at == b.at;
}

static void end_at(struct word *w, uint32_t last)
{
	if (last < w->last)
		w->last = last;
}

/* Does the jump at `in` go its first way with the word's beginning? */
static bool test(const struct sock_filter *in, struct word *w)
{
	const uint32_t a = w->first, k = in->k;

	switch (BPF_OP(in->code)) {
	case BPF_JEQ:
		if (a <= k)
			end_at(w, a == k ? k : k - 1);
		return a == k;
	case BPF_JGT:
		if (a <= k)
			end_at(w, k);
		return a > k;
	case BPF_JGE:
		if (a < k)
			end_at(w, k - 1);
		return a >= k;
	default: /* BPF_JSET: as long as the bits from the lowest of them upwards stay */
		end_at(w, a | ((k & -k) - 1));
		return a & k;
	}
}

/* Behind jumps that ask nothing. Behind the end: COPY of what is not there. */
static struct outcome outcome_of(const struct reader *old, size_t pc)
{
	while (pc < old->n && old->code[pc].code == (BPF_JMP | BPF_JA))
		pc += 1 + (size_t)old->code[pc].k;
	if (pc < old->n && old->code[pc].code == (BPF_RET | BPF_K))
		return (struct outcome){RETURN, old->code[pc].k};
	return (struct outcome){COPY, (uint32_t)(pc < old->n ? pc : old->n)};
}

/* Follows the program with the beginnings of two ranges, which it cuts to what goes the same way. False: it does what is not
 * expected of libseccomp. */
static bool follow(const struct reader *old, struct word *arch, struct word *number, struct outcome *ret)
{
	struct word *a = NULL;

	for (size_t pc = 0; pc < old->n; pc++) {
		const struct sock_filter *in = &old->code[pc];

		switch (in->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (in->k == offsetof(struct seccomp_data, nr)) {
				a = number;
			} else if (in->k == offsetof(struct seccomp_data, arch)) {
				a = arch;
			} else {
				*ret = outcome_of(old, pc);
				return true;
			}
			break;
		case BPF_RET | BPF_K:
			*ret = outcome_of(old, pc);
			return true;
		case BPF_JMP | BPF_JA:
			pc += in->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K:
			if (!a)
				return false;
			pc += test(in, a) ? in->jt : in->jf;
			break;
		default:
			return false;
		}
	}
	return false;
}

/* Appends to those from `begin` on. */
static void append(struct ranges *ranges, size_t begin, uint32_t first, struct outcome to)
{
	struct range *last = ranges->n > begin ? &ranges->items[ranges->n - 1] : NULL;
	struct range *before = last && last > ranges->items + begin ? last - 1 : NULL;

	if (last && same(last->to, to))
		return;
	if (before && same(before->to, to) && last->first + 1 == first && !before->but_one) {
		before->but_one = true;
		before->one = last->first;
		before->one_to = last->to;
		ranges->n--;
		return;
	}
	ranges->items[ranges->n++] = (struct range){.first = first, .to = to};
}

/* All ranges of numbers of one range of architectures, which is cut to those that have the same. */
static bool read_block(struct reader *old, struct word *arch, struct ranges *ranges, struct block *block)
{
	struct word number = {0, UINT32_MAX};
	struct outcome to;

	*block = (struct block){arch->first, ranges->n, 0};
	while (old->pieces++ < PIECES_MAX) {
		if (ranges->n == RANGES_MAX || !follow(old, arch, &number, &to))
			return false;
		append(ranges, block->ranges, number.first, to);
		block->n = ranges->n - block->ranges;
		if (number.last == UINT32_MAX)
			return true;
		number = (struct word){number.last + 1, UINT32_MAX};
	}
	return false;
}

static size_t read_blocks(struct reader *old, struct ranges *ranges, struct block blocks[BLOCKS_MAX])
{
	struct word arch = {0, UINT32_MAX};

	for (size_t n = 0; n < BLOCKS_MAX;) {
		if (!read_block(old, &arch, ranges, &blocks[n++]))
			return 0;
		if (arch.last == UINT32_MAX)
			return n;
		arch = (struct word){arch.last + 1, UINT32_MAX};
	}
	return 0;
}

static size_t put(struct writer *w, struct sock_filter in)
{
	if (w->n == w->max)
		w->failed = true;
	else
		w->code[w->n++] = in;
	return w->n - 1;
}

/* The place of a return that can be reached from here; one more costs no more than a jump to it would. */
static size_t place_return(struct writer *w, uint32_t action)
{
	size_t i = 0;

	while (i < w->n_returns && w->returns[i].action != action)
		i++;
	if (i == RETURNS_MAX) {
		w->failed = true;
		return 0;
	}
	if (i == w->n_returns || w->n - w->returns[i].at > NEAR) {
		w->returns[i].action = action;
		w->returns[i].at = put(w, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
		w->n_returns += i == w->n_returns;
	}
	return w->returns[i].at;
}

/* A place that a conditional jump which is written next reaches, and that leads there. */
static size_t place(struct writer *w, struct outcome to)
{
	size_t at = to.at;

	if (to.kind == RETURN)
		return place_return(w, to.at);
	if (to.kind == COPY)
		at = w->copies[to.at];
	if (w->n - at > NEAR) {
		at = put(w, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(w->n - at - 1)));
		if (to.kind == COPY)
			w->copies[to.at] = at;
	}
	return at;
}

static struct outcome jump(struct writer *w, uint16_t code, uint32_t k, struct outcome yes, struct outcome no)
{
	size_t t = place(w, yes), f = place(w, no);

	return (struct outcome){WRITTEN,
		(uint32_t)put(w, (struct sock_filter)BPF_JUMP(code, k, (uint8_t)(w->n - t - 1), (uint8_t)(w->n - f - 1)))};
}

/* What goes on with the instruction behind it. */
static struct outcome step(struct writer *w, struct sock_filter in, struct outcome next)
{
	size_t at = place(w, next);

	if (at + 1 != w->n)
		put(w, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(w->n - at - 1)));
	return (struct outcome){WRITTEN, (uint32_t)put(w, in)};
}

static struct outcome tree(struct writer *w, const struct range *ranges, size_t n)
{
	struct outcome below, above;

	if (n == 1)
		return ranges->but_one ? jump(w, BPF_JMP | BPF_JEQ | BPF_K, ranges->one, ranges->one_to, ranges->to) : ranges->to;
	above = tree(w, ranges + n / 2, n - n / 2);
	below = tree(w, ranges, n / 2);
	return jump(w, BPF_JMP | BPF_JGE | BPF_K, ranges[n / 2].first, above, below);
}

static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

/* Marks what is to be copied: what is reached from the ranges. The old program jumps forward only, too. False: it leaves itself. */
static bool mark(const struct reader *old, const struct ranges *ranges, bool *wanted)
{
	for (size_t i = 0; i < ranges->n; i++) {
		if (ranges->items[i].to.kind == COPY)
			wanted[ranges->items[i].to.at] = true;
		if (ranges->items[i].but_one && ranges->items[i].one_to.kind == COPY)
			wanted[ranges->items[i].one_to.at] = true;
	}
	for (size_t pc = 0; pc < old->n; pc++) {
		const struct sock_filter *in = &old->code[pc];
		const bool jumps = BPF_CLASS(in->code) == BPF_JMP;
		const struct outcome next[] = {outcome_of(old, pc + 1 + (jumps ? in->jt : 0)), outcome_of(old, pc + 1 + (jumps ? in->jf : 0))};

		for (size_t i = 0; wanted[pc] && i < 2; i++) {
			if (next[i].kind == COPY && next[i].at >= old->n)
				return false;
			if (next[i].kind == COPY)
				wanted[next[i].at] = true;
		}
	}
	return true;
}

static void copy(struct writer *w, const bool *wanted)
{
	for (size_t pc = w->old->n; pc-- > 0;) {
		const struct sock_filter *in = &w->old->code[pc];
		struct outcome to;

		if (!wanted[pc])
			continue;
		if (BPF_CLASS(in->code) == BPF_JMP)
			to = jump(w, in->code, in->k, outcome_of(w->old, pc + 1 + in->jt), outcome_of(w->old, pc + 1 + in->jf));
		else
			to = step(w, *in, outcome_of(w->old, pc + 1));
		w->copies[pc] = to.at;
	}
}

static void write_all(struct writer *w, const bool *wanted, const struct ranges *ranges, const struct block *blocks, size_t n)
{
	struct range items[BLOCKS_MAX];
	struct ranges arches = {.items = items};

	copy(w, wanted);
	for (size_t i = 0; i < n; i++) {
		const struct range *first = ranges->items + blocks[i].ranges;
		struct outcome to = tree(w, first, blocks[i].n);

		if (to.kind == WRITTEN)
			to = step(w, load(offsetof(struct seccomp_data, nr)), to);
		append(&arches, 0, blocks[i].first, to);
	}
	step(w, load(offsetof(struct seccomp_data, arch)), tree(w, arches.items, arches.n));
}

size_t seccomp_dense(const struct sock_filter *code, size_t n, struct sock_filter *ret)
{
	CLEANUP_FREE struct range *items = malloc(RANGES_MAX * sizeof(*items));
	CLEANUP_FREE struct sock_filter *backwards = malloc(n * sizeof(*backwards));
	CLEANUP_FREE size_t *copies = malloc(n * sizeof(*copies));
	CLEANUP_FREE bool *wanted = calloc(n, sizeof(*wanted));
	struct reader old = {.code = code, .n = n};
	struct writer w = {.old = &old, .code = backwards, .max = n, .copies = copies};
	struct ranges ranges = {.items = items};
	struct block blocks[BLOCKS_MAX];
	size_t n_blocks;

	if (!items || !backwards || !copies || !wanted)
		return 0;
	n_blocks = read_blocks(&old, &ranges, blocks);
	if (!n_blocks || !mark(&old, &ranges, wanted))
		return 0;
	write_all(&w, wanted, &ranges, blocks, n_blocks);
	for (size_t i = 0; i < w.n; i++)
		ret[i] = w.code[w.n - i - 1];
	return w.failed ? 0 : w.n;
}
