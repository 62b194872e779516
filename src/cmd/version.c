/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/utsname.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/text.h"
#include "data/json.h"
#include "data/yaml.h"
#include "out/out.h"

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

/* How this program was made. */
static const struct {
	const char *name, *value;
} build[] = {
	{"compiler", __VERSION__},
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

/* Of those that are linked; what is opened when it is needed, nsctl doctor looks for. */
static struct json_object *libraries(void)
{
	struct json_object *into = json_new_object();

	json_add_text(into, "json-c", json_library());
	json_add_text(into, "libyaml", yaml_library());
	return into;
}

static struct json_object *build_options(void)
{
	struct json_object *into = json_new_object();

	for (size_t i = 0; i < ARRAY_SIZE(build); i++)
		json_add_text(into, build[i].name, build[i].value);
	return into;
}

static int version(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct version_options *o = options;
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_JSON struct json_object *document = NULL;
	struct utsname host = {0};

	(void)status;
	if (words->n)
		return err_set(err, -EINVAL, ERR_USAGE, "version takes no words");
	if (!o->format) {
		buf_str(&text, "nsctl " NSCTL_VERSION "\n");
		if (s->verbose)
			buf_printf(&text, "json-c %s, libyaml %s\n", json_library(), yaml_library());
		for (size_t i = 0; s->verbose && i < ARRAY_SIZE(build); i++)
			buf_printf(&text, "%s: %s\n", build[i].name, build[i].value);
		return out_write(&text, err);
	}
	if (strcmp(o->format, "json") != 0 && strcmp(o->format, "yaml") != 0)
		return err_set(err, -EINVAL, ERR_USAGE, "version prints json or yaml, not %s", o->format);
	uname(&host);
	document = json_new_object();
	json_add_text(document, "apiVersion", "nsctl/v1");
	json_add_text(document, "kind", "Version");
	json_add_text(document, "version", NSCTL_VERSION);
	json_add_text(document, "kernel", host.release);
	json_add_text(document, "machine", host.machine);
	json_add(document, "libraries", libraries());
	json_add(document, "build", build_options());
	if (!strcmp(o->format, "yaml") && yaml_write(&text, document) < 0)
		text.failed = true;
	if (!strcmp(o->format, "json"))
		json_write(&text, document, true);
	if (text.len && text.data[text.len - 1] != '\n')
		buf_char(&text, '\n');
	return out_write(&text, err);
}

const struct verb verb_version = {
	.name = "version",
	.group = "use",
	.usage = "[-o FORMAT]",
	.summary = "show the version",
	.examples = "nsctl version                   # nsctl 1.2.3\n"
		    "nsctl version -v                # with libraries and build options\n"
		    "nsctl version -o json           # all of it, for a script\n",
	.opts = opts,
	.options_size = sizeof(struct version_options),
	.no_config = true,
	.mode = OPT_ANYWHERE,
	.run = version,
};
