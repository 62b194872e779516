/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is executed: the words as they are given, a shell that is found in the container by looking at its
 * files, or a static program from memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "enter/plan.h"
#include "enter/tools.h"
#include "sys/aside.h"
#include "sys/below.h"
#include "sys/file.h"
#include "sys/mounts.h"
#include "sys/idmap.h"
#include "sys/program.h"

static const char *const shells[] = {"bash", "zsh", "ash", "dash", "sh"};
static const char *const no_shells[] = {"nologin", "false", "true", "sync", "halt", "shutdown"};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(name, list[i]))
			return true;
	return false;
}

bool plan_knows_shell(const char *name)
{
	return is_one_of(name, shells, ARRAY_SIZE(shells));
}

/* Who the command will be, as a file's owner and mode see it. */
struct looker {
	const struct plan *plan;
	struct idmap uids, gids; /* empty where there is no user namespace */
	int root;
	int (*open)(int root, const char *path, int flags);
	bool *crossed;	  /* what `open` could not tell */
	const char *path; /* of a child */
};

static void looker_free(struct looker *l)
{
	idmap_free(&l->uids);
	idmap_free(&l->gids);
}

static bool is_member(const struct plan *plan, gid_t gid)
{
	for (size_t i = 0; i < plan->n_groups; i++)
		if (plan->groups[i] == gid)
			return true;
	return plan->order.gid == gid;
}

/* May the command execute it, or search it when it is a folder? By mode, owner and capabilities; access
 * control lists are not looked at, for which execve has the last word. */
static bool may_pass(const struct looker *l, const struct stat *st)
{
	const struct plan *plan = l->plan;
	uint64_t override =
		1ULL << CAP_DAC_OVERRIDE | (S_ISDIR(st->st_mode) ? 1ULL << CAP_DAC_READ_SEARCH : 0);
	uint32_t uid = st->st_uid, gid = st->st_gid;
	bool own = plan->own_userns, known_uid = !own || idmap_inside(&l->uids, uid, &uid),
	     known_gid = !own || idmap_inside(&l->gids, gid, &gid);
	mode_t mode = st->st_mode;

	if (known_uid && known_gid && plan->order.effective & override && (S_ISDIR(mode) || mode & 0111))
		return true;
	if (known_uid && plan->order.uid == uid)
		return mode & S_IXUSR;
	if (known_gid && is_member(plan, gid))
		return mode & S_IXGRP;
	return mode & S_IXOTH;
}

static int look_up(const struct looker *l, const char *path)
{
	int fd = l->open(l->root, path, O_PATH);

	*l->crossed |= fd == -EXDEV;
	return fd;
}

/* The folders on the way, as they are written. */
static bool may_reach(const struct looker *l, const char *path)
{
	CLEANUP_FREE char *part = strdup(path);

	for (char *slash = part ? part + strlen(part) : NULL; slash; slash = strrchr(part, '/')) {
		CLEANUP_FD int fd = -1;
		struct stat st;

		*slash = '\0';
		fd = look_up(l, *part ? part : "/");
		if (fd < 0 || fstat(fd, &st) < 0 || (S_ISDIR(st.st_mode) && !may_pass(l, &st)))
			return false;
	}
	return part != NULL;
}

/* Would execve succeed? A script is no shell that could be promised: but its interpreter is looked for as
 * well. */
static bool looks_like_program(const struct looker *l, const char *path)
{
	CLEANUP_FD int fd = look_up(l, path);
	CLEANUP_FD int interpreter = -1;
	char head[PROGRAM_HEAD];
	const char *needs;
	struct statvfs fs;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !may_pass(l, &st) || !may_reach(l, path))
		return false;
	if (fstatvfs(fd, &fs) < 0 || fs.f_flag & ST_NOEXEC)
		return false;
	n = program_head(fd, head, sizeof(head));
	if (n < 4 || (memcmp(head, "#!", 2) != 0 && memcmp(head, "\177ELF", 4) != 0))
		return false;
	needs = program_interpreter(head, (size_t)n);
	if (!needs)
		return true;
	interpreter = look_up(l, needs);
	return interpreter >= 0;
}

static int program_aside(int root, void *data)
{
	struct looker l = *(const struct looker *)data;

	l.root = root;
	l.open = file_open_in_root;
	return looks_like_program(&l, l.path);
}

static bool is_program(const struct looker *l, const char *path)
{
	bool crossed = false;
	struct looker own = *l;

	own.root = l->plan->root;
	own.open = below_open;
	own.crossed = &crossed;
	own.path = path;
	if (looks_like_program(&own, path))
		return true;
	return crossed && aside_ask(own.root, path, program_aside, &own) > 0;
}

/* Along PATH: *ret_path is the first that can be executed; NULL: none. */
static int search(const struct looker *l, const char *name, char **ret_path)
{
	CLEANUP_FREE char **candidates = plan_candidates(l->plan->path, name);

	if (!candidates)
		return -ENOMEM;
	for (char **file = candidates; *file; file++)
		if (**file == '/' &&
			is_program(l, *file)) { /* not the working directory's, whoever wrote it */
			*ret_path = strdup(*file);
			return *ret_path ? 0 : -ENOMEM;
		}
	return 0;
}

/* *ret_path is the container's own shell, NULL when it has none. passwd(5): an empty field is /bin/sh. */
static int own_shell(const struct plan *plan, char **ret_path, bool *ret_from_passwd)
{
	CLEANUP(looker_free) struct looker l = {.plan = plan};
	const char *login = plan->user.entry.shell;
	int error = 0;

	if (plan->own_userns && (idmap_read(plan->init.dir, false, &l.uids) < 0 ||
					idmap_read(plan->init.dir, true, &l.gids) < 0))
		return -ESRCH;
	if (login && !*login)
		login = "/bin/sh";
	*ret_from_passwd = login && *login == '/' &&
			   !is_one_of(base_name(login), no_shells, ARRAY_SIZE(no_shells)) &&
			   is_program(&l, login);
	if (*ret_from_passwd) {
		*ret_path = strdup(login);
		return *ret_path ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < ARRAY_SIZE(shells) && !*ret_path && !error; i++)
		error = search(&l, shells[i], ret_path);
	return error;
}

/* The words of the request behind argv[0]. */
static int take_words(struct plan *plan, const char *name)
{
	size_t n = 0;

	while (plan->request->argv[n])
		n++;
	plan->own_argv = calloc(n + 2, sizeof(*plan->own_argv));
	if (!plan->own_argv)
		return -ENOMEM;
	plan->own_argv[0] = (char *)name;
	memcpy(plan->own_argv + 1, plan->request->argv, n * sizeof(*plan->own_argv));
	plan->argv = plan->own_argv;
	return 0;
}

/* The shell of busybox finds its own applets through /proc/self/exe. */
static void say_no_proc(const struct plan *plan)
{
	CLEANUP_FD int fd = -1;

	if (!aside_needless(plan->root))
		return;
	fd = openat(plan->root, "proc", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || !mounts_is(plan->init.dir, fd, "proc"))
		plan_say(plan,
			"%s has no /proc: its shell does not find all applets (no cat, no grep); nsctl exec "
			"--tools runs each of them",
			plan->container->name);
}

static int open_tools(struct plan *plan, const char *file, bool lacking, struct err *err)
{
	int fd = tools_open(file, &plan->tools, err);

	if (fd < 0)
		return lacking ? err_prefix(err, "%s has no shell", plan->container->name) : fd;
	plan->order.program = plan_keep(plan, fd);
	if (plan->order.program < 0)
		return err_sys(err, plan->order.program, "too many descriptors");
	plan_say(plan, "%s%s running %s from memory, nothing is written to the container",
		plan->container->name, lacking ? " has no shell:" : ":", plan->tools);
	if (plan->request->shell && !*file)
		say_no_proc(plan);
	return 0;
}

int plan_command(struct plan *plan, struct err *err)
{
	const struct enter_request *r = plan->request;
	bool from_passwd = false;
	const char *name;
	int error;

	if (!r->shell)
		return r->tools ? open_tools(plan, r->tools, false, err) : 0;
	error = r->tools ? 0 : own_shell(plan, &plan->shell, &from_passwd);
	if (error < 0)
		return err_sys(err, error, "%s: cannot look for its shell", plan->container->name);
	if (plan->shell && r->say_shell && from_passwd)
		plan_say(plan, "%s: running %s, the shell of %s", plan->container->name, plan->shell,
			plan->user.entry.name);
	else if (plan->shell && r->say_shell)
		plan_say(plan, "%s: running its %s", plan->container->name, plan->shell);
	if (!plan->shell && (error = open_tools(plan, r->tools ? r->tools : "", !r->tools, err)) < 0)
		return error;
	/* a program of many names goes by the first word: a shell of the user's choice by its own, any other
	 * as sh */
	name = plan->shell ? plan->shell : plan_knows_shell(plan->tools) ? plan->tools : "sh";
	return take_words(plan, name) < 0 ? err_no_memory(err) : 0;
}
