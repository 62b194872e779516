/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/report.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "app/verbs.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "cmd/diff.h"
#include "cmd/look.h"
#include "engine/target.h"
#include "out/out.h"

struct report_options {
	struct look_options look;
	const char *file;
};

static const struct opt opts[] = {
	LOOK_OPTS(struct report_options, look),
	{'f', "filename", "FILE", OPT_TEXT, offsetof(struct report_options, file),
		"compare with this manifest, too (- is stdin)"},
	OPT_END,
};

/* Who ends meanwhile is left out, and what cannot be read is said, if something remains. */
static int put_up_with(const struct report *r, const struct container *c, const struct err *one, int code, struct err *err)
{
	if (!code || code == -ESRCH)
		return 0;
	if (code == -ENOMEM)
		return err_no_memory(err);
	session_note(r->s, c->ref, code, one->hint, "%s", one->message ? one->message : strerror(-code));
	return 0;
}

static int gather_one(struct report *r, const struct container *c, struct err *err)
{
	CLEANUP_ERR struct err none = {0}, processes = {0}, caps = {0};
	int error = namespace_list_of(c, &r->index, 1u << NS_PID | 1u << NS_USER, NAMESPACE_OWNER, &r->namespaces, &none);

	error = put_up_with(r, c, &none, error, err);
	if (!error)
		error = put_up_with(r, c, &processes,
			process_list_of(c, PROCESS_STATUS | PROCESS_COMMAND | PROCESS_NAMES | PROCESS_SESSION, &r->processes, &processes), err);
	if (!error)
		error = put_up_with(r, c, &caps, caps_process_list_of(c, NULL, false, &r->caps, &caps), err);
	return error;
}

static int gather(struct report *r, const struct report_options *o, const struct opt_words *words, struct err *err)
{
	int error = look_targets(r->s, &o->look, words, false, &r->targets, err);

	if (!error)
		error = look_sharers(r->s, &r->all, NULL, NULL, &r->index, err);
	if (error < 0)
		return error;
	for (size_t i = 0; i < r->targets.n && error >= 0; i++) {
		if (container_look(&r->targets.items[i]) == -ETIMEDOUT)
			look_note_lost(r->s, r->targets.items[i].ref, 1, r->targets.items[i].pid);
		error = gather_one(r, &r->targets.items[i], err);
	}
	return error < 0 ? error : 0;
}

static void report_free(struct report *r)
{
	caps_process_list_free(&r->caps);
	process_list_free(&r->processes);
	namespace_list_free(&r->namespaces);
	namespace_index_free(&r->index);
	container_list_free(&r->all);
	container_list_free(&r->targets);
}

static int run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct report_options *o = options;
	CLEANUP(report_free) struct report r = {.s = s};
	CLEANUP_BUF struct buf page = {0}, verdicts = {0};
	int error = 0;

	if (isatty(STDOUT_FILENO)) {
		err_set(err, -EINVAL, ERR_USAGE, "report writes a page of HTML, and this is a terminal");
		return err_hint(err, "nsctl report -A > containers.html");
	}
	if (o->file)
		error = diff_manifest_rows(s, o->file, report_verdicts, &verdicts, err);
	if (!error)
		error = gather(&r, o, words, err);
	if (error < 0)
		return error;
	r.verdicts = o->file ? buf_text(&verdicts) : NULL;
	report_page(&r, &page);
	error = out_write(&page, err);
	if (!error && session_partial(s))
		*status = err_status(ERR_PARTIAL, 0);
	return error;
}

const struct verb verb_report = {
	.name = "report",
	.group = "use",
	.usage = "[OPTIONS] TARGET... | -A",
	.summary = "write one page of HTML about containers",
	.about = "The page holds the namespace tree, the processes with both PIDs side by side and a matrix of\n"
		 "capabilities. It needs nothing from elsewhere, reads well on a phone, dark or light, and prints.",
	.examples = "nsctl report -A > all.html                # every container that runs here\n"
		    "nsctl report web db > two.html            # two of them\n"
		    "nsctl report -A -f pod.yaml > pod.html    # beside a manifest\n",
	.opts = opts,
	.options_size = sizeof(struct report_options),
	.mode = OPT_ANYWHERE,
	.run = run,
};
