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

static int version(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct version_options *o = options;
	CLEANUP_BUF struct buf text = {0};
	CLEANUP_JSON struct json_object *document = NULL;
	struct utsname host = {0};

	(void)s;
	(void)status;
	if (words->n)
		return err_set(err, -EINVAL, ERR_USAGE, "version takes no words");
	if (!o->format) {
		buf_str(&text, "nsctl " NSCTL_VERSION "\n");
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
		    "nsctl version -o json           # for a script\n"
		    "nsctl --version                 # the same as nsctl version\n",
	.opts = opts,
	.options_size = sizeof(struct version_options),
	.mode = OPT_ANYWHERE,
	.run = version,
};
