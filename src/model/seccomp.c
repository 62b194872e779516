/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * seccomp_compile of model/seccomp.h: an OCI profile to BPF by way of libseccomp. The rules are runc's, so
 * that a command meets the errors that it would meet under the engine's own exec:
 *  - a rule whose action is the default one is left out;
 *  - a syscall that libseccomp does not know is left out;
 *  - two conditions on one argument become a rule each;
 *  - with a default that denies, a syscall newer than all that the profile names answers ENOSYS, see
 *    seccomp_stub.c; crun has all but that.
 */
#include "model/seccomp.h"

#include <ctype.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "data/json.h"
#include "model/seccomp_profile.h"
#include "sys/file.h"

#define ARGS_MAX 6

static void release(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
	*ctx = NULL;
}

static int malformed(struct err *err, const char *what, const char *text)
{
	return err_set(err, -EBADMSG, ERR_FAILED, "seccomp profile: %s%s%s is not understood", what,
		text ? " " : "", text ? text : "");
}

/* `action` is the value of SCMP_ACT_...; errno_ret the data of ERRNO and TRACE, absent: EPERM. */
static int read_action(
	struct json_object *from, const char *name, const char *errno_name, uint32_t *ret, struct err *err)
{
	static const struct {
		const char *name;
		uint32_t action;
		bool data;
	} actions[] = {
		{"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW, false},
		{"SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0), true},
		{"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD, false},
		{"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, false},
		{"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, false},
		{"SCMP_ACT_TRAP", SCMP_ACT_TRAP, false},
		{"SCMP_ACT_TRACE", SCMP_ACT_TRACE(0), true},
		{"SCMP_ACT_LOG", SCMP_ACT_LOG, false},
	};
	const char *text = json_text(from, name);
	uint64_t data = json_u64(from, errno_name, EPERM);

	if (text && !strcmp(text, "SCMP_ACT_NOTIFY")) {
		err_set(err, -EOPNOTSUPP, ERR_FAILED,
			"the container's seccomp profile hands syscalls to an agent (SCMP_ACT_NOTIFY)");
		return err_why(err, "only the engine can connect a new process to it");
	}
	for (size_t i = 0; text && i < ARRAY_SIZE(actions); i++)
		if (!strcmp(text, actions[i].name)) {
			*ret = actions[i].action |
			       (actions[i].data ? (uint32_t)(data & SECCOMP_RET_DATA) : 0);
			return 0;
		}
	return malformed(err, name, text ? text : "");
}

/* Absent is 0; a value that is no such number is not. */
static bool is_number(struct json_object *from, const char *name)
{
	return json_u64(from, name, 0) == json_u64(from, name, json_has(from, name));
}

static int read_arg(struct json_object *from, struct scmp_arg_cmp *ret, struct err *err)
{
	static const struct {
		const char *name;
		enum scmp_compare op;
	} ops[] = {
		{"SCMP_CMP_NE", SCMP_CMP_NE},
		{"SCMP_CMP_LT", SCMP_CMP_LT},
		{"SCMP_CMP_LE", SCMP_CMP_LE},
		{"SCMP_CMP_EQ", SCMP_CMP_EQ},
		{"SCMP_CMP_GE", SCMP_CMP_GE},
		{"SCMP_CMP_GT", SCMP_CMP_GT},
		{"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ},
	};
	const char *op = json_text(from, "op");
	uint64_t index = json_u64(from, "index", ARGS_MAX);

	if (index >= ARGS_MAX || !is_number(from, "value") || !is_number(from, "valueTwo"))
		return malformed(err, "args", NULL);
	for (size_t i = 0; op && i < ARRAY_SIZE(ops); i++)
		if (!strcmp(op, ops[i].name)) {
			*ret = (struct scmp_arg_cmp){(unsigned int)index, ops[i].op,
				json_u64(from, "value", 0), json_u64(from, "valueTwo", 0)};
			return 0;
		}
	return malformed(err, "op", op ? op : "");
}

static int add_rule(const struct seccomp_profile *p, const char *name, uint32_t action,
	const struct scmp_arg_cmp *args, unsigned int n, bool each, struct err *err)
{
	int call = seccomp_syscall_resolve_name(name), error;

	if (call == __NR_SCMP_ERROR)
		return 0;
	for (unsigned int i = 0; each && i < n; i++) {
		error = seccomp_rule_add_array(p->ctx, action, call, 1, &args[i]);
		if (error < 0)
			return err_sys(err, error, "seccomp profile: rule for %s", name);
	}
	error = each ? 0 : seccomp_rule_add_array(p->ctx, action, call, n, args);
	return error < 0 ? err_sys(err, error, "seccomp profile: rule for %s", name) : 0;
}

/* One of `syscalls`: names that share an action and conditions. */
static int add_rules(struct seccomp_profile *p, struct json_object *rule, struct err *err)
{
	struct json_object *names = json_at(rule, "names", NULL), *list = json_at(rule, "args", NULL);
	struct scmp_arg_cmp args[ARGS_MAX * 4] = {{0}};
	unsigned int seen[ARGS_MAX] = {0};
	size_t n = json_length(list);
	bool each = false;
	uint32_t action = 0;
	int error = read_action(rule, "action", "errnoRet", &action, err);

	if (error < 0)
		return error;
	if (!json_length(names) || n > ARRAY_SIZE(args))
		return malformed(err, "syscalls", NULL);
	for (size_t i = 0; i < n; i++) {
		error = read_arg(json_item(list, i), &args[i], err);
		if (error < 0)
			return error;
		each |= ++seen[args[i].arg] > 1;
	}
	for (size_t i = 0; i < json_length(names); i++) {
		const char *name = json_item_text(names, i);

		if (!name || !*name)
			return malformed(err, "names", NULL);
		seccomp_stub_saw(p, name);
		if (action == p->default_action)
			continue;
		error = add_rule(p, name, action, args, (unsigned int)n, each, err);
		if (error < 0)
			return error;
	}
	return 0;
}

/* The architectures whose system calls this machine's kernel takes. Profiles list others beside them: no call of theirs ever comes
 * by a filter, which would only be longer for them. */
static bool is_ours(uint32_t arch)
{
#if defined(__x86_64__)
	return arch == SCMP_ARCH_X86_64 || arch == SCMP_ARCH_X86 || arch == SCMP_ARCH_X32;
#elif defined(__aarch64__)
	return arch == SCMP_ARCH_AARCH64 || arch == SCMP_ARCH_ARM;
#else
	(void)arch;
	return true;
#endif
}

/* What libseccomp does not know is left out: syscalls of an architecture that is not in the filter are not
 * let through. */
static void add_architectures(struct seccomp_profile *p, struct json_object *list)
{
	static const char prefix[] = "SCMP_ARCH_";

	seccomp_stub_arch(p, seccomp_arch_native());
	for (size_t i = 0; i < json_length(list); i++) {
		const char *text = json_item_text(list, i);
		char name[24] = "";
		uint32_t arch;

		if (!text || !text_has_prefix(text, prefix) || strlen(text) - strlen(prefix) >= sizeof(name))
			continue;
		for (size_t k = 0; text[strlen(prefix) + k]; k++)
			name[k] = (char)tolower((unsigned char)text[strlen(prefix) + k]);
		arch = seccomp_arch_resolve_name(name);
		if (!arch || !is_ours(arch))
			continue;
		if (!seccomp_arch_exist(p->ctx, arch) || !seccomp_arch_add(p->ctx, arch))
			seccomp_stub_arch(p, arch);
	}
}

static void read_flags(struct json_object *profile, struct seccomp_programs *ret)
{
	struct json_object *list = json_at(profile, "flags", NULL);

	for (size_t i = 0; i < json_length(list); i++) {
		const char *flag = json_item_text(list, i);

		if (flag && !strcmp(flag, "SECCOMP_FILTER_FLAG_LOG"))
			ret->flags |= SECCOMP_FILTER_FLAG_LOG;
		else if (flag && !strcmp(flag, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"))
			ret->flags |= SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	}
}

/* libseccomp gives its program to a descriptor only. */
static int export(const struct seccomp_profile *p, struct seccomp_programs *ret, struct err *err)
{
	CLEANUP_FD int fd = memfd_create("seccomp", MFD_CLOEXEC);
	CLEANUP_FREE char *program = NULL;
	CLEANUP_FREE struct sock_filter *whole = NULL;
	struct sock_filter stub[SECCOMP_STUB_MAX];
	size_t n_stub = p->newer ? seccomp_stub(p, stub) : 0, len, n;
	int error;

	if (fd < 0)
		return err_sys(err, -errno, "cannot make a memory file");
	error = seccomp_export_bpf(p->ctx, fd);
	if (error < 0 || lseek(fd, 0, SEEK_SET) < 0 ||
		(error = file_read_fd(fd, BPF_MAXINSNS * sizeof(*stub), &program, &len)) < 0)
		return err_sys(err, error < 0 ? error : -errno, "cannot build the seccomp filter");
	n = n_stub + len / sizeof(*stub);
	if (n > BPF_MAXINSNS)
		return err_set(
			err, -E2BIG, ERR_FAILED, "the seccomp filter is too long: %zu instructions", n);
	whole = malloc(n * sizeof(*whole));
	ret->code = malloc(n * sizeof(*ret->code));
	ret->lengths = malloc(sizeof(*ret->lengths));
	if (!whole || !ret->code || !ret->lengths)
		return err_sys(err, -ENOMEM, "cannot build the seccomp filter");
	memcpy(whole, stub, n_stub * sizeof(*stub));
	memcpy(whole + n_stub, program, len);
	*ret->lengths = (uint32_t)seccomp_dense(whole, n, ret->code);
	if (!*ret->lengths) {
		memcpy(ret->code, whole, n * sizeof(*whole));
		*ret->lengths = (uint32_t)n;
	}
	ret->n = 1;
	return 0;
}

int seccomp_compile(
	const char *profile, size_t len, bool newer, struct seccomp_programs *ret, struct err *err)
{
	CLEANUP_SECCOMP struct seccomp_programs programs = {0};
	CLEANUP_JSON struct json_object *root = NULL;
	CLEANUP(release) scmp_filter_ctx ctx = NULL;
	struct seccomp_profile p = {.newer = newer};
	struct json_object *syscalls;
	int error = json_parse("seccomp profile", profile, len, &root, err);

	if (error < 0)
		return error;
	error = read_action(root, "defaultAction", "defaultErrnoRet", &p.default_action, err);
	if (error < 0)
		return error;
	ctx = p.ctx = seccomp_init(p.default_action);
	if (!ctx)
		return err_set(err, -EINVAL, ERR_FAILED,
			"libseccomp cannot build the container's seccomp filter here");
	add_architectures(&p, json_at(root, "architectures", NULL));
	syscalls = json_at(root, "syscalls", NULL);
	for (size_t i = 0; i < json_length(syscalls); i++) {
		error = add_rules(&p, json_item(syscalls, i), err);
		if (error < 0)
			return error;
	}
	read_flags(root, &programs);
	error = export(&p, &programs, err);
	if (error < 0)
		return error;
	*ret = programs;
	programs = (struct seccomp_programs){0};
	return 0;
}

void seccomp_library(struct buf *out)
{
	const struct scmp_version *v = seccomp_version();

	buf_printf(out, "%u.%u.%u", v->major, v->minor, v->micro);
}
