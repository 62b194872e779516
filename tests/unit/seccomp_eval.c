/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "model/seccomp.h"
#include "model/seccomp_eval.h"

#define HEAD                                                                                                 \
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1,\"architectures\":[\"SCMP_ARCH_X86_"    \
	"64\"],\"syscalls\":["
#define RULE(names, action, args)                                                                            \
	"{\"names\":[" names "],\"action\":\"SCMP_ACT_" action "\",\"args\":[" args "]}"
#define ARG(index, op, value, two)                                                                           \
	"{\"index\":" #index ",\"op\":\"SCMP_CMP_" op "\",\"value\":" #value ",\"valueTwo\":" #two "}"

static struct seccomp_outcome ask(const struct seccomp_programs *programs, struct seccomp_call call)
{
	struct seccomp_outcome outcome = {0};

	assert_int_equal(seccomp_eval(programs, &call, &outcome), 0);
	return outcome;
}

static enum seccomp_verdict verdict(const struct seccomp_programs *programs, int number)
{
	return ask(programs, (struct seccomp_call){.number = number}).verdict;
}

static void a_profile(void **state)
{
	static const char profile[] = HEAD RULE("\"read\",\"write\"", "ALLOW", "") "," RULE(
		"\"personality\"", "ALLOW", ARG(0, "EQ", 0, 0)) "," RULE("\"personality\"", "ALLOW",
		ARG(0, "EQ", 8, 0)) "," RULE("\"clone\"", "ALLOW",
		ARG(0, "MASKED_EQ", 2114060288, 0)) "," RULE("\"mount\"", "KILL_PROCESS",
		"") "," RULE("\"socket\"", "ALLOW", ARG(0, "NE", 40, 0)) "]}";
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};
	struct seccomp_outcome outcome;

	(void)state;
	assert_int_equal(seccomp_compile(profile, strlen(profile), false, &programs, &err), 0);
	assert_int_equal(verdict(&programs, SYS_read), SECCOMP_ALLOWED);
	assert_int_equal(verdict(&programs, SYS_write), SECCOMP_ALLOWED);
	outcome = ask(&programs, (struct seccomp_call){.number = SYS_reboot});
	assert_int_equal(outcome.verdict, SECCOMP_REFUSED);
	assert_int_equal(outcome.refusal, SECCOMP_RET_ERRNO | EPERM);
	outcome = ask(&programs, (struct seccomp_call){.number = SYS_mount});
	assert_int_equal(outcome.verdict, SECCOMP_REFUSED);
	assert_int_equal(outcome.refusal, SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(verdict(&programs, SYS_personality), SECCOMP_DEPENDS);
	assert_int_equal(verdict(&programs, SYS_clone), SECCOMP_DEPENDS);
	assert_int_equal(verdict(&programs, SYS_socket), SECCOMP_DEPENDS);
	/* what is known of the arguments decides */
	assert_int_equal(
		ask(&programs, (struct seccomp_call){SYS_personality, 1, {8}}).verdict, SECCOMP_ALLOWED);
	assert_int_equal(
		ask(&programs, (struct seccomp_call){SYS_personality, 1, {9}}).verdict, SECCOMP_REFUSED);
	assert_int_equal(
		ask(&programs, (struct seccomp_call){SYS_personality, 2, {8, 8}}).verdict, SECCOMP_DEPENDS);
	assert_int_equal(
		ask(&programs, (struct seccomp_call){SYS_clone, 1, {0x10000000}}).verdict, SECCOMP_REFUSED);
	assert_int_equal(ask(&programs, (struct seccomp_call){SYS_clone, 1, {17}}).verdict, SECCOMP_ALLOWED);
	assert_int_equal(ask(&programs, (struct seccomp_call){SYS_socket, 1, {2}}).verdict, SECCOMP_ALLOWED);
	assert_int_equal(ask(&programs, (struct seccomp_call){SYS_socket, 1, {40}}).verdict, SECCOMP_REFUSED);
	/* the upper half of an argument counts */
	assert_int_equal(
		ask(&programs, (struct seccomp_call){SYS_personality, 1, {UINT64_C(1) << 32}}).verdict,
		SECCOMP_REFUSED);
}

#define NUMBER BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define RET(action) BPF_STMT(BPF_RET | BPF_K, action)

static enum seccomp_verdict run(
	struct sock_filter *code, const uint32_t *lengths, size_t n, uint32_t *ret_refusal)
{
	const struct seccomp_programs programs = {.n = n, .lengths = (uint32_t *)lengths, .code = code};
	struct seccomp_outcome outcome = ask(&programs, (struct seccomp_call){.number = 5});

	if (ret_refusal)
		*ret_refusal = outcome.refusal;
	return outcome.verdict;
}

static void several_filters(void **state)
{
	struct sock_filter arg = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args));
	struct sock_filter depends[] = {arg, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 1),
		RET(SECCOMP_RET_ERRNO | 13), RET(SECCOMP_RET_ALLOW), RET(SECCOMP_RET_ALLOW)};
	struct sock_filter refuses[] = {
		RET(SECCOMP_RET_LOG), RET(SECCOMP_RET_TRAP), RET(SECCOMP_RET_USER_NOTIF)};
	struct sock_filter asks[] = {RET(SECCOMP_RET_ALLOW), RET(SECCOMP_RET_TRACE)};
	uint32_t refusal;

	(void)state;
	assert_int_equal(run(depends, (uint32_t[]){4, 1}, 2, &refusal), SECCOMP_DEPENDS);
	assert_int_equal(refusal, SECCOMP_RET_ERRNO | 13);
	assert_int_equal(run(refuses, (uint32_t[]){1, 1, 1}, 3, &refusal), SECCOMP_REFUSED);
	assert_int_equal(refusal, SECCOMP_RET_TRAP);
	assert_int_equal(run(refuses, (uint32_t[]){1}, 1, NULL), SECCOMP_ALLOWED);
	assert_int_equal(run(asks, (uint32_t[]){1, 1}, 2, NULL), SECCOMP_ASKED);
	assert_int_equal(run(asks, NULL, 0, NULL), SECCOMP_ALLOWED);
}

static void what_is_computed(void **state)
{
	/* ((5 + 3) << 2 ^ 1) into memory and back, by X: 33 */
	struct sock_filter code[] = {NUMBER, BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 3),
		BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 2), BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 1),
		BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LD | BPF_IMM, 0), BPF_STMT(BPF_LDX | BPF_W | BPF_MEM, 3),
		BPF_STMT(BPF_MISC | BPF_TXA, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 33, 1, 0),
		RET(SECCOMP_RET_KILL_THREAD), RET(SECCOMP_RET_ALLOW)};
	/* an unknown one, masked: still unknown; and then thrown away */
	struct sock_filter masked[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1), BPF_JUMP(BPF_JMP | BPF_JA, 0, 0, 0),
		BPF_STMT(BPF_MISC | BPF_TAX, 0), NUMBER, BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 4, 0, 1),
		RET(SECCOMP_RET_ALLOW), RET(SECCOMP_RET_ERRNO)};
	/* two ways that meet knowing the same, and one that tells them apart */
	struct sock_filter meets[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 0, 1), BPF_STMT(BPF_LDX | BPF_IMM, 9),
		BPF_STMT(BPF_LD | BPF_IMM, 1), BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 1, 0, 1),
		RET(SECCOMP_RET_ALLOW), RET(SECCOMP_RET_ERRNO)};
	/* a return of what nobody knows */
	struct sock_filter returns[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16), BPF_STMT(BPF_RET | BPF_A, 0)};

	(void)state;
	assert_int_equal(run(code, (uint32_t[]){11}, 1, NULL), SECCOMP_ALLOWED);
	assert_int_equal(run(masked, (uint32_t[]){8}, 1, NULL), SECCOMP_ALLOWED);
	assert_int_equal(run(meets, (uint32_t[]){7}, 1, NULL), SECCOMP_ALLOWED);
	assert_int_equal(run(returns, (uint32_t[]){2}, 1, NULL), SECCOMP_DEPENDS);
}

static void malformed(void **state)
{
	static const struct sock_filter wrong[][2] = {
		{BPF_JUMP(BPF_JMP | BPF_JA, 4, 0, 0), RET(SECCOMP_RET_ALLOW)},
		{BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 1, 0), RET(SECCOMP_RET_ALLOW)},
		{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), RET(SECCOMP_RET_ALLOW)},
		{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), RET(SECCOMP_RET_ALLOW)},
		{BPF_STMT(BPF_ST, 16), RET(SECCOMP_RET_ALLOW)},
		{BPF_STMT(BPF_LD | BPF_MEM, 16), RET(SECCOMP_RET_ALLOW)},
		{NUMBER, NUMBER}, /* without an end */
		{BPF_STMT(BPF_ALU | 0xb0, 0), RET(SECCOMP_RET_ALLOW)},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct seccomp_programs programs = {
			.n = 1, .lengths = (uint32_t[]){2}, .code = (struct sock_filter *)wrong[i]};
		struct seccomp_outcome outcome = {0};

		assert_int_equal(
			seccomp_eval(&programs, &(struct seccomp_call){.number = 5}, &outcome), -EBADMSG);
	}
}

/* Whatever bytes: an answer or a refusal, and never a certain answer that a known argument contradicts. */
static void random_programs(void **state)
{
	unsigned int seed = 4711, certain = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct sock_filter code[12];
		uint32_t n = 1 + (uint32_t)rand_r(&seed) % 12;
		struct seccomp_programs programs = {.n = 1, .lengths = &n, .code = code};
		struct seccomp_outcome any, one;

		for (uint32_t i = 0; i < n; i++) {
			static const uint16_t codes[] = {0x20, 0x20, 0x15, 0x15, 0x35, 0x25, 0x45, 0x05, 0x54,
				0x44, 0x04, 0x34, 0x07, 0x87, 0x02, 0x61, 0x00, 0x06, 0x16};
			static const uint32_t actions[] = {
				SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | 1, SECCOMP_RET_TRACE};

			code[i] = (struct sock_filter){codes[(size_t)rand_r(&seed) % ARRAY_SIZE(codes)],
				(uint8_t)(rand_r(&seed) % 4), (uint8_t)(rand_r(&seed) % 4),
				(uint32_t)rand_r(&seed) % 24};
			if (code[i].code == 0x20)
				code[i].k &= ~3u;
			if (code[i].code == 0x06 || i == n - 1)
				code[i] = (struct sock_filter)RET(actions[(size_t)rand_r(&seed) % 3]);
		}
		if (seccomp_eval(&programs, &(struct seccomp_call){.number = 5}, &any) < 0)
			continue;
		for (uint64_t value = 0; value < 8; value++) {
			assert_int_equal(seccomp_eval(&programs,
						 &(struct seccomp_call){5, 63, {value, 1, 2, 3, 4, 5}}, &one),
				0);
			if (any.verdict == SECCOMP_ALLOWED || any.verdict == SECCOMP_REFUSED) {
				assert_int_equal(one.verdict, any.verdict);
				certain++;
			}
		}
	}
	assert_true(certain > 1000);
}

static void names(void **state)
{
	CLEANUP_FREE char *nearest = seccomp_nearest("rebot"), *none = seccomp_nearest("zzzzzzzz");
	CLEANUP_FREE char *name = seccomp_name(SYS_reboot);
	CLEANUP_BUF struct buf text = {0};

	(void)state;
	assert_int_equal(seccomp_number("reboot"), SYS_reboot);
	assert_int_equal(seccomp_number("169"), 169);
	assert_int_equal(seccomp_number("no_such"), -ENOENT);
	assert_int_equal(seccomp_number(""), -ENOENT);
	assert_int_equal(seccomp_number("9999"), -ENOENT);
	assert_string_equal(nearest, "reboot");
	assert_null(none);
	assert_string_equal(name, "reboot");
	seccomp_refusal(&text, SECCOMP_RET_ERRNO | EPERM);
	assert_string_equal(buf_text(&text), "it fails with \"Operation not permitted\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_profile),
		cmocka_unit_test(several_filters),
		cmocka_unit_test(what_is_computed),
		cmocka_unit_test(malformed),
		cmocka_unit_test(random_programs),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
