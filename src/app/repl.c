/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The REPL is dispatch in a loop: every line is a command line of its own, run by command_run(), with the target and the
 * settings that were chosen before. Lines come from a person, from -c, from a file or from standard input.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/repl.h"
#include "app/session.h"
#include "app/verbs.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "engine/target.h"

#define DEPTH_MAX 8         /* of files that source others */
#define LINE_LENGTH_MAX (1u << 16) /* bytes */

struct repl_options {
	struct opt_list commands;
	const char *file;
	bool keep_going;
};

static const struct opt opts[] = {
	{'c', "command", "LINE", OPT_LIST, offsetof(struct repl_options, commands), "run this line, and no other; may be repeated"},
	{'f', "filename", "FILE", OPT_TEXT, offsetof(struct repl_options, file), "run the lines of a file (- is stdin)"},
	{'k', "keep-going", NULL, OPT_FLAG, offsetof(struct repl_options, keep_going), "go on behind a line that failed"},
	OPT_END,
};

static bool has_option(const struct verb *verb, const char *name)
{
	const struct opt *const tables[] = {verb->opts, session_opts};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct opt *o = tables[i]; o && o->name; o++)
			if (!strcmp(o->name, name) && o->arg)
				return true;
	return false;
}

/* argv with the settings behind the verb: what stands on the line itself comes later and wins. */
static int make_argv(const struct repl *repl, const struct repl_line *line, struct opt_list *ret, struct buf *texts,
	struct err *err)
{
	const struct verb *verb = verb_by_name(line->words[0]);
	size_t offsets[REPL_SETTINGS] = {0}, n = 0;
	int r = opt_list_add(ret, "nsctl");

	if (!r)
		r = opt_list_add(ret, line->words[0]);
	for (size_t i = 0; verb && i < REPL_SETTINGS; i++) {
		if (!repl->values[i] || !has_option(verb, repl_settings[i].name))
			continue;
		offsets[n++] = texts->len;
		buf_printf(texts, "--%s=%s", repl_settings[i].name, repl->values[i]);
		buf_char(texts, '\0');
	}
	for (size_t i = 0; !r && i < n; i++)
		r = texts->failed ? -ENOMEM : opt_list_add(ret, texts->data + offsets[i]);
	for (size_t i = 1; !r && i < line->n; i++)
		r = opt_list_add(ret, line->words[i]);
	return r ? err_no_memory(err) : 0;
}

static int run_verb(const struct repl *repl, const struct repl_line *line, int *status, struct err *err)
{
	const struct command_context context = {
		.target = repl->target,
		.namespace = repl->s->namespace,
		.color = repl->interactive || repl->s->color ? repl->s->color : "never",
		.roots = &repl->s->roots,
		.data_roots = &repl->s->data_roots,
		.config = repl->s->config,
		.verbose = repl->s->verbose,
		.repl = true,
	};
	CLEANUP(opt_list_free) struct opt_list argv = {0};
	CLEANUP_BUF struct buf texts = {0};
	int r = make_argv(repl, line, &argv, &texts, err);

	if (r < 0)
		return r;
	if (!strcmp(line->words[0], "repl"))
		return err_set(err, -EINVAL, ERR_USAGE, "this is the REPL already");
	*status = command_run((int)argv.n, (char **)argv.items, &context);
	return 0;
}

/* The verb, or a word of the REPL's own; its output to where it belongs. */
static int run_words(struct repl *repl, const struct repl_line *line, int *status, struct err *err)
{
	const struct repl_word *own = repl_word_by_name(line->words[0]);
	CLEANUP_ERR struct err lost = {0};
	struct repl_shell shell = {.saved = -1};
	int shell_status = 0, r = 0;

	if (line->shell)
		r = repl_shell_begin(line->shell, &shell, err);
	if (r < 0)
		return r;
	if (own)
		r = own->run(repl, line, status, err);
	else if (!(repl_help(line) && line->n == 2))
		r = run_verb(repl, line, status, err);
	fflush(stdout);
	clearerr(stdout);
	repl_shell_end(&shell, &shell_status, r < 0 ? &lost : err);
	/* who reads no more has what it wanted */
	if (shell.pid && (*status == 0 || *status == 141))
		*status = shell_status;
	return r < 0 ? r : err->code;
}

/* One line, and its status: errors are printed here, but those that command_run() has printed. */
static int run_line(struct repl *repl, const char *text)
{
	CLEANUP_ERR struct err err = {0};
	CLEANUP_LINE struct repl_line line = {0};
	int status = 0, r = repl_line_parse(text, false, &line, &err);

	if (!r && (line.host || line.n) && repl_interrupt_take()) {
		fprintf(stderr, "nsctl: interrupted before it could begin\n");
		status = 128 + SIGINT;
	} else if (!r && line.host)
		r = repl_shell_run(line.shell, &status, &err);
	else if (!r && line.n)
		r = run_words(repl, &line, &status, &err);
	else if (!r && line.shell)
		r = err_set(&err, -EINVAL, ERR_USAGE, "no verb stands before the | or >");
	session_print_notes(repl->s);
	if (r < 0) {
		status = err_status(err.kind, 0);
		command_print_error(&err);
	}
	if (line.shell) /* the host's command had it as well */
		(void)repl_interrupt_take();
	if (status || !repl->keep_going)
		repl->status = status;
	return status;
}

static bool goes_on(const struct repl *repl)
{
	return !repl->quit && (repl->interactive || repl->keep_going || !repl->status);
}

/* A line of a script, byte by byte: what a command reads of the same input must not be taken from it. NULL at the end;
 * *ret_error is a negative errno, or 0. */
static char *read_line(int fd, int *ret_error)
{
	CLEANUP_BUF struct buf line = {0};
	char c = 0;
	ssize_t n;

	while ((n = read(fd, &c, 1)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || c == '\0' || line.len == LINE_LENGTH_MAX) {
			*ret_error = n < 0 ? -errno : c ? -E2BIG : -EINVAL;
			return NULL;
		}
		if (c == '\n')
			return line.data ? buf_take(&line) : strdup("");
		buf_char(&line, c);
	}
	return line.len ? buf_take(&line) : NULL;
}

static int run_fd(struct repl *repl, int fd, const char *name, struct err *err)
{
	int error = 0;

	if (repl->depth == DEPTH_MAX)
		return err_set(err, -ELOOP, ERR_USAGE, "%s: files source each other without an end", name);
	repl->depth++;
	while (goes_on(repl)) {
		CLEANUP_FREE char *line = read_line(fd, &error);

		if (!line)
			break;
		run_line(repl, line);
	}
	repl->depth--;
	if (error == -E2BIG)
		return err_set(err, error, ERR_FAILED, "%s: a line is longer than %u bytes", name, LINE_LENGTH_MAX);
	if (error == -EINVAL)
		return err_set(err, error, ERR_FAILED, "%s: this is no text: it holds a NUL", name);
	return error ? err_sys(err, error, "%s", name) : 0;
}

int repl_run_file(struct repl *repl, const char *path, struct err *err)
{
	CLEANUP_FD int fd = -1;
	bool interactive = repl->interactive;
	int r;

	if (!strcmp(path, "-"))
		return run_fd(repl, STDIN_FILENO, "standard input", err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set(err, -errno, ERR_FAILED, "%s: %s", path, strerror(errno));
	repl->interactive = false; /* a file ends at its first error */
	r = run_fd(repl, fd, path, err);
	repl->interactive = interactive;
	return r;
}

static void make_prompt(const struct repl *repl, struct buf *prompt)
{
	buf_str(prompt, "nsctl");
	if (repl->target) {
		buf_char(prompt, ' ');
		text_escape(prompt, repl->target, strlen(repl->target));
	}
	buf_str(prompt, geteuid() ? "> " : "# ");
}

static void remember(const char *line)
{
	CLEANUP_LINE struct repl_line words = {0};
	CLEANUP_ERR struct err err = {0};

	if (!*line || *line == ' ' || repl_line_parse(line, true, &words, &err) < 0 || repl_line_has_secret(&words))
		return;
	repl_edit_remember(line);
	repl_history_add(line);
}

/* A person: Ctrl-C is for the line, or for what runs, never for the REPL. */
static int talk(struct repl *repl, struct err *err)
{
	struct sigaction old;
	sigset_t mask;

	if (repl_edit_open(repl_offer, repl) < 0) {
		session_note(repl->s, NULL, 0, NULL, "readline is not here: lines cannot be edited");
		session_print_notes(repl->s);
		return run_fd(repl, STDIN_FILENO, "standard input", err);
	}
	repl_interrupt_hold(&old, &mask);
	while (!repl->quit) {
		CLEANUP_BUF struct buf prompt = {0};
		CLEANUP_FREE char *line = NULL;

		(void)repl_interrupt_take(); /* it was for what ran, and that has ended */
		make_prompt(repl, &prompt);
		line = repl_edit_line(buf_text(&prompt));
		if (!line) {
			fputs("\n", stdout);
			break;
		}
		remember(line);
		if (run_line(repl, line) == 128 + SIGINT) { /* the terminal has shown ^C, and the cursor stands behind it */
			fputs("\n", stdout);
			fflush(stdout);
		}
	}
	repl_interrupt_let(&old, &mask);
	repl_edit_close();
	return 0;
}

static int run(struct session *s, void *options, const struct opt_words *words, int *status, struct err *err)
{
	const struct repl_options *o = options;
	struct repl repl = {.s = s, .keep_going = o->keep_going};
	int r = 0;

	if (words->n && !o->file && !o->commands.n && words->n == 1) {
		r = repl_run_file(&repl, words->words[0], err); /* a shebang line's script */
	} else if (words->n) {
		return err_set(err, -EINVAL, ERR_USAGE, "repl takes one FILE, or -f, or -c");
	} else if (o->commands.n && o->file) {
		return err_set(err, -EINVAL, ERR_USAGE, "-c and -f are two scripts: give one");
	} else if (o->commands.n) {
		for (size_t i = 0; i < o->commands.n && goes_on(&repl); i++)
			run_line(&repl, o->commands.items[i]);
	} else if (o->file) {
		r = repl_run_file(&repl, o->file, err);
	} else if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		repl.interactive = true;
		r = talk(&repl, err);
		repl.status = 0;
	} else {
		r = run_fd(&repl, STDIN_FILENO, "standard input", err);
	}
	*status = repl.status;
	free(repl.target);
	for (size_t i = 0; i < REPL_SETTINGS; i++)
		free(repl.values[i]);
	return r;
}

/* Where offers go: readline wants the word alone. */
struct offers {
	void (*each)(void *to, const char *word);
	void *to;
};

static void pass_offer(void *data, const char *word, const char *help)
{
	const struct offers *offers = data;

	(void)help;
	offers->each(offers->to, word);
}

/* `use` wants a target, `source` and `set` what they take; all else is a verb's. */
static void offer_own(struct session *s, const struct repl_line *line, struct offers *offers)
{
	char verb[] = "exec", *words[] = {verb, line->words[line->n - 1]};

	if (!strcmp(line->words[0], "use"))
		complete(s, words, 2, pass_offer, offers);
	for (size_t i = 0; !strcmp(line->words[0], "set") && line->n == 2 && i < REPL_SETTINGS; i++)
		if (text_has_prefix(repl_settings[i].name, line->words[1]))
			offers->each(offers->to, repl_settings[i].name);
}

void repl_offer(void *data, const char *text, void (*each)(void *to, const char *word), void *to)
{
	const struct repl *repl = data;
	struct session s = {.context = repl->target, .roots = repl->s->roots, .data_roots = repl->s->data_roots,
		.namespace = repl->s->namespace}; /* borrows: not freed */
	struct offers offers = {each, to};
	CLEANUP_LINE struct repl_line line = {0};
	CLEANUP_ERR struct err err = {0};

	if (repl_line_parse(text, true, &line, &err) < 0 || line.host || line.shell || !line.n)
		return;
	for (size_t i = 0; line.n == 1 && repl_word_at(i); i++)
		if (text_has_prefix(repl_word_at(i)->name, line.words[0]))
			each(to, repl_word_at(i)->name);
	if (line.n > 1 && repl_word_by_name(line.words[0])) {
		s.context = NULL;
		offer_own(&s, &line, &offers);
	} else {
		complete(&s, line.words, line.n, pass_offer, &offers);
	}
}

static void free_options(void *options)
{
	opt_list_free(&((struct repl_options *)options)->commands);
}

const struct verb verb_repl = {
	.name = "repl",
	.group = "use",
	.usage = "[OPTIONS] [FILE]",
	.summary = "inspect interactively, or run a script of verbs",
	.about = "Every verb as on the command line. `use TARGET` chooses a container for what follows;\n"
		 "Tab completes; an unquoted | or > hands the output to the host's shell, !COMMAND runs\n"
		 "there. A script stops at the first line that fails and returns its status.",
	.examples = "nsctl repl                                # a prompt; help lists what it takes\n"
		    "nsctl repl -c 'use web' -c 'exec whoami'  # two lines\n"
		    "nsctl repl -k checks.nsctl                # a script, to its end\n",
	.opts = opts,
	.options_size = sizeof(struct repl_options),
	.mode = OPT_ANYWHERE,
	.libraries = true,
	.run = run,
	.free_options = free_options,
};
