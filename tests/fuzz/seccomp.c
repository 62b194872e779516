/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seccomp_compile: what it gives is a program that the kernel would take (net/core/filter.c,
 * kernel/seccomp.c: known instructions, forward jumps that stay inside, a return at the end), and running it
 * ends in an action.
 */
#include "fuzz.h"

#include "../unit/bpf.h"
#include "base/cleanup.h"
#include "model/seccomp.h"

static void check_runs(const struct sock_filter *code, size_t n)
{
	static const uint32_t arches[] = {0xc000003e, 0x40000003, 0xc00000b7, 0x40000028, 0};
	static const int calls[] = {0, 1, 59, 101, 102, 322, 400, 435, 1000, 0x40000001, -1};

	for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
		for (size_t k = 0; k < ARRAY_SIZE(calls); k++) {
			const struct seccomp_data data = {.nr = calls[k],
				.arch = arches[i],
				.args = {1, UINT64_MAX, 0x8000000000000000, 2, 3, 4}};
			uint32_t answer;

			FUZZ_CHECK(bpf_run(code, n, &data, &answer));
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
		FUZZ_CHECK(bpf_is_valid(programs.code, programs.lengths[0]));
		check_runs(programs.code, programs.lengths[0]);
	}
	return 0;
}
