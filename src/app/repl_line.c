/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/repl.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

struct reader {
	const char *at;
	bool partial;
	struct buf text;  /* the words, each with its NUL */
	size_t n;
	struct err *err;
};

static int fail(struct reader *r, const char *why)
{
	return err_set(r->err, -EINVAL, ERR_USAGE, "%s", why);
}

/* Up to the closing quote. Within "..." a backslash quotes what sh says, and is itself before all else. */
static int read_quoted(struct reader *r, char quote)
{
	for (r->at++; *r->at != quote; r->at++) {
		if (!*r->at)
			return r->partial ? 0 : fail(r, quote == '"' ? "a \" is not closed" : "a ' is not closed");
		if (quote == '"' && *r->at == '\\' && r->at[1] && strchr("\"\\$`", r->at[1]))
			r->at++;
		buf_char(&r->text, *r->at);
	}
	r->at++;
	return 0;
}

static int read_word(struct reader *r)
{
	int error = 0;

	while (*r->at && !strchr(" \t|>", *r->at) && !error) {
		if (*r->at == '\'' || *r->at == '"') {
			error = read_quoted(r, *r->at);
		} else if (*r->at == '\\' && r->at[1]) {
			buf_char(&r->text, r->at[1]);
			r->at += 2;
		} else if (*r->at == '\\' && !r->partial) {
			error = fail(r, "a backslash ends the line: it quotes nothing");
		} else {
			buf_char(&r->text, *r->at++);
		}
	}
	buf_char(&r->text, '\0');
	r->n++;
	return error;
}

/* `2>` would be another descriptor in sh: here there is only the output. */
static bool redirects_a_number(const struct reader *r, const char *begin)
{
	return *r->at == '>' && r->at > begin && strspn(begin, "0123456789") == (size_t)(r->at - begin);
}

static int take_shell(struct reader *r, struct repl_line *line)
{
	CLEANUP_BUF struct buf command = {0};
	const char *rest = *r->at == '|' ? r->at + 1 : r->at;

	if (!rest[strspn(rest, " \t>&")])
		return r->partial ? 0 : fail(r, *r->at == '|' ? "no command stands behind |" : "no file stands behind >");
	if (*r->at == '>')
		buf_str(&command, "cat ");
	buf_str(&command, rest);
	line->shell = buf_take(&command);
	return line->shell ? 0 : err_no_memory(r->err);
}

/* The words in one block: the vector, then the texts. */
static int make_words(struct reader *r, struct repl_line *line)
{
	char *text, **words;

	words = r->text.failed ? NULL : malloc((r->n + 1) * sizeof(*words) + r->text.len + 1);
	if (!words)
		return err_no_memory(r->err);
	text = memcpy(words + r->n + 1, buf_text(&r->text), r->text.len + 1);
	for (size_t i = 0; i < r->n; i++, text += strlen(text) + 1)
		words[i] = text;
	words[r->n] = NULL;
	line->words = words;
	line->n = r->n;
	return 0;
}

static int read_words(struct reader *r, struct repl_line *line)
{
	int error = 0;

	for (;;) {
		const char *begin;
		size_t blanks = strspn(r->at, " \t");

		r->at += blanks;
		if (*r->at == '|' || *r->at == '>')
			error = take_shell(r, line);
		if (!*r->at && r->partial && (blanks || !r->n)) { /* the word that is about to begin */
			buf_char(&r->text, '\0');
			r->n++;
		}
		if (!*r->at || *r->at == '#' || *r->at == '|' || *r->at == '>')
			return error;
		begin = r->at;
		error = read_word(r);
		if (!error && redirects_a_number(r, begin) && !r->partial)
			error = fail(r, "only the output can be redirected: quote a number before >");
		if (error)
			return error;
	}
}

int repl_line_parse(const char *text, bool partial, struct repl_line *ret, struct err *err)
{
	CLEANUP_LINE struct repl_line line = {0};
	struct reader r = {.at = text, .partial = partial, .err = err};
	int error;

	text += strspn(text, " \t");
	if (*text == '!') {
		line.host = true;
		line.shell = strdup(text + 1);
		error = line.shell ? 0 : err_no_memory(err);
	} else {
		error = read_words(&r, &line);
	}
	if (!error)
		error = make_words(&r, &line);
	buf_free(&r.text);
	if (error)
		return error;
	*ret = line;
	line = (struct repl_line){0};
	return 0;
}

void repl_line_free(struct repl_line *line)
{
	free(line->words);
	free(line->shell);
	*line = (struct repl_line){0};
}

char *repl_line_quote(const char *word, char quote)
{
	CLEANUP_BUF struct buf text = {0};
	const char *special = quote == '"' ? "\"\\$`" : quote ? "" : " \t|>\\'\"#!";

	if (strchr(word, '\n') || (quote == '\'' && strchr(word, '\'')))
		return NULL;
	for (; *word; word++) {
		if (strchr(special, *word))
			buf_char(&text, '\\');
		buf_char(&text, *word);
	}
	return buf_take(&text);
}

bool repl_line_has_secret(const struct repl_line *line)
{
	for (size_t i = 0; i < line->n; i++) {
		const char *word = line->words[i];

		if (text_has_prefix(word, "--env"))
			return true;
		/* -e may stand in a row of letters, and its value right behind it */
		if (word[0] == '-' && word[1] != '-' && memchr(word, 'e', strcspn(word, "=")))
			return true;
	}
	return false;
}
