/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/run.h"
#include "engine/sandbox.h"
#include "model/caps.h"
#include "sys/cred.h"
#include "sys/ns.h"

struct run_options {
	bool stdin_open, tty, detach, privileged, dry_run;
	const char *name, *user, *hostname, *rootfs, *workdir, *file;
	struct opt_list env, cap_add, cap_drop;
};

#define FIELD(name) offsetof(struct run_options, name)

static const struct opt opts[] = {
	{'d', "detach", NULL, OPT_FLAG, FIELD(detach), "leave it running; print its name"},
	{'i', "interactive", NULL, OPT_FLAG, FIELD(stdin_open),
		"pass stdin on (without it, stdin is /dev/null)"},
	{'t', "tty", NULL, OPT_FLAG, FIELD(tty), "give the command a terminal"},
	{'f', "filename", "FILE", OPT_TEXT, FIELD(file), "run the Pod of this manifest (- is stdin)"},
	{0, "name", "NAME", OPT_TEXT, FIELD(name), "name of the sandbox, or of the pod in place of its own"},
	{'u', "user", "USER[:GROUP]", OPT_TEXT, FIELD(user),
		"run as this user, a name or a number (default: root)"},
	{0, "cap-add", "CAP", OPT_LIST, FIELD(cap_add), "grant a capability beyond the default ones"},
	{0, "cap-drop", "CAP", OPT_LIST, FIELD(cap_drop), "grant one less; ALL takes every one"},
	{0, "privileged", NULL, OPT_FLAG, FIELD(privileged),
		"all capabilities, no seccomp, nothing of /proc hidden"},
	{0, "hostname", "NAME", OPT_TEXT, FIELD(hostname), "host name inside (default: its name)"},
	{0, "rootfs", "DIR", OPT_TEXT, FIELD(rootfs),
		"see this folder as the root (default: the host's); read-only too"},
	{'w', "workdir", "DIR", OPT_TEXT, FIELD(workdir), "working directory inside"},
	{'e', "env", "NAME[=VALUE]", OPT_LIST, FIELD(env), "set a variable; NAME alone takes yours"},
	{0, "dry-run", NULL, OPT_FLAG, FIELD(dry_run), "print what would be done, do nothing"},
	OPT_END,
};

static int open_root(const char *given, struct run_pod *pod, struct err *err)
{
	if (given) {
		pod->rootfs = realpath(given, NULL);
		if (!pod->rootfs)
			return err_sys(err, -errno, "--rootfs %s", given);
		if (!strcmp(pod->rootfs, "/")) /* the host's own */
			free(take_ptr(&pod->rootfs));
	}
	pod->root = open(pod->rootfs ? pod->rootfs : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return pod->root < 0 ? err_sys(err, -errno, "--rootfs %s", given ? given : "/") : 0;
}

static int parse_caps(const struct opt_list *list, uint64_t *ret, bool *ret_all, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		uint64_t mask = 0;

		if (caps_parse_list(list->items[i], &mask, err) < 0)
			return err->code;
		*ret_all |= mask == caps_all();
		*ret |= mask == caps_all() ? 0 : mask;
	}
	return 0;
}

static int take_env(struct run_box *box, const struct opt_list *list, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *text = list->items[i], *value;
		CLEANUP_FREE char *both = NULL;

		if (!*text || *text == '=')
			return err_set(err, -EINVAL, ERR_USAGE, "no name of a variable: %s", text);
		value = strchr(text, '=') ? NULL : getenv(text);
		if (!strchr(text, '=') && !value)
			continue;
		if (value && asprintf(&both, "%s=%s", text, value) < 0)
			both = NULL;
		if (run_box_env(box, both ? both : text) < 0)
			return err_no_memory(err);
	}
	return 0;
}

static int take_workdir(struct run_box *box, const char *given, struct err *err)
{
	if (!given)
		return 0;
	if (*given != '/')
		return err_set(err, -EINVAL, ERR_USAGE, "the working directory must begin at /: %s", given);
	free(box->cwd);
	box->cwd = strdup(given);
	return box->cwd ? 0 : err_no_memory(err);
}

/* HOSTNAME, as the engines set it: of the UTS namespace that it is in. */
static int take_hostname(const struct run_pod *pod, struct run_box *box)
{
	char text[HOST_NAME_MAX + 16] = "HOSTNAME=";
	size_t len = strlen(text);

	if (pod->namespaces >> NS_UTS & 1)
		snprintf(text + len, sizeof(text) - len, "%s", pod->hostname);
	else
		gethostname(text + len, sizeof(text) - len - 1);
	return run_box_env(box, text);
}

/* A sandbox by options alone. */
static int from_options(
	const struct run_options *o, const struct opt_words *words, struct run_pod *pod, struct err *err)
{
	struct run_box *box = run_box_add(pod);
	uint64_t add = 0, drop = 0;
	bool add_all = false, drop_all = false;
	char name[32];
	int error;

	if (!box)
		return err_no_memory(err);
	snprintf(name, sizeof(name), "sandbox-%d", (int)getpid());
	box->name = strdup(o->name ? o->name : name);
	for (size_t i = 0; i < words->n; i++)
		if (run_strings_add(&box->argv, words->words[i]) < 0)
			return err_no_memory(err);
	if (!box->name || !box->argv)
		return err_no_memory(err);
	if ((error = run_box_user(pod, box, o->user ? o->user : "0", err)) < 0 ||
		(error = parse_caps(&o->cap_add, &add, &add_all, err)) < 0 ||
		(error = parse_caps(&o->cap_drop, &drop, &drop_all, err)) < 0)
		return error;
	if (o->privileged) {
		box->caps = caps_all();
		box->unconfined = box->unmasked = true;
	}
	run_box_caps(box, add, add_all, drop, drop_all);
	pod->namespaces =
		1u << NS_PID | 1u << NS_MNT | 1u << NS_UTS | 1u << NS_IPC | 1u << NS_NET | 1u << NS_CGROUP;
	pod->hostname = strdup(o->hostname ? o->hostname : box->name);
	return pod->hostname ? 0 : err_no_memory(err);
}

/* What stands in the manifest already cannot be said beside it. */
static int check_file_options(const struct run_options *o, struct err *err)
{
	const struct {
		bool given;
		const char *name;
	} others[] = {{o->user, "--user"}, {o->cap_add.n, "--cap-add"}, {o->cap_drop.n, "--cap-drop"},
		{o->privileged, "--privileged"}, {o->hostname, "--hostname"}, {o->workdir, "--workdir"}};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i].given)
			return err_set(err, -EINVAL, ERR_USAGE,
				"%s does not go with -f: it stands in the manifest", others[i].name);
	return 0;
}

static int from_file(
	const struct run_options *o, const struct opt_words *words, struct run_pod *pod, struct err *err)
{
	int error = check_file_options(o, err);

	if (!error && o->name)
		error = sandbox_check_name(o->name, err);
	return error < 0 ? error : run_pod_read(o->file, o->name, words, pod, err);
}

static int make_pod(struct session *s, const struct run_options *o, const struct opt_words *words,
	struct run_pod *pod, struct err *err)
{
	int error;

	pod->session = s;
	if (!o->file && !words->n) {
		err_set(err, -EINVAL, ERR_USAGE, "run needs a command, or a manifest with -f");
		return err_hint(err, "nsctl run -it -- sh");
	}
	if (o->detach && (o->stdin_open || o->tty))
		return err_set(
			err, -EINVAL, ERR_USAGE, "-d leaves no one behind for -%s", o->tty ? "t" : "i");
	if ((error = open_root(o->rootfs, pod, err)) < 0 ||
		(error = o->file ? from_file(o, words, pod, err) : from_options(o, words, pod, err)) < 0)
		return error;
	if (!(cred_permitted() >> CRED_SYS_ADMIN & 1))
		pod->namespaces |= 1u << NS_USER; /* all other rights come from it */
	if (pod->n > 1 && (o->stdin_open || o->tty))
		return err_set(err, -EINVAL, ERR_USAGE, "%s has several containers: -%s is for one",
			pod->name, o->tty ? "t" : "i");
	for (size_t i = 0; i < pod->n; i++) {
		struct run_box *box = &pod->boxes[i];

		if (take_hostname(pod, box) < 0 || take_env(box, &o->env, err) < 0 ||
			take_workdir(box, o->workdir, err) < 0)
			return err_no_memory(err);
		run_box_remarks(pod, box);
		box->keep_stdin |= o->stdin_open;
		box->tty |= o->tty;
	}
	return 0;
}

static const char *name_of(const struct run_pod *pod)
{
	if (pod->name)
		return pod->name;
	return pod->boxes[0].name; /* NOLINT(clang-analyzer-core.NullDereference) ; one at least */
}

static int run_run(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct run_options *o = options;
	CLEANUP_RUN_POD struct run_pod pod = {.root = -1};
	int error = make_pod(s, o, words, &pod, err);

	if (error < 0)
		return error;
	if (o->dry_run) {
		*status = 0;
		return run_describe(&pod, err);
	}
	session_print_notes(s);
	if (!o->detach)
		return run_start(&pod, false, NULL, NULL, status, err);
	error = run_detached(&pod, err);
	if (error < 0)
		return error;
	printf("%s\n", name_of(&pod));
	*status = 0;
	return 0;
}

static void run_free(void *options)
{
	struct run_options *o = options;

	opt_list_free(&o->env);
	opt_list_free(&o->cap_add);
	opt_list_free(&o->cap_drop);
}

const struct verb verb_run = {
	.name = "run",
	.group = "enter",
	.usage = "[OPTIONS] [--] COMMAND [ARG...] | -f FILE",
	.summary = "start a sandbox, to try everything else on",
	.about = "New namespaces over a read-only view of this machine: no engine, no image, no network.\n"
		 "The command is PID 1 inside, root unless --user says otherwise, with docker's default\n"
		 "capabilities and a short list of forbidden system calls (nsctl-default). It needs no\n"
		 "root where the kernel lets users have namespaces. The exit status is the command's\n"
		 "own; 125 nsctl failed, 126 cannot be executed, 127 not found.",
	.examples = "nsctl run -it -- sh                       a shell as PID 1\n"
		    "nsctl run --name box -d -- sleep 4800     leave it running\n"
		    "nsctl run -f examples/pod-runasuser.yaml  a Pod, by its securityContext",
	.opts = opts,
	.options_size = sizeof(struct run_options),
	.mode = OPT_COMMAND_ONLY,
	.runs_command = true,
	.run = run_run,
	.free_options = run_free,
};
