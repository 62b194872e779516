/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Editing a line: the only user of readline, which is opened and not linked, because every start of nsctl would pay for it.
 *
 * readline's own handlers end the program on Ctrl-C; so it is driven by its callbacks, and the signals are taken here: a
 * pselect(2) lets them in only while it waits.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <readline/history.h>
#include <readline/readline.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "app/repl.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/library.h"
#include "base/text.h"

#define LIBRARY "libreadline.so.8"

struct matches {
	char **items; /* [0] what all begin with, then each; as readline frees them */
	size_t n;
	char quote;
	bool failed;
};

/* readline has one state for the whole process and gives its callbacks nothing to find theirs by. */
static struct {
	void *handle;
	void (*handler_install)(const char *prompt, rl_vcpfunc_t *take);
	void (*handler_remove)(void);
	void (*read_char)(void);
	void (*sigcleanup)(void);
	void (*resize)(void);
	void (*free_line_state)(void);
	void (*cleanup_after_signal)(void);
	void (*add_history)(const char *line);
	void (*clear_history)(void);
	void (*stifle_history)(int max);
	void (*display_match_list)(char **matches, int n, int max);
	void (*forced_update_display)(void);
	void (*redisplay)(void);
	const char **name, **word_breaks, **quote_characters;
	char **line_buffer;
	int *point, *attempted_over, *change_environment, *catch_signals, *catch_sigwinch, *quote_character, *suppress_append;
	int *filename_completion;
	rl_completion_func_t **attempted;
	rl_linebuf_func_t **char_is_quoted;
	rl_compdisp_func_t **display_matches;
	repl_offer_fn *offer;
	void *offer_data;
	char *line;     /* what Enter has given */
	bool done;      /* a line is there, or NULL: there will be none */
} edit;

static volatile sig_atomic_t interrupted, resized, told_to_end;

static void on_signal(int signal)
{
	if (signal == SIGINT)
		interrupted = 1;
	else if (signal == SIGWINCH)
		resized = 1;
	else
		told_to_end = 1;
}

static const int taken[] = {SIGINT, SIGWINCH, SIGTERM, SIGHUP};

static bool is_quoted(const char *text, int at)
{
	int n = 0;

	while (at > n && text[at - n - 1] == '\\')
		n++;
	return n % 2;
}

static int char_is_quoted(char *text, int at)
{
	return is_quoted(text, at);
}

static void add_match(void *to, const char *word)
{
	struct matches *m = to;
	char *quoted = repl_line_quote(word, m->quote);
	char **grown = quoted ? reallocarray(m->items, m->n + 3, sizeof(*grown)) : NULL;

	if (!grown) {
		free(quoted);
		return;
	}
	m->items = grown;
	m->items[++m->n] = quoted;
	m->items[m->n + 1] = NULL;
}

static char *common_beginning(const struct matches *m)
{
	size_t len = strlen(m->items[1]);

	for (size_t i = 2; i <= m->n; i++) {
		size_t same = 0;

		while (same < len && m->items[i][same] == m->items[1][same])
			same++;
		len = same;
	}
	return strndup(m->items[1], len);
}

static char **attempted(const char *text, int start, int end)
{
	CLEANUP_FREE char *line = strndup(*edit.line_buffer, (size_t)end);
	struct matches m = {.quote = (char)*edit.quote_character};

	(void)text;
	(void)start;
	*edit.attempted_over = 1; /* never the files of this folder instead */
	*edit.filename_completion = 0;
	if (line)
		edit.offer(edit.offer_data, line, add_match, &m);
	if (!m.n)
		return NULL;
	m.items[0] = common_beginning(&m);
	/* "--root docker=" and a folder go on behind what was completed */
	if (m.n == 1 && *m.items[1] && strchr("=/,", m.items[1][strlen(m.items[1]) - 1]))
		*edit.suppress_append = 1;
	return m.items;
}

/* Candidates are names that a container chose: they are shown, not obeyed. */
static void display(char **matches, int n, int max)
{
	CLEANUP_FREE char **shown = calloc((size_t)n + 2, sizeof(*shown));

	max = 0;
	for (int i = 0; shown && i <= n && matches[i]; i++) {
		int len;

		shown[i] = text_escaped(matches[i]);
		len = shown[i] ? (int)strlen(shown[i]) : 0;
		max = len > max ? len : max;
	}
	if (shown) {
		edit.display_match_list(shown, n, max);
		fflush(stdout);
		edit.forced_update_display();
	}
	for (int i = 0; shown && i <= n; i++)
		free(shown[i]);
}

static void take_line(char *line)
{
	edit.handler_remove(); /* at once: the terminal is the command's now */
	edit.line = line;
	edit.done = true;
}

static bool readline_open(void)
{
	const struct library_symbol symbols[] = {
		{"rl_callback_handler_install", &edit.handler_install},
		{"rl_callback_handler_remove", &edit.handler_remove},
		{"rl_callback_read_char", &edit.read_char},
		{"rl_callback_sigcleanup", &edit.sigcleanup},
		{"rl_resize_terminal", &edit.resize},
		{"rl_free_line_state", &edit.free_line_state},
		{"rl_cleanup_after_signal", &edit.cleanup_after_signal},
		{"add_history", &edit.add_history},
		{"clear_history", &edit.clear_history},
		{"stifle_history", &edit.stifle_history},
		{"rl_display_match_list", &edit.display_match_list},
		{"rl_forced_update_display", &edit.forced_update_display},
		{"rl_redisplay", &edit.redisplay},
		{"rl_readline_name", &edit.name},
		{"rl_completer_word_break_characters", &edit.word_breaks},
		{"rl_completer_quote_characters", &edit.quote_characters},
		{"rl_line_buffer", &edit.line_buffer},
		{"rl_point", &edit.point},
		{"rl_attempted_completion_over", &edit.attempted_over},
		{"rl_change_environment", &edit.change_environment},
		{"rl_catch_signals", &edit.catch_signals},
		{"rl_catch_sigwinch", &edit.catch_sigwinch},
		{"rl_completion_quote_character", &edit.quote_character},
		{"rl_completion_suppress_append", &edit.suppress_append},
		{"rl_filename_completion_desired", &edit.filename_completion},
		{"rl_attempted_completion_function", &edit.attempted},
		{"rl_char_is_quoted_p", &edit.char_is_quoted},
		{"rl_completion_display_matches_hook", &edit.display_matches},
	};

	edit.handle = library_open(LIBRARY, symbols, ARRAY_SIZE(symbols), false);
	return edit.handle;
}

static void remember(const char *line)
{
	edit.add_history(line);
}

int repl_edit_open(repl_offer_fn *offer, void *data)
{
	if (!readline_open())
		return -ENOENT;
	edit.offer = offer;
	edit.offer_data = data;
	*edit.name = "nsctl"; /* $if nsctl in ~/.inputrc */
	*edit.change_environment = 0;
	*edit.catch_signals = 0;
	*edit.catch_sigwinch = 0;
	*edit.word_breaks = " \t|>";
	*edit.quote_characters = "\"'";
	*edit.attempted = attempted;
	*edit.char_is_quoted = char_is_quoted;
	*edit.display_matches = display;
	edit.stifle_history(REPL_HISTORY_MAX);
	repl_history_read(remember);
	return 0;
}

void repl_edit_close(void)
{
	if (edit.handle)
		edit.clear_history(); /* the library stays: it has handlers of its own at exit */
}

void repl_edit_remember(const char *line)
{
	edit.add_history(line);
}

static void begin_anew(const char *prompt)
{
	interrupted = 0;
	edit.free_line_state(); /* a search or a count that was begun */
	edit.sigcleanup();
	*edit.point = (int)strlen(*edit.line_buffer); /* behind all of it, in its last row */
	edit.redisplay();
	fputs("^C", stdout); /* before the handler goes: bracketed paste is ended with a carriage return */
	edit.handler_remove();
	fputs("\n", stdout);
	fflush(stdout);
	edit.handler_install(prompt, take_line);
}

static void wait_for_key(const char *prompt, const sigset_t *mask)
{
	fd_set in;

	FD_ZERO(&in);
	FD_SET(STDIN_FILENO, &in);
	if (pselect(STDIN_FILENO + 1, &in, NULL, NULL, NULL, mask) > 0)
		edit.read_char();
	else if (errno != EINTR)
		told_to_end = 1;
	if (told_to_end && !edit.done) {
		edit.handler_remove(); /* the terminal as it was */
		edit.done = true;
	}
	if (interrupted && !edit.done)
		begin_anew(prompt);
	if (resized && !edit.done)
		edit.resize();
	resized = 0;
}

char *repl_edit_line(const char *prompt)
{
	struct sigaction action = {.sa_handler = on_signal}, old[ARRAY_SIZE(taken)];
	sigset_t blocked, before, waiting;

	sigemptyset(&blocked);
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		sigaddset(&blocked, taken[i]);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	waiting = before;
	sigdelset(&waiting, SIGINT); /* the REPL holds it elsewhere */
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		sigaction(taken[i], &action, &old[i]);
	edit.done = false;
	edit.line = NULL;
	interrupted = 0;
	edit.handler_install(prompt, take_line);
	while (!edit.done)
		wait_for_key(prompt, &waiting);
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		sigaction(taken[i], &old[i], NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return edit.line;
}
