/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/diff.h"

#include <errno.h>
#include <stddef.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/err.h"
#include "view/drift.h"

static const struct opt opts[] = {
	{'f', "filename", "FILE", OPT_TEXT, offsetof(struct diff_options, file),
		"a Pod manifest, YAML or JSON; - is standard input"},
	{'c', "container", "NAME", OPT_TEXT, offsetof(struct diff_options, container),
		"only this container of the manifest"},
	{0, "strict", NULL, OPT_FLAG, offsetof(struct diff_options, strict),
		"status 1 for IGNORED and UNKNOWN, too"},
	OUT_OPTS(struct diff_options, out),
	OPT_END,
};

static int diff_run(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct diff_options *o = options;
	int r;

	if (!o->file) {
		err_set(err, -EINVAL, ERR_USAGE, "diff needs a manifest: -f FILE");
		return err_hint(err, "nsctl diff -f pod.yaml");
	}
	r = diff_manifest(s, o, words, status, err);
	if (r < 0 && err->kind == ERR_NO_TARGET) /* 1 says that there are differences */
		err->kind = ERR_FAILED;
	return r;
}

const struct verb verb_diff = {
	.name = "diff",
	.group = "compare",
	.usage = "-f FILE [OPTIONS] [TARGET]",
	.summary = "compare a manifest with its running containers",
	.about = "A Pod manifest, field by field, with the OCI config and with the kernel. Verdicts are ok;\n"
		 "DRIFT; IGNORED, for what has no effect; UNKNOWN, for what cannot be seen. Without TARGET\n"
		 "the containers are found by the manifest's namespace and name. The status is 1 when\n"
		 "there is DRIFT, above 1 in case of trouble.",
	.examples = "nsctl diff -f pod.yaml                   # is the securityContext in force?\n"
		    "nsctl diff -f deployment.yaml -n shop    # all pods of a workload\n"
		    "nsctl diff -f pod.yaml docker/web        # one container, whoever started it\n",
	.opts = opts,
	.options_size = sizeof(struct diff_options),
	.mode = OPT_ANYWHERE,
	.run = diff_run,
	.view = &view_drift,
};
