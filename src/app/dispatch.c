/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/companion.h"
#include "app/config.h"
#include "app/repl.h"
#include "app/session.h"
#include "app/verb.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/text.h"
#include "out/out.h"

#define NAMES_MAX 128

/* Verbs of kubectl, docker and others that people will try, and what to use instead. */
static const struct {
	const char *name;
	const char *instead;
} others[] = {
	{"apply", "to try a Pod manifest: nsctl run -f pod.yaml; a cluster's is kubectl apply"},
	{"attach", "docker attach, podman attach, kubectl attach"},
	{"build", "docker build, podman build"},
	{"commit", "docker commit, podman commit"},
	{"cp", "docker cp, podman cp, kubectl cp; or nsctl exec TARGET -- cat FILE"},
	{"create", "docker create, podman create, kubectl create"},
	{"debug", "nsctl shell --tools brings tools into a container, confined as the container is; kubectl debug "
		  "adds a container"},
	{"delete", "the engine that started it: docker rm, podman rm, kubectl delete; sandboxes of nsctl: "
		   "nsctl kill"},
	{"edit", "kubectl edit"},
	{"enter", "nsctl shell TARGET"},
	{"events", "docker events, podman events, kubectl get events"},
	{"images", "docker images, podman images, crictl images"},
	{"info", "docker info, podman info, crictl info"},
	{"inspect", "docker inspect, podman inspect, crictl inspect; or nsctl describe TARGET"},
	{"list", "nsctl get containers"},
	{"logs", "docker logs, podman logs, kubectl logs, crictl logs"},
	{"ls", "nsctl get containers"},
	{"metrics", "kubectl top, docker stats, cadvisor"},
	{"pause", "docker pause, podman pause, runc pause, crun pause"},
	{"port-forward", "kubectl port-forward; a published port of docker or podman"},
	{"pull", "docker pull, podman pull, crictl pull"},
	{"push", "docker push, podman push"},
	{"restart", "docker restart, podman restart, kubectl rollout restart"},
	{"rm", "the engine that started it: docker rm, podman rm, runc delete, lxc-destroy"},
	{"start", "docker start, podman start, runc start, lxc-start"},
	{"stats", "docker stats, podman stats, kubectl top"},
	{"stop", "the engine that started it: docker stop, podman stop, lxc-stop; sandboxes of nsctl: nsctl "
		 "kill"},
	{"top", "kubectl top, docker stats, podman stats for the load; nsctl ps TARGET for processes"},
	{"trace", "bpftrace, perf trace, strace -p with a HOST-PID of nsctl get containers"},
	{"unpause", "docker unpause, podman unpause, runc resume, crun resume"},
};

static int unknown_verb(const char *word, struct err *err)
{
	const struct repl_word *own = repl_word_by_name(word);
	const char *names[NAMES_MAX], *nearest;
	size_t n = 0;

	if (own) {
		err_set(err, -EINVAL, ERR_USAGE, "%s is not a verb: it is a word of the REPL", word);
		return err_hint(err, "start nsctl repl, and write there: %s", own->usage);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(word, others[i].name)) {
			err_set(err, -EINVAL, ERR_USAGE, "%s is not a verb of nsctl", word);
			return err_hint(err, "use %s", others[i].instead);
		}
	for (const struct verb *const *v = verbs; *v && n < NAMES_MAX; v++)
		if ((*v)->summary)
			names[n++] = (*v)->name;
	nearest = text_nearest(word, names, n);
	err_set(err, -EINVAL, ERR_USAGE, "unknown verb %s", word);
	if (nearest)
		return err_hint(err, "did you mean nsctl %s?", nearest);
	return err_hint(err, "nsctl help lists the verbs");
}

static int print_help(const struct verb *verb, bool full, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};

	if (verb && full)
		help_verb(&text, verb);
	else if (verb)
		help_screen(&text, verb);
	else
		help_all(&text);
	return out_write(&text, err);
}

/* With a target in use exec and its like take all words for the command, but `exec OTHER -- COMMAND` names one. */
static bool names_target(const struct verb *verb, int argc, char **argv)
{
	CLEANUP(opt_words_free) struct opt_words words = {0};
	CLEANUP_FREE void *options = calloc(1, verb->options_size ? verb->options_size : 1);
	CLEANUP(session_free) struct session globals = {0};
	CLEANUP_ERR struct err err = {0};
	int end = 1;

	while (end < argc && strcmp(argv[end], "--") != 0)
		end++;
	if (end == argc || !options)
		return false;
	(void)opt_parse(end, argv, verb->opts, options, session_opts, &globals, OPT_AROUND_TARGET, &words, &err);
	if (verb->free_options)
		verb->free_options(options);
	return words.n > 0;
}

static int put_first(struct opt_words *words, const char *word, struct err *err)
{
	char **grown = reallocarray(words->words, words->n + 2, sizeof(*grown));

	if (!grown)
		return err_no_memory(err);
	words->words = grown;
	memmove(grown + 1, grown, (words->n + 1) * sizeof(*grown));
	grown[0] = (char *)word;
	words->n++;
	return 0;
}

static int read_words(const struct verb *verb, int argc, char **argv, void *options, struct session *s,
	struct opt_words *words, struct err *err)
{
	bool in_context = s->context && verb->mode == OPT_AROUND_TARGET && !names_target(verb, argc, argv);
	int r = opt_parse(argc, argv, verb->opts, options, session_opts, s,
		in_context ? OPT_COMMAND_ONLY : (enum opt_mode)verb->mode, words, err);

	return r || !in_context ? r : put_first(words, s->context, err);
}

/* The view whose columns are asked for, or NULL. */
static const struct view *columns_asked(
	const struct verb *verb, const void *options, const struct opt_words *words)
{
	const struct opt *row = verb_opt(verb, "columns");
	const char *value = row ? *(const char *const *)((const char *)options + row->offset) : NULL;

	return value && !strcmp(value, "help") ? verb_view(verb, words->n ? words->words[0] : NULL) : NULL;
}

/* What a command of the REPL has from it holds already. */
static int read_config(const struct verb *verb, struct session *s, struct err *err)
{
	CLEANUP_ERR struct err unsaid = {0};
	int r;

	if (s->config)
		return 0;
	s->own_config = calloc(1, sizeof(*s->own_config));
	if (!s->own_config)
		return err_no_memory(err);
	s->config = s->own_config;
	r = config_read(s->own_config, session_trace(s), verb->no_config ? &unsaid : err);
	if (r < 0)
		return verb->no_config ? 0 : r;
	return config_add_roots(s->config, s, err);
}

/* Tables on a terminal are libsmartcols'. With -v some may be wanted later (ps), when -v would have said a part already. Not in
 * the REPL: there it would end with this command. */
static bool wants_libraries(const struct verb *verb, const struct session *s)
{
	if (s->repl || s->version || s->help || s->full_help)
		return false;
	return verb->libraries || (verb_opt(verb, "columns") && (isatty(STDOUT_FILENO) || s->verbose));
}

static int run_verb(const struct verb *verb, int argc, char **argv, struct session *s, struct err *err)
{
	CLEANUP(opt_words_free) struct opt_words words = {0};
	CLEANUP_FREE void *options = calloc(1, verb->options_size ? verb->options_size : 1);
	const struct view *columns;
	int status = 0, r;

	s->runs_command = verb->runs_command;
	if (!options) {
		err_no_memory(err);
		return err_status(err->kind, verb->runs_command);
	}
	r = read_words(verb, argc, argv, options, s, &words, err);
	if (!r)
		r = session_check(s, err);
	if (!r && wants_libraries(verb, s))
		companion_run();
	if (!r && !s->help && !s->full_help)
		r = read_config(verb, s, err);
	if (!r && s->config)
		config_apply(s->config, verb, words.n ? words.words[0] : NULL, options, s);
	if (!r && (s->help || s->full_help))
		r = print_help(verb, s->full_help, err);
	else if (!r && (columns = columns_asked(verb, options, &words)))
		r = out_columns_help(columns, err);
	else if (!r)
		r = verb->run(s, options, &words, &status, err);
	if (verb->free_options)
		verb->free_options(options);
	if (r < 0 && err->kind == ERR_USAGE)
		err_hint(err, "nsctl help %s shows how it is used", verb->name);
	return r < 0 ? err_status(err->kind, verb->runs_command) : status;
}

int dispatch(int argc, char **argv, struct session *s, struct err *err)
{
	CLEANUP(opt_words_free) struct opt_words words = {0};
	CLEANUP_BUF struct buf text = {0};
	const struct verb *verb;
	int r = 0;

	if (argc > 0)
		r = opt_parse(argc, argv, session_opts, s, NULL, NULL, OPT_UNTIL_WORD, &words, err);
	if (r < 0) {
		err_hint(err, "nsctl help lists the options");
		return err_status(err->kind, 0);
	}
	if (s->version)
		return run_verb(verb_by_name("version"), 1, argv, s, err);
	verb = words.n ? verb_by_name(words.words[0]) : NULL;
	if (words.n && !verb) {
		unknown_verb(words.words[0], err);
		return err_status(err->kind, 0);
	}
	if (verb)
		return run_verb(verb, (int)words.n, words.words, s, err);
	if (s->help || s->full_help)
		return print_help(NULL, true, err) < 0 ? err_status(err->kind, 0) : 0;
	help_short(&text);
	fwrite(buf_text(&text), 1, text.len, stderr);
	return err_status(ERR_USAGE, 0);
}
