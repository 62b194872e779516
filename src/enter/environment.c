/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the command finds: environment, working directory, PATH. The container's own; of the caller's, TERM
 * with -t and what -e names.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/ids.h"
#include "enter/plan.h"
#include "sys/file.h"
#include "sys/ns.h"
#include "sys/program.h"

#define ENV_FILE_MAX (1u << 20)
#define PARTS_MAX 255 /* of PATH */

static const char *env_get(const struct plan *plan, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = plan->n_env; i-- > 0;)
		if (!strncmp(plan->env[i], name, len) && plan->env[i][len] == '=')
			return plan->env[i] + len + 1;
	return NULL;
}

/* Takes over `text` ("NAME=VALUE"; NULL: there was no memory for it), behind an earlier one of that name. */
static int env_put(struct plan *plan, char *text)
{
	const size_t n = plan->n_env;

	if (!text)
		return -ENOMEM;
	if (!(n & (n - 1))) { /* full at each power of two */
		char **grown = reallocarray(plan->env, (n ? n * 2 : 1) + 1, sizeof(*grown));

		if (!grown) {
			free(text);
			return -ENOMEM;
		}
		plan->env = grown;
	}
	plan->env[plan->n_env++] = text;
	plan->env[plan->n_env] = NULL;
	return 0;
}

struct variable {
	char *text;
	size_t at;
};

/* Each holds a =. */
static int compare_names(const char *a, const char *b)
{
	while (*a == *b && *a != '=')
		a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}

static int by_name_and_place(const void *a, const void *b)
{
	const struct variable *x = a, *y = b;
	int order = compare_names(x->text, y->text);

	return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

/* Leaves of each name the last value, in the place of the first. At once: a container may have a hundred
 * thousand. */
static int env_unique(struct plan *plan)
{
	CLEANUP_FREE struct variable *sorted = calloc(plan->n_env + 1, sizeof(*sorted));
	size_t n = plan->n_env, kept = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct variable){plan->env[i], i};
	qsort(sorted, n, sizeof(*sorted), by_name_and_place);
	for (size_t i = 0, first = 0; i < n; i++) {
		if (compare_names(sorted[first].text, sorted[i].text) != 0)
			first = i;
		if (first == i)
			continue;
		free(sorted[first].text);
		sorted[first].text = plan->env[sorted[first].at] = sorted[i].text;
		plan->env[sorted[i].at] = NULL;
	}
	for (size_t i = 0; i < n; i++)
		if (plan->env[i])
			plan->env[kept++] = plan->env[i];
	plan->n_env = kept;
	if (plan->env)
		plan->env[kept] = NULL;
	return 0;
}

static int env_set(struct plan *plan, const char *name, const char *value)
{
	char *text = NULL;

	return asprintf(&text, "%s=%s", name, value) < 0 ? -ENOMEM : env_put(plan, text);
}

char **plan_candidates(const char *path, const char *name)
{
	const size_t len = strlen(name);
	const char *dirs = len < PATH_MAX ? path : ""; /* what the kernel takes nowhere is refused once */
	size_t n = 0, parts = 1;
	char **ret, *text;

	for (const char *s = dirs; *s; s++)
		parts += *s == ':';
	parts = parts < PARTS_MAX ? parts : PARTS_MAX;
	ret = malloc((parts + 1) * sizeof(*ret) + strlen(dirs) + parts * (len + sizeof("./")));
	if (!ret)
		return NULL;
	text = (char *)(ret + parts + 1);
	for (size_t i = 0, dir; i < parts && len; i++, dirs += dir + 1) {
		dir = strcspn(dirs, ":");
		if (dir && dir + len + sizeof("/") > PATH_MAX)
			continue;
		ret[n++] = text;
		text += sprintf(text, "%.*s%s%s", dir ? (int)dir : 1, dir ? dirs : ".",
				dir && dirs[dir - 1] == '/' ? "" : "/", name) +
			1;
	}
	ret[n] = NULL;
	return ret;
}

static bool is_name(const char *text, size_t len)
{
	return len > 0 && !memchr(text, ' ', len) && !memchr(text, '\t', len);
}

/* NAME=VALUE, or NAME alone: the caller's, and nothing when the caller has none. As docker reads -e and
 * --env-file. */
static int env_option(struct plan *plan, const char *text, struct err *err)
{
	size_t len = strcspn(text, "=");
	CLEANUP_FREE char *name = strndup(text, len);
	const char *value;

	if (!is_name(text, len))
		return err_set(err, -EINVAL, ERR_USAGE, "no name of a variable: %s", text);
	value = text[len] ? text + len + 1 : name ? getenv(name) : NULL;
	if (value && env_set(plan, name, value) < 0)
		return err_no_memory(err);
	return 0;
}

static int env_read_file(struct plan *plan, const char *path, struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	char *line, *rest;
	size_t number = 0;
	int error = file_read(AT_FDCWD, path, ENV_FILE_MAX, &text, NULL);

	if (error < 0)
		return err_sys(err, error, "cannot read %s", path);
	for (rest = text; (line = strsep(&rest, "\n"));) {
		number++;
		line += strspn(line, " \t");
		line[strcspn(line, "\r")] = '\0';
		if (!*line || *line == '#')
			continue;
		error = env_option(plan, line, err);
		if (error < 0)
			return err_prefix(err, "%s:%zu", path, number);
	}
	return 0;
}

/* HOME, as every engine does it: of the user in the container's passwd, unless the container says its own. */
static int set_home(struct plan *plan)
{
	if (env_get(plan, "HOME"))
		return 0;
	if (!plan->user.entry.home && passwd_find(plan->root, NULL, plan->order.uid, &plan->user.entry) < 0)
		return env_set(plan, "HOME", "/");
	return env_set(plan, "HOME", *plan->user.entry.home ? plan->user.entry.home : "/");
}

static int set_terminal(struct plan *plan)
{
	const char *term = getenv("TERM");

	return plan->request->tty ? env_set(plan, "TERM", term && *term ? term : "xterm") : 0;
}

static int choose_cwd(struct plan *plan, bool own, struct err *err)
{
	const char *given = plan->request->workdir;

	if (given && *given != '/')
		return err_set(err, -EINVAL, ERR_USAGE, "the working directory must begin at /: %s", given);
	plan->cwd = given ? given : own && plan->spec.cwd && *plan->spec.cwd ? plan->spec.cwd : "/";
	return 0;
}

/* Is the command no other user than init, and in no other group? */
static bool is_as_init(struct plan *plan)
{
	struct spec *spec = &plan->spec;
	bool same = plan->order.uid == spec->uid && plan->order.gid == spec->gid;

	if (!plan->request->user && !plan->request->n_group_add)
		return true;
	ids_sort(spec->groups, spec->n_groups);
	for (size_t i = 0; same && i < plan->n_groups; i++)
		same = plan->groups[i] == spec->gid || ids_has(spec->groups, spec->n_groups, plan->groups[i]);
	return same;
}

/* PATH, LD_PRELOAD and where it stands say which code the command runs: good for the container's files only.
 * And without a config they are in init's own hands, which may put there what it likes: good for what may do
 * no more than init. Root inside can change the programs as well. */
static bool takes_own(struct plan *plan)
{
	const struct enter_request *r = plan->request;
	const struct spec *spec = &plan->spec;

	if (plan->sandbox)
		return true;
	if (r->namespaces && !(r->namespaces >> NS_MNT & 1))
		return false;
	if (spec->from_config || spec->uid == 0)
		return true;
	if (is_as_init(plan) && !(r->privileged || r->cap_add || r->no_seccomp || r->no_lsm))
		return true;
	plan_say(plan,
		"%s: without its environment and working directory: its init is uid %u and may have changed "
		"them, and the command may do more",
		plan->container->name, (unsigned int)spec->uid);
	return false;
}

int plan_environment(struct plan *plan, struct err *err)
{
	const struct enter_request *r = plan->request;
	bool own = takes_own(plan);
	int error = 0;

	for (char **e = own ? plan->spec.env : NULL; e && *e && !error; e++)
		if (strchr(*e, '='))
			error = env_put(plan, strdup(*e));
	if (!error)
		error = set_terminal(plan);
	if (!error)
		error = set_home(plan);
	if (error)
		return err_no_memory(err);
	if (r->env_file && (error = env_read_file(plan, r->env_file, err)) < 0)
		return error;
	for (size_t i = 0; i < r->n_env; i++)
		if ((error = env_option(plan, r->env[i], err)) < 0)
			return error;
	if (env_unique(plan) < 0)
		return err_no_memory(err);
	plan->path = env_get(plan, "PATH");
	if (!plan->path)
		plan->path = PROGRAM_PATH;
	return choose_cwd(plan, own, err);
}
