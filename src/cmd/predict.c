/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "base/trace.h"
#include "model/drift.h"
#include "model/predict.h"
#include "out/out.h"
#include "view/prediction.h"

struct predict_options {
	const char *file;
	const char *engine;
	const char *container;
	const char *image_user;
	const char *default_caps;
	struct out_options out;
};

static const struct opt opts[] = {
	{'f', "filename", "FILE", OPT_TEXT, offsetof(struct predict_options, file),
		"a Pod manifest, YAML or JSON; - is standard input"},
	{'e', "engine", "RULES", OPT_TEXT, offsetof(struct predict_options, engine),
		"docker, containerd, podman or crio (untested)"},
	{'c', "container", "NAME", OPT_TEXT, offsetof(struct predict_options, container),
		"only this container"},
	{0, "image-user", "UID[:GID]", OPT_TEXT, offsetof(struct predict_options, image_user),
		"the image's USER, for containers without runAsUser; else root is assumed"},
	{0, "default-caps", "CAPS", OPT_TEXT, offsetof(struct predict_options, default_caps),
		"the engine's default set, where its settings changed it"},
	OUT_OPTS(struct predict_options, out),
	OPT_END,
};

struct predict_run {
	struct session *s;
	const struct predict_options *o;
	struct manifest manifest;
	struct predict_request request;
	struct prediction *items; /* owned */
	size_t n;
	char **lines; /* sentences below the table; owned */
	size_t n_lines;
};

static int add_line(struct predict_run *run, const char *text)
{
	char **grown = reallocarray(run->lines, run->n_lines + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	run->lines = grown;
	grown[run->n_lines] = strdup(text);
	return grown[run->n_lines++] ? 0 : -ENOMEM;
}

/* A line each, with whose they are before the first of them where there are several containers. */
static int add_lines(struct predict_run *run, const struct prediction *p)
{
	CLEANUP_BUF struct buf said = {0};

	if (p->user_from == PREDICT_ASSUMED)
		buf_str(&said, "runAsUser is not set: root is assumed, which an image without USER gives; "
			       "--image-user says "
			       "another.\n");
	caps_unusable_say(&p->unusable, &said);
	for (const char *at = buf_text(&said); *at;) {
		CLEANUP_BUF struct buf text = {0};
		size_t len = strcspn(at, "\n");

		if (run->n > 1 && *at != ' ')
			buf_printf(&text, "%s: ", p->container);
		buf_add(&text, at, len);
		if (text.failed || add_line(run, buf_text(&text)) < 0)
			return -ENOMEM;
		at += len + (at[len] == '\n');
	}
	return said.failed ? -ENOMEM : 0;
}

static int predict_pod(struct predict_run *run, const struct manifest_pod *pod, struct err *err)
{
	struct prediction *grown = reallocarray(run->items, run->n + pod->n_containers, sizeof(*grown));
	int r = 0;

	if (!grown)
		return err_no_memory(err);
	run->items = grown;
	for (size_t i = 0; i < pod->n_containers && !r; i++) {
		const struct manifest_container *c = &pod->containers[i];

		if (run->o->container && strcmp(run->o->container, c->name.text) != 0)
			continue;
		r = predict_container(&run->request, &run->manifest, pod, c, &grown[run->n], err);
		run->n += !r;
	}
	return r;
}

static void name_remarks(struct predict_run *run, const struct manifest_pod *pod)
{
	for (size_t i = 0; i < pod->n_remarks; i++)
		if (pod->remarks[i].severity >= MANIFEST_WARNING)
			session_note(run->s, NULL, 0, NULL, "%s:%u:%u: %s: %s", run->manifest.docs.name,
				pod->remarks[i].line, pod->remarks[i].column, pod->remarks[i].field,
				pod->remarks[i].message);
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct predict_run *run = data;
	int r = 0;

	for (size_t i = 0; i < run->manifest.n_pods && !r; i++) {
		r = predict_pod(run, &run->manifest.pods[i], err);
		name_remarks(run, &run->manifest.pods[i]);
	}
	for (size_t i = 0; i < run->n && !r; i++)
		if (add_lines(run, &run->items[i]) < 0)
			r = err_no_memory(err);
	if (!r && !run->n)
		r = manifest_no_container(&run->manifest, run->o->container, err);
	*ret = (struct out_rows){.items = run->items,
		.n = run->n,
		.size = sizeof(*run->items),
		.lines = (const char *const *)run->lines,
		.n_lines = run->n_lines};
	return r;
}

static void release(void *data)
{
	struct predict_run *run = data;

	while (run->n)
		prediction_free(&run->items[--run->n]);
	free(run->items);
	run->items = NULL;
	while (run->n_lines)
		free(run->lines[--run->n_lines]);
	free(run->lines);
	run->lines = NULL;
}

/* Numbers: the image's names are not known here. */
static int read_user(const char *text, struct predict_request *request, struct err *err)
{
	CLEANUP_FREE char *uid = NULL;
	const char *colon = text ? strchr(text, ':') : NULL;
	uint64_t number, group = 0;

	if (!text)
		return 0;
	uid = strndup(text, strcspn(text, ":"));
	if (!uid)
		return err_no_memory(err);
	if (text_u64(uid, UINT32_MAX - 1, &number) < 0 ||
		(colon && text_u64(colon + 1, UINT32_MAX - 1, &group) < 0))
		return err_set(
			err, -EINVAL, ERR_USAGE, "--image-user wants numbers, UID or UID:GID, not %s", text);
	request->has_user = true;
	request->user = (uid_t)number;
	request->has_group = colon != NULL;
	request->group = (gid_t)group;
	return 0;
}

static int read_request(const struct predict_options *o, struct predict_request *request, struct err *err)
{
	struct drift_host host;
	int r;

	if (!o->file || !o->engine) {
		err_set(err, -EINVAL, ERR_USAGE, "predict needs %s",
			o->file ? "an engine: --engine" : "a manifest: -f FILE");
		return err_hint(err, "nsctl predict -f pod.yaml --engine containerd");
	}
	r = predict_engine_by_name(o->engine, &request->engine, err);
	if (r < 0)
		return r;
	drift_host_read(&host);
	request->all = host.caps;
	request->defaults = o->default_caps ? 0 : caps_default(request->engine->baseline);
	r = o->default_caps ? caps_parse_list(o->default_caps, &request->defaults, err) : 0;
	return r < 0 ? r : read_user(o->image_user, request, err);
}

static void say_read(const struct predict_run *run)
{
	const struct trace *trace = session_trace(run->s);
	const struct predict_request *request = &run->request;
	CLEANUP_BUF struct buf names = {0};

	manifest_trace(&run->manifest, trace);
	if (!trace)
		return;
	caps_names(&names, request->defaults, ",");
	trace_say(trace, TRACE_READ, "rules: %s: those of %s", request->engine->name, request->engine->versions);
	trace_say(trace, TRACE_READ, "default capabilities: %s: %s", run->o->default_caps ? "by --default-caps" : "known of that engine",
		buf_text(&names));
	trace_say(trace, TRACE_READ, "host: read status of /proc/1: %d capabilities to give; no container and no engine is looked at",
		__builtin_popcountll(request->all));
}

static int predict_run(
	struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct predict_options *o = options;
	struct predict_run run = {.s = s, .o = o};
	const struct out_source source = {gather, release, &run};
	struct out out;
	int r = read_request(o, &run.request, err);

	if (!r && words->n)
		r = err_set(err, -EINVAL, ERR_USAGE, "predict takes no TARGET: nothing has to run yet");
	if (!r)
		r = out_init(&out, &o->out, &view_prediction, s->color, err);
	if (!r)
		r = manifest_read(o->file, &run.manifest, err);
	if (!r)
		say_read(&run);
	if (!r)
		r = session_list(s, &out, &source, status, err);
	manifest_free(&run.manifest);
	return r;
}

static const char *engine_name(size_t i, const char **ret_help)
{
	for (size_t k = 0; predict_engines[k].name; k++)
		if (k == i) {
			*ret_help = predict_engines[k].versions;
			return predict_engines[k].name;
		}
	return NULL;
}

const struct verb verb_predict = {
	.name = "predict",
	.group = "compare",
	.usage = "-f FILE --engine RULES [OPTIONS]",
	.summary = "say who the containers of a manifest will be, and what they will hold",
	.about = "The uid and the five capability sets, before anything is deployed, by the rules of an\n"
		 "engine and of execve. What would be granted and not be usable is named, with the reason.\n"
		 "RULES is one of",
	.examples = "nsctl predict -f pod.yaml --engine containerd         # in a cluster\n"
		    "nsctl predict -f pod.yaml --engine podman -o json     # by podman play kube\n"
		    "nsctl predict -f pod.yaml --engine docker --image-user 101:101\n",
	.opts = opts,
	.options_size = sizeof(struct predict_options),
	.mode = OPT_ANYWHERE,
	.run = predict_run,
	.view = &view_prediction,
	.choice = engine_name,
};
