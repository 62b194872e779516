/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filter.h"

#define ARCHES                                                                                               \
	"\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\",\"SCMP_ARCH_AARCH64\"]"
/* what a test process needs to report and to end */
#define NEEDED                                                                                               \
	"{\"names\":[\"write\",\"exit_group\",\"rt_sigreturn\",\"no_such_syscall\"],\"action\":\"SCMP_ACT_"  \
	"ALLOW\"}"
#define DENIES "{\"defaultAction\":\"SCMP_ACT_ERRNO\"," ARCHES ",\"syscalls\":[" NEEDED

static void a_default_that_denies(void **state)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(
		compile(DENIES ",{\"names\":[\"getpid\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":42},"
			       "{\"names\":[\"getppid\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"},"
			       "{\"names\":[\"faccessat2\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
			&programs, &err),
		0);
	assert_int_equal(programs.n, 1);
	assert_int_equal(programs.flags, 0);
	assert_int_equal(answer(&programs, SYS_getpid, 0, 0), 42);
	assert_int_equal(answer(&programs, SYS_getppid, 0, 0), -SIGSYS);
	assert_int_equal(answer(&programs, SYS_getuid, 0, 0), EPERM);
	assert_int_equal(answer(&programs, SYS_faccessat2, -1, 0), EFAULT);
	assert_int_equal(answer(&programs, SYS_faccessat2 + 1, 0, 0), ENOSYS);
	assert_int_equal(answer(&programs, 999, 0, 0), ENOSYS);
}

/* The newest is found among all names, whatever their action, and per architecture. */
static void the_default_errno(void **state)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(
		compile("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":7,\"syscalls\":[" NEEDED
			","
			"{\"names\":[\"clone3\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":7}]}",
			&programs, &err),
		0);
	assert_int_equal(answer(&programs, SYS_getuid, 0, 0), 7);
	assert_int_equal(answer(&programs, SYS_clone3, 0, 0), 7);
	assert_int_equal(answer(&programs, SYS_clone3 + 1, 0, 0), ENOSYS);
}

static void the_default_of_crun(void **state)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(seccomp_compile(DENIES "]}", strlen(DENIES "]}"), false, &programs, &err), 0);
	assert_int_equal(answer(&programs, SYS_getuid, 0, 0), EPERM);
	assert_int_equal(answer(&programs, 999, 0, 0), EPERM);
}

static void a_default_that_allows(void **state)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(compile("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"SECCOMP_FILTER_FLAG_"
				 "LOG\"],\"syscalls\":"
				 "[{\"names\":[\"getuid\"],\"action\":\"SCMP_ACT_ERRNO\"}]}",
				 &programs, &err),
		0);
	assert_int_equal(programs.flags, SECCOMP_FILTER_FLAG_LOG);
	assert_int_equal(answer(&programs, SYS_getuid, 0, 0), EPERM);
	assert_int_equal(answer(&programs, SYS_getpid, 0, 0), 0);
	assert_int_equal(answer(&programs, 999, 0, 0), ENOSYS); /* the kernel's own */
}

static void conditions(void **state)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	assert_int_equal(
		compile("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":["
			"{\"names\":[\"getpgid\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":41,\"args\":["
			"{\"index\":0,\"value\":5,\"op\":\"SCMP_CMP_EQ\"},{\"index\":1,\"value\":6,\"op\":"
			"\"SCMP_CMP_EQ\"}]},"
			"{\"names\":[\"getsid\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":43,\"args\":["
			"{\"index\":0,\"value\":5,\"op\":\"SCMP_CMP_EQ\"},{\"index\":0,\"value\":7,\"op\":"
			"\"SCMP_CMP_EQ\"}]},"
			"{\"names\":[\"getpriority\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":44,\"args\":"
			"["
			"{\"index\":0,\"value\":12,\"valueTwo\":4,\"op\":\"SCMP_CMP_MASKED_EQ\"}]},"
			"{\"names\":[\"umask\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":45,\"args\":["
			"{\"index\":0,\"value\":4294967296,\"op\":\"SCMP_CMP_GE\"}]}]}",
			&programs, &err),
		0);
	assert_int_equal(answer(&programs, SYS_getpgid, 5, 6), 41); /* both must hold */
	assert_int_not_equal(answer(&programs, SYS_getpgid, 5, 7), 41);
	assert_int_equal(answer(&programs, SYS_getsid, 5, 0), 43); /* one argument twice: either */
	assert_int_equal(answer(&programs, SYS_getsid, 7, 0), 43);
	assert_int_not_equal(answer(&programs, SYS_getsid, 6, 0), 43);
	assert_int_equal(answer(&programs, SYS_getpriority, 5, 0), 44);
	assert_int_not_equal(answer(&programs, SYS_getpriority, 13, 0), 44);
	assert_int_equal(answer(&programs, SYS_umask, 0x100000000, 0), 45);
	assert_int_equal(answer(&programs, SYS_umask, 0777, 0), 0);
}

/* Runs a program on one call by hand: foreign architectures cannot be called here. */
static uint32_t run(const struct seccomp_programs *programs, uint32_t arch, uint32_t call)
{
	const struct seccomp_data data = {.nr = (int)call, .arch = arch};
	uint32_t acc = 0;

	for (uint32_t at = 0; at < *programs->lengths; at++) {
		const struct sock_filter *i = &programs->code[at];
		bool jump = false;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(i->k % 4 == 0 && i->k < sizeof(data));
			memcpy(&acc, (const char *)&data + i->k, sizeof(acc));
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JA:
			at += i->k;
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			acc &= i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			jump = acc == i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			jump = acc >= i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			jump = acc > i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			jump = acc & i->k;
			break;
		default:
			fail_msg("instruction %#x", i->code);
		}
		at += jump ? i->jt : i->jf;
	}
	fail_msg("ran off the end");
	return 0;
}

static void other_architectures(void **state)
{
#ifdef __x86_64__
	const uint32_t enosys = SECCOMP_RET_ERRNO | ENOSYS, eperm = SECCOMP_RET_ERRNO | EPERM,
		       x32 = 0x40000000;
	CLEANUP_SECCOMP struct seccomp_programs programs = {0}, narrow = {0};
	CLEANUP_ERR struct err err = {0};

	(void)state;
	/* socketcall is i386's alone: 102; faccessat2 is 439 everywhere */
	assert_int_equal(
		compile(DENIES ",{\"names\":[\"socketcall\",\"faccessat2\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
			&programs, &err),
		0);
	assert_int_equal(run(&programs, AUDIT_ARCH_X86_64, SYS_write), SECCOMP_RET_ALLOW);
	assert_int_equal(run(&programs, AUDIT_ARCH_X86_64, 102), eperm);
	assert_int_equal(run(&programs, AUDIT_ARCH_X86_64, 440), enosys);
	assert_int_equal(run(&programs, AUDIT_ARCH_I386, 102), SECCOMP_RET_ALLOW);
	assert_int_equal(run(&programs, AUDIT_ARCH_I386, 103), eperm);
	assert_int_equal(run(&programs, AUDIT_ARCH_I386, 440), enosys);
	assert_int_equal(run(&programs, AUDIT_ARCH_X86_64, x32 | 1), SECCOMP_RET_ALLOW);
	assert_int_equal(run(&programs, AUDIT_ARCH_X86_64, x32 | 102), eperm);
	assert_int_equal(run(&programs, AUDIT_ARCH_X86_64, x32 | 1000), enosys);
	assert_int_equal(run(&programs, AUDIT_ARCH_ARM, 4), SECCOMP_RET_KILL_THREAD);
	/* the profile has it, no kernel here asks for it: left out, for a shorter filter */
	assert_int_equal(run(&programs, AUDIT_ARCH_AARCH64, 64), SECCOMP_RET_KILL_THREAD);
	/* x32 that is not in the profile is not of the filter's architectures */
	assert_int_equal(
		compile("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\","
			"\"SCMP_ARCH_OF_TOMORROW\"],\"syscalls\":[" NEEDED "]}",
			&narrow, &err),
		0);
	assert_int_equal(run(&narrow, AUDIT_ARCH_X86_64, x32 | 1), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(run(&narrow, AUDIT_ARCH_I386, 4), SECCOMP_RET_KILL_THREAD);
#else
	(void)state;
	skip();
#endif
}

static void refused(void **state)
{
	static const struct {
		const char *profile;
		int code;
		const char *says;
	} rows[] = {
		{"", -EBADMSG, "seccomp profile"},
		{"[]", -EBADMSG, "defaultAction"},
		{"{}", -EBADMSG, "defaultAction"},
		{"{\"defaultAction\":\"SCMP_ACT_MAYBE\\u001b[2J\"}", -EBADMSG, "SCMP_ACT_MAYBE"},
		{"{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}", -EOPNOTSUPP, "SCMP_ACT_NOTIFY"},
		{DENIES ",{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_NOTIFY\"}]}", -EOPNOTSUPP, "agent"},
		{DENIES ",{\"names\":[\"mount\"]}]}", -EBADMSG, "action"},
		{DENIES ",{\"names\":[],\"action\":\"SCMP_ACT_ALLOW\"}]}", -EBADMSG, "syscalls"},
		{DENIES ",{\"names\":[1],\"action\":\"SCMP_ACT_ALLOW\"}]}", -EBADMSG, "names"},
		{DENIES ",{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":6,"
			"\"value\":1,\"op\":"
			"\"SCMP_CMP_EQ\"}]}]}",
			-EBADMSG, "args"},
		{DENIES ",{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
			"\"value\":\"1\",\"op\":"
			"\"SCMP_CMP_EQ\"}]}]}",
			-EBADMSG, "args"},
		{DENIES ",{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
			"\"value\":1,\"op\":"
			"\"EQ\"}]}]}",
			-EBADMSG, "op EQ"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_SECCOMP struct seccomp_programs programs = {0};
		CLEANUP_ERR struct err err = {0};

		if (compile(rows[i].profile, &programs, &err) != rows[i].code ||
			!strstr(err.message, rows[i].says))
			fail_msg("%s: %s", rows[i].profile, err.message ? err.message : "taken");
		assert_null(programs.code);
	}
}

static void mutated(void **state)
{
	static const char profile[] = DENIES ",{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":"
					     "[{\"index\":0,\"value\":2114060288,"
					     "\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}";
	static const char bytes[] = "{}[]\",:0129-.eEASCMP_\\u \xff";
	uint32_t seed = 3;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		CLEANUP_SECCOMP struct seccomp_programs programs = {0};
		CLEANUP_ERR struct err err = {0};
		char text[sizeof(profile)];
		int r;

		memcpy(text, profile, sizeof(profile));
		for (int i = 0; i <= round % 3; i++) {
			seed = seed * 1664525u + 1013904223u;
			text[(seed >> 8) % (sizeof(profile) - 1)] = bytes[(seed >> 24) % (sizeof(bytes) - 1)];
		}
		r = compile(text, &programs, &err);
		assert_int_equal(r, err.code);
		assert_true(r < 0 || (programs.n == 1 && *programs.lengths <= BPF_MAXINSNS));
	}
}

static bool same(const struct seccomp_programs *a, const struct seccomp_programs *b)
{
	return a->n == 1 && b->n == 1 && a->flags == b->flags && *a->lengths == *b->lengths &&
	       !memcmp(a->code, b->code, *a->lengths * sizeof(*a->code));
}

/* As another user, so that the machine's own cache is left alone. */
static int use_cache(const char *profile, struct seccomp_programs *built)
{
	CLEANUP_ERR struct err err = {0};

	return seccomp_build_for("runc", profile, strlen(profile), built, &err);
}

/* What no compilation makes of the profile stands in the file: seen again, the file was read; still there, it
 * was not written. */
static void read_back(const char *path, const char *profile, uint32_t length)
{
	CLEANUP_SECCOMP struct seccomp_programs read = {0}, mended = {0};
	const struct sock_filter mark = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 77);
	CLEANUP_FILE FILE *file = fopen(path, "r+");
	const long behind = (long)(sizeof(mark) + strlen(profile));
	struct sock_filter was;
	struct stat before, after;

	if (!file || fseek(file, -behind, SEEK_END) || fread(&was, sizeof(was), 1, file) != 1 ||
		fseek(file, -behind, SEEK_END) || fwrite(&mark, sizeof(mark), 1, file) != 1 || fflush(file) ||
		stat(path, &before))
		_exit(10);
	if (use_cache(profile, &read) || !read.cached || *read.lengths != length ||
		memcmp(&read.code[length - 1], &mark, sizeof(mark)) != 0)
		_exit(11);
	if (stat(path, &after) || before.st_ino != after.st_ino ||
		before.st_mtim.tv_nsec != after.st_mtim.tv_nsec)
		_exit(12);
	if (fseek(file, -behind, SEEK_END) || fwrite(&was, sizeof(was), 1, file) != 1 || fflush(file) ||
		use_cache(profile, &mended) || !mended.cached ||
		memcmp(&mended.code[length - 1], &was, sizeof(was)) != 0)
		_exit(13);
}

static void cached(const char *dir)
{
	CLEANUP_SECCOMP struct seccomp_programs fresh = {0}, first = {0}, second = {0}, other = {0},
						mended = {0}, crun = {0}, loose = {0};
	CLEANUP_ERR struct err err = {0};
	char path[512], name[300];
	CLEANUP_FILE FILE *listing = NULL, *file = NULL;

	if (compile(DENIES "]}", &fresh, &err) || use_cache(DENIES "]}", &first) ||
		use_cache(DENIES "]}", &second) || !same(&fresh, &first) || !same(&fresh, &second) ||
		first.cached || !second.cached)
		_exit(1);
	/* the same profile for another runtime is another filter */
	if (seccomp_build_for("crun", DENIES "]}", strlen(DENIES "]}"), &crun, &err) || same(&fresh, &crun) ||
		crun.cached)
		_exit(6);
	snprintf(path, sizeof(path), "ls %s/nsctl/seccomp | grep -v n$", dir);
	listing = popen(path, "r");
	if (!listing || fscanf(listing, "%299s", name) != 1)
		_exit(2);
	pclose(take_ptr(&listing));
	snprintf(path, sizeof(path), "%s/nsctl/seccomp/%s", dir, name);
	read_back(path, DENIES "]}", *fresh.lengths);
	/* another profile under the same name: what the file holds is compared, not believed */
	file = fopen(path, "r+");
	if (!file || fseek(file, -4, SEEK_END) || fwrite("{}  ", 4, 1, file) != 1 || fclose(take_ptr(&file)))
		_exit(3);
	if (use_cache(DENIES "]}", &mended) || !same(&fresh, &mended) || mended.cached)
		_exit(4);
	/* one that others could write is not used, and neither is a directory that they could */
	if (chmod(path, 0666) || use_cache(DENIES "]}", &other) || !same(&fresh, &other) || other.cached)
		_exit(5);
	snprintf(path, sizeof(path), "%s/nsctl/seccomp", dir);
	if (chmod(path, 0770) || use_cache(DENIES "]}", &loose) || !same(&fresh, &loose) || loose.cached ||
		chmod(path, 0700))
		_exit(7);
	_exit(0);
}

static void the_cache(void **state)
{
	char dir[] = "/tmp/nsctl-unit.XXXXXX", command[64];
	struct stat st;
	int status;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(dir));
	if (geteuid() == 0)
		assert_int_equal(chown(dir, 65534, 65534), 0);
	pid = fork();
	if (pid == 0) {
		setenv("XDG_RUNTIME_DIR", dir, 1);
		if (geteuid() == 0 && setresuid(65534, 65534, 65534))
			_exit(9);
		cached(dir);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	snprintf(command, sizeof(command), "%s/nsctl/seccomp", dir);
	assert_int_equal(stat(command, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

static void the_sandbox_profile(void **state)
{
	CLEANUP_SECCOMP struct seccomp_programs none = {0}, granted = {0};
	CLEANUP_ERR struct err err = {0};
	CLEANUP_FREE char *text = NULL, *wide = NULL;
	size_t len, wide_len;

	(void)state;
	text = seccomp_default_profile(UINT64_C(0xa80425fb), &len);
	wide = seccomp_default_profile(
		UINT64_C(0xa80425fb) | UINT64_C(1) << 25 | UINT64_C(1) << 21, &wide_len);
	assert_int_equal(len, strlen(text));
	assert_int_equal(seccomp_compile(text, len, true, &none, &err), 0);
	assert_int_equal(seccomp_compile(wide, wide_len, true, &granted, &err), 0);
	assert_int_equal(answer(&none, SYS_getpid, 0, 0), 0);
	assert_int_equal(answer(&none, SYS_keyctl, 99, 0), EPERM);
	assert_int_equal(answer(&none, SYS_clock_settime, -1, 0), EPERM);
	assert_int_equal(answer(&none, SYS_unshare, 0, 0), EPERM);
	assert_int_equal(answer(&none, SYS_clone3, 0, 0), ENOSYS);
	assert_int_equal(answer(&none, SYS_clone, 0x10000000 | SIGCHLD, 0), EPERM);
	assert_int_equal(answer(&none, 999, 0, 0), ENOSYS);
	assert_int_not_equal(answer(&granted, SYS_clock_settime, -1, 0), EPERM);
	assert_int_equal(answer(&granted, SYS_unshare, 0, 0), 0);
	assert_int_equal(answer(&granted, SYS_keyctl, 99, 0), EPERM);
	assert_int_equal(answer(&granted, SYS_clone3, 0, 0), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_default_that_denies),
		cmocka_unit_test(the_default_errno),
		cmocka_unit_test(the_default_of_crun),
		cmocka_unit_test(a_default_that_allows),
		cmocka_unit_test(conditions),
		cmocka_unit_test(other_architectures),
		cmocka_unit_test(refused),
		cmocka_unit_test(mutated),
		cmocka_unit_test(the_cache),
		cmocka_unit_test(the_sandbox_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
