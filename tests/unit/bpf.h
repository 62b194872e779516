/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Seccomp programs as the kernel takes and runs them: seccomp(2); net/core/filter.c, bpf_check_classic(); kernel/seccomp.c,
 * seccomp_check_filter(). Of its instructions those that libseccomp and nsctl write. For unit tests and fuzz targets.
 */
#ifndef TESTS_BPF_H
#define TESTS_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Known instructions, forward jumps that stay inside, a return at the end. */
static inline bool bpf_is_valid(const struct sock_filter *code, size_t n)
{
	if (n == 0 || n > BPF_MAXINSNS)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct sock_filter *in = &code[i];
		bool good;

		switch (in->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			good = in->k < sizeof(struct seccomp_data) && in->k % 4 == 0;
			break;
		case BPF_JMP | BPF_JA:
			good = in->k < n - i - 1;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K:
			good = i + 1 + in->jt < n && i + 1 + in->jf < n;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
		case BPF_RET | BPF_K:
			good = true;
			break;
		default:
			good = false;
		}
		if (!good)
			return false;
	}
	return code[n - 1].code == (BPF_RET | BPF_K);
}

/* What a valid program answers to a call. False: it ran off its end. */
static inline bool bpf_run(const struct sock_filter *code, size_t n, const struct seccomp_data *data, uint32_t *ret)
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
			*ret = in->k;
			return true;
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
	return false;
}

#endif
