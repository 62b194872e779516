/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Config files: where they are, whether they may be believed, and what becomes of what they say.
 */
#include "app/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/session.h"
#include "app/verb.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/trace.h"
#include "out/out.h"
#include "sys/file.h"

/* ---- where */

/* With more rights than who started it: HOME and XDG_CONFIG_HOME are the words of somebody with less. */
static const char *raised(void)
{
	static const char *const tools[] = {"SUDO_UID", "DOAS_USER", "PKEXEC_UID"};
	static const char *const why[] = {"not under sudo", "not under doas", "not under pkexec"};

	if (getauxval(AT_SECURE))
		return "not with rights that its file gave to nsctl";
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
		if (getenv(tools[i]))
			return why[i];
	return NULL;
}

int config_paths(struct config *ret, const char **ret_why, struct err *err)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct config_level *system = &ret->levels[0], *user = &ret->levels[1];
	int n = 0;

	*ret = (struct config){0};
	*ret_why = raised();
	system->path = strdup(CONFIG_SYSTEM);
	if (*ret_why)
		n = 0;
	else if (config && *config == '/') /* a relative one is to be ignored, says the XDG specification */
		n = asprintf(&user->path, "%s/nsctl/config.yaml", config);
	else if (home && *home == '/')
		n = asprintf(&user->path, "%s/.config/nsctl/config.yaml", home);
	else
		*ret_why = "there is no HOME";
	if (system->path && n >= 0)
		return 0;
	if (n < 0)
		user->path = NULL;
	config_free(ret);
	return err_no_memory(err);
}

/* ---- reading */

static int refuse(const struct config_level *level, int code, const struct stat *st, struct err *err)
{
	if (code == -EPERM && st->st_uid != 0 && st->st_uid != geteuid()) {
		err_set(err, code, ERR_FAILED, "%s: belongs to uid %u: a config file is root's or your own", level->path, (unsigned int)st->st_uid);
		return err_hint(err, "remove it, or make it yours");
	}
	if (code == -EPERM) {
		err_set(err, code, ERR_FAILED, "%s: others may write to it (mode %04o)", level->path, st->st_mode & 07777u);
		return err_hint(err, "chmod go-w it, once you have read it");
	}
	if (code == -EINVAL)
		return err_set(err, code, ERR_FAILED, "%s: not a regular file", level->path);
	if (code == -EFBIG)
		return err_set(err, code, ERR_FAILED, "%s: larger than %u bytes", level->path, CONFIG_SIZE_MAX);
	return err_sys(err, code, "%s", level->path);
}

/* HOME may still be another user's (su, setpriv): behind a folder that is closed to the caller nothing is the caller's. A file that
 * can be reached and not read is another matter. */
static bool is_closed(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 && errno == EACCES;
}

static int read_level(struct config_level *level, bool own, const struct trace *trace, struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FD int fd = -1;
	struct stat st = {0};
	size_t len = 0;
	int r;

	if (!level->path)
		return 0;
	fd = file_open_trusted(level->path, &st);
	TRACE(trace, TRACE_READ, "config: %s %s", fd >= 0 ? "reading" : "not read:", level->path);
	if (fd == -ENOENT || fd == -ENOTDIR || (own && fd == -EACCES && is_closed(level->path)))
		return 0;
	r = fd < 0 ? fd : file_read_fd(fd, CONFIG_SIZE_MAX, &text, &len);
	if (r < 0)
		return refuse(level, r, &st, err);
	level->found = true;
	r = config_parse(level, text, len, err);
	return r < 0 ? err_hint(err, "man nsctl shows under FILES what a config file holds") : 0;
}

int config_read(struct config *ret, const struct trace *trace, struct err *err)
{
	const char *why = NULL;
	int r = config_paths(ret, &why, err);

	if (why)
		TRACE(trace, TRACE_READ, "config: the user's is not read: %s", why);
	for (size_t i = 0; i < CONFIG_LEVELS && !r; i++)
		r = read_level(&ret->levels[i], i > 0, trace, err);
	if (r < 0)
		config_free(ret);
	return r;
}

void config_free(struct config *config)
{
	for (size_t i = 0; i < CONFIG_LEVELS; i++)
		config_level_free(&config->levels[i]);
}

/* ---- roots */

static bool is_dropped_by(const struct opt_list *list, const char *root)
{
	size_t len = strcspn(root, "=") + 1;

	for (size_t i = 0; i < list->n; i++)
		if (!strncmp(list->items[i], root, len) && !list->items[i][len])
			return true;
	return false;
}

int config_add_roots(const struct config *config, struct session *s, struct err *err)
{
	struct opt_list all = {0};
	int r = 0;

	for (size_t l = 0; l < CONFIG_LEVELS; l++) {
		const struct opt_list *roots = &config->levels[l].roots;

		for (size_t i = 0; i < roots->n && !r; i++) {
			bool dropped = is_dropped_by(&s->roots, roots->items[i]);

			for (size_t above = l + 1; above < CONFIG_LEVELS && !dropped; above++)
				dropped = is_dropped_by(&config->levels[above].roots, roots->items[i]);
			if (!dropped)
				r = opt_list_add(&all, roots->items[i]);
		}
	}
	if (!all.n && !r)
		return 0;
	for (size_t i = 0; i < s->roots.n && !r; i++)
		r = opt_list_add(&all, s->roots.items[i]);
	if (r < 0) {
		opt_list_free(&all);
		return err_no_memory(err);
	}
	opt_list_free(&s->roots);
	s->roots = all;
	return 0;
}

/* ---- lists */

static bool is_given(const struct verb *verb, const char *name, const void *options)
{
	const struct opt *row = verb_opt(verb, name);
	const void *field = row ? (const char *)options + row->offset : NULL;

	return row && (row->type == OPT_FLAG ? *(const bool *)field : *(const char *const *)field != NULL);
}

/* Was something asked for that only a table has? */
static bool wants_table(const struct verb *verb, const void *options)
{
	static const char *const names[] = {"columns", "no-headers", "quiet", "tree", "ascii", "matrix"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is_given(verb, names[i], options))
			return true;
	return false;
}

static bool is_document(const char *format)
{
	const char *name;
	bool document = false;

	for (size_t i = 0; (name = out_format_name(i, NULL, &document)); i++)
		if (!strcmp(name, format))
			return document;
	return false;
}

static const struct config_list *list_of(const struct config_level *level, const char *kind)
{
	for (size_t i = 0; i < level->n_lists; i++)
		if (!strcmp(level->lists[i].kind, kind))
			return &level->lists[i];
	return NULL;
}

/* The file that is stronger first; in each what is said of the list, then what is said of all. */
static const char *output_of(const struct config *config, const char *kind)
{
	for (size_t l = CONFIG_LEVELS; l-- > 0;) {
		const struct config_list *list = list_of(&config->levels[l], kind);

		if (list && list->output)
			return list->output;
		if (config->levels[l].output)
			return config->levels[l].output;
	}
	return NULL;
}

static const char *columns_of(const struct config *config, const char *kind)
{
	for (size_t l = CONFIG_LEVELS; l-- > 0;) {
		const struct config_list *list = list_of(&config->levels[l], kind);

		if (list && list->columns)
			return list->columns;
	}
	return NULL;
}

/* What speaks of this terminal is louder than a file. */
static const char *color_of(const struct config *config)
{
	if (out_color_refused())
		return NULL;
	for (size_t l = CONFIG_LEVELS; l-- > 0;)
		if (config->levels[l].color)
			return config->levels[l].color;
	return NULL;
}

void config_apply(const struct config *config, const struct verb *verb, const char *word, void *options, struct session *s)
{
	const struct view *view = verb_view(verb, word);
	const struct opt *row = verb_opt(verb, "output");
	struct out_options *out;
	const char *format;

	if (!row || !verb_opt(verb, "columns"))
		return;
	if (!s->color)
		s->color = color_of(config);
	if (!view)
		return;
	/* the row is one of OUT_OPTS, as the one beside it says */
	out = (struct out_options *)(void *)((char *)options + row->offset - offsetof(struct out_options, format));
	if (!is_given(verb, "matrix", options)) /* whose columns are the containers */
		out->usual_columns = columns_of(config, view->kind);
	format = output_of(config, view->kind);
	if (out->format || !format)
		return;
	if (strcmp(format, "table") && strcmp(format, "wide") && wants_table(verb, options))
		return;
	if (!out->watch || !is_document(format))
		out->format = format;
}
