/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seccomp_dense: the program that it writes answers every call as the one that it was given. A filter that is wrong in one number is an
 * open door, so libseccomp's programs for random rules are compared over all numbers, architectures and the arguments that matter.
 */
#include "filter.h"

#include <seccomp.h>
#include <sys/mman.h>

#include "bpf.h"
#include "model/seccomp_profile.h"

static const uint32_t arches[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, AUDIT_ARCH_X86_64 + 1,
	AUDIT_ARCH_I386 - 1, 0, UINT32_MAX};
static const uint64_t values[] = {0, 1, 2, 40, 0xffffffff, 0x20008, 1ULL << 32, (1ULL << 32) + 2, UINT64_MAX};

/* Each number, with arguments of one kind; then each argument's values. */
static void compare_number(const struct sock_filter *old, size_t n, const struct sock_filter *dense, size_t m, uint32_t arch, uint32_t number)
{
	struct seccomp_data data = {.arch = arch, .nr = (int)number};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		uint32_t want, got;

		for (size_t k = 0; k < ARRAY_SIZE(data.args); k++)
			data.args[k] = values[(i + k * (number % 3)) % ARRAY_SIZE(values)];
		assert_true(bpf_run(old, n, &data, &want) && bpf_run(dense, m, &data, &got));
		if (got != want)
			fail_msg("arch %x number %x args[0] %lx: %x, not %x", arch, number, (unsigned long)data.args[0], got, want);
	}
}

static void compare(const struct sock_filter *old, size_t n, const struct sock_filter *dense, size_t m)
{
	assert_true(bpf_is_valid(old, n) && bpf_is_valid(dense, m));
	for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
		for (uint32_t number = 0; number < 600; number++) {
			compare_number(old, n, dense, m, arches[i], number);
			compare_number(old, n, dense, m, arches[i], 0x40000000 + number);
		}
		for (unsigned int bit = 9; bit < 32; bit++) {
			compare_number(old, n, dense, m, arches[i], 1U << bit);
			compare_number(old, n, dense, m, arches[i], (1U << bit) - 1);
		}
		compare_number(old, n, dense, m, arches[i], UINT32_MAX);
	}
}

static size_t export(scmp_filter_ctx ctx, struct sock_filter code[BPF_MAXINSNS])
{
	int fd = memfd_create("seccomp", MFD_CLOEXEC);
	ssize_t len;

	assert_int_equal(seccomp_export_bpf(ctx, fd), 0);
	len = pread(fd, code, BPF_MAXINSNS * sizeof(*code), 0);
	close(fd);
	assert_true(len > 0 && len % (ssize_t)sizeof(*code) == 0);
	return (size_t)len / sizeof(*code);
}

static unsigned int seed;

static unsigned int below(unsigned int n)
{
	return (unsigned int)rand_r(&seed) % n;
}

static void add_random_rule(scmp_filter_ctx ctx, unsigned int spread)
{
	static const uint32_t actions[] = {SCMP_ACT_ALLOW, SCMP_ACT_ERRNO(1), SCMP_ACT_ERRNO(38), SCMP_ACT_KILL_PROCESS, SCMP_ACT_LOG,
		SCMP_ACT_TRACE(3)};
	struct scmp_arg_cmp args[2];
	unsigned int n = below(16) ? 0 : 1 + below(2), first = below(6);

	for (unsigned int i = 0; i < n; i++)
		args[i] = (struct scmp_arg_cmp){(first + i) % 6, (enum scmp_compare)(SCMP_CMP_NE + below(7)),
			values[below(ARRAY_SIZE(values))], values[below(ARRAY_SIZE(values))]};
	/* what contradicts another rule or the default is refused */
	seccomp_rule_add_array(ctx, actions[below(8) ? 0 : below(ARRAY_SIZE(actions))], (int)below(spread), n, args);
}

/* One program of libseccomp's, with rules for `spread` numbers; true when there was something to gain. */
static bool one(unsigned int rules, unsigned int spread)
{
	static const uint32_t defaults[] = {SCMP_ACT_ERRNO(1), SCMP_ACT_ALLOW, SCMP_ACT_KILL, SCMP_ACT_LOG};
	static struct sock_filter old[BPF_MAXINSNS], dense[BPF_MAXINSNS];
	scmp_filter_ctx ctx = seccomp_init(defaults[below(ARRAY_SIZE(defaults))]);
	size_t n, m;

	assert_non_null(ctx);
	if (below(2))
		seccomp_arch_add(ctx, SCMP_ARCH_X86);
	if (below(2))
		seccomp_arch_add(ctx, SCMP_ARCH_X32);
	if (below(4) == 0)
		seccomp_arch_add(ctx, SCMP_ARCH_AARCH64);
	for (unsigned int i = 0; i < rules; i++)
		add_random_rule(ctx, spread);
	if (below(2) && rules > 40) /* libseccomp's own tree */
		seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	n = export(ctx, old);
	seccomp_release(ctx);
	m = seccomp_dense(old, n, dense);
	assert_true(m <= n);
	if (!m)
		return false;
	compare(old, n, dense, m);
	return m < n;
}

static void random_rules(void **state)
{
	unsigned int shorter = 0;

	(void)state;
	for (unsigned int i = 0; i < 30; i++) {
		seed = i;
		shorter += one(900, 460);
	}
	for (unsigned int i = 0; i < 60; i++) {
		seed = 1000 + i;
		shorter += one(below(120), 40);
	}
	assert_true(shorter > 45);
}

/* What one architecture's syscalls are, of which nearly all are allowed: an engine's profile. */
static void a_fifth(void **state)
{
	static struct sock_filter old[BPF_MAXINSNS], dense[BPF_MAXINSNS];
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(1));
	size_t n, m;

	(void)state;
	for (int i = 0; i < 430; i++)
		if (i % 20)
			seccomp_rule_add(ctx, SCMP_ACT_ALLOW, i, 0);
	n = export(ctx, old);
	seccomp_release(ctx);
	m = seccomp_dense(old, n, dense);
	assert_in_range(m, 1, n / 5);
	compare(old, n, dense, m);
}

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)

/* Several bits at once: the lowest of them decides how far a range goes. */
static void several_bits(void **state)
{
	struct sock_filter old[64], dense[ARRAY_SIZE(old)];
	size_t n = 0, m;

	(void)state;
	old[n++] = (struct sock_filter)LOAD(nr);
	old[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0xa0000000, 0, 1);
	old[n++] = (struct sock_filter)RETURN(SECCOMP_RET_KILL_PROCESS);
	for (uint32_t i = 0; i < 20; i++) {
		old[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7 + i, 0, 1);
		old[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	}
	old[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | 1);
	m = seccomp_dense(old, n, dense);
	assert_in_range(m, 1, n - 1);
	compare(old, n, dense, m);
}

/* Each number has a return of its own; what is asked twice makes the old one the longer of the two. */
static void many_returns(void **state)
{
	struct sock_filter old[128], dense[ARRAY_SIZE(old)];

	(void)state;
	for (uint32_t returns = 2; returns < 25; returns++) {
		size_t n = 0, m;

		old[n++] = (struct sock_filter)LOAD(arch);
		old[n++] = (struct sock_filter)LOAD(nr);
		for (uint32_t i = 2; i < 2 * returns; i++) {
			old[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, i / 2, 0, 1);
			old[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | (i / 2));
		}
		old[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
		m = seccomp_dense(old, n, dense);
		assert_int_equal(m > 0, returns <= 16);
		if (m)
			compare(old, n, dense, m);
	}
}

/* What is not libseccomp's is left alone; and nothing takes for ever. */
static void others(void **state)
{
	const struct sock_filter low_bit[] = {LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 0, 1), RETURN(1), RETURN(2)};
	const struct sock_filter computed[] = {LOAD(nr), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 3), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1),
		RETURN(1), RETURN(2)};
	const struct sock_filter nothing_loaded[] = {BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), RETURN(1), RETURN(2)};
	const struct sock_filter memory[] = {LOAD(nr), BPF_STMT(BPF_ST, 0), RETURN(1)};
	const struct sock_filter endless[] = {LOAD(nr), LOAD(args[0])};
	/* 2^32 instructions further, which is back at the test if that is cut to 32 bits */
	const struct sock_filter wraps[] = {LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1), RETURN(1), LOAD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1), RETURN(1), BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX - 5), RETURN(2)};
	struct sock_filter dense[8];

	(void)state;
	assert_int_equal(seccomp_dense(low_bit, ARRAY_SIZE(low_bit), dense), 0);
	assert_int_equal(seccomp_dense(computed, ARRAY_SIZE(computed), dense), 0);
	assert_int_equal(seccomp_dense(nothing_loaded, ARRAY_SIZE(nothing_loaded), dense), 0);
	assert_int_equal(seccomp_dense(memory, ARRAY_SIZE(memory), dense), 0);
	assert_int_equal(seccomp_dense(endless, ARRAY_SIZE(endless), dense), 0);
	assert_int_equal(seccomp_dense(wraps, ARRAY_SIZE(wraps), dense), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_rules),
		cmocka_unit_test(a_fifth),
		cmocka_unit_test(several_bits),
		cmocka_unit_test(many_returns),
		cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
