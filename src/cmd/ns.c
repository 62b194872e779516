/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "cmd/look.h"
#include "cmd/ns.h"
#include "engine/target.h"
#include "model/namespace.h"
#include "sys/ns_scan.h"
#include "sys/reader.h"
#include "view/namespace.h"

struct ns_options {
	struct look_options look;
	struct out_options out;
	const char *types;
};

static const struct opt opts[] = {
	LOOK_OPTS(struct ns_options, look),
	{'t', "type", "TYPES", OPT_TEXT, offsetof(struct ns_options, types),
		"only these, joined by commas: cgroup ipc mnt net pid time user uts"},
	OUT_OPTS(struct ns_options, out),
	OUT_TREE_OPTS(struct ns_options, out),
	OPT_END,
};

struct ns_run {
	const struct ns *ns;
	struct container_list targets, all; /* all: who may share */
	struct namespace_index index;
	struct ns_scan scan; /* of all processes, where they count */
	struct reader reader;
	struct namespace_list list;
};

/* Who ends meanwhile is left out, if others remain. */
static int list_one(struct ns_run *run, const struct container *c, struct err *err)
{
	CLEANUP_ERR struct err one = {0};
	bool alone = look_alone(run->ns->look, run->targets.n);
	int r = namespace_list_of(c, &run->index, run->ns->types, run->ns->out->needs, &run->list, alone ? err : &one);

	if (r == -ENOMEM || alone)
		return r == -ENOMEM && !err->code ? err_no_memory(err) : r;
	if (r < 0 && r != -ESRCH)
		session_note(run->ns->s, NULL, r, "root can read more: sudo nsctl ...", "%s", one.message);
	return 0;
}

static int list_targets(struct ns_run *run, struct namespace_gaps *gaps, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < run->targets.n && r >= 0; i++)
		r = list_one(run, &run->targets.items[i], err);
	if (r < 0)
		return r;
	if (look_found_none(run->ns->s, run->ns->look, run->targets.n, run->list.n))
		return err_set(err, -EACCES, ERR_DENIED, "no namespaces could be read: permission denied");
	return run->ns->out->needs & NAMESPACE_COUNT ? namespace_count(&run->list, &run->scan, &run->reader, run->ns->out->needs, gaps, err)
						       : 0;
}

static void note_gaps(struct ns_run *run, const struct namespace_gaps *gaps)
{
	static const char hint[] = "root can read more: sudo nsctl ...";
	struct session *s = run->ns->s;

	if (run->index.unread)
		session_note(s, NULL, run->index.trouble, hint,
			"the namespaces of %zu of the containers that may share could not be read: %s",
			run->index.unread, strerror(-run->index.trouble));
	if (gaps->closed)
		session_note(s, NULL, -EACCES, hint, "the namespaces of %zu processes could not be read: %s",
			gaps->closed, strerror(EACCES));
	if (gaps->hidden && !(run->ns->look && run->ns->look->all)) /* of -A it is said already */
		look_note_hidden(s);
	if (gaps->stuck)
		session_note(s, NULL, -ETIMEDOUT, NULL, "the command lines of %zu processes could not be read: %s", gaps->stuck,
			strerror(ETIMEDOUT));
	if (ns_is_nested() && !run->ns->look)
		session_note(s, NULL, -ENODATA, "run it on the host to see all of the host",
			"nsctl runs in a PID namespace itself, and sees what is in there only");
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct ns_run *run = data;
	struct namespace_gaps gaps = {0};
	bool all = !run->ns->look; /* those of all processes */
	int r = run->ns->look ? look_targets(run->ns->s, run->ns->look, run->ns->words, true, &run->targets, err)
			      : 0;

	run->scan.mask = NS_ALL;
	if (!r)
		r = look_sharers(run->ns->s, &run->all, all || run->ns->out->needs & NAMESPACE_COUNT ? &run->scan : NULL, &run->reader,
			&run->index, err);
	if (r < 0)
		return r;
	ns_scan_drop(&run->scan, run->reader.child); /* it shares our memory, and ends with us */
	if (!run->ns->look)
		TRACE(session_trace(run->ns->s), TRACE_READ, "reading ns of every process of /proc");
	r = run->ns->look ? list_targets(run, &gaps, err)
			  : namespace_list_all(&run->index, &run->scan, &run->reader, run->ns->types, run->ns->out->needs, &run->list,
				    &gaps, err);
	if (r < 0)
		return r;
	reader_rest(&run->reader);
	note_gaps(run, &gaps);
	*ret = (struct out_rows){
		.items = run->list.items, .n = run->list.n, .size = sizeof(*run->list.items)};
	return 0;
}

static void release(void *data)
{
	struct ns_run *run = data;

	namespace_list_free(&run->list);
	namespace_index_free(&run->index);
	ns_scan_free(&run->scan);
	reader_end(&run->reader);
	container_list_free(&run->targets);
	container_list_free(&run->all);
}

static int read_types(const char *text, unsigned int *ret, struct err *err)
{
	const char *names[NS_N], *bad, *nearest;
	CLEANUP_FREE char *word = NULL;

	*ret = NS_ALL;
	if (!text || (*text && !ns_parse_list(text, ret, &bad)))
		return 0;
	for (size_t i = 0; i < NS_N; i++)
		names[i] = ns_kinds[i].name;
	word = strndup(*text ? bad : "", *text ? strcspn(bad, ",") : 0);
	nearest = word ? text_nearest(word, names, NS_N) : NULL;
	err_set(err, -EINVAL, ERR_USAGE, "there is no namespace type %s", word && *word ? word : "\"\"");
	return nearest ? err_hint(err, "did you mean %s?", nearest)
		       : err_hint(err, "there are: cgroup, ipc, mnt, net, pid, time, user, uts");
}

int ns_print(const struct ns *ns, int *status, struct err *err)
{
	struct ns_run run = {.ns = ns};
	const struct out_source source = {gather, release, &run};

	return session_list(ns->s, ns->out, &source, status, err);
}

static int ns_run(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct ns_options *o = options;
	struct out out;
	struct ns ns = {.s = s, .out = &out, .look = &o->look, .words = words};
	int r = read_types(o->types, &ns.types, err);

	if (!r)
		r = out_init(&out, &o->out, &view_namespace, s->color, err);
	if (r < 0)
		return r;
	if (o->out.tree)
		out.needs |= NAMESPACE_OWNER;
	return ns_print(&ns, status, err);
}

const struct verb verb_ns = {
	.name = "ns",
	.group = "look",
	.usage = "[OPTIONS] TARGET... | -A",
	.summary = "show which namespaces a container has of its own, and which it shares",
	.about = "Each namespace of the container's init: its own, the host's, or shared with other\n"
		 "containers, which are named. The host is where nsctl itself runs.",
	.examples = "nsctl ns web                    # which of its namespaces are its own\n"
		    "nsctl ns -A -t net              # who shares the network with whom\n"
		    "nsctl ns host web --tree        # what is nested in what, or owned by it\n",
	.opts = opts,
	.options_size = sizeof(struct ns_options),
	.mode = OPT_ANYWHERE,
	.run = ns_run,
	.view = &view_namespace,
};
