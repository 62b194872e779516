/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seccomp_compile: what it gives is a program that the kernel would take (net/core/filter.c,
 * kernel/seccomp.c: known instructions, forward jumps that stay inside, a return at the end), and running it
 * ends in an action.
 */
#include "fuzz.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "base/cleanup.h"
#include "model/seccomp.h"

static void check_program(const struct sock_filter *code, size_t n)
{
	FUZZ_CHECK(n > 0 && n <= BPF_MAXINSNS);
	for (size_t i = 0; i < n; i++) {
		const struct sock_filter *in = &code[i];

		switch (in->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			FUZZ_CHECK(in->k < sizeof(struct seccomp_data) && in->k % 4 == 0);
			break;
		case BPF_JMP | BPF_JA:
			FUZZ_CHECK(in->k < n - i - 1);
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K:
			FUZZ_CHECK(i + 1 + in->jt < n && i + 1 + in->jf < n);
			break;
		case BPF_ALU | BPF_AND | BPF_K:
		case BPF_RET | BPF_K:
			break;
		default:
			FUZZ_CHECK(!"an instruction that seccomp(2) takes");
		}
	}
	FUZZ_CHECK(code[n - 1].code == (BPF_RET | BPF_K));
}

/* What the filter says to a call. */
static uint32_t run(const struct sock_filter *code, size_t n, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t i = 0; i < n; i++) {
		const struct sock_filter *in = &code[i];
		bool jump;

		switch (in->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)data + in->k, sizeof(a));
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= in->k;
			continue;
		case BPF_RET | BPF_K:
			return in->k;
		case BPF_JMP | BPF_JA:
			i += in->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			jump = a == in->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			jump = a > in->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			jump = a >= in->k;
			break;
		default:
			jump = a & in->k;
		}
		i += jump ? in->jt : in->jf;
	}
	FUZZ_CHECK(!"a program ends in a return");
	return 0;
}

static void check_runs(const struct sock_filter *code, size_t n)
{
	static const uint32_t arches[] = {0xc000003e, 0x40000003, 0xc00000b7, 0x40000028, 0};
	static const int calls[] = {0, 1, 59, 101, 102, 322, 400, 435, 1000, 0x40000001, -1};

	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		for (size_t k = 0; k < ARRAY_SIZE(calls); k++) {
			const struct seccomp_data data = {.nr = calls[k],
				.arch = arches[i],
				.args = {1, UINT64_MAX, 0x8000000000000000, 2, 3, 4}};

			run(code, n, &data);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int newer = 0; newer < 2; newer++) {
		CLEANUP_ERR struct err err = {0};
		CLEANUP_SECCOMP struct seccomp_programs programs = {0};
		int r = seccomp_compile((const char *)data, size, newer, &programs, &err);

		FUZZ_CHECK(r == err.code && (r < 0) == (err.message != NULL));
		if (r < 0) {
			FUZZ_CHECK(!programs.n && !programs.code && !programs.lengths);
			return 0;
		}
		FUZZ_CHECK(programs.n == 1);
		check_program(programs.code, programs.lengths[0]);
		check_runs(programs.code, programs.lengths[0]);
	}
	return 0;
}
