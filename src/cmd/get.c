/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "cmd/get.h"
#include "model/container.h"
#include "out/out.h"
#include "sys/ns.h"
#include "sys/cgroup.h"
#include "view/capability.h"
#include "view/container.h"
#include "view/engine.h"
#include "view/namespace.h"
#include "view/pod.h"
#include "view/process.h"
#include "view/user.h"

static const struct opt opts[] = {
	{'a', "all", NULL, OPT_FLAG, offsetof(struct get_options, all),
		"stopped containers and pause containers too"},
	{'A', "all-namespaces", NULL, OPT_FLAG, offsetof(struct get_options, all_namespaces),
		"all Kubernetes namespaces (default without -n)"},
	{'l', "selector", "LABELS", OPT_TEXT, offsetof(struct get_options, labels),
		"those with such labels: a=b,c!=d,e in (f,g),h,!i"},
	{0, "deep", NULL, OPT_FLAG, offsetof(struct get_options, deep),
		"groups that have only a PID or a user namespace of their own, too"},
	OUT_OPTS(struct get_options, out),
	OPT_END,
};

struct noun {
	const char *name;
	const char *aliases[3]; /* kubectl's short and singular forms */
	const char *takes; /* what stands behind it, for completion */
	const char *help;
	const struct view *view;
	int (*list)(struct get *get, struct err *err);
};

static const char *namespace_of(const struct get *get)
{
	return get->options->all_namespaces ? NULL : get->s->namespace;
}

static bool is_wanted(const struct get *get, const struct container *c, bool pause)
{
	const char *namespace = namespace_of(get);

	if (c->pause && !pause)
		return false;
	return !namespace || (c->namespace && !strcmp(c->namespace, namespace));
}

int get_find(struct get *get, bool bare, bool pause, struct container_list *list, struct err *err)
{
	struct engine_query query = session_engines(get->s);
	size_t kept = 0;
	int r;

	query.stopped = get->options->all;
	query.bare = bare;
	query.deep = get->options->deep;
	query.reader = &get->reader;
	query.denied = &get->denied;
	r = engine_list(&query, list, err);
	if (r < 0)
		return r;
	look_note_hidden(get->s);
	target_name_all(list); /* before some are left out: the name must tell it from these as well */
	for (size_t i = 0; i < list->n; i++) {
		if (!is_wanted(get, &list->items[i], pause))
			container_free(&list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->n = kept;
	return 0;
}

struct look_options get_look_options(const struct get *get)
{
	return (struct look_options){.all = !get->n_targets, .labels = get->options->labels};
}

void get_none(struct get *get, const char *what)
{
	get->none = session_denied(get->s);
	if (!get->none)
		session_note(get->s, NULL, ns_is_nested() ? -ENODATA : 0, NULL, "no %s%s%s%s%s%s", what,
			namespace_of(get) ? " in namespace " : "", namespace_of(get) ? namespace_of(get) : "",
			get->options->labels ? " with such labels" : "",
			get->options->all ? "" : " run here; -a shows stopped ones",
			ns_is_nested() ? "; only what is in this PID namespace can be seen" : "");
}

int get_list(struct get *get, const struct out_source *source, const char *what, struct err *err)
{
	int r = session_list(get->s, &get->out, source, get->status, err);

	if (r < 0 || !get->none)
		return r;
	err_set(err, -EACCES, ERR_DENIED, "no %s could be read: permission denied", what);
	return err_hint(err,
		geteuid() ? "run it as root: sudo nsctl get %s"
			  : "root without CAP_DAC_READ_SEARCH or CAP_SYS_PTRACE sees no %s of others",
		what);
}

static void note_unread(struct get *get, const struct container *c, int error)
{
	if (error == -ETIMEDOUT)
		look_note_lost(get->s, c->ref, 1, c->pid);
	else if (error < 0 && error != -ESRCH) /* gone is normal */
		session_note(get->s, c->ref, error, NULL, "cannot read /proc/%d: %s", (int)c->pid, strerror(-error));
}

#define LOOK_BATCH 1024 /* containers: enough that a thread more is nothing beside them */

static void look_at(struct get *get, struct container *items, size_t n, bool inside)
{
	int errors[LOOK_BATCH];

	container_look_many(items, n, inside, errors);
	for (size_t i = 0; i < n; i++) {
		TRACE(session_trace(get->s), TRACE_READ, "%s: read %scgroup and freezer of /proc/%d%s%s", items[i].ref,
			inside ? "status, " : "", (int)items[i].pid, errors[i] < 0 ? ": " : "",
			errors[i] < 0 ? strerror(-errors[i]) : "");
		note_unread(get, &items[i], errors[i]);
	}
	container_read_commands(&get->reader, items, n, errors);
	TRACE(session_trace(get->s), TRACE_READ, "read cmdline of %zu", n);
	for (size_t i = 0; i < n; i++)
		note_unread(get, &items[i], errors[i]);
}

void get_look(struct get *get, struct container_list *list, bool needed, bool inside)
{
	const size_t n = needed ? list->n : 0;

	for (size_t i = 0; i < n; i += LOOK_BATCH)
		look_at(get, &list->items[i], n - i < LOOK_BATCH ? n - i : LOOK_BATCH, inside);
	reader_rest(&get->reader);
}

static const struct noun nouns[] = {
	{"containers", {"co", "container"}, "TARGET", "containers of all engines, and bare namespaces", &view_container,
		get_containers},
	{"pods", {"po", "pod"}, "POD", "pods, of Kubernetes and podman", &view_pod, get_pods},
	{"engines", {"engine"}, NULL, "engines, where they are looked for, and what is wrong there", &view_engine,
		get_engines},
	{"processes", {"ps", "process"}, "TARGET", "processes of containers, by their numbers inside and outside", &view_process,
		get_processes},
	{"users", {"user"}, "TARGET", "who the processes of containers are, inside and outside", &view_user_each,
		get_users},
	{"namespaces", {"ns", "namespace"}, "TARGET", "namespaces of all processes, and whose they are", &view_namespace_all,
		get_namespaces},
	{"capabilities", {"caps", "capability"}, "CAP", "every capability of this kernel, and what it permits",
		&view_capability, get_capabilities},
};

static const char *noun_name(size_t i, const char **ret_help)
{
	if (i >= ARRAY_SIZE(nouns))
		return NULL;
	*ret_help = nouns[i].help;
	return nouns[i].name;
}

static const struct noun *noun_by_name(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(nouns); i++) {
		if (!strcmp(word, nouns[i].name))
			return &nouns[i];
		for (size_t a = 0; a < ARRAY_SIZE(nouns[i].aliases) && nouns[i].aliases[a]; a++)
			if (!strcmp(word, nouns[i].aliases[a]))
				return &nouns[i];
	}
	return NULL;
}

static const char *noun_takes(const char *word)
{
	const struct noun *noun = noun_by_name(word);

	return noun ? noun->takes : NULL;
}

static const struct view *noun_view(const char *word)
{
	const struct noun *noun = noun_by_name(word);

	return noun ? noun->view : NULL;
}

static int unknown_noun(const char *word, struct err *err)
{
	CLEANUP_BUF struct buf list = {0};
	const char *names[4 * ARRAY_SIZE(nouns)], *nearest;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(nouns); i++) {
		names[n++] = nouns[i].name;
		for (size_t a = 0; a < ARRAY_SIZE(nouns[i].aliases) && nouns[i].aliases[a]; a++)
			names[n++] = nouns[i].aliases[a];
		buf_printf(&list, "%s%s", i ? ", " : "", nouns[i].name);
	}
	nearest = text_nearest(word, names, n);
	err_set(err, -EINVAL, ERR_USAGE, "get does not list %s", word);
	for (size_t i = 0; i < n; i++) /* TYPE/NAME, as kubectl takes it */
		if (text_has_prefix(word, names[i]) && word[strlen(names[i])] == '/')
			return err_hint(err, "did you mean nsctl get %s %s?", names[i], word + strlen(names[i]) + 1);
	if (nearest)
		return err_hint(err, "did you mean nsctl get %s?", nearest);
	return err_hint(err, "it lists: %s; one of them by name: nsctl get containers NAME", buf_text(&list));
}

static int run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct get_options *o = options;
	struct get get = {.s = s, .options = o, .status = status};
	const struct noun *noun;
	int r;

	if (!words->n) {
		err_set(err, -EINVAL, ERR_USAGE, "get wants to know what");
		return err_hint(err, "nsctl get containers; nsctl help get lists what there is");
	}
	noun = noun_by_name(words->words[0]);
	if (!noun)
		return unknown_noun(words->words[0], err);
	get.targets = words->words + 1;
	get.n_targets = words->n - 1;
	if (o->labels && get.n_targets)
		return err_set(err, -EINVAL, ERR_USAGE, "-l chooses among all: name none with it");
	r = out_init(&get.out, &o->out, noun->view, s->color, err);
	if (r >= 0)
		r = noun->list(&get, err);
	reader_end(&get.reader);
	return r;
}

const struct verb verb_get = {
	.name = "get",
	.group = "look",
	.usage = "[OPTIONS] NOUN [TARGET...]",
	.summary = "list containers, read from the engines' state files and the kernel",
	.about = "No daemon is asked, so it answers while one hangs. What cannot be read is named on\n"
		 "stderr, and the status is 3 then; 4 when nothing could be read for want of a privilege.\n"
		 "NOUN is one of",
	.examples = "nsctl get containers            # what runs, of every engine\n"
		    "nsctl get co -n shop -o wide    # a Kubernetes namespace, all columns\n"
		    "nsctl get co web -o json        # one container, all that is known\n",
	.opts = opts,
	.options_size = sizeof(struct get_options),
	.mode = OPT_ANYWHERE,
	.run = run,
	.choice = noun_name,
	.takes = noun_takes,
	.view_of = noun_view,
};
