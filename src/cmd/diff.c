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
	{0, "only", "VIEWS", OPT_TEXT, offsetof(struct diff_options, only),
		"of two targets only these, joined by commas: pids caps users ns seccomp limits mounts env cgroup"},
	{'a', "all", NULL, OPT_FLAG, offsetof(struct diff_options, all),
		"of two targets also what is the same"},
	{'c', "container", "NAME", OPT_TEXT, offsetof(struct diff_options, container),
		"only this container, of the manifest or the pod"},
	{0, "strict", NULL, OPT_FLAG, offsetof(struct diff_options, strict),
		"with -f: status 1 for IGNORED and UNKNOWN, too"},
	OUT_OPTS(struct diff_options, out),
	OPT_END,
};

static int diff_run(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct diff_options *o = options;
	char *in_use[] = {(char *)s->context, NULL};
	const struct opt_words used = {in_use, 1};
	int r;

	if (!words->n && s->context)
		words = &used;
	if (!o->file && !words->n) {
		err_set(err, -EINVAL, ERR_USAGE, "diff needs a TARGET, two of them, or a manifest with -f");
		return err_hint(err, "nsctl diff web; nsctl diff -f pod.yaml");
	}
	if (o->file && (o->only || o->all))
		return err_set(err, -EINVAL, ERR_USAGE, "--%s is for two targets, not for a manifest",
			o->only ? "only" : "all");
	r = o->file ? diff_manifest(s, o, words, status, err) : diff_targets(s, o, words, status, err);
	if (r < 0 && err->kind == ERR_NO_TARGET) /* 1 says that there are differences */
		err->kind = ERR_FAILED;
	return r;
}

const struct verb verb_diff = {
	.name = "diff",
	.group = "compare",
	.usage = "[OPTIONS] TARGET [TARGET] | -f FILE [TARGET]",
	.summary = "compare a container with the host, with another, or with its manifest",
	.about =
		"One TARGET with the host, two with each other: what differs of processes, capabilities,\n"
		"users, namespaces, seccomp and limits. A Pod manifest, field by field, with the OCI config\n"
		"and with the kernel: the verdicts are ok; DRIFT; IGNORED, for what has no effect; UNKNOWN,\n"
		"for what cannot be seen. Without TARGET the containers are found by the manifest's\n"
		"namespace and name. The status is 1 when something differs, above 1 in case of trouble.",
	.examples = "nsctl diff web --only pids               # each process inside and outside\n"
		    "nsctl diff web db                        # two containers\n"
		    "nsctl diff -f pod.yaml                   # is the securityContext in force?\n"
		    "nsctl diff -f pod.yaml docker/web        # one container, whoever started it\n",
	.opts = opts,
	.options_size = sizeof(struct diff_options),
	.mode = OPT_ANYWHERE,
	.run = diff_run,
	.view = &view_drift,
};
