/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "model/explain.h"
#include "out/out.h"
#include "view/explain.h"

struct explain_options {
	bool list;
};

static const struct opt opts[] = {
	{0, "list", NULL, OPT_FLAG, offsetof(struct explain_options, list), "name all topics, a line each"},
	OPT_END,
};

static int print_topics(struct err *err)
{
	CLEANUP_BUF struct buf text = {0};

	for (size_t i = 0;; i++) {
		const char *help;
		CLEANUP_FREE char *topic = explain_topic(i, &help);

		if (!topic)
			break;
		buf_printf(&text, "%-*s %s\n", 40, topic, help);
	}
	return out_write(&text, err);
}

static int explain_run(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct explain_options *o = options;
	CLEANUP_BUF struct buf text = {0};

	(void)s;
	*status = 0;
	if (o->list && words->n)
		return err_set(err, -EINVAL, ERR_USAGE, "--list names all topics: give none with it");
	if (o->list)
		return print_topics(err);
	if (!words->n) {
		err_set(err, -EINVAL, ERR_USAGE, "explain what?");
		return err_hint(err,
			"cap/NET_ADMIN, ns/pid, field/pod.spec.securityContext.runAsUser; --list names all");
	}
	for (size_t i = 0; i < words->n; i++) {
		CLEANUP_EXPLANATION struct explanation e = {0};
		int error = explain(words->words[i], &e, err);

		if (error < 0)
			return error;
		if (i)
			buf_char(&text, '\n');
		view_explanation(&e, 0, &text);
	}
	return out_write(&text, err);
}

const struct verb verb_explain = {
	.name = "explain",
	.group = "compare",
	.usage = "[OPTIONS] TOPIC...",
	.summary = "explain a capability, a namespace or a field of a Pod manifest",
	.about = "TOPIC is cap/NAME, ns/TYPE or field/PATH; the kind may be left out. Each says what it is,\n"
		 "which flag of docker, podman and Kubernetes changes it, and which manual page says more.",
	.examples = "nsctl explain cap/NET_ADMIN            # what it permits, and who gives it\n"
		    "nsctl explain ns/user                  # what a user namespace is\n"
		    "nsctl explain field/pod.spec.securityContext.runAsUser\n",
	.opts = opts,
	.options_size = sizeof(struct explain_options),
	.mode = OPT_ANYWHERE,
	.run = explain_run,
};
