/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/session.h"
#include "base/err.h"
#include "cmd/get.h"
#include "cmd/ns.h"
#include "model/namespace.h"
#include "sys/ns.h"

/* With targets, or chosen by labels or a Kubernetes namespace: those of containers, as ns lists them. */
int get_namespaces(struct get *get, struct err *err)
{
	const struct look_options look = get_look_options(get);
	const struct opt_words words = {(char **)get->targets, get->n_targets};
	const bool chosen = get->n_targets || get->options->labels || get->s->namespace;
	const struct ns ns = {
		.s = get->s, .out = &get->out, .look = chosen ? &look : NULL, .words = &words, .types = NS_ALL};

	/* a namespace is the same whoever asks for it: named by the lowest process in it, not by the init of one container */
	if (chosen)
		get->out.needs |= NAMESPACE_COUNT | NAMESPACE_LOWEST;

	return ns_print(&ns, get->status, err);
}
