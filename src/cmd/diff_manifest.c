/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * diff -f: which containers a manifest has made, and the rows of each pod.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/session.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "cmd/diff.h"
#include "engine/target.h"
#include "model/drift.h"
#include "model/manifest.h"
#include "model/pod.h"
#include "view/drift.h"

static const char *namespace_of(const struct diff_run *run, const struct manifest_pod *wanted)
{
	return run->s->namespace ? run->s->namespace : wanted->namespace.set ? wanted->namespace.text : NULL;
}

static bool in_namespace(const struct diff_run *run, const struct manifest_pod *wanted, const struct pod *pod)
{
	const char *namespace = namespace_of(run, wanted);

	return !namespace || !pod->namespace || !strcmp(pod->namespace, namespace);
}

static bool is_made_from(const struct manifest_pod *wanted, const struct pod *pod)
{
	return pod->namespace ? manifest_names_pod(wanted, pod->name)
			      : manifest_names_podman(wanted, pod->name);
}

/* Something is missing: then it may be what could not be read. */
static void note_unread(struct diff_run *run)
{
	CLEANUP_CONTAINERS struct container_list list = {0};
	struct engine_query query = session_engines(run->s);
	CLEANUP_ERR struct err err = {0};

	query.stopped = true;
	engine_list(&query, &list, &err);
}

/* Of several objects the others are compared all the same. */
static int none_made(struct diff_run *run, const struct manifest_pod *wanted, bool ended, struct err *err)
{
	static const char hint[] = "nsctl get pods lists what runs here; a TARGET compares another";
	const char *namespace = namespace_of(run, wanted),
		   *what = ended ? " is not running" : " has no pod here";

	if (run->manifest.n_pods > 1) {
		session_note(run->s, run->manifest.docs.name, -ESRCH, hint, "%s %s%s%s%s", wanted->kind,
			wanted->name.text, namespace ? " in namespace " : "", namespace ? namespace : "",
			what);
		return 0;
	}
	note_unread(run);
	err_set(err, -ESRCH, session_denied(run->s) ? ERR_DENIED : ERR_FAILED, "%s: %s %s%s%s%s",
		run->manifest.docs.name, wanted->kind, wanted->name.text, namespace ? " in namespace " : "",
		namespace ? namespace : "", what);
	return err_hint(err, "%s", hint);
}

/* All pods that one object of the manifest has made. Those that have ended are passed by. */
static int compare_object(struct diff_run *run, const struct manifest_pod *wanted, struct err *err)
{
	const struct pod *ended = NULL;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < run->pods.n && !r; i++) {
		const struct pod *pod = &run->pods.items[i];

		if (!is_made_from(wanted, pod) || !in_namespace(run, wanted, pod))
			continue;
		if (pod->status == CONTAINER_STOPPED) {
			ended = pod;
			continue;
		}
		r = diff_pod(run, wanted, pod, err);
		n++;
	}

	if (!n && !r)
		r = none_made(run, wanted, ended != NULL, err);
	return r;
}

/* The object that the pod, or a container without one, is to be compared with. */
static const struct manifest_pod *object_for(struct diff_run *run, const struct pod *pod, struct err *err)
{
	const struct manifest *manifest = &run->manifest;

	for (size_t i = 0; i < manifest->n_pods; i++)
		if (pod && is_made_from(&manifest->pods[i], pod))
			return &manifest->pods[i];
	if (manifest->n_pods == 1)
		return &manifest->pods[0];
	err_set(err, -EINVAL, ERR_USAGE, "%s holds %zu objects, and none has made that TARGET",
		manifest->docs.name, manifest->n_pods);
	return NULL;
}

static bool is_guest(const struct pod *pod)
{
	return container_is_guest(pod->n ? pod->containers[0] : pod->pause);
}

/* The pods that the text names; the running ones, when there are. Other users' are not meant beside one of root's or the caller's. */
static size_t find_pods(const struct diff_run *run, const struct pod **ret)
{
	size_t n = 0;

	for (int pass = 0; pass < 2 && !n; pass++)
		for (size_t i = 0; i < run->pods.n; i++) {
			const struct pod *pod = &run->pods.items[i];

			if (!pod_is_named(pod, run->target) ||
				(pod->status == CONTAINER_STOPPED) != (pass == 1))
				continue;
			if (!run->s->namespace || !pod->namespace ||
				!strcmp(pod->namespace, run->s->namespace)) {
				if (n && is_guest(pod) && !is_guest(*ret))
					continue;
				n = n && is_guest(*ret) && !is_guest(pod) ? 1 : n + 1;
				*ret = pod;
			}
		}
	return n;
}

static int not_running(const struct diff_run *run, const struct container *c, struct err *err)
{
	if (container_check_seen(c, run->target, err) < 0)
		return err->code;
	return err_set(err, -ESRCH, ERR_FAILED, "%s is not running", run->target);
}

static int compare_target(struct diff_run *run, struct err *err)
{
	CLEANUP(container_free) struct container target = {0};
	const struct manifest_pod *wanted;
	const struct pod *pod = NULL;
	size_t n = find_pods(run, &pod);
	int r;

	if (n > 1) {
		err_set(err, -ENOTUNIQ, ERR_FAILED, "%s: %zu pods have that name", run->target, n);
		return err_hint(err,
			"NAMESPACE/POD or ENGINE/POD names one of them; nsctl get pods -o wide lists all");
	}
	if (n && pod->status == CONTAINER_STOPPED)
		return not_running(run, pod->n ? pod->containers[0] : pod->pause, err);
	r = n ? 0 : session_target(run->s, run->target, NULL, &target, err);
	if (r < 0)
		return r;
	if (!n && (target.status == CONTAINER_STOPPED || !strcmp(target.engine, TARGET_HOST)))
		return target.status == CONTAINER_STOPPED
			       ? not_running(run, &target, err)
			       : err_set(err, -EINVAL, ERR_USAGE, "%s is no container", run->target);
	pod = n ? pod : diff_pod_of(run, &target);
	wanted = object_for(run, pod, err);
	if (!wanted)
		return err->code;
	return n ? diff_pod(run, wanted, pod, err) : diff_container(run, wanted, &target, err);
}

/* What is wrong with the manifest and has no row. */
static void name_remarks(struct diff_run *run, const struct manifest_pod *wanted)
{
	for (size_t i = 0; i < wanted->n_remarks; i++) {
		const struct manifest_remark *remark = &wanted->remarks[i];
		bool shown = remark->severity < MANIFEST_WARNING ||
			     !strcmp(remark->message, manifest_misplaced(MANIFEST_POD)) ||
			     !strcmp(remark->message, manifest_misplaced(MANIFEST_CONTEXT));

		for (size_t k = 0; k < run->rows.n && !shown; k++)
			shown = run->rows.items[k].line == remark->line &&
				run->rows.items[k].column == remark->column;
		if (!shown)
			session_note(run->s, NULL, 0, NULL, "%s:%u:%u: %s: %s", run->manifest.docs.name,
				remark->line, remark->column, remark->field, remark->message);
	}
}

/* Others' containers come and go while they are listed: what cannot be read of those does not touch the
 * answer. */
static int list_containers(struct diff_run *run, struct err *err)
{
	struct engine_query query = session_engines(run->s);
	int r;

	query.stopped = true;
	query.note = NULL;
	r = engine_list(&query, &run->list, err);
	if (r < 0)
		return r;
	target_name_all(&run->list);
	return pod_list_make(&run->list, &run->pods) < 0 ? err_no_memory(err) : 0;
}

static int gather(void *data, struct out_rows *ret, struct err *err)
{
	struct diff_run *run = data;
	int r;

	drift_rows_free(&run->rows);
	r = list_containers(run, err);

	if (!r && run->target)
		r = compare_target(run, err);
	for (size_t i = 0; i < run->manifest.n_pods && !r && !run->target; i++)
		r = compare_object(run, &run->manifest.pods[i], err);
	for (size_t i = 0; i < run->manifest.n_pods && !r; i++)
		name_remarks(run, &run->manifest.pods[i]);
	if (!r && session_partial(run->s))
		note_unread(run);
	*ret = (struct out_rows){
		.items = run->rows.items, .n = run->rows.n, .size = sizeof(*run->rows.items)};
	if (!r && !run->rows.n && session_partial(run->s))
		r = err_set(err, -ESRCH, session_denied(run->s) ? ERR_DENIED : ERR_FAILED,
			"%s: nothing to compare with", run->manifest.docs.name);
	return r;
}

static void release(void *data)
{
	struct diff_run *run = data;

	pod_list_free(&run->pods);
	container_list_free(&run->list);
}

static int check_container(const struct diff_run *run, struct err *err)
{
	for (size_t i = 0; i < run->manifest.n_pods; i++)
		for (size_t k = 0; k < run->manifest.pods[i].n_containers; k++)
			if (!run->o->container ||
				text_is(run->o->container, run->manifest.pods[i].containers[k].name.text))
				return 0;
	return manifest_no_container(&run->manifest, run->o->container, err);
}

/* kubectl refuses that as well. */
static int check_namespace(const struct diff_run *run, struct err *err)
{
	for (size_t i = 0; i < run->manifest.n_pods && run->s->namespace; i++) {
		const struct manifest_value *own = &run->manifest.pods[i].namespace;

		if (own->set && strcmp(own->text, run->s->namespace) != 0)
			return err_set(err, -EINVAL, ERR_USAGE,
				"%s:%u:%u: its namespace is %s, and -n says %s", run->manifest.docs.name,
				own->line, own->column, own->text, run->s->namespace);
	}
	return 0;
}

static bool differs(const struct diff_run *run)
{
	for (size_t i = 0; i < run->rows.n; i++)
		if (run->rows.items[i].verdict == DRIFT_DRIFT ||
			(run->o->strict && run->rows.items[i].verdict != DRIFT_OK))
			return true;
	return false;
}

int diff_manifest(struct session *s, const struct diff_options *o, const struct opt_words *words, int *status,
	struct err *err)
{
	struct out out;
	struct diff_run run = {.s = s, .o = o, .target = words->n ? words->words[0] : NULL};
	const struct out_source source = {gather, release, &run};
	int r = out_init(&out, &o->out, &view_drift, s->color, err);

	if (!r && words->n > 1)
		r = err_set(err, -EINVAL, ERR_USAGE, "diff -f takes one TARGET, or none");
	if (!r)
		r = manifest_read(o->file, &run.manifest, err);
	if (!r)
		r = check_container(&run, err);
	if (!r)
		r = check_namespace(&run, err);
	drift_host_read(&run.host);
	manifest_trace(&run.manifest, session_trace(s));
	drift_host_trace(&run.host, session_trace(s));
	if (!r)
		r = session_list(s, &out, &source, status, err);
	if (!r && !*status && differs(&run))
		*status = 1;
	drift_rows_free(&run.rows);
	manifest_free(&run.manifest);
	return r;
}

int diff_manifest_rows(struct session *s, const char *file, void (*take)(void *data, const struct out_rows *rows),
	void *data, struct err *err)
{
	const struct diff_options o = {.file = file};
	struct diff_run run = {.s = s, .o = &o};
	struct out_rows rows = {0};
	int r = manifest_read(file, &run.manifest, err);

	drift_host_read(&run.host);
	if (!r)
		r = gather(&run, &rows, err);
	if (!r)
		take(data, &rows);
	release(&run);
	drift_rows_free(&run.rows);
	manifest_free(&run.manifest);
	return r;
}
