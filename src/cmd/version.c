/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/library.h"
#include "base/opt.h"
#include "base/text.h"
#include "data/json.h"
#include "data/yaml.h"
#include "model/caps.h"
#include "model/seccomp.h"
#include "out/out.h"
#include "sys/proctimes.h"

#ifndef NSCTL_VERSION
#define NSCTL_VERSION "0"
#endif

struct version_options {
	const char *format;
};

static const struct opt opts[] = {
	{'o', "output", "FORMAT", OPT_TEXT, offsetof(struct version_options, format), "json or yaml"},
	OPT_END,
};

/* Set by the Makefile, for this file. */
#ifndef NSCTL_LIBS
#define NSCTL_LIBS "?"
#endif
#ifndef NSCTL_CFLAGS
#define NSCTL_CFLAGS "?"
#endif
#ifndef NSCTL_STAGE_CC
#define NSCTL_STAGE_CC "?"
#endif

/* How this program was made. */
static const struct {
	const char *name, *value;
} build[] = {
	{"compiler", __VERSION__},
	{"flags", NSCTL_CFLAGS},
	{"linked", NSCTL_LIBS},
	{"stage", NSCTL_STAGE_CC},
#ifdef __OPTIMIZE__
	{"optimized", "yes"},
#else
	{"optimized", "no"},
#endif
#if defined(__SANITIZE_ADDRESS__)
	{"sanitizers", "address, undefined"},
#else
	{"sanitizers", "none"},
#endif
#ifdef __SSP_STRONG__
	{"stackProtector", "strong"},
#else
	{"stackProtector", "none"},
#endif
#if defined(_FORTIFY_SOURCE) && _FORTIFY_SOURCE > 0
	{"fortify", "yes"},
#else
	{"fortify", "no"},
#endif
#ifdef __PIE__
	{"pie", "yes"},
#else
	{"pie", "no"},
#endif
};

/* Linked; each says itself which one it is, but libcap, whose headers do. */
struct linked {
	const char *name, *version;
};
#define LINKED 4

/* Opened when it is needed; NULL for one that is not here. libproc2 does not say which it is. */
struct opened {
	const char *name, *file;
	char *version; /* owned */
};

static void ask_opened(struct opened *o)
{
	int (*smartcols)(const char **) = NULL;
	const char *const *readline = NULL, *version = o->file;
	const struct library_symbol known[] = {
		{"scols_get_library_version", &smartcols}, {"rl_library_version", &readline}};
	void *handle = library_open(o->file, NULL, 0, false);

	if (!handle)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		library_close(library_open(o->file, &known[i], 1, false));
	if (smartcols)
		smartcols(&version);
	else if (readline)
		version = *readline;
	o->version = strdup(version);
	library_close(handle);
}

#define OPENED 3

static void opened_free(struct opened (*list)[OPENED])
{
	for (size_t i = 0; i < OPENED; i++)
		free((*list)[i].version);
}

static void print_text(const struct linked *linked, const struct opened *opened, struct buf *text)
{
	for (size_t i = 0; i < LINKED; i++)
		buf_printf(text, "%-14s %s, linked\n", linked[i].name, linked[i].version);
	for (size_t i = 0; i < OPENED; i++)
		buf_printf(text, "%-14s %s\n", opened[i].name, opened[i].version ? opened[i].version : "not here");
	for (size_t i = 0; i < ARRAY_SIZE(build); i++)
		buf_printf(text, "%-14s %s\n", build[i].name, build[i].value);
}

static struct json_object *make_document(const struct linked *linked, const struct opened *opened)
{
	struct json_object *document = json_new_object(), *libraries = json_new_object(), *later = json_new_object(),
			   *options = json_new_object();
	struct utsname host = {0};

	uname(&host);
	for (size_t i = 0; i < LINKED; i++)
		json_add_text(libraries, linked[i].name, linked[i].version);
	for (size_t i = 0; i < OPENED; i++)
		json_add_text(later, opened[i].name, opened[i].version);
	for (size_t i = 0; i < ARRAY_SIZE(build); i++)
		json_add_text(options, build[i].name, build[i].value);
	json_add_text(document, "apiVersion", "nsctl/v1");
	json_add_text(document, "kind", "Version");
	json_add_text(document, "version", NSCTL_VERSION);
	json_add_text(document, "kernel", host.release);
	json_add_text(document, "machine", host.machine);
	json_add(document, "libraries", libraries);
	json_add(document, "opened", later);
	json_add(document, "build", options);
	return document;
}

static int version(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct version_options *o = options;
	CLEANUP(opened_free) struct opened opened[OPENED] = {
		{.name = "libproc2", .file = proc_times_library()},
		{.name = "libsmartcols", .file = "libsmartcols.so.1"},
		{.name = "readline", .file = "libreadline.so.8"},
	};
	CLEANUP_BUF struct buf text = {0}, seccomp = {0};
	struct linked linked[LINKED] = {
		{"json-c", json_library()}, {"libcap", caps_library()}, {"libseccomp", NULL}, {"libyaml", yaml_library()}};
	CLEANUP_JSON struct json_object *document = NULL;
	bool yaml = o->format && !strcmp(o->format, "yaml");

	(void)status;
	if (words->n)
		return err_set(err, -EINVAL, ERR_USAGE, "version takes no words");
	if (o->format && !yaml && strcmp(o->format, "json") != 0)
		return err_set(err, -EINVAL, ERR_USAGE, "version prints json or yaml, not %s", o->format);
	seccomp_library(&seccomp);
	linked[2].version = buf_text(&seccomp);
	for (size_t i = 0; i < OPENED && !s->version; i++)
		ask_opened(&opened[i]);
	if (!o->format) {
		buf_str(&text, "nsctl " NSCTL_VERSION "\n");
		if (!s->version)
			print_text(linked, opened, &text);
		return out_write(&text, err);
	}
	document = make_document(linked, opened);
	if (yaml && yaml_write(&text, document) < 0)
		text.failed = true;
	if (!yaml)
		json_write(&text, document, true);
	if (text.len && text.data[text.len - 1] != '\n')
		buf_char(&text, '\n');
	return out_write(&text, err);
}

const struct verb verb_version = {
	.name = "version",
	.group = "use",
	.usage = "[-o FORMAT]",
	.summary = "show the version, with libraries and build options",
	.examples = "nsctl version                   # with libraries and build options\n"
		    "nsctl --version                 # one line: nsctl 1.2.3\n"
		    "nsctl version -o json           # all of it, for a script\n",
	.opts = opts,
	.options_size = sizeof(struct version_options),
	.libraries = true,
	.no_config = true,
	.mode = OPT_ANYWHERE,
	.run = version,
};
